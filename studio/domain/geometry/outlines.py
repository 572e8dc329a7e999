"""The lines that bound a geometry: for drawing, for hitting, for turning kinds into others."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from studio.domain.geometry.kinds import (
    Bezier,
    BoolArray,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    FloatArray,
    Geometry,
    Knot,
    Mask,
    Point,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
)
from studio.domain.geometry.masks import pixels_of

TOLERANCE = 0.25
"""How far a curve may lie beside the points that stand for it, px."""
_MOST_STEPS = 720


class Strand(NamedTuple):
    """A line from point to point."""

    points: FloatArray
    """(N, 2) float64: x and y, px."""
    closed: bool
    """Whether the last point is joined to the first; closed strands bound a region (even-odd)."""


def strands(geometry: Geometry, tolerance: float = TOLERANCE) -> list[Strand]:
    """Return the lines that a geometry consists of.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    tolerance : float, px
        How far curves may be missed.

    Returns
    -------
    list of Strand
        Rings of a region are closed; a lone point is a strand of one point; a skeleton gives a
        strand of one point for each labelled joint; a tag gives none.
    """
    match geometry:
        case Box(x0, y0, x1, y1):
            return [_ring(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))]
        case RotatedBox():
            return [_ring(geometry.corners)]
        case Polygon(rings):
            return [_ring(ring) for ring in rings]
        case Polyline(points):
            return [Strand(_array(points), False)]
        case Points(points):
            return [Strand(_array((point,)), False) for point in points]
        case Ellipse(cx, cy, rx, ry, angle):
            return [Strand(_ellipse(cx, cy, rx, ry, angle, tolerance), True)]
        case Circle(cx, cy, radius):
            return [Strand(_ellipse(cx, cy, radius, radius, 0.0, tolerance), True)]
        case Cuboid(front, back):
            edges = [Strand(_array(pair), False) for pair in zip(front, back, strict=True)]
            return [_ring(front), _ring(back), *edges]
        case Skeleton(joints):
            return [Strand(_array(((j.x, j.y),)), False) for j in joints if j.visibility]
        case Bezier(knots, closed):
            return [Strand(_bezier(knots, closed, tolerance), closed)]
        case Mask():
            return [Strand(ring, True) for ring in mask_rings(geometry)]
        case _:
            return []


def mask_rings(mask: Mask) -> list[FloatArray]:
    """Return the exact edge of a mask along the sides of its pixels.

    Filled by the even-odd rule the rings hold exactly the mask's pixels; where two pixels touch at
    a corner alone, the rings part there.

    Parameters
    ----------
    mask : Mask
        Any.

    Returns
    -------
    list of (N, 2) float64
        Corners in px of the picture, no three of them on one line.
    """
    if not mask.width or not mask.height:
        return []
    following = _edges(np.pad(pixels_of(mask), 1))
    rings: list[FloatArray] = []
    while following:
        start = next(iter(following))
        ring, here, way = [], start, following[start][0]
        while True:
            steps = following[here]
            # At a corner where four edges meet, turning right keeps to the same pixel.
            step = steps[0] if len(steps) == 1 else _right_of(way, steps)
            steps.remove(step)
            if not steps:
                del following[here]
            if step != way or here == start:
                ring.append(here)
            way = step
            here = here[0] + step[0], here[1] + step[1]
            if here == start:
                break
        corner = np.array((mask.left - 1, mask.top - 1), np.float64)
        rings.append(_straightened(np.array(ring, np.float64)) + corner)
    return rings


def _edges(padded: BoolArray) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return the sides between inside and outside, each from its start, the inside on its right."""
    following: dict[tuple[int, int], list[tuple[int, int]]] = {}
    up, down = padded[1:] & ~padded[:-1], padded[:-1] & ~padded[1:]
    to_left, to_right = padded[:, 1:] & ~padded[:, :-1], padded[:, :-1] & ~padded[:, 1:]
    for found, (dx, dy), (sx, sy) in (
        (up, (1, 0), (0, 1)),
        (down, (-1, 0), (1, 1)),
        (to_left, (0, -1), (1, 1)),
        (to_right, (0, 1), (1, 0)),
    ):
        ys, xs = np.nonzero(found)
        for x, y in zip((xs + sx).tolist(), (ys + sy).tolist(), strict=True):
            following.setdefault((x, y), []).append((dx, dy))
    return following


def _right_of(way: tuple[int, int], steps: list[tuple[int, int]]) -> tuple[int, int]:
    turned = -way[1], way[0]
    return turned if turned in steps else steps[0]


def _straightened(ring: FloatArray) -> FloatArray:
    before, after = np.roll(ring, 1, 0), np.roll(ring, -1, 0)
    turn = (ring - before)[:, 0] * (after - ring)[:, 1]
    turn -= (ring - before)[:, 1] * (after - ring)[:, 0]
    corners: FloatArray = ring[turn != 0]
    return corners


def _ring(points: Iterable[Point]) -> Strand:
    return Strand(_array(points), True)


def _array(points: Iterable[Point]) -> FloatArray:
    return np.array(tuple(points), np.float64).reshape(-1, 2)


def _ellipse(
    cx: float, cy: float, rx: float, ry: float, angle: float, tolerance: float
) -> FloatArray:
    # The sagitta of a chord over an angle t is r (1 - cos(t/2)).
    radius = max(rx, ry)
    share = min(1.0, tolerance / radius) if radius > 0 else 1.0
    steps = min(_MOST_STEPS, max(12, math.ceil(math.pi / max(math.acos(1 - share), 1e-6))))
    t = np.linspace(0, 2 * math.pi, steps, endpoint=False)
    x, y, turn = rx * np.cos(t), ry * np.sin(t), math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    return np.column_stack((cx + x * cos - y * sin, cy + x * sin + y * cos))


def _bezier(knots: tuple[Knot, ...], closed: bool, tolerance: float) -> FloatArray:
    if len(knots) < 2:
        return _array((knot.x, knot.y) for knot in knots)
    pieces = []
    following = (*knots[1:], knots[0]) if closed else knots[1:]
    for a, b in zip(knots, following, strict=False):
        control = np.array([(a.x, a.y), (a.out_x, a.out_y), (b.in_x, b.in_y), (b.x, b.y)])
        # Wang's bound: n = sqrt(3/4 · max |second difference| / tolerance) pieces are enough.
        bend = float(np.abs(np.diff(control, 2, axis=0)).max(initial=0.0))
        steps = min(
            _MOST_STEPS, max(1, math.ceil(math.sqrt(0.75 * math.sqrt(2) * bend / tolerance)))
        )
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        pieces.append(sum(w * p for w, p in zip(weights, control, strict=True)))
    if not closed:
        pieces.append(np.array([[knots[-1].x, knots[-1].y]]))
    return np.concatenate(pieces).astype(np.float64)
