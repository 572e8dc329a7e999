"""Draw polygons, and rings into them."""

from __future__ import annotations

from studio.domain.geometry import Polygon, Ring
from studio.domain.labels import Shape
from studio.ui.canvas.tools.clicked import ClickedTool
from studio.ui.canvas.tools.rings import polygon_for_rings, with_ring
from studio.ui.canvas.tools.tool import Stroke


class PolygonTool(ClickedTool):
    """Click point after point."""

    id = "polygon"
    title = "Draw polygons"
    icon = "polygon"
    shortcut = "P"
    hint = (
        "Click points · Enter or the first point closes · Backspace takes one back · begun with"
        " Shift, it cuts a hole or adds a part to the chosen polygon"
    )
    fewest = 3
    _onto: Shape | None = None

    @property
    def held(self) -> tuple[Shape, ...]:
        """The polygon that gets the ring."""
        return (self._onto,) if self._onto else ()

    def press(self, stroke: Stroke) -> None:
        """Put a point; the first one tells whether the ring is of the chosen polygon."""
        if not self.busy:
            self._onto = polygon_for_rings(self.model, stroke)
        super().press(stroke)

    def cancel(self) -> None:
        """Forget the points."""
        self._onto = None
        super().cancel()

    def end(self) -> None:
        """Make the polygon, or give the chosen one its ring."""
        onto, points = self._onto, tuple(dict.fromkeys(self._points))
        if len(points) < self.fewest:
            return
        self.cancel()
        if onto is None:
            self.done(points)
        else:
            with_ring(self.model, onto, points)

    def done(self, points: Ring) -> None:
        """Add the polygon."""
        self.model.draw(Polygon((points,)))
