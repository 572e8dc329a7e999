"""Put points."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Point, Points
from studio.domain.labels import Shape
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.tools.tool import Stroke, Tool


class PointsTool(Tool):
    """Click a point."""

    id = "points"
    title = "Put points"
    icon = "points"
    shortcut = "K"
    hint = "Click to put a point, drag to place it · with Shift it joins the chosen points"
    drags = False
    _point: Point | None = None
    _onto: Shape | None = None

    @property
    def busy(self) -> bool:
        """Whether a point is being placed."""
        return self._point is not None

    @property
    def held(self) -> tuple[Shape, ...]:
        """The points that get another one."""
        return (self._onto,) if self._onto else ()

    def press(self, stroke: Stroke) -> None:
        """Put a point under the pointer."""
        chosen = self.model.chosen()
        joins = stroke.shift and len(chosen) == 1 and isinstance(chosen[0].geometry, Points)
        self._onto = chosen[0] if joins else None
        self._point = self.place(stroke)
        self.repaint()

    def drag(self, stroke: Stroke) -> None:
        """Place it."""
        if self._point is not None:
            self._point = self.place(stroke)
            self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Add it."""
        self.drag(stroke)
        point, onto = self._point, self._onto
        self.cancel()
        if point is None:
            return
        if onto is None or not isinstance(onto.geometry, Points):
            self.model.draw(Points((point,)))
        else:
            more = onto.model_copy(update={"geometry": Points((*onto.geometry.points, point))})
            self.model.change([onto], [more], "Add point")

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show where a click would land."""
        before = self.mark
        self.place(stroke)
        if before != self.mark:
            self.repaint()
        return self.cursor

    def cancel(self) -> None:
        """Forget the point."""
        self._point = self._onto = self.mark = None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the point as it would be."""
        if self._point is not None:
            draw_shape(painter, frame, Points((self._point,)), self.current_look())
