"""Draw a box."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from studio.domain.geometry import Box, Point
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.model import clipped
from studio.ui.canvas.tools.tool import Stroke, Tool

_SMALLEST = 3.0
"""A drag shorter than this on screen is a slip of the hand, logical px."""


class BoxTool(Tool):
    """Drag from one corner to the opposite one."""

    id = "box"
    title = "Draw boxes"
    icon = "square"
    shortcut = "B"
    hint = "Drag to draw a box · Shift makes it square · Escape gives up"
    _start: Point | None = None
    _box: Box | None = None

    @property
    def busy(self) -> bool:
        """Whether a box is being drawn."""
        return self._start is not None

    def press(self, stroke: Stroke) -> None:
        """Fix the first corner."""
        self._start = clipped(stroke.point, self.model.size)
        self._box = None

    def drag(self, stroke: Stroke) -> None:
        """Move the other corner."""
        if self._start is None:
            return
        end = clipped(stroke.point, self.model.size)
        if stroke.shift:
            end = _square(self._start, end)
        self._box = Box.spanning(self._start, end)
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Add the box."""
        if self._start is None:
            return
        self.drag(stroke)
        box = self._box
        self.cancel()
        if box and min(box.width, box.height) * stroke.frame.zoom >= _SMALLEST:
            self.model.draw(box)

    def cancel(self) -> None:
        """Forget the box."""
        self._start = self._box = None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the box as it would be."""
        if self._box is not None:
            draw_shape(painter, frame, self._box, self.current_look())


def _square(start: Point, end: Point) -> Point:
    """Return the corner of the largest square between two corners that does not reach further."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = min(abs(dx), abs(dy))
    return start[0] + (side if dx >= 0 else -side), start[1] + (side if dy >= 0 else -side)
