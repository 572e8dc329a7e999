"""The geometry between two others, for tracks.

Points are never resampled: every point of either end stands where a person put it. Where the two
ends have different numbers of points, those that match stay paired, and the further ones grow out
of their line, or sink into it, between the points that do match.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

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
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
    RotatedBox,
    Skeleton,
)

_SAME = 1e-6
"""Points so close are the same point, px."""


def between(a: Geometry, b: Geometry, share: float) -> Geometry:
    """Return the geometry a share of the way from one to another.

    Parameters
    ----------
    a, b : Geometry
        At share 0 and at share 1.
    share : float
        In 0..1; at the ends the result is `a` or `b` itself.

    Returns
    -------
    Geometry
        `a` where there is no way between the two: of different kinds, masks, tags, polygons with
        different numbers of rings, skeletons or paths with different numbers of points.
    """
    if share <= 0 or a == b:
        return a
    if share >= 1:
        return b
    found = _of_numbers(a, b, share)
    return found if found is not None else _of_points(a, b, share)


def _of_numbers(a: Geometry, b: Geometry, share: float) -> Geometry | None:
    match a, b:
        case Box(), Box():
            low = _point((a.x0, a.y0), (b.x0, b.y0), share)
            return Box(*low, *_point((a.x1, a.y1), (b.x1, b.y1), share))
        case Circle(), Circle():
            centre = _point((a.cx, a.cy), (b.cx, b.cy), share)
            return Circle(*centre, _mix(a.radius, b.radius, share))
        case RotatedBox(), RotatedBox():
            centre = _point((a.cx, a.cy), (b.cx, b.cy), share)
            size = _point((a.width, a.height), (b.width, b.height), share)
            return RotatedBox(*centre, *size, _turn(a.angle, b.angle, share, 360))
        case Ellipse(), Ellipse():
            # Half a turn brings an ellipse onto itself.
            centre = _point((a.cx, a.cy), (b.cx, b.cy), share)
            size = _point((a.rx, a.ry), (b.rx, b.ry), share)
            return Ellipse(*centre, *size, _turn(a.angle, b.angle, share, 180))
        case _:
            return None


def _of_points(a: Geometry, b: Geometry, share: float) -> Geometry:
    match a, b:
        case (Polygon(), Polygon()) if len(a.rings) == len(b.rings):
            rings = zip(a.rings, b.rings, strict=True)
            return Polygon(tuple(_line(one, other, share, closed=True) for one, other in rings))
        case Polyline(), Polyline():
            return Polyline(_line(a.points, b.points, share, closed=False))
        case (Points(), Points()) if len(a.points) == len(b.points):
            return Points(_mixed(a.points, b.points, share))
        case Cuboid(), Cuboid():
            return Cuboid(_mixed(a.front, b.front, share), _mixed(a.back, b.back, share))
        case (Skeleton(), Skeleton()) if len(a.joints) == len(b.joints):
            joints = zip(a.joints, b.joints, strict=True)
            return Skeleton(tuple(_joint(one, other, share) for one, other in joints))
        case (Bezier(), Bezier()) if len(a.knots) == len(b.knots) and a.closed == b.closed:
            knots = zip(a.knots, b.knots, strict=True)
            return Bezier(tuple(_knot(one, other, share) for one, other in knots), a.closed)
        case _:
            return a


def _mix(a: float, b: float, share: float) -> float:
    # Written so that what does not move stays the same to the last bit.
    return a + (b - a) * share


def _turn(a: float, b: float, share: float, full: float) -> float:
    """Go the shorter way round; a turn by `full` degrees changes nothing."""
    return a + math.remainder(b - a, full) * share


def _point(a: Point, b: Point, share: float) -> Point:
    return _mix(a[0], b[0], share), _mix(a[1], b[1], share)


def _mixed(a: Ring, b: Ring, share: float) -> Ring:
    return tuple(_point(one, other, share) for one, other in zip(a, b, strict=True))


def _joint(a: Joint, b: Joint, share: float) -> Joint:
    if not a.visibility or not b.visibility:
        return a
    # A joint is seen again only from the keyframe on that says so.
    return Joint(_mix(a.x, b.x, share), _mix(a.y, b.y, share), a.visibility)


def _knot(a: Knot, b: Knot, share: float) -> Knot:
    return Knot(*(_mix(getattr(a, n), getattr(b, n), share) for n in Knot.__slots__))


def _line(a: Ring, b: Ring, share: float, closed: bool) -> Ring:
    return tuple(_point(one, other, share) for one, other in paired(a, b, closed))


@lru_cache(maxsize=256)
def paired(a: Ring, b: Ring, closed: bool) -> tuple[tuple[Point, Point], ...]:
    """Pair the points of two lines, each point of both at least once, in order.

    Parameters
    ----------
    a, b : Ring
        Points, px.
    closed : bool
        Whether the lines are rings; a ring of the same number of points is not turned unless that
        lets untouched points meet themselves.

    Returns
    -------
    tuple of (Point, Point)
        In the order of `a`; a point that one line lacks is paired with its place on that line.
    """
    if not a or not b:
        return ()
    if closed:
        b = _turned(a, b)
    anchors = _anchors(a, b)
    if len(a) == len(b):
        kept = sum(one == other for one, other in zip(a, b, strict=True))
        # Only where a point went and another came do untouched points change their index.
        if kept >= len(anchors):
            return tuple(zip(a, b, strict=True))
    if not anchors or anchors[0] != (0, 0):
        anchors.insert(0, (0, 0))
    last = (len(a), len(b)) if closed else (len(a) - 1, len(b) - 1)
    round_a, round_b = (a + a[:1], b + b[:1]) if closed else (a, b)
    if anchors[-1] != last:
        anchors.append(last)
    pairs: list[tuple[Point, Point]] = []
    for (i, j), (k, m) in pairwise(anchors):
        pairs += _stretch(round_a[i : k + 1], round_b[j : m + 1])[:-1]
    return tuple(pairs) if closed else (*pairs, (a[-1], b[-1]))


def _turned(a: Ring, b: Ring) -> Ring:
    """Begin ring `b` where its untouched points meet those of `a`, if it has any."""
    at = {point: index for index, point in reversed(list(enumerate(a)))}
    met = [(at[point], index) for index, point in enumerate(b) if point in at]
    if not met or any(i == j for i, j in met):
        return b
    if len(a) == len(b):
        turns = [(j - i) % len(b) for i, j in met]
        turn = max(set(turns), key=turns.count)
        return b[turn:] + b[:turn]
    # The first point both have comes at the same share of the way round, or at the start.
    first = min(met)
    turn = (first[1] - first[0]) % len(b) if first[0] < len(b) else first[1]
    return b[turn:] + b[:turn]


def _anchors(a: Ring, b: Ring) -> list[tuple[int, int]]:
    """Pair points that stand at the same place in both: the longest such row in order."""
    one, other = np.asarray(a, np.float64), np.asarray(b, np.float64)
    near = np.abs(one[:, None] - other[None]) <= _SAME
    same = np.logical_and(near[:, :, 0], near[:, :, 1]).tolist()
    # Longest common subsequence, by rows from the end.
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            longest[i][j] = (
                longest[i + 1][j + 1] + 1
                if same[i][j]
                else max(longest[i + 1][j], longest[i][j + 1])
            )
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if same[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _stretch(a: Ring, b: Ring) -> list[tuple[Point, Point]]:
    """Pair two stretches of line whose ends belong together."""
    if len(a) == len(b):
        return list(zip(a, b, strict=True))
    if len(a) > len(b):
        return [(one, other) for other, one in _stretch(b, a)]
    if len(a) == 1:
        return [(a[0], other) for other in b]
    # `a` is padded: its own inner points go to those of `b` that lie at the most like share.
    here, there = _shares(a), _shares(b)
    homes: list[int] = []
    for index in range(1, len(a) - 1):
        low = homes[-1] + 1 if homes else 1
        high = len(b) - 1 - (len(a) - 1 - index)
        nearest = int(np.abs(there[low : high + 1] - here[index]).argmin()) + low
        homes.append(nearest)
    known = [0, *homes, len(b) - 1]
    pairs: list[tuple[Point, Point]] = []
    for step in range(len(known) - 1):
        start, end = known[step], known[step + 1]
        span = there[end] - there[start]
        for at in range(start, end):
            share = float((there[at] - there[start]) / span) if span > 0 else 0.0
            pairs.append((_point(a[step], a[step + 1], share), b[at]))
    return [*pairs, (a[-1], b[-1])]


def _shares(line: Ring) -> FloatArray:
    """Return how far along the line each point is, in 0..1."""
    points = np.asarray(line, np.float64)
    walked = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    return walked / walked[-1] if walked[-1] > 0 else np.linspace(0, 1, len(line))
