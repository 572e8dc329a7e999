"""Tools of which one drag makes a shape."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Geometry, Point
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.tools.tool import Stroke, Tool

_SMALLEST = 3.0
"""A drag shorter than this on screen is a slip of the hand, logical px."""


class DraggedTool(Tool):
    """Base of the tools that make a shape from the two ends of a drag."""

    _start: Point | None = None
    _end: Point = (0.0, 0.0)
    _geometry: Geometry | None = None

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the shape between two points, or None where there is none.

        Parameters
        ----------
        start, end : Point
            On the picture, px.
        stroke : Stroke
            What is held down.
        """
        del start, end, stroke
        return None

    @property
    def busy(self) -> bool:
        """Whether a shape is being drawn."""
        return self._start is not None

    def press(self, stroke: Stroke) -> None:
        """Fix the first point."""
        self._start = self._end = self.place(stroke)
        self._geometry = None

    def drag(self, stroke: Stroke) -> None:
        """Move the other point."""
        if self._start is None:
            return
        self._end = self.place(stroke)
        self._geometry = self.shape_of(self._start, self._end, stroke)
        self.repaint()

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show where a press would land."""
        before = self.mark
        self.place(stroke)
        if self.mark != before:
            self.repaint()
        return self.cursor

    def release(self, stroke: Stroke) -> None:
        """Add the shape."""
        if self._start is None:
            return
        self.drag(stroke)
        geometry, far = self._geometry, math.dist(self._start, self._end)
        self.cancel()
        if geometry is not None and far * stroke.frame.zoom >= _SMALLEST:
            self.done(geometry)

    def done(self, geometry: Geometry) -> None:
        """Take the finished shape."""
        self.model.draw(geometry)

    def cancel(self) -> None:
        """Forget the shape."""
        self._start = self._geometry = self.mark = None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the shape as it would be."""
        if self._geometry is not None:
            draw_shape(painter, frame, self._geometry, self.current_look())
