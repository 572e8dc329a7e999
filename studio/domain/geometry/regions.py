"""Regions joined, cut and split. Shapely does the arithmetic (GEOS, OverlayNG)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, Literal, TypeAlias

import numpy as np

from studio.domain.geometry.filling import as_mask, window_of
from studio.domain.geometry.kinds import (
    BoolArray,
    Box,
    Geometry,
    Mask,
    Point,
    Polygon,
    Polyline,
    Ring,
)
from studio.domain.geometry.masks import mask_of
from studio.domain.geometry.measure import bounds, ring_area
from studio.domain.geometry.outlines import strands

Joining: TypeAlias = Literal["union", "intersection", "difference", "symmetric_difference"]
_SMALLEST_AREA = 1e-6
"""Smaller rings are what rounding left over, px²."""


def joined(how: Joining, first: Geometry, others: Sequence[Geometry]) -> Polygon | Mask | None:
    """Join regions.

    Parameters
    ----------
    how : Joining
        `difference` takes all others away from the first.
    first : Geometry
        With an inside.
    others : sequence of Geometry
        With an inside.

    Returns
    -------
    Polygon or Mask or None
        A mask if the first is one, else a polygon with all its parts and holes; None if nothing is
        left.
    """
    if isinstance(first, Mask):
        return _joined_masks(how, [first, *others])
    regions = [_region(geometry) for geometry in (first, *others)]
    return _polygon(reduce(lambda a, b: getattr(a, how)(b), regions))


def split(geometry: Geometry, line: Ring) -> list[Polygon | Mask]:
    """Cut a region along a line; a line that does not cross it gives the region back whole.

    Parameters
    ----------
    geometry : Geometry
        With an inside.
    line : Ring
        At least two points, px; its ends lie outside the region.

    Returns
    -------
    list of Polygon or Mask
        The pieces, the largest first; masks from a mask.
    """
    from shapely import LineString
    from shapely.ops import split as cut

    region = _region(geometry)
    pieces = [_polygon(piece) for piece in cut(region, LineString(line)).geoms]
    parts = sorted(
        (piece for piece in pieces if piece is not None),
        key=lambda piece: -sum(map(ring_area, piece.rings[:1])),
    )
    if not isinstance(geometry, Mask):
        return list(parts)
    right, bottom = geometry.left + geometry.width, geometry.top + geometry.height
    masks = [as_mask(part, right, bottom) for part in parts]
    return [mask for mask in masks if mask.width]


def pieces(polygon: Polygon) -> list[Polygon]:
    """Part a polygon into its parts, each with its holes."""
    region = _region(polygon)
    found = [_polygon(part) for part in getattr(region, "geoms", [region])]
    return [part for part in found if part is not None]


def simplified(geometry: Polygon | Polyline, tolerance: float) -> Polygon | Polyline:
    """Leave out points without moving any line further than a tolerance (Douglas and Peucker).

    Parameters
    ----------
    geometry : Polygon or Polyline
        In px.
    tolerance : float, px
        How far a line may lie beside the old one.

    Returns
    -------
    Polygon or Polyline
        Of the same kind; rings do not come to cross each other.
    """
    if isinstance(geometry, Polyline):
        from shapely import LineString

        line = LineString(geometry.points).simplify(tolerance)
        return Polyline(tuple((float(x), float(y)) for x, y in line.coords))
    fewer = _polygon(_region(geometry).simplify(tolerance, preserve_topology=True))
    return fewer or geometry


def sound(polygon: Polygon) -> bool:
    """Tell whether no ring of a polygon crosses itself or another one."""
    from shapely import LinearRing

    rings = [LinearRing(ring) for ring in polygon.rings if len(ring) >= 3]
    crossing = any(
        a.crosses(b) or a.overlaps(b) for at, a in enumerate(rings) for b in rings[at + 1 :]
    )
    return not crossing and all(ring.is_simple for ring in rings)


def _region(geometry: Geometry) -> Any:
    """Return the inside of a geometry as Shapely keeps it: the even-odd sum of its rings."""
    from shapely import MultiPolygon, make_valid
    from shapely import Polygon as Region

    rings = [points for points, closed in strands(geometry) if closed and len(points) >= 3]
    # make_valid reads a line that crosses itself by the even-odd rule.
    regions = [make_valid(Region(ring)) for ring in rings]
    whole = reduce(lambda a, b: a.symmetric_difference(b), regions, MultiPolygon())
    return MultiPolygon(_flat(whole))


def _flat(found: Any) -> list[Any]:
    if found.geom_type == "Polygon":
        return [found]
    return [part for each in getattr(found, "geoms", ()) for part in _flat(each)]


def _polygon(found: Any) -> Polygon | None:
    rings: list[Ring] = []
    for part in sorted(_flat(found), key=lambda part: -part.area):
        for line in (part.exterior, *part.interiors):
            ring = tuple((float(x), float(y)) for x, y in line.coords[:-1])
            if len(ring) >= 3 and ring_area(ring) > _SMALLEST_AREA:
                rings.append(ring)
    return Polygon(tuple(rings)) if rings else None


def _joined_masks(how: Joining, geometries: Sequence[Geometry]) -> Mask | None:
    boxes = [box for box in map(bounds, geometries) if box is not None]
    window = Box(
        max(0, math.floor(min(box.x0 for box in boxes))),
        max(0, math.floor(min(box.y0 for box in boxes))),
        math.ceil(max(box.x1 for box in boxes)),
        math.ceil(max(box.y1 for box in boxes)),
    )
    right, bottom = round(window.x1), round(window.y1)
    layers = [window_of(as_mask(one, right, bottom), window) for one in geometries]
    pixels = reduce(_PIXELWISE[how], layers)
    mask = mask_of(pixels, round(window.x0), round(window.y0))
    return mask if mask.width else None


def _without(a: BoolArray, b: BoolArray) -> BoolArray:
    return a & ~b


_PIXELWISE: dict[Joining, Any] = {
    "union": np.logical_or,
    "intersection": np.logical_and,
    "difference": _without,
    "symmetric_difference": np.logical_xor,
}


def hull(points: Iterable[Point]) -> Ring:
    """Return the convex hull of points; fewer than three where they lie on one line."""
    from shapely import MultiPoint

    around = MultiPoint(list(points)).convex_hull
    if around.geom_type != "Polygon":
        return tuple((float(x), float(y)) for x, y in around.coords)
    return tuple((float(x), float(y)) for x, y in around.exterior.coords[:-1])
