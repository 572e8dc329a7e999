"""Where a point lands that is put near other shapes, the picture's edge or the grid of pixels."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from studio.domain.geometry import Box, FloatArray, Mask, Point, strands
from studio.domain.geometry.grips import grips_of
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.table import ShapeTable

REACH = 8.0
"""How near something must be for a point to land on it, logical px."""
_MOST = 64
"""So many of the shapes near the pointer are asked, from the top."""
_CORNERS = ("point", "corner", "joint")


@dataclass
class Snapping:
    """What points snap to."""

    on: bool = False
    """To points and lines of other shapes, and to the picture's edge."""
    pixels: bool = False
    """To the corners of pixels."""
    shared: bool = False
    """Points that coincide move together, a line follows the border between two points on it; and
    points snap, as borders are only shared where they meet."""

    def snapped(
        self,
        point: Point,
        zoom: float,
        table: ShapeTable,
        size: tuple[int, int],
        avoid: Collection[ShapeId] = (),
    ) -> Point | None:
        """Return where a point lands, or None where nothing holds it.

        Parameters
        ----------
        point : Point
            On the picture, px.
        zoom : float
            Logical px of the widget for one px of the picture.
        table : ShapeTable
            The other shapes.
        size : tuple of int, px
            Width and height of the picture.
        avoid : collection of ShapeId
            Shapes that are moved themselves.
        """
        reach = REACH / zoom
        if self.on or self.shared:
            x, y = point
            around = Box(x - reach, y - reach, x + reach, y + reach)
            near = [table[row] for row in table.touching(around)[-_MOST:].tolist()]
            others = [shape for shape in near if shape.id not in avoid]
            found = _nearest_point(others, point, reach) or _nearest_place(others, point, reach)
            if found is not None:
                return found
            edge = _edge(x, size[0], reach), _edge(y, size[1], reach)
            if edge != point:
                return edge
        if self.pixels:
            return float(round(point[0])), float(round(point[1]))
        return None


def _nearest_point(shapes: list[Shape], point: Point, reach: float) -> Point | None:
    places = [place for shape in shapes for place in _corners(shape)]
    best = min(places, key=lambda place: math.dist(place, point), default=None)
    return best if best is not None and math.dist(best, point) <= reach else None


def _corners(shape: Shape) -> list[Point]:
    """Return the points of a shape that a hand set."""
    return [
        grip.place
        for grip in grips_of(shape.geometry)
        if grip.kind in _CORNERS or (grip.kind == "box" and grip.ring and grip.at)
    ]


def _nearest_place(shapes: list[Shape], point: Point, reach: float) -> Point | None:
    """Return the nearest place on a line; masks are left out, their edge is that of pixels."""
    best, found = reach, None
    for shape in shapes:
        for points, closed in () if isinstance(shape.geometry, Mask) else strands(shape.geometry):
            place = _foot(points, closed, point)
            if place is not None and math.dist(place, point) <= best:
                best, found = math.dist(place, point), place
    return found


def _foot(points: FloatArray, closed: bool, point: Point) -> Point | None:
    ends = np.roll(points, -1, 0) if closed else points[1:]
    starts = points if closed else points[:-1]
    if not len(ends):
        return None
    way = ends - starts
    length = np.maximum((way**2).sum(1), 1e-12)
    share = np.clip(((np.array(point) - starts) * way).sum(1) / length, 0, 1)
    feet = starts + share[:, None] * way
    x, y = feet[int(((feet - np.array(point)) ** 2).sum(1).argmin())].tolist()
    return x, y


def _edge(value: float, end: int, reach: float) -> float:
    if abs(value) <= reach:
        return 0.0
    return float(end) if abs(value - end) <= reach else value
