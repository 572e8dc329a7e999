"""The hand on the canvas: turns the pointer's, the stylus' and the keys' events into strokes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QLineF, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QInputEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)

from studio.domain.geometry import Point
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.model import CanvasModel, clipped
from studio.ui.canvas.tools.keys import ARROWS, ENDS, step_of
from studio.ui.canvas.tools.tool import Stroke, Tool

_ARM = 14.0
"""Length of an arm of the crosshair, logical px."""
_MARK = 5.0
"""Half the side of the mark where a point snaps, logical px."""


class Surface(Protocol):
    """The part of the canvas that the hand works on."""

    model: CanvasModel
    tool: Tool
    frame: Frame

    def width(self) -> int:
        """Logical px."""

    def height(self) -> int:
        """Logical px."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by so many logical px."""

    def update(self) -> None:
        """Ask for a repaint."""


class Hand:
    """Works a surface with the tool that is in it.

    A crosshair that arrows move stands for the pointer: Space presses and lets go, and so does
    Enter where the tool has nothing to end.

    Parameters
    ----------
    surface : Surface
        The canvas.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self.crosshair: Point | None = None
        """Where on the picture the keys point to, px; None until an arrow asks for it."""
        self._down: Tool | None = None
        """The tool that Space has pressed, until Space lets it go."""
        self._pressure = 1.0
        self._rubber = False

    def stroke(self, event: QMouseEvent) -> Stroke:
        """Return where the pointer is, and what is held down with it."""
        place = event.position()
        return self._stroke(event, self._surface.frame.to_picture((place.x(), place.y())))

    def _stroke(self, event: QInputEvent, point: Point) -> Stroke:
        held = event.modifiers()
        return Stroke(
            point,
            self._surface.frame,
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            alt=bool(held & Qt.KeyboardModifier.AltModifier),
            ctrl=bool(held & Qt.KeyboardModifier.ControlModifier),
            pressure=self._pressure,
            rubber=self._rubber,
        )

    def touch(self) -> None:
        """Forget the crosshair: the pointer has taken over."""
        if self.crosshair is not None or self._down is not None:
            self.crosshair, self._down = None, None
            self._surface.update()

    def feel(self, event: QTabletEvent) -> None:
        """Keep how hard a stylus presses; the mouse events that Qt makes of it draw."""
        rubber = QPointingDevice.PointerType.Eraser
        lifted = event.type() == QEvent.Type.TabletRelease
        self._pressure = 1.0 if lifted else event.pressure()
        self._rubber = not lifted and event.pointerType() == rubber

    def key(self, event: QKeyEvent) -> bool:
        """Take a key; returns whether it meant something to the tool or the crosshair."""
        key, tool = event.key(), self._surface.tool
        if self._surface.model.item is None:
            return False
        if key == Qt.Key.Key_Space:
            return self.crosshair is not None and (event.isAutoRepeat() or self._set(event))
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if tool.key(key, shift):
            return True
        if key in ARROWS:
            self._go(event, *step_of(key, shift))
            return True
        return key in ENDS and self.crosshair is not None and self._set(event)

    def give_up(self) -> bool:
        """Give up the tool's gesture, or else the crosshair; returns whether there was one."""
        tool, self._down = self._surface.tool, None
        if tool.busy:
            tool.cancel()
            return True
        there, self.crosshair = self.crosshair is not None, None
        self._surface.update()
        return there

    def turn(self, event: QWheelEvent) -> bool:
        """Give the tool a turn of the wheel with Alt held; returns whether it meant something."""
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        # Some platforms turn a wheel with Alt into a sideways one.
        turned = event.angleDelta().y() or event.angleDelta().x()
        return bool(turned) and self._surface.tool.wheel(turned / 120)

    def paint(self, painter: QPainter) -> None:
        """Draw the crosshair, and where a point would snap."""
        frame, mark = self._surface.frame, self._surface.tool.mark
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor("#000000"), 3), (QColor("#ffbb00"), 1)):
            painter.setPen(QPen(colour, width))
            if mark is not None:
                x, y = frame.to_widget(mark)
                painter.drawRect(int(x - _MARK), int(y - _MARK), int(2 * _MARK), int(2 * _MARK))
            if self.crosshair is not None:
                x, y = frame.to_widget(self.crosshair)
                painter.drawLine(QLineF(QPointF(x - _ARM, y), QPointF(x + _ARM, y)))
                painter.drawLine(QLineF(QPointF(x, y - _ARM), QPointF(x, y + _ARM)))

    def _go(self, event: QKeyEvent, dx: float, dy: float) -> None:
        surface = self._surface
        here = self.crosshair
        if here is None:
            x, y = surface.frame.to_picture((surface.width() / 2, surface.height() / 2))
            here = float(round(x)), float(round(y))
        self.crosshair = clipped((here[0] + dx, here[1] + dy), surface.model.size)
        self._into_view()
        # Shift is the long step here, not the tool's modifier.
        stroke = self._stroke(event, self.crosshair)._replace(shift=False)
        if self._down is surface.tool:
            surface.tool.drag(stroke)
        else:
            surface.tool.hover(stroke)
        surface.update()

    def _into_view(self) -> None:
        assert self.crosshair is not None
        x, y = self._surface.frame.to_widget(self.crosshair)
        dx = min(0.0, self._surface.width() - _ARM - x) + max(0.0, _ARM - x)
        dy = min(0.0, self._surface.height() - _ARM - y) + max(0.0, _ARM - y)
        if dx or dy:
            self._surface.pan_by(dx, dy)

    def _set(self, event: QKeyEvent) -> bool:
        """Press or let go at the crosshair."""
        if self.crosshair is None:
            return False
        tool, stroke = self._surface.tool, self._stroke(event, self.crosshair)
        if self._down is tool and tool.busy:
            self._down = None
            tool.release(stroke)
        else:
            tool.press(stroke)
            self._down = tool if tool.drags and tool.busy else None
            if self._down is None:
                tool.release(stroke)
        self._surface.update()
        return True
