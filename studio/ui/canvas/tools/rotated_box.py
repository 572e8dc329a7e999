"""Draw a turned box."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPainterPath

from studio.domain.geometry import Box, Point, RotatedBox
from studio.domain.geometry.grips import Grip, pulled
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import Outline, draw_path, draw_shape, transform
from studio.ui.canvas.tools.tool import Stroke, Tool

_SMALLEST = 3.0
"""A drag shorter than this on screen is a slip of the hand, logical px."""


class RotatedBoxTool(Tool):
    """Drag along one edge, then click how wide; or drag an upright box, then click how turned."""

    id = "rotated_box"
    title = "Draw rotated boxes"
    icon = "rectangle-rotated"
    shortcut = "R"
    hint = (
        "Drag along one edge, then click how wide it is · with Shift drag an upright box, then"
        " click how it is turned"
    )

    _start: Point | None = None
    _end: Point | None = None
    _upright: RotatedBox | None = None
    """The box that is only turned any more."""
    _by_turning = False
    _based = False
    _box: RotatedBox | None = None

    @property
    def busy(self) -> bool:
        """Whether a box is being drawn."""
        return self._start is not None

    def press(self, stroke: Stroke) -> None:
        """Fix the first end of the edge, or the width."""
        if self._based:
            self.hover(stroke)
            box = self._box
            self.cancel()
            if box is not None and min(box.width, box.height) * stroke.frame.zoom >= _SMALLEST:
                self.model.draw(box)
            return
        self._start = self._end = self.place(stroke)
        self._by_turning = stroke.shift

    def drag(self, stroke: Stroke) -> None:
        """Move the other end."""
        if self._start is None or self._based:
            return
        self._end = self.place(stroke)
        if self._by_turning:
            box = Box.spanning(self._start, self._end)
            self._box = RotatedBox(*box.centre, box.width, box.height)
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """The edge or the upright box stands; what comes next needs no button."""
        if self._start is None or self._end is None or self._based:
            return
        self.drag(stroke)
        if math.dist(self._start, self._end) * stroke.frame.zoom < _SMALLEST:
            self.cancel()
            return
        self._based, self._upright = True, self._box

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show the box that a click would make."""
        if self._based and self._start is not None and self._end is not None:
            if self._upright is not None:
                turn = Grip("turn", stroke.point)
                turned = pulled(self._upright, turn, stroke.point, even=stroke.shift)
                assert isinstance(turned, RotatedBox)
                self._box = turned
            else:
                self._box = on_edge(self._start, self._end, self.place(stroke))
            self.repaint()
        else:
            self.place(stroke)
        return self.cursor

    def cancel(self) -> None:
        """Forget the box."""
        self._start = self._end = self._upright = self._box = self.mark = None
        self._based = False
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the edge, then the box as it would be."""
        if self._box is not None:
            draw_shape(painter, frame, self._box, self.current_look())
        elif self._start is not None and self._end is not None:
            line = QPainterPath()
            line.moveTo(*self._start)
            line.lineTo(*self._end)
            painter.save()
            painter.setTransform(transform(frame), True)
            draw_path(painter, Outline(QPainterPath(), line), self.current_look(), True)
            painter.restore()


def on_edge(start: Point, end: Point, across: Point) -> RotatedBox:
    """Return the box with one edge from `start` to `end` that reaches as far as `across`."""
    length = max(math.dist(start, end), 1e-9)
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    # Clockwise as seen from the edge: down where the edge runs right.
    far = (across[1] - start[1]) * ux - (across[0] - start[0]) * uy
    middle = (start[0] + end[0]) / 2 - uy * far / 2, (start[1] + end[1]) / 2 + ux * far / 2
    box = RotatedBox(*middle, length, abs(far), math.degrees(math.atan2(uy, ux)))
    return replace(box, angle=(box.angle + 180.0) % 360.0 - 180.0)
