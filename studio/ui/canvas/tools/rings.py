"""Holes cut from a polygon and parts added to it."""

from __future__ import annotations

from studio.domain.geometry import Polygon, Ring, contains
from studio.domain.labels import Shape
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools.tool import Stroke


def polygon_for_rings(model: CanvasModel, stroke: Stroke) -> Shape | None:
    """Return the chosen polygon if what begins now, with Shift or Alt held, is meant for it."""
    chosen = model.chosen()
    if not (stroke.shift or stroke.alt) or len(chosen) != 1:
        return None
    polygon = isinstance(chosen[0].geometry, Polygon) and not chosen[0].locked
    return chosen[0] if polygon else None


def with_ring(model: CanvasModel, shape: Shape, ring: Ring) -> None:
    """Cut a ring from a polygon if it begins inside, else add it as a part or to its outline.

    Parameters
    ----------
    model : CanvasModel
        Takes the edit.
    shape : Shape
        A polygon.
    ring : Ring
        At least three points, px.
    """
    from studio.domain.geometry.regions import joined, sound

    polygon = shape.geometry
    assert isinstance(polygon, Polygon)
    cuts = contains(polygon, ring[0])
    after: object = Polygon((*polygon.rings, ring))
    assert isinstance(after, Polygon)
    if not sound(after):
        # Rings that cross are no hole and no part: the regions are joined instead.
        after = joined("difference" if cuts else "union", polygon, [Polygon((ring,))])
    if after is None:
        model.refused.emit("Nothing would be left of the polygon")
        return
    changed = shape.model_copy(update={"geometry": after})
    model.change([shape], [changed], "Cut hole" if cuts else "Add part")
