"""The lines of many shapes in packed arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import Box, Geometry, Polygon, Skeleton, Strand, strands

Rows = NDArray[np.intp]
Bones: TypeAlias = tuple[tuple[int, int], ...]
"""Which joints of a skeleton are joined by a line, by their numbers."""
_SPARE = 1.5
"""How much longer arrays become when they are full."""


class Lines(NamedTuple):
    """Lines of many shapes, packed; nothing in here is ever changed."""

    points: NDArray[np.float32]
    """(P, 2) x and y, px of the picture."""
    starts: NDArray[np.int64]
    """(S,) where each line begins in `points`."""
    lengths: NDArray[np.int64]
    """(S,) how many points it has."""
    closed: NDArray[np.bool_]
    """(S,) whether its last point is joined to its first."""


class PackedLines:
    """The lines of shapes, shape after shape; lines are only ever added."""

    def __init__(self) -> None:
        self._first = np.zeros(16, np.int64)
        self._count = np.zeros(16, np.int64)
        self._points = np.zeros((64, 2), np.float32)
        self._starts = np.zeros(16, np.int64)
        self._lengths = np.zeros(16, np.int64)
        self._closed = np.zeros(16, np.bool_)
        self._used_points = self._used_lines = 0

    def add(self, first: int, geometries: Sequence[Geometry], bones: Sequence[Bones]) -> None:
        """Pack the lines of geometries as rows `first` and following.

        Parameters
        ----------
        first : int
            A row behind all others.
        geometries : sequence of Geometry
            In px of the picture.
        bones : sequence of Bones
            For each, which joints of a skeleton are joined.
        """
        points, lengths, closed, lines = packed(geometries, bones)
        end = first + len(geometries)
        begin, line = self._used_points, self._used_lines
        self._used_points, self._used_lines = begin + len(points), line + len(lengths)
        self._first, self._count = grown(self._first, end), grown(self._count, end)
        self._points = grown(self._points, self._used_points)
        self._starts = grown(self._starts, self._used_lines)
        self._lengths = grown(self._lengths, self._used_lines)
        self._closed = grown(self._closed, self._used_lines)
        self._points[begin : self._used_points] = points
        ends = np.cumsum(lengths)
        self._starts[line : self._used_lines] = begin + ends - lengths
        self._lengths[line : self._used_lines] = lengths
        self._closed[line : self._used_lines] = closed
        self._count[first:end] = lines
        self._first[first:end] = line + np.cumsum(lines) - lines

    def of(self, rows: Rows) -> tuple[Lines, NDArray[np.int64]]:
        """Return the lines of some shapes, and for each line the place of its shape in `rows`."""
        counts = self._count[rows]
        owners = np.repeat(np.arange(len(rows)), counts)
        offsets = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        chosen = self._first[rows][owners] + offsets
        starts, lengths = self._starts[chosen], self._lengths[chosen]
        return Lines(self._points, starts, lengths, self._closed[chosen]), owners


def grown(array: np.ndarray, length: int, fill: float = 0) -> np.ndarray:
    """Return an array of at least a length; a longer one is a new one, the old one stays."""
    if length <= len(array):
        return array
    longer = np.full((max(length, int(len(array) * _SPARE)), *array.shape[1:]), fill, array.dtype)
    longer[: len(array)] = array
    return longer


def packed(
    geometries: Sequence[Geometry], bones: Sequence[Bones]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return points, length and closure of every line, and the number of lines of every shape."""
    numbers: list[Iterator[float]] = []
    lengths: list[int] = []
    closed: list[bool] = []
    lines: list[int] = []
    for geometry, joined in zip(geometries, bones, strict=True):
        if isinstance(geometry, Box):
            x0, y0, x1, y1 = geometry.x0, geometry.y0, geometry.x1, geometry.y1
            numbers.append(iter((x0, y0, x1, y0, x1, y1, x0, y1)))
            lengths.append(4)
            closed.append(True)
            lines.append(1)
        elif isinstance(geometry, Polygon):
            for ring in geometry.rings:
                numbers.append(chain.from_iterable(ring))
                lengths.append(len(ring))
                closed.append(True)
            lines.append(len(geometry.rings))
        else:
            found = strands(geometry)
            if isinstance(geometry, Skeleton):
                found += _bones(geometry, joined)
            for points, is_closed in found:
                numbers.append(iter(points.ravel().tolist()))
                lengths.append(len(points))
                closed.append(is_closed)
            lines.append(len(found))
    count = sum(lengths)
    flat = np.fromiter(chain.from_iterable(numbers), np.float32, 2 * count)
    return (
        flat.reshape(-1, 2),
        np.array(lengths, np.int64),
        np.array(closed, np.bool_),
        np.array(lines, np.int64),
    )


def _bones(skeleton: Skeleton, bones: Bones) -> list[Strand]:
    joints = skeleton.joints
    pairs = [(joints[a], joints[b]) for a, b in bones if max(a, b) < len(joints)]
    return [
        Strand(np.array(((one.x, one.y), (two.x, two.y))), False)
        for one, two in pairs
        if one.visibility and two.visibility
    ]
