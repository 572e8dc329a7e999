"""Draw ellipses and circles."""

from __future__ import annotations

import math

from studio.domain.geometry import Box, Circle, Ellipse, Geometry, Point
from studio.ui.canvas.tools.dragged import DraggedTool
from studio.ui.canvas.tools.tool import Stroke


class EllipseTool(DraggedTool):
    """Drag the box around it."""

    id = "ellipse"
    title = "Draw ellipses"
    icon = "oval"
    shortcut = "E"
    hint = "Drag the box around the ellipse · Shift makes it round · turn it with Select"

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the ellipse that fills the dragged box."""
        if stroke.shift:
            end = squared(start, end)
        box = Box.spanning(start, end)
        if min(box.width, box.height) <= 0:
            return None
        return Ellipse(*box.centre, box.width / 2, box.height / 2)


class CircleTool(DraggedTool):
    """Drag from the middle to the rim."""

    id = "circle"
    title = "Draw circles"
    icon = "circle"
    shortcut = "C"
    hint = "Drag from the middle to the rim · with Shift from rim to rim"

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the circle about the start, or that between both points."""
        far = math.dist(start, end)
        if far <= 0:
            return None
        if stroke.shift:
            return Circle((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, far / 2)
        return Circle(*start, far)


def squared(start: Point, end: Point) -> Point:
    """Return the corner of the largest square between two corners that does not reach further."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = min(abs(dx), abs(dy))
    return start[0] + (side if dx >= 0 else -side), start[1] + (side if dy >= 0 else -side)
