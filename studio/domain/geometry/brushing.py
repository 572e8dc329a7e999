"""The pixels that a round brush covers on its way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from studio.domain.geometry.kinds import BoolArray, Point

_PIECE = 64.0
"""About how long the pieces of a way are: small windows hold few pixels for nothing, px."""


class Dab(NamedTuple):
    """Pixels in a window of the picture."""

    pixels: BoolArray
    """(H, W) bool, True where the brush was."""
    left: int
    top: int


def dabs(
    start: Point, end: Point, radii: tuple[float, float], size: tuple[int, int]
) -> Iterator[Dab]:
    """Cover the way from one place to another.

    Parameters
    ----------
    start, end : Point
        In px of the picture; equal for a single touch.
    radii : tuple of float, px
        Of the brush at the start and at the end; between them it changes evenly.
    size : tuple of int, px
        Width and height of the picture; what lies beyond is left out.

    Yields
    ------
    Dab
        Pieces that together hold each pixel whose centre the brush covered.
    """
    far = math.dist(start, end)
    count = max(1, math.ceil(far / max(_PIECE, 2 * max(radii))))
    for number in range(count):
        shares = number / count, (number + 1) / count
        ends = [
            (start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in shares
        ]
        wide = [radii[0] + (radii[1] - radii[0]) * t for t in shares]
        dab = _piece(ends[0], ends[1], wide[0], wide[1], size)
        if dab is not None:
            yield dab


def _piece(a: Point, b: Point, ra: float, rb: float, size: tuple[int, int]) -> Dab | None:
    reach = max(ra, rb)
    x0 = max(0, math.floor(min(a[0], b[0]) - reach))
    y0 = max(0, math.floor(min(a[1], b[1]) - reach))
    x1 = min(size[0], math.ceil(max(a[0], b[0]) + reach))
    y1 = min(size[1], math.ceil(max(a[1], b[1]) + reach))
    if x0 >= x1 or y0 >= y1:
        return None
    x = np.arange(x0, x1)[None, :] + 0.5 - a[0]
    y = np.arange(y0, y1)[:, None] + 0.5 - a[1]
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    if length > 0:
        share = np.clip((x * dx + y * dy) / length, 0.0, 1.0)
        far = (x - share * dx) ** 2 + (y - share * dy) ** 2
        covered = far <= (ra + (rb - ra) * share) ** 2
    else:
        covered = x**2 + y**2 <= reach**2
    return Dab(covered, x0, y0)
