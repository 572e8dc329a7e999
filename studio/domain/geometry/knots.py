"""The knots of a Bezier path: their handles, and knots put in and taken out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from studio.domain.geometry.kinds import Bezier, Knot, Point

Handle: TypeAlias = Literal["point", "in", "out", "middle"]
_FEWEST = 2
_SMOOTH = 1e-6
"""Sine of the angle up to which two handles lie on one line."""


def knot_grips(curve: Bezier) -> Iterator[tuple[Handle, Point, int]]:
    """Walk over knots, then pulled-out handles, then the middles of the pieces."""
    for at, knot in enumerate(curve.knots):
        yield "point", (knot.x, knot.y), at
    for at, knot in enumerate(curve.knots):
        if (knot.in_x, knot.in_y) != (knot.x, knot.y):
            yield "in", (knot.in_x, knot.in_y), at
        if (knot.out_x, knot.out_y) != (knot.x, knot.y):
            yield "out", (knot.out_x, knot.out_y), at
    for at in range(len(curve.knots) if curve.closed else len(curve.knots) - 1):
        _, middle, _ = _halved(curve, at)
        yield "middle", (middle.x, middle.y), at


def knot_pulled(curve: Bezier, kind: str, at: int, to: Point, apart: bool = False) -> Bezier:
    """Return a path with a knot, a handle or the middle of a piece moved to a point.

    A knot takes its handles along. Of a smooth knot the other handle turns with the one that is
    pulled and keeps its length, unless `apart`. A middle becomes a new knot; if that stays where it
    is, the path keeps its form.
    """
    if kind == "middle":
        before, middle, after = _halved(curve, at)
        knots = list(curve.knots)
        knots[at], knots[(at + 1) % len(knots)] = before, after
        knots.insert(at + 1, _moved(middle, to))
        return replace(curve, knots=tuple(knots))
    knot = curve.knots[at]
    fresh = _moved(knot, to) if kind == "point" else _turned(knot, kind, to, apart)
    return replace(curve, knots=(*curve.knots[:at], fresh, *curve.knots[at + 1 :]))


def knot_without(curve: Bezier, at: int) -> Bezier | None:
    """Return a path without a knot, or None where too few would be left."""
    if len(curve.knots) <= _FEWEST:
        return None
    return replace(curve, knots=curve.knots[:at] + curve.knots[at + 1 :])


def smooth_knot(place: Point, out: Point) -> Knot:
    """Return a knot with one handle at `out` and the other opposite, as a hand pulls it out."""
    return Knot(*place, 2 * place[0] - out[0], 2 * place[1] - out[1], *out)


def _moved(knot: Knot, to: Point) -> Knot:
    dx, dy = to[0] - knot.x, to[1] - knot.y
    return Knot(*to, knot.in_x + dx, knot.in_y + dy, knot.out_x + dx, knot.out_y + dy)


def _turned(knot: Knot, kind: str, to: Point, apart: bool) -> Knot:
    place = knot.x, knot.y
    one, other = (knot.in_x, knot.in_y), (knot.out_x, knot.out_y)
    if kind == "out":
        one, other = other, one
    if not apart and _opposite(place, one, other):
        far, length = math.dist(place, to), math.dist(place, other)
        if far > 0:
            share = length / far
            other = place[0] - (to[0] - place[0]) * share, place[1] - (to[1] - place[1]) * share
    return Knot(*place, *to, *other) if kind == "in" else Knot(*place, *other, *to)


def _opposite(place: Point, one: Point, other: Point) -> bool:
    """Tell whether two handles lie on one line on both sides of their knot."""
    ax, ay = one[0] - place[0], one[1] - place[1]
    bx, by = other[0] - place[0], other[1] - place[1]
    lengths = math.hypot(ax, ay) * math.hypot(bx, by)
    return lengths > 0 and abs(ax * by - ay * bx) <= _SMOOTH * lengths and ax * bx + ay * by < 0


def _halved(curve: Bezier, at: int) -> tuple[Knot, Knot, Knot]:
    """Halve a piece by de Casteljau: its first knot, the new one and its last, all reshaped."""
    a, b = curve.knots[at], curve.knots[(at + 1) % len(curve.knots)]
    p0, p1, p2, p3 = (a.x, a.y), (a.out_x, a.out_y), (b.in_x, b.in_y), (b.x, b.y)
    p01, p12, p23 = _mid(p0, p1), _mid(p1, p2), _mid(p2, p3)
    p012, p123 = _mid(p01, p12), _mid(p12, p23)
    middle = _mid(p012, p123)
    before = replace(a, out_x=p01[0], out_y=p01[1])
    after = replace(b, in_x=p23[0], in_y=p23[1])
    if len(curve.knots) == 1:
        before = after = replace(a, out_x=p01[0], out_y=p01[1], in_x=p23[0], in_y=p23[1])
    return before, Knot(*middle, *p012, *p123), after


def _mid(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
