"""Point at what is wrong: a click or a drag says where a comment belongs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import Box, Geometry, Point
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools.dragged import DraggedTool
from studio.ui.canvas.tools.tool import Stroke

_SLIP = 4.0
"""A drag shorter than this on screen is a click, logical px."""


class CommentTool(DraggedTool):
    """Drag around what is meant, or click on it; the words are written beside the canvas."""

    id = "comment"
    title = "Comment on a place"
    icon = "message"
    shortcut = "Shift+K"
    hint = "Drag around what you mean, or click on it · then write the comment"

    def __init__(self, model: CanvasModel, repaint: Callable[..., None]) -> None:
        super().__init__(model, repaint)
        self.asked: Callable[[Box], None] | None = None
        """Asks for the words of a comment on a place, px of the upright picture."""

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the place between two corners."""
        del stroke
        return Box.spanning(start, end)

    def release(self, stroke: Stroke) -> None:
        """Ask for the words; a click means a point."""
        if self._start is None:
            return
        self.drag(stroke)
        start, found = self._start, self._geometry
        self.cancel()
        click = stroke.near(start, _SLIP)
        place = Box(*start, *start) if click or not isinstance(found, Box) else found
        if self.asked is not None:
            self.asked(place)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the place as it would be."""
        if isinstance(self._geometry, Box):
            draw_place(painter, frame, self._geometry)


def draw_place(painter: QPainter, frame: Frame, place: Box) -> None:
    """Draw a frame about a place, in two inks so that it is seen on light and on dark."""
    x0, y0 = frame.to_widget((place.x0, place.y0))
    x1, y1 = frame.to_widget((place.x1, place.y1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, style in (("#000000", Qt.PenStyle.SolidLine), ("#ffffff", Qt.PenStyle.DashLine)):
        painter.setPen(QPen(QColor(ink), 1.5, style))
        painter.drawRect(QRectF(x0, y0, x1 - x0, y1 - y0))
