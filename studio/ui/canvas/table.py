"""The shapes of one picture as packed arrays, so that a hundred thousand are searched at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import (
    Box,
    FloatArray,
    Geometry,
    Mask,
    Point,
    Polygon,
    Skeleton,
    area,
    bounds,
    contains,
    distance,
    strands,
)
from studio.domain.labels import LabelId, Shape, ShapeId

Rows = NDArray[np.intp]
_SPARE = 1.5
"""How much longer arrays become when they are full."""
_WASTE = 0.5
"""From this share of dead rows on, all is packed anew."""


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


class ShapeTable:
    """Shapes that have a place on the picture; tags are left out.

    Rows are only ever added: a changed shape gets a new row and its old one dies, so that another
    thread may draw from the arrays meanwhile. A search compares the packed bounds of all shapes in
    one pass (0.3 ms for 100,000), which in Python is faster than walking a tree.

    Parameters
    ----------
    shapes : sequence of Shape
        Of one picture.
    """

    def __init__(self, shapes: Sequence[Shape] = ()) -> None:
        self._start_over()
        self.apply(shapes, ())

    def _start_over(self) -> None:
        self.rows: dict[ShapeId, int] = {}
        self.labels: list[LabelId] = []
        """Labels by their code."""
        self._code: dict[LabelId, int] = {}
        self._shapes: list[Shape | None] = []
        self._ordered: tuple[Shape, ...] | None = None
        self._bounds = np.full((16, 4), np.nan)
        self._z = np.zeros(16)
        self._codes = np.zeros(16, np.int32)
        self._first = np.zeros(16, np.int64)
        self._count = np.zeros(16, np.int64)
        self._points = np.zeros((64, 2), np.float32)
        self._starts = np.zeros(16, np.int64)
        self._lengths = np.zeros(16, np.int64)
        self._closed = np.zeros(16, np.bool_)
        self._used_points = self._used_lines = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Shape:
        """Return the shape of a living row."""
        shape = self._shapes[row]
        if shape is None:
            raise IndexError(row)
        return shape

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, lowest first."""
        if self._ordered is None:
            living = (shape for shape in self._shapes if shape is not None)
            self._ordered = tuple(sorted(living, key=lambda shape: (shape.z, shape.id)))
        return self._ordered

    @property
    def bounds(self) -> FloatArray:
        """(N, 4) float64: left, top, right, bottom of every row, px; nan for dead ones."""
        found: FloatArray = self._bounds[: len(self._shapes)]
        return found

    @property
    def codes(self) -> NDArray[np.int32]:
        """(N,) int32: place in `labels` of every row's label."""
        return self._codes[: len(self._shapes)]

    def apply(self, put: Sequence[Shape], removed: Iterable[ShapeId]) -> FloatArray:
        """Take up a change, in time that grows with the change alone.

        Parameters
        ----------
        put : sequence of Shape
            Shapes that came, or are others now.
        removed : iterable of ShapeId
            Shapes that went; unknown ones are passed over.

        Returns
        -------
        (n, 4) float64, px
            The bounds within which the picture of the shapes is another now.
        """
        touched: list[FloatArray] = []
        placed = [shape for shape in put if shape.kind != "tag"]
        untagged = (shape.id for shape in put if shape.kind == "tag")
        gone = [self._kill(id_) for id_ in chain(removed, untagged, (one.id for one in placed))]
        touched += [edges for edges in gone if edges is not None]
        if placed:
            first = len(self._shapes)
            self._append(placed)
            touched += list(self._bounds[first : len(self._shapes)])
        if touched:
            self._ordered = None
        if len(self._shapes) > 64 and len(self.rows) < _WASTE * len(self._shapes):
            living = self.shapes
            self._start_over()
            self._append(living)
        return np.array(touched, np.float64).reshape(-1, 4)

    def _kill(self, id_: ShapeId) -> FloatArray | None:
        row = self.rows.pop(id_, None)
        if row is None:
            return None
        edges: FloatArray = self._bounds[row].copy()
        self._bounds[row] = np.nan
        self._shapes[row] = None
        return edges

    def _append(self, shapes: Sequence[Shape]) -> None:
        first, count = len(self._shapes), len(shapes)
        points, lengths, closed, lines = _packed([shape.geometry for shape in shapes])
        self._bounds = _grown(self._bounds, first + count, np.nan)
        self._z = _grown(self._z, first + count)
        self._codes = _grown(self._codes, first + count)
        self._first = _grown(self._first, first + count)
        self._count = _grown(self._count, first + count)
        self._points = _grown(self._points, self._used_points + len(points))
        for name in ("_starts", "_lengths", "_closed"):
            setattr(self, name, _grown(getattr(self, name), self._used_lines + len(lengths)))
        begin, line = self._used_points, self._used_lines
        self._points[begin : begin + len(points)] = points
        ends = np.cumsum(lengths)
        self._starts[line : line + len(lengths)] = begin + ends - lengths
        self._lengths[line : line + len(lengths)] = lengths
        self._closed[line : line + len(lengths)] = closed
        self._count[first : first + count] = lines
        self._first[first : first + count] = line + np.cumsum(lines) - lines
        self._used_points += len(points)
        self._used_lines += len(lengths)
        self._z[first : first + count] = [shape.z for shape in shapes]
        self._codes[first : first + count] = [self._code_of(shape.label) for shape in shapes]
        self._bounds[first : first + count] = _bounds([shape.geometry for shape in shapes])
        self.rows.update({shape.id: first + at for at, shape in enumerate(shapes)})
        self._shapes.extend(shapes)

    def _code_of(self, label: LabelId) -> int:
        if label not in self._code:
            self._code[label] = len(self.labels)
            self.labels.append(label)
        return self._code[label]

    def get(self, id: ShapeId) -> Shape | None:  # noqa: A002
        """Return a shape by its id, or None."""
        row = self.rows.get(id)
        return None if row is None else self._shapes[row]

    def rows_of(self, ids: Iterable[ShapeId]) -> Rows:
        """Return the rows of shapes; ids that are not there are left out."""
        known = self.rows
        return np.fromiter((known[id_] for id_ in ids if id_ in known), np.intp)

    def lines(self, rows: Rows) -> tuple[Lines, NDArray[np.int64]]:
        """Return the lines of some shapes, and for each line the place of its shape in `rows`."""
        counts = self._count[rows]
        owners = np.repeat(np.arange(len(rows)), counts)
        offsets = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        chosen = self._first[rows][owners] + offsets
        found = Lines(
            self._points, self._starts[chosen], self._lengths[chosen], self._closed[chosen]
        )
        return found, owners

    def get_row(self, row: int) -> Shape | None:
        """Return the shape of a row, or None if it is dead."""
        return self._shapes[row]

    def count_touching(self, box: Box) -> int:
        """Return how many shapes have bounds that touch a box."""
        return len(self._meeting(box))

    def _meeting(self, box: Box) -> Rows:
        b = self.bounds
        # One side after the other: where few shapes are left, the rest costs nothing.
        rows: Rows = np.flatnonzero((b[:, 0] <= box.x1) & (b[:, 2] >= box.x0))
        found: Rows = rows[(b[rows, 1] <= box.y1) & (b[rows, 3] >= box.y0)]
        return found

    def touching(self, box: Box) -> Rows:
        """Return the rows of shapes whose bounds touch a box, lowest first."""
        return self._lowest_first(self._meeting(box))

    def _lowest_first(self, rows: Rows) -> Rows:
        heights = self._z[rows]
        order = np.argsort(heights, kind="stable")
        if len(rows) > 1 and (np.diff(heights[order]) == 0).any():
            ids = [self._shapes[row] for row in rows.tolist()]
            named = [shape.id if shape is not None else "" for shape in ids]
            order = np.lexsort((np.argsort(np.argsort(named)), heights))
        return rows[order]

    def at(
        self, point: Point, reach: float = 0.0, hidden: frozenset[ShapeId] = frozenset()
    ) -> Shape | None:
        """Return the smallest shape under a point, so that none is out of reach inside another.

        Parameters
        ----------
        point : Point, px
            On the picture.
        reach : float, px
            How far beside its edge a shape is still hit; lines and points are hit within it.
        hidden : frozenset of ShapeId
            Shapes that cannot be hit.
        """
        x, y = point
        rows = self.touching(Box(x - reach, y - reach, x + reach, y + reach))
        found = (self[row] for row in rows.tolist())
        hit = [one for one in found if one.id not in hidden and _hit(one, point, reach)]
        # Of equals the one on top: the list is turned so that it comes first.
        return min(reversed(hit), key=lambda shape: _size(shape.geometry), default=None)

    def inside(self, box: Box) -> list[Shape]:
        """Return the shapes that lie wholly in a box, lowest first."""
        b = self.bounds
        rows = np.flatnonzero((b[:, 0] >= box.x0) & (b[:, 2] <= box.x1))
        rows = rows[(b[rows, 1] >= box.y0) & (b[rows, 3] <= box.y1)]
        return [self[row] for row in self._lowest_first(rows).tolist()]

    def ids_inside(self, box: Box) -> list[ShapeId]:
        """Return the ids of the shapes that lie wholly in a box, in no particular order."""
        b, shapes = self.bounds, self._shapes
        rows = np.flatnonzero((b[:, 0] >= box.x0) & (b[:, 2] <= box.x1))
        rows = rows[(b[rows, 1] >= box.y0) & (b[rows, 3] <= box.y1)]
        return [shape.id for row in rows.tolist() if (shape := shapes[row]) is not None]


def _grown(array: np.ndarray, length: int, fill: float = 0) -> np.ndarray:
    """Return an array of at least a length; a longer one is a new one, the old one stays."""
    if length <= len(array):
        return array
    longer = np.full((max(length, int(len(array) * _SPARE)), *array.shape[1:]), fill, array.dtype)
    longer[: len(array)] = array
    return longer


def _packed(
    geometries: Sequence[Geometry],
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return points, length and closure of every line, and the number of lines of every shape."""
    numbers: list[Iterator[float]] = []
    lengths: list[int] = []
    closed: list[bool] = []
    lines: list[int] = []
    for geometry in geometries:
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


def _bounds(geometries: Sequence[Geometry]) -> FloatArray:
    boxes = [bounds(geometry) or Box(np.nan, np.nan, np.nan, np.nan) for geometry in geometries]
    return np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes], np.float64).reshape(-1, 4)


def _hit(shape: Shape, point: Point, reach: float) -> bool:
    x, y = point
    box = bounds(shape.geometry)
    if box is None:
        return False
    if isinstance(shape.geometry, Skeleton):
        # Its joints are pulled, so that between them it must be there to be moved.
        return True
    around = ((0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach))
    if any(contains(shape.geometry, (x + dx, y + dy)) for dx, dy in around):
        return True
    # Lines and points have no inside; a mask's edge is walked by its pixels, which is dear.
    return not isinstance(shape.geometry, Mask) and distance(shape.geometry, point) <= reach


def _size(geometry: Geometry) -> float:
    box = bounds(geometry) if isinstance(geometry, Skeleton) else None
    return box.area if box else area(geometry)
