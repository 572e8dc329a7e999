"""The gestures that assistants take: a drag, strokes, and a chosen shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.api.assistants import Hand, Scribble
from studio.domain.geometry import Box, Point, bounds, strands
from studio.domain.labels import LabelId, Shape
from studio.services.assisting import Finding
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import NO_LOOK, looks_of
from studio.ui.canvas.model import LOCKED, CanvasModel, clipped
from studio.ui.canvas.tools.smart import SmartTool, around, draw_strokes, grown
from studio.ui.canvas.tools.tool import Stroke

_SLIP = 3.0
"""A drag shorter than this is a click, logical px."""
_SEEN = 1024.0
"""So much around the hand counts, logical px."""
_RADIUS = 4.0
"""Half the width of a stroke, logical px."""
_OUTSIDE = 0


class DragTool(SmartTool):
    """Press on a thing; the way of the drag is a strength."""

    _points: tuple[Point, ...] = ()
    _start: Point | None = None
    _reach = 0.0

    def press(self, stroke: Stroke) -> None:
        """Begin at a place; with Shift in addition to those before."""
        here = clipped(stroke.point, self.model.size)
        self.coarse = max(1.0, 1 / stroke.frame.zoom)
        self._points = (*self._points, here) if stroke.shift else (here,)
        self._start, self._reach = here, 0.0
        self.ask()

    def drag(self, stroke: Stroke) -> None:
        """Take in more the farther the drag goes."""
        if self._start is not None:
            self._reach = math.dist(self._start, stroke.point) * stroke.frame.zoom
            self.ask()
            self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Leave what is shown until it is taken."""
        if self._start is not None and self._reach:
            self.drag(stroke)
        self._start = None

    def double_click(self, stroke: Stroke) -> None:
        """Take what is shown."""
        del stroke
        self._accept()

    def hand(self) -> Hand | None:
        """Return places and strength."""
        if not self._points:
            return None
        return Hand(points=self._points, reach=self._reach, options=dict(self.options))

    def area(self, hand: Hand) -> Box:
        """Return what is around the first place, and reaches to the others."""
        return _with_points(self._around(hand.points[0]), hand.points)

    def _around(self, point: Point) -> Box:
        return around(point, _SEEN * self.coarse, self.model.size)

    def back(self) -> bool:
        """Take back the last place."""
        self._points, self._reach = self._points[:-1], 0.0
        return True

    def forget(self) -> None:
        """Forget the places."""
        self._points, self._start, self._reach = (), None, 0.0

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what was found, and the places."""
        super().paint(painter, frame)
        for point in self._points:
            place = QPointF(*frame.to_widget(point))
            painter.setPen(QPen(QColor("#000000"), 1))
            painter.setBrush(QColor("#ffffff"))
            painter.drawEllipse(place, 4, 4)


class StrokesTool(SmartTool):
    """Strokes in labels; for a cut a box comes first."""

    def __init__(self, model: CanvasModel, repaint: Callable[..., None]) -> None:
        super().__init__(model, repaint)
        self._strokes: tuple[Scribble, ...] = ()
        self._open: Scribble | None = None
        self._start: Point | None = None
        self._box: Box | None = None
        self._area: Box | None = None

    def press(self, stroke: Stroke) -> None:
        """Begin the box or a stroke."""
        here = clipped(stroke.point, self.model.size)
        self.coarse = max(1.0, 1 / stroke.frame.zoom) if self._area is None else self.coarse
        if self.assistant.gesture == "cut" and self._box is None:
            self._start = here
            return
        if self._area is None:
            self._area = around(here, _SEEN * self.coarse, self.model.size)
        outside = stroke.alt or stroke.rubber
        label = _OUTSIDE if outside else self._number()
        self._open = Scribble((here,), label, _RADIUS / stroke.frame.zoom)
        self.repaint()

    def drag(self, stroke: Stroke) -> None:
        """Go on; superpixels are shown at once."""
        here = clipped(stroke.point, self.model.size)
        if self._start is not None:
            self._box = Box.spanning(self._start, here)
        elif self._open is not None and here != self._open.points[-1]:
            held = self._open
            self._open = Scribble((*held.points, here), held.label, held.radius)
            if self.assistant.gesture == "paint":
                self.ask()
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """End the box or the stroke, and ask."""
        self.drag(stroke)
        if self._start is not None:
            self._start = None
            box = self._box
            if box is None or min(box.width, box.height) * stroke.frame.zoom < _SLIP:
                self._box = None
                return
            self._area = grown(box, self.assistant.around)
        if self._open is not None:
            self._strokes, self._open = (*self._strokes, self._open), None
        self.ask()

    def _number(self) -> int:
        """Return the number of the label at hand, the same on every picture."""
        ids = [one.id for one in self.model.schema.labels]
        if self.assistant.gesture != "scribble" or self.model.label not in ids:
            return 1
        return ids.index(self.model.label) + 1

    def labels(self) -> Mapping[int, LabelId]:
        """Return the labels by number; of a single thing it is the one at hand."""
        if self.assistant.gesture != "scribble":
            return super().labels()
        return {at: one.id for at, one in enumerate(self.model.schema.labels, 1)}

    def hand(self) -> Hand | None:
        """Return box and strokes."""
        strokes = (*self._strokes, self._open) if self._open is not None else self._strokes
        if not strokes and self._box is None:
            return None
        box = self._box
        corners = None if box is None else ((box.x0, box.y0), (box.x1, box.y1))
        return Hand(box=corners, strokes=strokes, options=dict(self.options))

    def area(self, hand: Hand) -> Box:
        """Return what counts since the first stroke, widened where strokes went beyond."""
        points = [point for stroke in hand.strokes for point in stroke.points]
        area = self._area or Box(0, 0, *self.model.size)
        self._area = _with_points(area, points)
        return self._area

    def back(self) -> bool:
        """Take back the last stroke, or the box."""
        if self._strokes:
            self._strokes = self._strokes[:-1]
        else:
            self._box = None
        return True

    def forget(self) -> None:
        """Forget box and strokes."""
        self._strokes, self._open = (), None
        self._start = self._box = self._area = None

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what was found, the strokes, and the box."""
        super().paint(painter, frame)
        hand = self.hand()
        if hand is None:
            return
        looks, labels = looks_of(self.model.schema), self.labels()
        pens = {at: looks.get(label, NO_LOOK).pen(2) for at, label in labels.items()}
        pens[_OUTSIDE] = QPen(QColor("#000000"))
        draw_strokes(painter, frame, hand.strokes, pens)
        if self._box is not None:
            a = frame.to_widget((self._box.x0, self._box.y0))
            b = frame.to_widget((self._box.x1, self._box.y1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#ffffff"), 2))
            painter.drawRect(QRectF(QPointF(*a), QPointF(*b)))
            painter.setPen(QPen(QColor("#000000"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(QPointF(*a), QPointF(*b)))


class ShapeTool(SmartTool):
    """A chosen shape is made better, or looked for elsewhere."""

    _shape: Shape | None = None

    def press(self, stroke: Stroke) -> None:
        """Choose the shape under the pointer and ask."""
        shape = self.model.table.at(stroke.point, _SLIP / stroke.frame.zoom)
        if shape is not None:
            self.model.select([shape.id])
            self._begin(shape)

    def key(self, key: int, shift: bool) -> bool:
        """Enter asks about the chosen shape, then takes what is shown."""
        chosen = self.model.chosen()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.busy and len(chosen) == 1:
            self._begin(chosen[0])
            return True
        return super().key(key, shift)

    def _begin(self, shape: Shape) -> None:
        if not any(line.closed for line in strands(shape.geometry)):
            self.voice.say("This shape bounds no region; choose another one.")
            return
        self._shape = shape
        self.ask()

    def hand(self) -> Hand | None:
        """Return the lines of the shape."""
        if self._shape is None:
            return None
        lines = tuple(line.points for line in strands(self._shape.geometry) if line.closed)
        return Hand(rings=lines, options=dict(self.options))

    def area(self, hand: Hand) -> Box:
        """Return what is around the shape."""
        assert self._shape is not None
        box = bounds(self._shape.geometry)
        reach = 2 * hand.options.get("reach", 0.0)
        return grown(box, self.assistant.around, reach + 8) if box else Box(0, 0, 1, 1)

    def labels(self) -> Mapping[int, LabelId]:
        """Return the label of the shape."""
        return {} if self._shape is None else {1: self._shape.label}

    def take(self, finding: Finding) -> Sequence[Shape]:
        """Give the shape its new outline; what has a score becomes a proposal."""
        shape = self._shape
        if shape is None or any(one.score is not None for one in finding.found):
            return super().take(finding)
        if shape.locked:
            self.model.refused.emit(LOCKED)
            return ()
        from studio.domain.geometry import Polygon

        rings = [
            ring
            for one in finding.found
            if isinstance(one.geometry, Polygon)
            for ring in one.geometry.rings
        ]
        better = shape.model_copy(update={"geometry": Polygon(tuple(rings))})
        return [better] if self.model.change([shape], [better], self.title) else ()

    def forget(self) -> None:
        """Forget the shape."""
        self._shape = None


def _with_points(area: Box, points: Sequence[Point]) -> Box:
    if not points:
        return area
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return Box(min(area.x0, *xs), min(area.y0, *ys), max(area.x1, *xs), max(area.y1, *ys))
