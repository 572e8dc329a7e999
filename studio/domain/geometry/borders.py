"""What neighbours share: points that coincide, and borders that one follows along another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from studio.domain.geometry.grips import Grip, grips_of
from studio.domain.geometry.kinds import Geometry, Point, Polygon, Ring

COINCIDE = 1e-3
"""Points this near to each other are one, px."""


def points_at(geometry: Geometry, place: Point) -> Iterator[Grip]:
    """Walk over the points of a geometry that coincide with a place."""
    for grip in grips_of(geometry):
        if grip.kind == "point" and math.dist(grip.place, place) <= COINCIDE:
            yield grip


def way_along(ring: Ring, a: Point, b: Point, longer: bool = False) -> Ring | None:
    """Return the points of a ring that lie between two places on it.

    Parameters
    ----------
    ring : Ring
        At least three points, px.
    a, b : Point
        On the ring: at its points or on its edges.
    longer : bool
        Go the longer way round instead of the shorter.

    Returns
    -------
    Ring or None
        In order from `a` to `b`, without both; None if one of them does not lie on the ring.
    """
    start, end = _share_of(ring, a), _share_of(ring, b)
    if start is None or end is None:
        return None
    forth = _between(ring, start, end)
    back = tuple(reversed(_between(ring, end, start)))
    ways = sorted((forth, back), key=lambda way: _length((a, *way, b)))
    chosen = ways[1] if longer else ways[0]
    return tuple(p for p in chosen if min(math.dist(p, a), math.dist(p, b)) > COINCIDE)


def border_between(geometry: Geometry, a: Point, b: Point, longer: bool = False) -> Ring | None:
    """Return the border of a region between two places on it; None where they share no ring."""
    for ring in geometry.rings if isinstance(geometry, Polygon) else ():
        way = way_along(ring, a, b, longer)
        if way is not None:
            return way
    return None


def _share_of(ring: Ring, place: Point) -> float | None:
    """Return where on a ring a place lies: edge number and share of that edge."""
    best, share = COINCIDE, None
    for at, (p, q) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True)):
        dx, dy = q[0] - p[0], q[1] - p[1]
        length = dx * dx + dy * dy
        t = ((place[0] - p[0]) * dx + (place[1] - p[1]) * dy) / length if length else 0.0
        t = min(1.0, max(0.0, t))
        far = math.dist(place, (p[0] + t * dx, p[1] + t * dy))
        if far < best or (share is None and far <= best):
            best, share = far, at + t
    return share


def _between(ring: Ring, start: float, end: float) -> Ring:
    """Return the points met on the way forwards round the ring."""
    count = len(ring)
    first = math.floor(start) + 1
    if end < start:
        end += count
    return tuple(ring[at % count] for at in range(first, math.ceil(end)))


def _length(line: Ring) -> float:
    return sum(math.dist(p, q) for p, q in pairwise(line))
