"""Paint masks with a round brush, and rub them out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import Mask, Point
from studio.domain.labels import Shape
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.tools.painted import PaintedMask
from studio.ui.canvas.tools.tool import Stroke, Tool

SMALLEST, LARGEST = 0.5, 500.0
"""Limits of the brush's radius, px of the picture."""
_STEP = 1.2
"""By so much a key or a turn of the wheel changes the brush."""
_START = 8.0
_LEAST_PRESSURE = 0.05
_AROUND = 3
"""What is repainted beyond the pixels that changed, logical px."""


class BrushTool(Tool):
    """Paint with the button down."""

    id = "brush"
    title = "Paint masks"
    icon = "brush"
    shortcut = "M"
    hint = (
        "Paint into the chosen mask or a new one, with Shift a new one · [ and ], or Alt and the"
        " wheel, change the brush"
    )
    cursor = Qt.CursorShape.BlankCursor
    adds = True
    _painted: PaintedMask | None = None
    _onto: Shape | None = None
    _last: tuple[Point, float] = ((0.0, 0.0), 0.0)
    _adding = True
    _over: tuple[Point, float] | None = None
    """Where the brush hovers, px, and its radius."""
    radius = _START
    """Of the brush at full pressure, px of the picture."""

    @property
    def busy(self) -> bool:
        """Whether the brush is down."""
        return self._painted is not None

    @property
    def held(self) -> tuple[Shape, ...]:
        """The mask that is changed."""
        return (self._onto,) if self._onto else ()

    def press(self, stroke: Stroke) -> None:
        """Set the brush down."""
        self._adding = self.adds and not stroke.rubber
        onto = self._target(stroke)
        if onto is None and not self._adding:
            self.model.refused.emit("Choose a mask to rub something out of it")
            return
        if onto is not None and onto.locked:
            self.model.change([onto], [onto], "")
            return
        mask = onto.geometry if onto is not None and isinstance(onto.geometry, Mask) else None
        self._onto, self._painted = onto, PaintedMask(self.model.size, mask)
        if onto is not None:
            self.model.lift([onto.id])
        self._last = stroke.point, self._radius(stroke)
        self._cover(stroke)

    def drag(self, stroke: Stroke) -> None:
        """Paint on."""
        self._hover(stroke)
        if self._painted is not None:
            self._cover(stroke)

    def release(self, stroke: Stroke) -> None:
        """Lift the brush: the mask is made or changed."""
        if self._painted is None:
            return
        if stroke.point != self._last[0]:
            self._cover(stroke._replace(pressure=self._last[1] / self.radius))
        mask, onto, adding = self._painted.mask(), self._onto, self._adding
        self.cancel()
        if onto is None:
            self.model.draw(mask)
        elif not mask.width:
            self.model.select([onto.id])
            self.model.delete()
        else:
            after = onto.model_copy(update={"geometry": mask})
            self.model.change([onto], [after], "Paint mask" if adding else "Rub out of mask")

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show how much the brush would cover."""
        self._hover(stroke)
        return self.cursor

    def key(self, key: int, shift: bool) -> bool:
        """[ and ] change the brush."""
        del shift
        if key == Qt.Key.Key_BracketLeft:
            return self.wheel(-1)
        return key == Qt.Key.Key_BracketRight and self.wheel(1)

    def wheel(self, turns: float) -> bool:
        """Change the brush."""
        # Both tools are one hand: the rubber has the size of the brush.
        BrushTool.radius = min(LARGEST, max(SMALLEST, self.radius * _STEP**turns))
        if self._over is not None:
            self._over = self._over[0], self.radius
        self.repaint()
        return True

    def cancel(self) -> None:
        """Forget what was painted since the brush went down."""
        if self._onto is not None:
            self.model.lift(())
        self._painted = self._onto = None
        self.repaint()

    def put_down(self) -> None:
        """Leave the hand, and take the ring of the brush along."""
        self._over = None
        super().put_down()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the mask as it is by now, and the ring of the brush."""
        if self._painted is not None:
            colour = QColor(self.current_look().colour)
            if self._onto is not None:
                label = self.model.schema.get(self._onto.label)
                colour = QColor(label.colour) if label else colour
            self._painted.paint(painter, frame, colour)
        if self._over is not None:
            (x, y), radius = self._over
            place, across = QPointF(*frame.to_widget((x, y))), radius * frame.zoom
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(QColor("#000000"), 3), QPen(QColor("#ffffff"), 1)):
                painter.setPen(pen)
                painter.drawEllipse(place, across, across)

    def _target(self, stroke: Stroke) -> Shape | None:
        """Return the mask that is painted into: the chosen one; the rubber takes any under it."""
        chosen = self.model.chosen()
        if len(chosen) == 1 and isinstance(chosen[0].geometry, Mask):
            fresh = self._adding and stroke.shift
            return None if fresh else chosen[0]
        if self._adding:
            return None
        under = self.model.table.at(stroke.point)
        return under if under is not None and isinstance(under.geometry, Mask) else None

    def _radius(self, stroke: Stroke) -> float:
        return self.radius * max(_LEAST_PRESSURE, stroke.pressure)

    def _cover(self, stroke: Stroke) -> None:
        assert self._painted is not None
        start, before = self._last
        self._last = stroke.point, self._radius(stroke)
        self._painted.cover(start, stroke.point, (before, self._last[1]), self._adding)
        self._repaint_around(stroke.frame, (start, before), self._last)

    def _hover(self, stroke: Stroke) -> None:
        before, self._over = self._over, (stroke.point, self._radius(stroke))
        self._repaint_around(stroke.frame, before or self._over, self._over)

    def _repaint_around(self, frame: Frame, *discs: tuple[Point, float]) -> None:
        """Ask for the part of the widget around discs alone: the rest has not changed."""
        whole = QRectF()
        for place, radius in discs:
            x, y = frame.to_widget(place)
            reach = max(radius, self.radius) * frame.zoom + _AROUND
            whole |= QRectF(x - reach, y - reach, 2 * reach, 2 * reach)
        area: QRect = whole.toAlignedRect()
        self.repaint(area)


class EraserTool(BrushTool):
    """Rub out with the button down."""

    id = "eraser"
    title = "Rub out of masks"
    icon = "eraser"
    shortcut = "X"
    hint = (
        "Rub out of the chosen mask or the one under the pointer · [ and ], or Alt and the wheel,"
        " change the size"
    )
    adds = False
