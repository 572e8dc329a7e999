"""What of a geometry can be taken hold of, and what becomes of it when that is moved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

from studio.domain.geometry.kinds import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
    RotatedBox,
    Skeleton,
)
from studio.domain.geometry.knots import knot_grips, knot_pulled, knot_without

GripKind: TypeAlias = Literal[
    "box", "turn", "axis", "rim", "corner", "face", "point", "middle", "joint", "in", "out"
]
EVEN_TURN = 15.0
"""Turns are held at multiples of this, degrees."""
_SIDES = ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0))
"""Corners first: on a small box they are what a hand means."""
_FEWEST_OF_RING, _FEWEST_OF_LINE = 3, 2
_LEAST = 1e-3
"""Smallest extent that pulling leaves, px."""


class Grip(NamedTuple):
    """A place of a geometry that a hand can move."""

    kind: GripKind
    place: Point
    ring: int = 0
    """Of a polygon or cuboid (0 front, 1 back). For sides, which one moves: -1 left, 1 right."""
    at: int = 0
    """Of the point in its ring. For sides, which one moves: -1 top, 1 bottom."""


def grips_of(geometry: Geometry, arm: float = 24.0) -> Iterator[Grip]:
    """Walk over the grips of a geometry, points before middles.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    arm : float, px
        How far beyond the top side the grip lies that turns the whole.
    """
    match geometry:
        case Box():
            xs = {-1: geometry.x0, 0: geometry.centre[0], 1: geometry.x1}
            ys = {-1: geometry.y0, 0: geometry.centre[1], 1: geometry.y1}
            for sx, sy in _SIDES:
                yield Grip("box", (xs[sx], ys[sy]), sx, sy)
        case RotatedBox(_, _, width, height):
            for sx, sy in _SIDES:
                yield Grip("box", _out_of(geometry, sx * width / 2, sy * height / 2), sx, sy)
            yield Grip("turn", _out_of(geometry, 0.0, -height / 2 - arm))
        case Ellipse(_, _, rx, ry):
            for sx, sy in _SIDES[4:]:
                yield Grip("axis", _out_of(geometry, sx * rx, sy * ry), sx, sy)
            yield Grip("turn", _out_of(geometry, 0.0, -ry - arm))
        case Circle(cx, cy, radius):
            for sx, sy in _SIDES[4:]:
                yield Grip("rim", (cx + sx * radius, cy + sy * radius), sx, sy)
        case Cuboid(front, back):
            for number, face in enumerate((front, back)):
                for at, point in enumerate(face):
                    yield Grip("corner", point, number, at)
            yield Grip("face", _centre(back), 1)
        case Skeleton(joints):
            for at, joint in enumerate(joints):
                yield Grip("joint", (joint.x, joint.y), 0, at)
        case Polygon(rings):
            yield from _line_grips(rings, closed=True)
        case Polyline(points):
            yield from _line_grips((points,), closed=False)
        case Points(points):
            for at, point in enumerate(points):
                yield Grip("point", point, 0, at)
        case Bezier():
            for kind, place, at in knot_grips(geometry):
                yield Grip(kind, place, 0, at)


def _line_grips(rings: tuple[Ring, ...], closed: bool) -> Iterator[Grip]:
    for number, ring in enumerate(rings):
        for at, point in enumerate(ring):
            yield Grip("point", point, number, at)
    for number, ring in enumerate(rings):
        following = ring[1:] + ring[:1] if closed else ring[1:]
        for at, (a, b) in enumerate(zip(ring, following, strict=False)):
            yield Grip("middle", ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), number, at)


def pulled(geometry: Geometry, grip: Grip, to: Point, even: bool = False) -> Geometry:
    """Return a geometry with one grip moved to a point.

    Pulling the grip back to where it was gives the geometry back, but for a middle, which becomes a
    new point, and for a joint that was not labelled, which is so from then on.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    grip : Grip
        One of its grips.
    to : Point
        Where the grip goes, px.
    even : bool
        Hold a turn at multiples of 15 degrees; part the two handles of a knot.
    """
    match geometry:
        case Box():
            x0 = to[0] if grip.ring < 0 else geometry.x0
            x1 = to[0] if grip.ring > 0 else geometry.x1
            y0 = to[1] if grip.at < 0 else geometry.y0
            y1 = to[1] if grip.at > 0 else geometry.y1
            return Box.spanning((x0, y0), (x1, y1))
        case RotatedBox() | Ellipse() if grip.kind == "turn":
            return replace(geometry, angle=_turned_to((geometry.cx, geometry.cy), to, even))
        case RotatedBox():
            return _side_pulled(geometry, grip, to)
        case Ellipse():
            x, y = _into(geometry, to)
            if grip.ring:
                return replace(geometry, rx=max(abs(x), _LEAST))
            return replace(geometry, ry=max(abs(y), _LEAST))
        case Circle(cx, cy):
            return replace(geometry, radius=max(math.dist((cx, cy), to), _LEAST))
        case Cuboid():
            return _cuboid_pulled(geometry, grip, to)
        case Skeleton(joints):
            joint = joints[grip.at]
            placed = Joint(to[0], to[1], joint.visibility or 2)
            return Skeleton((*joints[: grip.at], placed, *joints[grip.at + 1 :]))
        case Bezier():
            return knot_pulled(geometry, grip.kind, grip.at, to, apart=even)
        case Polygon(rings):
            return _with_ring(geometry, grip.ring, _point_pulled(rings[grip.ring], grip, to))
        case Polyline(points) | Points(points):
            return replace(geometry, points=_point_pulled(points, grip, to))
        case _:
            return geometry


def without(geometry: Geometry, grip: Grip) -> Geometry | None:
    """Return a geometry without a point, or None where too few would be left.

    Parameters
    ----------
    geometry : Geometry
        Polygon, line, points or curve; others are returned as they are.
    grip : Grip
        Of the kind `point`.
    """
    match geometry:
        case Polygon(rings):
            ring = rings[grip.ring]
            if len(ring) > _FEWEST_OF_RING:
                return _with_ring(geometry, grip.ring, ring[: grip.at] + ring[grip.at + 1 :])
            # A hole or a further part goes as a whole; the last ring stays.
            left = rings[: grip.ring] + rings[grip.ring + 1 :]
            return Polygon(left) if left and grip.ring else None
        case Polyline(points) | Points(points):
            fewest = _FEWEST_OF_LINE if isinstance(geometry, Polyline) else 1
            if len(points) <= fewest:
                return None
            return replace(geometry, points=points[: grip.at] + points[grip.at + 1 :])
        case Bezier():
            return knot_without(geometry, grip.at)
        case _:
            return geometry


def seen_otherwise(skeleton: Skeleton, at: int) -> Skeleton:
    """Return a skeleton with one joint's visibility one step on: seen, hidden, not labelled."""
    joint = skeleton.joints[at]
    following: dict[int, Literal[0, 1, 2]] = {2: 1, 1: 0, 0: 2}
    stepped = replace(joint, visibility=following[joint.visibility])
    return Skeleton((*skeleton.joints[:at], stepped, *skeleton.joints[at + 1 :]))


def _out_of(turned: RotatedBox | Ellipse, x: float, y: float) -> Point:
    """Return where a place in the geometry's own axes lies on the picture."""
    cos, sin = _cos_sin(turned.angle)
    return turned.cx + x * cos - y * sin, turned.cy + x * sin + y * cos


def _into(turned: RotatedBox | Ellipse, point: Point) -> Point:
    """Return where a point of the picture lies in the geometry's own axes."""
    cos, sin = _cos_sin(turned.angle)
    dx, dy = point[0] - turned.cx, point[1] - turned.cy
    return dx * cos + dy * sin, dy * cos - dx * sin


def _cos_sin(angle: float) -> tuple[float, float]:
    turn = math.radians(angle)
    return math.cos(turn), math.sin(turn)


def _turned_to(centre: Point, to: Point, even: bool) -> float:
    # The grip stands above the centre where nothing is turned.
    angle = math.degrees(math.atan2(to[1] - centre[1], to[0] - centre[0])) + 90.0
    if even:
        angle = round(angle / EVEN_TURN) * EVEN_TURN
    return (angle + 180.0) % 360.0 - 180.0


def _side_pulled(box: RotatedBox, grip: Grip, to: Point) -> RotatedBox:
    """Move sides of a turned box; the opposite ones stay where they are."""
    x, y = _into(box, to)
    left = x if grip.ring < 0 else -box.width / 2
    right = x if grip.ring > 0 else box.width / 2
    top = y if grip.at < 0 else -box.height / 2
    bottom = y if grip.at > 0 else box.height / 2
    centre = _out_of(box, (left + right) / 2, (top + bottom) / 2)
    wide, high = max(abs(right - left), _LEAST), max(abs(bottom - top), _LEAST)
    return RotatedBox(*centre, wide, high, box.angle)


def _cuboid_pulled(cuboid: Cuboid, grip: Grip, to: Point) -> Cuboid:
    """Move a corner, and those beside it as far as they share its row or column; or all behind."""
    face = cuboid.back if grip.ring else cuboid.front
    if grip.kind == "face":
        dx, dy = to[0] - grip.place[0], to[1] - grip.place[1]
        return replace(cuboid, back=tuple((x + dx, y + dy) for x, y in face))
    old, corners = face[grip.at], list(face)
    corners[grip.at] = to
    for beside in ((grip.at + 1) % 4, (grip.at + 3) % 4):
        x, y = face[beside]
        if x == old[0]:
            corners[beside] = to[0], y
        elif y == old[1]:
            corners[beside] = x, to[1]
    moved = tuple(corners)
    return replace(cuboid, back=moved) if grip.ring else replace(cuboid, front=moved)


def _point_pulled(points: Ring, grip: Grip, to: Point) -> Ring:
    after = grip.at + 1
    head = points[: grip.at] if grip.kind == "point" else points[:after]
    return (*head, to, *points[after:])


def _with_ring(polygon: Polygon, number: int, ring: Ring) -> Polygon:
    return Polygon((*polygon.rings[:number], ring, *polygon.rings[number + 1 :]))


def _centre(ring: Ring) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
