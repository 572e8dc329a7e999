"""Draw a box."""

from __future__ import annotations

from studio.domain.geometry import Box, Geometry, Point
from studio.ui.canvas.tools.dragged import DraggedTool
from studio.ui.canvas.tools.ellipse import squared
from studio.ui.canvas.tools.tool import Stroke

_SMALLEST = 3.0
"""A box narrower than this on screen is a slip of the hand, logical px."""


class BoxTool(DraggedTool):
    """Drag from one corner to the opposite one."""

    id = "box"
    title = "Draw boxes"
    icon = "square"
    shortcut = "B"
    hint = "Drag to draw a box · Shift makes it square · Escape gives up"

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the box between the corners."""
        return Box.spanning(start, squared(start, end) if stroke.shift else end)

    def release(self, stroke: Stroke) -> None:
        """Add the box, unless it is a mere line."""
        self.drag(stroke)
        box = self._geometry
        if isinstance(box, Box) and min(box.width, box.height) * stroke.frame.zoom < _SMALLEST:
            self.cancel()
        super().release(stroke)
