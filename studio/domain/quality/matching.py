"""Which shapes of different people mean the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from studio.domain.geometry import FloatArray
from studio.domain.labels import Shape
from studio.domain.quality.overlap import REACH, overlaps

LEAST = 0.5
"""Shapes that overlap less do not mean the same thing."""
_SAME_LABEL = 1e-6
"""Of two matches that overlap alike the one with one label is better."""


class Pair(NamedTuple):
    """Two shapes that mean the same thing."""

    first: int
    """Place in the first list."""
    second: int
    """Place in the second list."""
    overlap: float
    """In [least, 1]."""


def matched(
    first: Sequence[Shape], second: Sequence[Shape], least: float = LEAST, reach: float = REACH
) -> list[Pair]:
    """Match shapes one to one, so that the overlap of all matches together is greatest.

    Labels do not decide who is matched, only between matches that overlap alike: what two people
    name differently is still one thing. The best assignment is that of Kuhn and Munkres.

    Parameters
    ----------
    first, second : sequence of Shape
        Of one picture.
    least : float, in (0, 1]
        Overlap from which two shapes can be matched.
    reach : float, px
        How far lines and points are grown.

    Returns
    -------
    list of Pair
        Rising by `first`.
    """
    from scipy.optimize import linear_sum_assignment

    overlap = overlaps([s.geometry for s in first], [s.geometry for s in second], reach)
    if not overlap.size:
        return []
    worth = np.where(overlap >= least, overlap + _bonus(first, second), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [
        Pair(row, column, float(overlap[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if worth[row, column] > 0
    ]


def grouped(
    sides: Sequence[Sequence[Shape]], least: float = LEAST, reach: float = REACH
) -> list[dict[int, int]]:
    """Gather the shapes of several people by what they mean, at most one of each person.

    Two people are matched by `matched`. Of more, the pairs that overlap most are joined first.

    Parameters
    ----------
    sides : sequence of sequence of Shape
        Of one picture: what each person drew.
    least, reach : float
        As in `matched`.

    Returns
    -------
    list of dict of int to int
        For each thing, who drew it (place in `sides`) and which shape (place in theirs).
    """
    joined = {
        (side, at): {side: at} for side, drawn in enumerate(sides) for at in range(len(drawn))
    }
    for a, b in _edges(sides, least, reach):
        one, other = joined[a], joined[b]
        if one is not other and not set(one) & set(other):
            one.update(other)
            for member in other.items():
                joined[member] = one
    found: list[dict[int, int]] = []
    for node, group in joined.items():
        if min(group.items()) == node:
            found.append(dict(sorted(group.items())))
    return found


def _edges(
    sides: Sequence[Sequence[Shape]], least: float, reach: float
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    if len(sides) == 2:
        pairs = matched(sides[0], sides[1], least, reach)
        return [((0, one.first), (1, one.second)) for one in pairs]
    found: list[tuple[float, tuple[int, int], tuple[int, int]]] = []
    for a, b in combinations(range(len(sides)), 2):
        drawn = [[shape.geometry for shape in sides[side]] for side in (a, b)]
        worth = overlaps(drawn[0], drawn[1], reach)
        better = worth + _bonus(sides[a], sides[b])
        for row, column in np.argwhere(worth >= least).tolist():
            found.append((-float(better[row, column]), (a, row), (b, column)))
    return [(one, other) for _, one, other in sorted(found)]


def _bonus(first: Sequence[Shape], second: Sequence[Shape]) -> FloatArray:
    if not first or not second:
        return np.zeros((len(first), len(second)))
    ours, theirs = (np.array([shape.label for shape in side]) for side in (first, second))
    same: FloatArray = _SAME_LABEL * (ours[:, None] == theirs[None, :])
    return same
