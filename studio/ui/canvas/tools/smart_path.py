"""A line that an assistant lays from click to click."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from studio.api.assistants import Hand
from studio.domain.geometry import Box, FloatArray, Point, Polygon, Polyline
from studio.domain.geometry.regions import simplified
from studio.services.assisting import Finding
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import HANDLE, draw_handle
from studio.ui.canvas.model import clipped
from studio.ui.canvas.tools.smart import ENTER, SmartTool, around
from studio.ui.canvas.tools.tool import Stroke

_SEEN = 512.0
"""So much around the last point counts, logical px."""
_CLOSES = 2 * HANDLE
_LOOSE = 0.75
"""How far the line may be straightened, px on the screen."""
_FEWEST = 3


class PathTool(SmartTool):
    """Click point after point; the line to the pointer is shown at once."""

    drags = False
    _points: tuple[Point, ...] = ()
    _ahead: Point | None = None
    _laid: tuple[FloatArray, ...] = ()
    """The lines between the points."""
    _live: FloatArray | None = None
    _closing = False

    @property
    def busy(self) -> bool:
        """Whether a line is being laid."""
        return bool(self._points)

    def press(self, stroke: Stroke) -> None:
        """Put a point, or close at the first one."""
        here = clipped(stroke.point, self.model.size)
        self.coarse = max(1.0, 1 / stroke.frame.zoom)
        if len(self._points) >= 2 and stroke.near(self._points[0], _CLOSES):
            self._close()
            return
        if self._points:
            self._laid = (*self._laid, self._line_to(here))
        self._points = (*self._points, here)
        # The ways from here are found while the hand goes on.
        self._ahead, self._live = here, None
        self.ask()
        self.repaint()

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Lay the line to the pointer."""
        if self._points and not self._closing:
            self._ahead = clipped(stroke.point, self.model.size)
            self.ask()
            self.repaint()
        return self.cursor

    def double_click(self, stroke: Stroke) -> None:
        """Close; the first of the two clicks has put the last point."""
        del stroke
        self._close()

    def key(self, key: int, shift: bool) -> bool:
        """Enter closes, Shift and Enter leaves the line open, Backspace takes a point back."""
        if key in ENTER and self._points:
            if shift:
                self._finish_open()
            else:
                self._close()
            return True
        return super().key(key, shift)

    def hand(self) -> Hand | None:
        """Return the last point and where the line goes from there."""
        if not self._points or self._ahead is None:
            return None
        return Hand(points=(self._points[-1], self._ahead), options=dict(self.options))

    def area(self, hand: Hand) -> Box:
        """Return what is around the last point."""
        return around(hand.points[0], _SEEN * self.coarse, self.model.size)

    def back(self) -> bool:
        """Take back the last point."""
        self._points, self._laid = self._points[:-1], self._laid[:-1]
        self._live = None
        return True

    def forget(self) -> None:
        """Forget the line."""
        self._points, self._ahead, self._laid, self._live = (), None, (), None
        self._closing = False

    def _told(self, finding: Finding) -> None:
        if finding.question is self._asked and finding.path is not None:
            self._live = finding.path
        super()._told(finding)
        if self._closing and not self.waits:
            self._end(True)

    def _line_to(self, here: Point) -> FloatArray:
        """Return the line shown, brought to where it was put; straight if none is there yet."""
        live = self._live
        if live is None or len(live) < 2:
            return np.array((self._points[-1], here), np.float64)
        return np.concatenate((live[:-1], [here]))

    def _close(self) -> None:
        """Lay the line from the last point to the first, then end."""
        if len(self._points) >= 2 and not self._closing:
            self._ahead, self._live, self._closing = self._points[0], None, True
            self.ask()

    def _finish_open(self) -> None:
        if len(self._points) >= 2:
            self._end(False)

    def _end(self, closed: bool) -> None:
        lines = [*self._laid, self._line_to(self._points[0])] if closed else [*self._laid]
        places = np.concatenate(lines)
        points = tuple((float(x), float(y)) for x, y in places)
        points = tuple(dict.fromkeys(clipped(point, self.model.size) for point in points))
        loose = _LOOSE * self.coarse
        self.cancel()
        if closed and len(points) >= _FEWEST:
            self.model.draw(simplified(Polygon((points,)), loose))
        elif not closed and len(points) >= 2:
            self.model.draw(simplified(Polyline(points), loose))

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the line, the way to the pointer, and the points."""
        if not self._points:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        lines = [*self._laid]
        if self._ahead is not None:
            lines.append(self._line_to(self._ahead))
        for under in (True, False):
            pen = self.current_look().pen(2)
            if under:
                pen.setWidthF(4)
                pen.setColor(Qt.GlobalColor.white)
            painter.setPen(pen)
            for line in lines:
                places = [QPointF(*frame.to_widget((x, y))) for x, y in line.tolist()]
                painter.drawPolyline(QPolygonF(places))
        for at, point in enumerate(self._points):
            draw_handle(painter, frame, point, at == 0 and len(self._points) >= 2)
