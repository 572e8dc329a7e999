"""Tools that take point after point."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from studio.domain.geometry import Box, Point, Ring
from studio.domain.geometry.borders import border_between
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import HANDLE, Outline, draw_handle, draw_path, transform
from studio.ui.canvas.tools.keys import ENDS, TAKES_BACK
from studio.ui.canvas.tools.tool import Stroke, Tool

_CLOSES = 2 * HANDLE
"""How near to an end a click ends the line, logical px."""


class ClickedTool(Tool):
    """Base of the tools that make a shape of clicked points."""

    drags = False
    fewest: ClassVar[int]
    """So many points make a shape."""

    _points: Ring = ()
    _before: Ring = ()
    """The points before the last press."""
    _ahead: Ring = ()
    """What a click at the pointer would add."""

    def done(self, points: Ring) -> None:
        """Take the finished points, no two in a row the same."""

    def ends_at(self) -> Point:
        """Return the point on which a click ends the line."""
        return self._points[0]

    @property
    def busy(self) -> bool:
        """Whether points are being put."""
        return bool(self._points)

    def press(self, stroke: Stroke) -> None:
        """Put a point, or end at the first one."""
        if len(self._points) >= self.fewest and stroke.near(self.ends_at(), _CLOSES):
            self.end()
            return
        self._before = self._points
        self._points = (*self._before, *self._way_to(self.place(stroke), stroke))
        self._ahead = ()
        self.repaint()

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show what a click would add."""
        mark, place = self.mark, self.place(stroke)
        if self._points:
            self._before = self._points
            self._ahead = self._way_to(place, stroke)
        if self._points or mark != self.mark:
            self.repaint()
        return self.cursor

    def drag(self, stroke: Stroke) -> None:
        """Move the point just put while the button is down."""
        if self._points:
            self._points = (*self._before, *self._way_to(self.place(stroke), stroke))
            self.repaint()

    def double_click(self, stroke: Stroke) -> None:
        """End; the first of the two clicks has put the last point."""
        del stroke
        self.end()

    def key(self, key: int, shift: bool) -> bool:
        """Enter ends once there are enough points, Backspace and Delete take the last one back."""
        del shift
        if key in ENDS and len(self._points) >= self.fewest:
            self.end()
        elif key in TAKES_BACK and self._points:
            self._points, self._ahead = self._points[:-1], ()
            self.repaint()
        else:
            return False
        return True

    def cancel(self) -> None:
        """Forget the points."""
        self._points, self._before, self._ahead, self.mark = (), (), (), None
        self.repaint()

    def end(self) -> None:
        """Make the shape, if there are enough points."""
        points = tuple(dict.fromkeys(self._points))
        if len(points) >= self.fewest:
            self.cancel()
            self.done(points)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the points, the edges, and the edge that would come."""
        if not self._points:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(transform(frame), True)
        line = QPainterPath()
        line.addPolygon(QPolygonF([QPointF(x, y) for x, y in self._points + self._ahead]))
        draw_path(painter, Outline(QPainterPath(), line), self.current_look(), True)
        painter.restore()
        enough = len(self._points) >= self.fewest
        for point in self._points:
            draw_handle(painter, frame, point, enough and point == self.ends_at())

    def _way_to(self, place: Point, stroke: Stroke) -> Ring:
        """Return the point, and before it the border of a neighbour that leads there."""
        model = self.model
        if not self._before or not model.snapping.shared or stroke.ctrl:
            return (place,)
        start = self._before[-1]
        around = Box.spanning(start, place)
        for row in reversed(model.table.touching(around).tolist()):
            way = border_between(model.table[row].geometry, start, place, stroke.shift)
            if way:
                return (*way, place)
        return (place,)
