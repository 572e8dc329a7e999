"""How much geometries of any two kinds overlap."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from studio.domain.geometry import (
    Box,
    Cuboid,
    FloatArray,
    Geometry,
    Mask,
    Tag,
    bounds,
    box_iou,
    mask_area,
    strands,
)
from studio.domain.geometry.filling import window_of

REACH = 5.0
"""Lines and points have no inside: they are taken as far as this around them, px."""
_TINY = 1e-12


def overlaps(
    first: Sequence[Geometry], second: Sequence[Geometry], reach: float = REACH
) -> FloatArray:
    """Return the overlap of every geometry with every other: shared area over joint area.

    Parameters
    ----------
    first, second : sequence of Geometry
        N and M, in px of the same upright picture.
    reach : float, px
        How far lines, points and joints are grown so that they have an area.

    Returns
    -------
    (N, M) float64, in [0, 1]
        1 between tags; 0 between a tag and anything else.
    """
    found = np.zeros((len(first), len(second)))
    if not found.size:
        return found
    tags = [np.array([isinstance(one, Tag) for one in side]) for side in (first, second)]
    found[np.ix_(*tags)] = 1.0
    boxes = [_boxes(side, reach) for side in (first, second)]
    rough = box_iou(*boxes)
    plain = [np.array([isinstance(one, Box) for one in side]) for side in (first, second)]
    both = plain[0][:, None] & plain[1][None, :]
    found[both] = rough[both]
    regions: list[dict[int, Any]] = [{}, {}]
    for row, column in np.argwhere((rough > 0) & ~both).tolist():
        a, b = first[row], second[column]
        if isinstance(a, Mask) and isinstance(b, Mask):
            found[row, column] = _masks(a, b)
            continue
        for known, at, shape in zip(regions, (row, column), (a, b), strict=True):
            if at not in known:
                known[at] = _region(shape, reach)
        one, other = regions[0][row], regions[1][column]
        shared = one.intersection(other).area
        found[row, column] = shared / max(one.area + other.area - shared, _TINY)
    return np.clip(found, 0.0, 1.0)


def _boxes(side: Sequence[Geometry], reach: float) -> FloatArray:
    """Return (N, 4) upright boxes; nothing for what has no place."""
    rows = np.zeros((len(side), 4))
    for at, one in enumerate(side):
        box = bounds(one)
        if box is not None:
            more = 0.0 if _has_inside(one) else reach
            rows[at] = box.x0 - more, box.y0 - more, box.x1 + more, box.y1 + more
    return rows


def _has_inside(geometry: Geometry) -> bool:
    if isinstance(geometry, Box | Mask | Cuboid):
        return True
    return any(closed for _, closed in strands(geometry))


def _masks(a: Mask, b: Mask) -> float:
    window = Box(
        min(a.left, b.left),
        min(a.top, b.top),
        max(a.left + a.width, b.left + b.width),
        max(a.top + a.height, b.top + b.height),
    )
    shared = int((window_of(a, window) & window_of(b, window)).sum())
    return shared / max(mask_area(a) + mask_area(b) - shared, 1)


def _region(geometry: Geometry, reach: float) -> Any:
    """Return what a geometry covers as Shapely keeps it; lines and points are grown."""
    from shapely import LineString, MultiPoint, MultiPolygon, Polygon, make_valid, union_all

    if isinstance(geometry, Cuboid):
        return MultiPoint([*geometry.front, *geometry.back]).convex_hull
    lines = strands(geometry)
    rings = [points for points, closed in lines if closed and len(points) >= 3]
    if rings:
        parts = [make_valid(Polygon(ring)) for ring in rings]
        return reduce(lambda a, b: a.symmetric_difference(b), parts, MultiPolygon())
    grown = [
        (LineString(points) if len(points) > 1 else MultiPoint(points)).buffer(reach)
        for points, _ in lines
    ]
    return union_all(grown)
