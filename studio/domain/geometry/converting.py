"""One kind of geometry turned into another."""

from __future__ import annotations

import math

import numpy as np

from studio.domain.geometry.filling import as_mask
from studio.domain.geometry.kinds import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    FloatArray,
    Geometry,
    GeometryKind,
    Knot,
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
    RotatedBox,
    Skeleton,
)
from studio.domain.geometry.masks import pixels_of
from studio.domain.geometry.measure import area, bounds
from studio.domain.geometry.outlines import TOLERANCE, Strand, strands
from studio.domain.geometry.regions import hull

_ROUND = 4 / 3 * (math.sqrt(2) - 1)
"""Length of the handles that make a quarter circle of radius 1 out of one cubic curve."""
_WITH_INSIDE: tuple[GeometryKind, ...] = (
    "box", "rotated_box", "polygon", "ellipse", "circle", "cuboid", "bezier", "mask",
)  # fmt: skip
_FROM_REGION: tuple[GeometryKind, ...] = (
    "box", "rotated_box", "polygon", "polyline", "points", "ellipse", "circle", "bezier", "mask",
)  # fmt: skip
_FROM_LINE: tuple[GeometryKind, ...] = ("box", "rotated_box", "polygon", "points", "bezier")
_FROM_PLACES: tuple[GeometryKind, ...] = ("box", "rotated_box", "polygon", "polyline")


def has_inside(geometry: Geometry) -> bool:
    """Tell whether a geometry bounds a region."""
    return geometry.kind in _WITH_INSIDE and not (
        isinstance(geometry, Bezier) and not geometry.closed
    )


def kinds_from(geometry: Geometry) -> tuple[GeometryKind, ...]:
    """Return the kinds a geometry can be turned into, without its own."""
    if has_inside(geometry):
        kinds = _FROM_REGION
    elif isinstance(geometry, Polyline | Bezier):
        kinds = (*_FROM_LINE, "polyline")
    elif isinstance(geometry, Points):
        kinds = _FROM_PLACES
    elif isinstance(geometry, Skeleton):
        kinds = (*_FROM_PLACES, "points")
    else:
        kinds = ()
    return tuple(kind for kind in kinds if kind != geometry.kind)


def converted(
    geometry: Geometry, kind: GeometryKind, size: tuple[int, int], tolerance: float = TOLERANCE
) -> Geometry | None:
    """Turn a geometry into another kind that lies as near to it as that kind can.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    kind : GeometryKind
        What it becomes.
    size : tuple of int, px
        Width and height of the picture.
    tolerance : float, px
        How far curves may be missed by straight lines.

    Returns
    -------
    Geometry or None
        None where nothing of that kind can be made of it.
    """
    if geometry.kind == kind:
        return geometry
    if kind not in kinds_from(geometry):
        return None
    lines = strands(geometry, tolerance)
    points = _corners(geometry, lines)
    match kind:
        case "box":
            return bounds(geometry)
        case "rotated_box":
            return least_box(points)
        case "polygon":
            return _as_polygon(geometry, lines)
        case "polyline":
            return _as_polyline(geometry, lines)
        case "points":
            return Points(points) if points else None
        case "ellipse":
            return _as_ellipse(geometry, size)
        case "circle":
            box = bounds(geometry)
            radius = math.sqrt(area(geometry) / math.pi)
            return Circle(*box.centre, radius) if box and radius > 0 else None
        case "bezier":
            return _as_bezier(geometry, lines)
        case "mask":
            mask = as_mask(geometry, *size)
            return mask if mask.width else None
        case _:
            return None


def least_box(points: Ring) -> RotatedBox | None:
    """Return the turned box of least area around points (rotating calipers).

    Parameters
    ----------
    points : Ring
        In px.

    Returns
    -------
    RotatedBox or None
        With its angle in (-45, 45] degrees; None where the points lie on one line.
    """
    outline = hull(points)
    if len(outline) < 3:
        return None
    corners = np.array(outline)
    sides = np.roll(corners, -1, 0) - corners
    best: tuple[float, float, FloatArray, FloatArray] | None = None
    for angle in np.arctan2(sides[:, 1], sides[:, 0]) % (math.pi / 2):
        cos, sin = math.cos(angle), math.sin(angle)
        turned = corners @ np.array([[cos, -sin], [sin, cos]])
        low, high = turned.min(0), turned.max(0)
        size = float(np.prod(high - low))
        if best is None or size < best[0]:
            best = size, float(angle), low, high
    assert best is not None
    _, angle, low, high = best
    (x, y), (width, height) = (low + high) / 2, high - low
    cos, sin = math.cos(angle), math.sin(angle)
    if angle > math.pi / 4:
        # A quarter turn swaps the sides and keeps the box.
        angle, width, height = angle - math.pi / 2, height, width
    centre = float(x * cos - y * sin), float(x * sin + y * cos)
    return RotatedBox(*centre, float(width), float(height), math.degrees(angle))


def _corners(geometry: Geometry, lines: list[Strand]) -> Ring:
    match geometry:
        case Polyline(points) | Points(points):
            return points
        case Polygon(rings):
            return tuple(point for ring in rings for point in ring)
        case Cuboid(front, back):
            return front + back
        case Skeleton(joints):
            return tuple((joint.x, joint.y) for joint in joints if joint.visibility)
        case Bezier(knots):
            return tuple((knot.x, knot.y) for knot in knots)
        case _:
            return tuple(point for line in lines for point in _tuples(line.points))


def _tuples(points: FloatArray) -> Ring:
    return tuple((x, y) for x, y in points.tolist())


def _as_polygon(geometry: Geometry, lines: list[Strand]) -> Polygon | None:
    match geometry:
        case Points(points) if len(points) >= 3:
            return Polygon((hull(points),))
        case Skeleton():
            outline = hull(_corners(geometry, lines))
            return Polygon((outline,)) if len(outline) >= 3 else None
        case Cuboid(front, back):
            return Polygon((hull(front + back),))
        case Polyline(points) if len(points) >= 3:
            return Polygon((points,))
        case _:
            rings = tuple(_tuples(line.points) for line in lines if len(line.points) >= 3)
            return Polygon(rings) if rings else None


def _as_polyline(geometry: Geometry, lines: list[Strand]) -> Polyline | None:
    if isinstance(geometry, Points | Skeleton):
        points = _corners(geometry, lines)
        return Polyline(points) if len(points) > 1 else None
    if not lines:
        return None
    # Of a region with holes the outline is meant, which is its longest line.
    points_, closed = max(lines, key=lambda line: len(line.points))
    ring = _tuples(points_)
    return Polyline((*ring, ring[0]) if closed else ring)


def _as_ellipse(geometry: Geometry, size: tuple[int, int]) -> Ellipse | None:
    """Return the ellipse inside a box, or the one with the same area and second moments."""
    match geometry:
        case Box():
            return Ellipse(*geometry.centre, geometry.width / 2, geometry.height / 2)
        case RotatedBox(cx, cy, width, height, angle):
            return Ellipse(cx, cy, width / 2, height / 2, angle)
        case Circle(cx, cy, radius):
            return Ellipse(cx, cy, radius, radius)
    mask = as_mask(geometry, *size)
    if not mask.width:
        return None
    ys, xs = np.nonzero(pixels_of(mask))
    x, y = xs + mask.left + 0.5, ys + mask.top + 0.5
    spread = np.cov(np.stack((x, y)), bias=True) + np.eye(2) / 12
    values, axes = np.linalg.eigh(spread)
    # A full ellipse has half axes of twice the root of its second moments.
    ry, rx = 2 * np.sqrt(values)
    angle = math.degrees(math.atan2(axes[1, 1], axes[0, 1]))
    return Ellipse(float(x.mean()), float(y.mean()), float(rx), float(ry), (angle + 90) % 180 - 90)


def _as_bezier(geometry: Geometry, lines: list[Strand]) -> Bezier | None:
    match geometry:
        case Circle(cx, cy, radius):
            return _round(cx, cy, radius, radius, 0.0)
        case Ellipse(cx, cy, rx, ry, angle):
            return _round(cx, cy, rx, ry, angle)
    if not lines:
        return None
    points, closed = max(lines, key=lambda line: len(line.points))
    return Bezier(tuple(Knot(x, y, x, y, x, y) for x, y in _tuples(points)), closed)


def _round(cx: float, cy: float, rx: float, ry: float, angle: float) -> Bezier:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def place(x: float, y: float) -> Point:
        return cx + x * rx * cos - y * ry * sin, cy + x * rx * sin + y * ry * cos

    knots = []
    for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        # The curve leaves a quarter turn on, and arrives from the opposite side.
        dx, dy = -y * _ROUND, x * _ROUND
        knots.append(Knot(*place(x, y), *place(x - dx, y - dy), *place(x + dx, y + dy)))
    return Bezier(tuple(knots), True)
