"""Geometries moved, turned and resized as a whole."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from studio.domain.geometry.kinds import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Knot,
    Mask,
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
    RotatedBox,
    Skeleton,
)
from studio.domain.geometry.measure import moved


class Similarity(NamedTuple):
    """A move of the plane that keeps shapes: p ↦ (a x − b y + dx, b x + a y + dy)."""

    a: float = 1.0
    b: float = 0.0
    dx: float = 0.0
    dy: float = 0.0

    @property
    def scale(self) -> float:
        """How many times larger things become."""
        return math.hypot(self.a, self.b)

    @property
    def turn(self) -> float:
        """By how much things turn clockwise, degrees."""
        return math.degrees(math.atan2(self.b, self.a))

    def of(self, point: Point) -> Point:
        """Return where a point goes."""
        x, y = point
        return self.a * x - self.b * y + self.dx, self.b * x + self.a * y + self.dy


def placed(geometry: Geometry, by: Similarity) -> Geometry:
    """Move, turn and resize a geometry.

    Parameters
    ----------
    geometry : Geometry
        A box stays upright, and a mask is only moved by whole pixels, after its middle.
    by : Similarity
        In px of the picture.

    Returns
    -------
    Geometry
        Of the same kind.
    """
    match geometry:
        case Box():
            half = geometry.width / 2 * by.scale, geometry.height / 2 * by.scale
            x, y = by.of(((geometry.x0 + geometry.x1) / 2, (geometry.y0 + geometry.y1) / 2))
            return Box(x - half[0], y - half[1], x + half[0], y + half[1])
        case RotatedBox():
            x, y = by.of((geometry.cx, geometry.cy))
            size = geometry.width * by.scale, geometry.height * by.scale
            return RotatedBox(x, y, *size, geometry.angle + by.turn)
        case Ellipse():
            x, y = by.of((geometry.cx, geometry.cy))
            radii = geometry.rx * by.scale, geometry.ry * by.scale
            return Ellipse(x, y, *radii, geometry.angle + by.turn)
        case Circle():
            return Circle(*by.of((geometry.cx, geometry.cy)), geometry.radius * by.scale)
        case Mask():
            middle = geometry.left + geometry.width / 2, geometry.top + geometry.height / 2
            x, y = by.of(middle)
            return moved(geometry, round(x - middle[0]), round(y - middle[1]))
        case _:
            return _by_points(geometry, by)


def _by_points(geometry: Geometry, by: Similarity) -> Geometry:
    def line(points: Ring) -> Ring:
        return tuple(map(by.of, points))

    match geometry:
        case Polygon():
            return Polygon(tuple(map(line, geometry.rings)))
        case Polyline():
            return Polyline(line(geometry.points))
        case Points():
            return Points(line(geometry.points))
        case Cuboid():
            return Cuboid(line(geometry.front), line(geometry.back))
        case Skeleton():
            joints = (by.of((one.x, one.y)) for one in geometry.joints)
            pairs = zip(geometry.joints, joints, strict=True)
            return Skeleton(tuple(replace(one, x=x, y=y) for one, (x, y) in pairs))
        case Bezier():
            return Bezier(tuple(_knot(one, by) for one in geometry.knots), geometry.closed)
        case _:
            return geometry


def _knot(knot: Knot, by: Similarity) -> Knot:
    return Knot(
        *by.of((knot.x, knot.y)),
        *by.of((knot.in_x, knot.in_y)),
        *by.of((knot.out_x, knot.out_y)),
    )
