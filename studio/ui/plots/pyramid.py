"""A curve that only grows, kept so that any stretch of it is drawn in time for a screen's width.

Above the points stand levels of blocks; a block of level k sums up 4^k points by their smallest and
largest value and by whether one of them was not finite. Appending touches the tail of each level
alone, and reading never looks at more than a few blocks for each pixel, so that no spike and no
NaN is ever left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FAN = 4
"""Blocks of one level that make one block of the next."""
_FIRST_ROOM = 1024

Floats = NDArray[np.float64]


class Envelope(NamedTuple):
    """What there is to draw of a stretch of a curve.

    Attributes
    ----------
    x, y : (M,) float64
        The line; NaN in `y` breaks it.
    holes : (H,) float64
        Where a value was not finite, in `x`'s unit.
    """

    x: Floats
    y: Floats
    holes: Floats


class _Level:
    """Growing columns of lows, highs and holes."""

    def __init__(self) -> None:
        self.low = np.empty(_FIRST_ROOM)
        self.high = np.empty(_FIRST_ROOM)
        self.hole = np.empty(_FIRST_ROOM, np.bool_)
        self.length = 0

    def resize(self, length: int) -> None:
        """Make room for `length` blocks."""
        if length > len(self.low):
            room = max(length, 2 * len(self.low))
            self.low = _grown(self.low, room)
            self.high = _grown(self.high, room)
            hole = np.empty(room, np.bool_)
            hole[: self.length] = self.hole[: self.length]
            self.hole = hole
        self.length = length


def _grown(column: Floats, room: int) -> Floats:
    larger = np.empty(room)
    larger[: len(column)] = column
    return larger


class Pyramid:
    """An append-only curve with its levels."""

    def __init__(self) -> None:
        self._x = np.empty(_FIRST_ROOM)
        self._y = np.empty(_FIRST_ROOM)
        self._length = 0
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return self._length

    @property
    def x(self) -> Floats:
        """All places, (N,) float64; a view."""
        return self._x[: self._length]

    @property
    def y(self) -> Floats:
        """All values, (N,) float64; a view."""
        return self._y[: self._length]

    def clear(self) -> None:
        """Forget all points."""
        self._length = 0
        self._levels = []

    def append(self, x: NDArray[np.generic], y: NDArray[np.generic]) -> None:
        """Add points at the end.

        Parameters
        ----------
        x : (N,)
            Rising, and not before the last point.
        y : (N,)
            Any float; what is not finite becomes a hole.
        """
        begin, end = self._length, self._length + len(x)
        if end > len(self._x):
            room = max(end, 2 * len(self._x))
            self._x, self._y = _grown(self._x, room), _grown(self._y, room)
        self._x[begin:end] = x
        values = np.asarray(y, np.float64)
        self._y[begin:end] = np.where(np.isfinite(values), values, np.nan)
        self._length = end
        self._raise_levels(begin)

    def _raise_levels(self, begin: int) -> None:
        number, length = 0, self._length
        while length > FAN:
            if number == len(self._levels):
                self._levels.append(_Level())
                begin = 0
            begin //= FAN
            self._fill(number, begin)
            length = self._levels[number].length
            number += 1

    def _fill(self, number: int, begin: int) -> None:
        """Sum up the blocks of a level from the `begin`-th on."""
        level = self._levels[number]
        if number:
            below = self._levels[number - 1]
            length, low, high, hole = below.length, below.low, below.high, below.hole
        else:
            length, low, high = self._length, self._y, self._y
            hole = np.isnan(self._y[begin * FAN : length])
        first = 0 if not number else begin * FAN
        level.resize(-(-length // FAN))
        starts = np.arange(begin * FAN, length, FAN)
        with np.errstate(invalid="ignore"):
            level.low[begin : level.length] = np.fmin.reduceat(low[:length], starts)
            level.high[begin : level.length] = np.fmax.reduceat(high[:length], starts)
        offset = 0 if number else begin * FAN
        stop = length - offset
        marks = hole[first:stop] if number else hole
        level.hole[begin : level.length] = np.logical_or.reduceat(
            marks, np.arange(0, len(marks), FAN)
        )

    def envelope(self, left: float, right: float, pixels: int) -> Envelope:
        """Return what is to be drawn between two places.

        Parameters
        ----------
        left, right : float
            In the unit of `x`.
        pixels : int
            Width of the stretch on the screen.

        Returns
        -------
        Envelope
            The points themselves where there are few; else, for each block, its low and its high.
        """
        begin = max(0, int(np.searchsorted(self.x, left)) - 1)
        end = min(self._length, int(np.searchsorted(self.x, right, "right")) + 1)
        wanted = max(1, pixels)
        number, size = -1, 1
        while (end - begin) // size > FAN * wanted and number + 1 < len(self._levels):
            number, size = number + 1, size * FAN
        if number < 0:
            x, y = self._x[begin:end], self._y[begin:end]
            return Envelope(x, y, x[np.isnan(y)])
        return self._blocks(number, size, begin // size, -(-end // size), wanted)

    def _blocks(self, number: int, size: int, first: int, last: int, wanted: int) -> Envelope:
        """Sum up the blocks of a level until there is about one for each pixel."""
        level = self._levels[number]
        last = min(last, level.length)
        together = max(1, (last - first) // wanted)
        first -= first % together
        starts = np.arange(first, last, together)
        places = self._x[starts * size]
        inside = starts - first
        x = np.repeat(places, 2)
        y = np.empty(2 * len(places))
        with np.errstate(invalid="ignore"):
            y[0::2] = np.fmin.reduceat(level.low[first:last], inside)
            y[1::2] = np.fmax.reduceat(level.high[first:last], inside)
        holes = places[np.logical_or.reduceat(level.hole[first:last], inside)]
        return Envelope(x, y, holes)

    def span(self, left: float, right: float) -> tuple[float, float] | None:
        """Return the smallest and largest value between two places, or None without any."""
        found = self.envelope(left, right, 256).y
        found = found[np.isfinite(found)]
        return (float(found.min()), float(found.max())) if len(found) else None

    def at(self, x: float) -> tuple[float, float] | None:
        """Return the point nearest to a place, or None."""
        if not self._length:
            return None
        after = int(np.searchsorted(self.x, x))
        near = [i for i in (after - 1, after) if 0 <= i < self._length]
        best = min(near, key=lambda i: abs(self._x[i] - x))
        return float(self._x[best]), float(self._y[best])
