"""Which shape lies above which, kept through small edits without sorting anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from studio.domain.labels import Shape, ShapeId

_FINEST = 1e-6
"""Below this distance of two ranks all are numbered anew."""


class Order:
    """Shapes by height, and of equals by id; each has a rank that rises with its place.

    A rank is a number that stays while others come and go, so that some shapes are put in order
    by comparing numbers alone; at first it is the place, counted from 0.

    Parameters
    ----------
    shapes : iterable of Shape
        In any order.
    """

    def __init__(self, shapes: Iterable[Shape] = ()) -> None:
        self.shapes: list[Shape] = sorted(shapes, key=_key)
        """Lowest first."""
        self._keys = [_key(shape) for shape in self.shapes]
        self._ranks: list[float] = list(map(float, range(len(self._keys))))

    def put_in(self, shape: Shape) -> float | None:
        """Put a shape in its place; returns its rank, None where those beside it leave none."""
        key = _key(shape)
        at = bisect_left(self._keys, key)
        below = self._ranks[at - 1] if at else None
        above = self._ranks[at] if at < len(self._ranks) else None
        if below is None:
            rank = 0.0 if above is None else above - 1.0
        else:
            rank = below + 1.0 if above is None else (below + above) / 2
            if above is not None and above - below < _FINEST:
                return None
        self._keys.insert(at, key)
        self._ranks.insert(at, rank)
        self.shapes.insert(at, shape)
        return rank

    def take_out(self, shape: Shape) -> None:
        """Take a shape out that is here."""
        at = bisect_left(self._keys, _key(shape))
        del self._keys[at], self._ranks[at], self.shapes[at]


def _key(shape: Shape) -> tuple[float, ShapeId]:
    return shape.z, shape.id
