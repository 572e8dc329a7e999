"""Where a geometry lies, how large it is, and whether it can stand on an image."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from studio.domain.geometry.kinds import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    FloatArray,
    Geometry,
    Joint,
    Knot,
    Mask,
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
    RotatedBox,
    Skeleton,
    Tag,
)
from studio.domain.geometry.masks import mask_area
from studio.domain.geometry.outlines import strands

_OUTSIDE_TOLERANCE = 1.0
"""Rounding in files puts shapes so far outside, px."""


def bounds(geometry: Geometry) -> Box | None:
    """Return the smallest upright box around a geometry, or None for one without a place.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright image.

    Returns
    -------
    Box or None
        In the same frame; None for a tag, and for a skeleton of which no joint is labelled.
    """
    match geometry:
        case Box():
            return geometry
        case Polygon(rings):
            return _around([point for ring in rings for point in ring])
        case Polyline(points) | Points(points):
            return _around(points)
        case RotatedBox():
            return _around(geometry.corners)
        case Cuboid(front, back):
            return _around(front + back)
        case Skeleton(joints):
            placed = [(joint.x, joint.y) for joint in joints if joint.visibility]
            return _around(placed) if placed else None
        case Circle(cx, cy, radius):
            return Box(cx - radius, cy - radius, cx + radius, cy + radius)
        case Ellipse(cx, cy, rx, ry, angle):
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            wide, high = math.hypot(rx * cos, ry * sin), math.hypot(rx * sin, ry * cos)
            return Box(cx - wide, cy - high, cx + wide, cy + high)
        case Mask(left, top, width, height):
            return Box(left, top, left + width, top + height)
        case Bezier():
            line = np.concatenate([strand.points for strand in strands(geometry)])
            return Box(*line.min(0).tolist(), *line.max(0).tolist())
        case Tag():
            return None


def _around(points: Ring | list[Point]) -> Box:
    if not points:
        return Box(0, 0, 0, 0)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def moved(geometry: Geometry, dx: float, dy: float) -> Geometry:
    """Return the geometry shifted by (`dx`, `dy`) px; a mask moves by whole pixels."""
    match geometry:
        case Box(x0, y0, x1, y1):
            return Box(x0 + dx, y0 + dy, x1 + dx, y1 + dy)
        case Polygon(rings):
            return Polygon(tuple(_shifted(ring, dx, dy) for ring in rings))
        case Polyline(points):
            return Polyline(_shifted(points, dx, dy))
        case Points(points):
            return Points(_shifted(points, dx, dy))
        case Cuboid(front, back):
            return Cuboid(_shifted(front, dx, dy), _shifted(back, dx, dy))
        case RotatedBox() | Ellipse() | Circle():
            return replace(geometry, cx=geometry.cx + dx, cy=geometry.cy + dy)
        case Skeleton(joints):
            return Skeleton(tuple(Joint(j.x + dx, j.y + dy, j.visibility) for j in joints))
        case Bezier(knots, closed):
            return Bezier(tuple(_shifted_knot(knot, dx, dy) for knot in knots), closed)
        case Mask():
            return replace(geometry, left=geometry.left + round(dx), top=geometry.top + round(dy))
        case Tag():
            return geometry


def _shifted(ring: Ring, dx: float, dy: float) -> Ring:
    return tuple((x + dx, y + dy) for x, y in ring)


def _shifted_knot(knot: Knot, dx: float, dy: float) -> Knot:
    return Knot(
        knot.x + dx, knot.y + dy, knot.in_x + dx, knot.in_y + dy, knot.out_x + dx, knot.out_y + dy
    )


def ring_area(ring: Ring | FloatArray) -> float:
    """Return the area inside one ring by the shoelace formula, px², never negative."""
    points = np.asarray(ring, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return 0.0
    # Measured from the first point: far from the origin the products would eat the digits.
    x, y = (points - points[0]).T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def area(geometry: Geometry) -> float:
    """Return the area of a geometry, px²: parts minus holes; 0 for lines, points and tags."""
    match geometry:
        case Box():
            return geometry.area
        case RotatedBox(_, _, width, height):
            return abs(width * height)
        case Circle(_, _, radius):
            return math.pi * radius**2
        case Ellipse(_, _, rx, ry):
            return math.pi * rx * ry
        case Mask():
            return float(mask_area(geometry))
        case Polygon(rings):
            return _even_odd_area(rings)
        case Cuboid(front, back):
            return max(ring_area(front), ring_area(back))
        case Bezier(_, True):
            return sum(ring_area(strand.points) for strand in strands(geometry))
        case _:
            return 0.0


def _even_odd_area(rings: tuple[Ring, ...]) -> float:
    if len(rings) < 2:
        return sum(map(ring_area, rings))
    return sum(ring_area(ring) * (1 if depth % 2 == 0 else -1) for ring, depth in nested(rings))


def nested(rings: tuple[Ring, ...]) -> list[tuple[Ring, int]]:
    """Say of each ring in how many others it lies.

    Parameters
    ----------
    rings : tuple of Ring
        Of a polygon whose rings do not cross each other.

    Returns
    -------
    list of (Ring, int)
        In the given order; an even depth bounds a part, an odd one a hole.
    """
    sizes = [ring_area(ring) for ring in rings]
    middles = [_inner_point(ring) for ring in rings]

    def within(inner: int, outer: int) -> bool:
        if sizes[outer] <= sizes[inner] and not (sizes[outer] == sizes[inner] and outer < inner):
            return False
        # Rings may touch, so corners say nothing; a point well inside says all.
        return in_ring(rings[outer], *middles[inner])

    count = range(len(rings))
    return [(rings[i], sum(within(i, j) for j in count if j != i)) for i in count]


def _inner_point(ring: Ring) -> Point:
    """Return a point inside a ring: the middle of the widest cut along the emptiest row."""
    ys = sorted({y for _, y in ring})
    if len(ys) < 2:
        return ring[0]
    gap = max(range(len(ys) - 1), key=lambda at: ys[at + 1] - ys[at])
    row = (ys[gap] + ys[gap + 1]) / 2
    cuts = sorted(
        ax + (row - ay) * (bx - ax) / (by - ay)
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)
        if (ay > row) != (by > row)
    )
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    if not spans:
        return ring[0]
    left, right = max(spans, key=lambda span: span[1] - span[0])
    return ((left + right) / 2, row)


def in_ring(ring: Ring, x: float, y: float) -> bool:
    """Tell whether a point lies inside one ring (even-odd rule)."""
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def contains(geometry: Geometry, point: Point) -> bool:
    """Tell whether a point lies inside a geometry (even-odd rule); never inside lines or tags."""
    x, y = point
    match geometry:
        case Box(x0, y0, x1, y1):
            return x0 <= x <= x1 and y0 <= y <= y1
        case Polygon(rings):
            return sum(in_ring(ring, x, y) for ring in rings) % 2 == 1
        case Circle(cx, cy, radius):
            return math.hypot(x - cx, y - cy) <= radius
        case Mask():
            return _in_mask(geometry, math.floor(x), math.floor(y))
        case Cuboid(front, back):
            return in_ring(front, x, y) or in_ring(back, x, y)
        case _:
            closed = (strand.points for strand in strands(geometry) if strand.closed)
            outlines = (tuple((a, b) for a, b in points.tolist()) for points in closed)
            return sum(in_ring(ring, x, y) for ring in outlines) % 2 == 1


def _in_mask(mask: Mask, column: int, row: int) -> bool:
    x, y = column - mask.left, row - mask.top
    if not (0 <= x < mask.width and 0 <= y < mask.height):
        return False
    place = y * mask.width + x
    ends = np.cumsum(mask.counts)
    return bool(np.searchsorted(ends, place, side="right") % 2)


def distance(geometry: Geometry, point: Point) -> float:
    """Return how far a point is from the nearest line of a geometry, px; infinite for a tag."""
    nearest = math.inf
    place = np.array(point)
    for points, closed in strands(geometry):
        ends = np.roll(points, -1, 0) if closed else points[1:]
        starts = points if closed else points[: len(ends)]
        if not len(ends):
            starts = ends = points
        way = ends - starts
        length = np.maximum((way**2).sum(1), 1e-12)
        share = np.clip(((place - starts) * way).sum(1) / length, 0, 1)
        gap = np.hypot(*(starts + share[:, None] * way - place).T)
        nearest = min(nearest, float(gap.min(initial=math.inf)))
    return nearest


def fault(geometry: Geometry, width_px: int, height_px: int) -> str | None:
    """Say why a geometry cannot stand on an image, or None if it can.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright image.
    width_px, height_px : int
        Size of the upright image.

    Returns
    -------
    str or None
        One sentence without the full stop, for a report.
    """
    if isinstance(geometry, Tag):
        return None
    if (wrong := _wrong_build(geometry)) is not None:
        return wrong
    box = bounds(geometry)
    if box is None:
        return "none of its points is labelled"
    if not all(map(math.isfinite, (box.x0, box.y0, box.x1, box.y1))):
        return "a coordinate is not a finite number"
    flat = isinstance(geometry, Points | Skeleton)
    line = isinstance(geometry, Polyline) or (isinstance(geometry, Bezier) and not geometry.closed)
    if line and box.width <= 0 and box.height <= 0:
        return "it has no length"
    if not flat and not line and (box.width <= 0 or box.height <= 0):
        return f"it has no area ({box.width:g} × {box.height:g} px)"
    edge = _OUTSIDE_TOLERANCE
    if isinstance(geometry, RotatedBox | Ellipse | Circle | Cuboid | Skeleton | Bezier):
        apart = box.x1 < 0 or box.y1 < 0 or box.x0 > width_px or box.y0 > height_px
        return f"it lies outside the image of {width_px} × {height_px} px" if apart else None
    if min(box.x0, box.y0) < -edge or box.x1 > width_px + edge or box.y1 > height_px + edge:
        return f"it reaches outside the image of {width_px} × {height_px} px"
    return None


def _wrong_build(geometry: Geometry) -> str | None:
    match geometry:
        case Polygon(rings) if any(len(ring) < 3 for ring in rings) or not rings:
            return "a polygon needs at least three points"
        case Polyline(points) if len(points) < 2:
            return "a line needs at least two points"
        case Points(points) if not points:
            return "it has no points"
        case Bezier(knots) if len(knots) < 2:
            return "a curve needs at least two points"
        case Bezier(knots) if not all(
            math.isfinite(value)
            for k in knots
            for value in (k.x, k.y, k.in_x, k.in_y, k.out_x, k.out_y)
        ):
            return "a coordinate is not a finite number"
        case Cuboid(front, back) if len(front) != 4 or len(back) != 4:
            return "a cuboid has four corners in front and four behind"
        case RotatedBox(width=width, height=height) if min(width, height) <= 0:
            return f"it has no area ({width:g} × {height:g} px)"
        case RotatedBox(angle=angle) | Ellipse(angle=angle) if not math.isfinite(angle):
            return "a coordinate is not a finite number"
        case Mask(_, _, width, height, counts) if (
            min(counts, default=0) < 0 or sum(counts) != width * height
        ):
            return f"the runs do not add up to {width} × {height} px"
        case _:
            return None


def box_iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Overlap of every box in `a` with every box in `b`.

    Parameters
    ----------
    a : (N, 4) float64, px
        Boxes as x0, y0, x1, y1 in image pixels, origin top-left.
    b : (M, 4) float64, px
        Same convention.

    Returns
    -------
    (N, M) float64, unitless in [0, 1]
        Intersection over union; 0 where either box has no area.
    """
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    area_a = np.prod(np.clip(a[:, 2:] - a[:, :2], 0, None), axis=1)
    area_b = np.prod(np.clip(b[:, 2:] - b[:, :2], 0, None), axis=1)
    union = area_a[:, None] + area_b[None, :] - overlap
    ratio: FloatArray = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return ratio
