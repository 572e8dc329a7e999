"""Draw a cuboid."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Box, Cuboid, Geometry, Point
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.tools.dragged import DraggedTool
from studio.ui.canvas.tools.tool import Stroke


class CuboidTool(DraggedTool):
    """Drag the front face, then click where its last corner lies at the back."""

    id = "cuboid"
    title = "Draw cuboids"
    icon = "cube"
    shortcut = "U"
    hint = "Drag the front face, then click how deep it is · Select moves single corners and faces"

    _front: Box | None = None
    _corner: Point = (0.0, 0.0)
    _cuboid: Cuboid | None = None

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the front face."""
        del stroke
        box = Box.spanning(start, end)
        return box if min(box.width, box.height) > 0 else None

    @property
    def busy(self) -> bool:
        """Whether a cuboid is being drawn."""
        return self._front is not None or super().busy

    def press(self, stroke: Stroke) -> None:
        """Begin the front face, or fix the depth."""
        if self._front is None:
            super().press(stroke)
            return
        self.hover(stroke)
        cuboid = self._cuboid
        self.cancel()
        if cuboid is not None:
            self.model.draw(cuboid)

    def done(self, geometry: Geometry) -> None:
        """Keep the front face; the depth needs no button."""
        if isinstance(geometry, Box):
            self._front, self._corner = geometry, self._end

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show the cuboid that a click would make."""
        if self._front is None:
            return super().hover(stroke)
        x, y = self.place(stroke)
        self._cuboid = deep(self._front, x - self._corner[0], y - self._corner[1])
        self.repaint()
        return self.cursor

    def cancel(self) -> None:
        """Forget the cuboid."""
        self._front = self._cuboid = None
        super().cancel()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the cuboid as it would be."""
        shown = self._cuboid or self._front
        if shown is None:
            super().paint(painter, frame)
        else:
            draw_shape(painter, frame, shown, self.current_look())


def deep(front: Box, dx: float, dy: float) -> Cuboid:
    """Return the cuboid whose back is its front shifted by so many px."""
    x0, y0, x1, y1 = front.x0, front.y0, front.x1, front.y1
    face = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Cuboid(face, tuple((x + dx, y + dy) for x, y in face))
