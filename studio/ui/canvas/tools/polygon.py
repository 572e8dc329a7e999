"""Draw a polygon."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Point, Polygon
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import HANDLE, draw_handle
from studio.ui.canvas.model import clipped
from studio.ui.canvas.tools.tool import Stroke, Tool

_FEWEST = 3
_CLOSES = 2 * HANDLE
"""How near to the first point a click closes the polygon, logical px."""


class PolygonTool(Tool):
    """Click point after point."""

    id = "polygon"
    title = "Draw polygons"
    icon = "polygon"
    shortcut = "P"
    hint = (
        "Click points · Enter, a double click or the first point closes · Backspace takes one back"
    )

    _points: tuple[Point, ...] = ()
    _ahead: Point | None = None

    @property
    def busy(self) -> bool:
        """Whether a polygon is being drawn."""
        return bool(self._points)

    def press(self, stroke: Stroke) -> None:
        """Put a point, or close at the first one."""
        if len(self._points) >= _FEWEST and stroke.near(self._points[0], _CLOSES):
            self._close()
            return
        self._points = (*self._points, clipped(stroke.point, self.model.size))
        self._ahead = None
        self.repaint()

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show the edge that a click would make."""
        if self._points:
            self._ahead = clipped(stroke.point, self.model.size)
            self.repaint()
        return self.cursor

    def drag(self, stroke: Stroke) -> None:
        """Move the point just put while the button is down."""
        if self._points:
            self._points = (*self._points[:-1], clipped(stroke.point, self.model.size))
            self.repaint()

    def double_click(self, stroke: Stroke) -> None:
        """Close; the first of the two clicks has put the last point."""
        del stroke
        self._close()

    def key(self, key: int, shift: bool) -> bool:
        """Enter closes, Backspace and Delete take the last point back."""
        del shift
        if not self._points:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._points = self._points[:-1]
            self.repaint()
        else:
            return False
        return True

    def cancel(self) -> None:
        """Forget the points."""
        self._points, self._ahead = (), None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the points, the edges, and the edge that would come."""
        if not self._points:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.current_look().pen(2))
        ends = self._points if self._ahead is None else (*self._points, self._ahead)
        for a, b in pairwise(ends):
            painter.drawLine(*_flat(frame, a, b))
        for at, point in enumerate(self._points):
            closes = at == 0 and len(self._points) >= _FEWEST
            draw_handle(painter, frame, point, closes)

    def _close(self) -> None:
        points = tuple(dict.fromkeys(self._points))
        if len(points) >= _FEWEST:
            self.cancel()
            self.model.draw(Polygon((points,)))


def _flat(frame: Frame, a: Point, b: Point) -> tuple[int, int, int, int]:
    (ax, ay), (bx, by) = frame.to_widget(a), frame.to_widget(b)
    return round(ax), round(ay), round(bx), round(by)
