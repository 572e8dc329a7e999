"""Draw a polygon by going round a thing."""

from __future__ import annotations

import math

from PySide6.QtGui import QPainter

from studio.domain.geometry import Polygon, Ring
from studio.domain.labels import Shape
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.model import clipped
from studio.ui.canvas.tools.rings import polygon_for_rings, with_ring
from studio.ui.canvas.tools.tool import Stroke, Tool

_STEP = 2.0
"""Points of the way lie at least so far apart, logical px."""
_BESIDE = 0.75
"""How far the finished line may lie beside the hand's way, logical px."""
_SMALLEST = 6.0
"""A way that stays in so small a box is a slip of the hand, logical px."""
_FEWEST = 3


class LassoTool(Tool):
    """Go round a thing with the button down."""

    id = "lasso"
    title = "Draw polygons freehand"
    icon = "lasso"
    shortcut = "Q"
    hint = (
        "Go round with the button down · begun with Shift, the ring is cut from the chosen polygon"
        " or added to it"
    )
    _way: Ring = ()
    _onto: Shape | None = None

    @property
    def busy(self) -> bool:
        """Whether a way is being drawn."""
        return bool(self._way)

    @property
    def held(self) -> tuple[Shape, ...]:
        """The polygon that gets the ring."""
        return (self._onto,) if self._onto else ()

    def press(self, stroke: Stroke) -> None:
        """Begin the way."""
        self._onto = polygon_for_rings(self.model, stroke)
        self._way = (clipped(stroke.point, self.model.size),)

    def drag(self, stroke: Stroke) -> None:
        """Go on."""
        point = clipped(stroke.point, self.model.size)
        if self._way and math.dist(self._way[-1], point) * stroke.frame.zoom >= _STEP:
            self._way = (*self._way, point)
            self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Make the polygon of the way, with the points that count."""
        from studio.domain.geometry.regions import simplified

        self.drag(stroke)
        way, onto, zoom = self._way, self._onto, stroke.frame.zoom
        self.cancel()
        xs, ys = [x for x, _ in way], [y for _, y in way]
        if len(way) < _FEWEST or min(max(xs) - min(xs), max(ys) - min(ys)) * zoom < _SMALLEST:
            return
        fewer = simplified(Polygon((way,)), _BESIDE / zoom)
        if not isinstance(fewer, Polygon):
            return
        if onto is None:
            self.model.draw(fewer)
        else:
            with_ring(self.model, onto, fewer.rings[0])

    def cancel(self) -> None:
        """Forget the way."""
        self._way, self._onto = (), None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the region gone round so far."""
        if len(self._way) >= _FEWEST:
            draw_shape(painter, frame, Polygon((self._way,)), self.current_look())
