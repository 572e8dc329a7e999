"""What of a shape can be taken hold of, and what becomes of it when that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from studio.domain.geometry import Box, Geometry, Point, Polygon

_FEWEST = 3


class Grip(NamedTuple):
    """A corner or edge of a box, a point of a polygon, or the middle of a polygon's edge."""

    kind: Literal["box", "point", "middle"]
    place: Point
    ring: int = 0
    """Of a polygon; for a box which side moves in x: -1 left, 0 none, 1 right."""
    at: int = 0
    """Of the point in its ring; for a box which side moves in y: -1 top, 0 none, 1 bottom."""


def grips_of(geometry: Geometry) -> Iterator[Grip]:
    """Walk over the grips of a shape, points before middles."""
    if isinstance(geometry, Box):
        yield from _box_grips(geometry)
    elif isinstance(geometry, Polygon):
        for number, ring in enumerate(geometry.rings):
            for at, point in enumerate(ring):
                yield Grip("point", point, number, at)
        for number, ring in enumerate(geometry.rings):
            for at, (a, b) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True)):
                yield Grip("middle", ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), number, at)


def _box_grips(box: Box) -> Iterator[Grip]:
    xs = {-1: box.x0, 0: (box.x0 + box.x1) / 2, 1: box.x1}
    ys = {-1: box.y0, 0: (box.y0 + box.y1) / 2, 1: box.y1}
    # Corners first: on a small box they are what a hand means.
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0)):
        yield Grip("box", (xs[sx], ys[sy]), sx, sy)


def pulled(geometry: Geometry, grip: Grip, to: Point) -> Geometry:
    """Return the geometry with a grip moved to a point; a middle becomes a new point there."""
    if isinstance(geometry, Box):
        x0 = to[0] if grip.ring < 0 else geometry.x0
        x1 = to[0] if grip.ring > 0 else geometry.x1
        y0 = to[1] if grip.at < 0 else geometry.y0
        y1 = to[1] if grip.at > 0 else geometry.y1
        return Box.spanning((x0, y0), (x1, y1))
    if isinstance(geometry, Polygon):
        ring = geometry.rings[grip.ring]
        after = grip.at + 1
        head = ring[: grip.at] if grip.kind == "point" else ring[:after]
        return _with_ring(geometry, grip.ring, (*head, to, *ring[after:]))
    return geometry


def without(geometry: Polygon, grip: Grip) -> Polygon | None:
    """Return the polygon without a point, or None where too few would be left."""
    ring = geometry.rings[grip.ring]
    if len(ring) <= _FEWEST:
        return None
    return _with_ring(geometry, grip.ring, ring[: grip.at] + ring[grip.at + 1 :])


def _with_ring(polygon: Polygon, number: int, ring: tuple[Point, ...]) -> Polygon:
    return Polygon((*polygon.rings[:number], ring, *polygon.rings[number + 1 :]))
