"""The shapes of one picture as packed arrays, so that a hundred thousand are searched at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import (
    Box,
    FloatArray,
    Geometry,
    Mask,
    Point,
    Skeleton,
    area,
    bounds,
    contains,
    distance,
)
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.ui.canvas.order import Order
from studio.ui.canvas.packed_lines import Bones, PackedLines, Rows, grown
from studio.ui.canvas.sight import Sight

_FEW = 200
"""Up to so many changes are put in order one by one; with more, all are sorted anew."""
_WASTE = 0.5
"""From this share of dead rows on, all is packed anew."""


class ShapeTable:
    """Shapes that have a place on the picture, and beside them its tags.

    Rows are only ever added: a changed shape gets a new row and its old one dies, so that another
    thread may draw from the arrays meanwhile. A search compares the packed bounds of all shapes in
    one pass (0.3 ms for 100,000), which in Python is faster than walking a tree.

    Parameters
    ----------
    shapes : sequence of Shape
        Of one picture.
    sight : Sight, optional
        What is hidden: it is kept here, but no search finds it.
    bones : mapping of LabelId to Bones, optional
        Which joints of a label's skeletons are joined.
    """

    def __init__(
        self,
        shapes: Sequence[Shape] = (),
        sight: Sight | None = None,
        bones: Mapping[LabelId, Bones] | None = None,
    ) -> None:
        self._bones = bones or {}
        self._sight = Sight() if sight is None else sight
        self.tags: dict[ShapeId, LabelId] = {}
        """What the picture as a whole is labelled with, by the id of the tag."""
        self._start_over()
        self.apply(shapes, ())

    def _start_over(self) -> None:
        self.rows: dict[ShapeId, int] = {}
        self.lines = PackedLines()
        """What is drawn of every row."""
        self.labels: list[LabelId] = []
        """Labels by their code."""
        self._code: dict[LabelId, int] = {}
        self._shapes: list[Shape | None] = []
        self.ids: list[ShapeId] = []
        """The id of every row, also of dead ones."""
        self._order = Order()
        self._ordered: tuple[Shape, ...] | None = None
        self._bounds = np.full((16, 4), np.nan)
        self._rank = np.zeros(16)
        self._codes = np.zeros(16, np.int32)
        self._seen = np.ones(16, np.bool_)
        self._loose = np.ones(16, np.bool_)

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
            self._ordered = tuple(self._order.shapes)
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
        tags = {shape.id: shape.label for shape in put if shape.kind == "tag"}
        ids = [*removed, *tags, *(one.id for one in placed)]
        for id_ in ids if self.tags else ():
            self.tags.pop(id_, None)
        self.tags |= tags
        few = len(ids) <= _FEW
        touched += [edges for id_ in ids if (edges := self._kill(id_, few)) is not None]
        if placed:
            first = len(self._shapes)
            self._append(placed)
            touched += list(self._bounds[first : len(self._shapes)])
        if touched:
            self._ordered = None
            self._put_in_order(placed if few else None)
        if len(self._shapes) > 64 and len(self.rows) < _WASTE * len(self._shapes):
            living = self.shapes
            self._start_over()
            self._append(living)
            self._put_in_order(None)
        return np.array(touched, np.float64).reshape(-1, 4)

    def _put_in_order(self, fresh: Sequence[Shape] | None) -> None:
        """Find the ranks of shapes that came, or of all (None)."""
        for shape in fresh or ():
            rank = self._order.put_in(shape)
            if rank is None:
                fresh = None
                break
            self._rank[self.rows[shape.id]] = rank
        if fresh is None:
            self._order = Order(shape for shape in self._shapes if shape is not None)
            # Another array: a thread may be reading the old one.
            self._rank = np.zeros(len(self._bounds))
            self._rank[self.rows_of(shape.id for shape in self._order.shapes)] = np.arange(
                len(self._order.shapes)
            )

    def _kill(self, id_: ShapeId, in_order: bool) -> FloatArray | None:
        row = self.rows.pop(id_, None)
        shape = None if row is None else self._shapes[row]
        if row is None or shape is None:
            return None
        if in_order:
            self._order.take_out(shape)
        edges: FloatArray = self._bounds[row].copy()
        self._bounds[row] = np.nan
        self._shapes[row] = None
        return edges

    def _append(self, shapes: Sequence[Shape]) -> None:
        first, count = len(self._shapes), len(shapes)
        bones = [self._bones.get(shape.label, ()) for shape in shapes]
        self.lines.add(first, [shape.geometry for shape in shapes], bones)
        self._bounds = grown(self._bounds, first + count, np.nan)
        self._rank = grown(self._rank, first + count)
        self._codes = grown(self._codes, first + count)
        self._seen = grown(self._seen, first + count, True)
        self._loose = grown(self._loose, first + count, True)
        for shape in shapes:
            if shape.label not in self._code:
                self._code[shape.label] = len(self.labels)
                self.labels.append(shape.label)
        self._codes[first : first + count] = [self._code[shape.label] for shape in shapes]
        self._bounds[first : first + count] = _bounds([shape.geometry for shape in shapes])
        self.rows.update({shape.id: first + at for at, shape in enumerate(shapes)})
        self._shapes.extend(shapes)
        self.ids.extend(shape.id for shape in shapes)
        self._loose[first : first + count] = [not shape.locked for shape in shapes]
        if self._sight:
            self._seen[first : first + count] = list(map(self._sight.sees, shapes))

    def get(self, id: ShapeId) -> Shape | None:  # noqa: A002
        """Return a shape by its id, or None."""
        row = self.rows.get(id)
        return None if row is None else self._shapes[row]

    def rows_of(self, ids: Iterable[ShapeId]) -> Rows:
        """Return the rows of shapes; ids that are not there are left out."""
        known = self.rows
        return np.fromiter((known[id_] for id_ in ids if id_ in known), np.intp)

    def look_again(self) -> None:
        """Find out what is hidden now."""
        found = [shape is None or self._sight.sees(shape) for shape in self._shapes]
        # Another array: a thread may be reading the old one.
        self._seen = np.ones(len(self._bounds), np.bool_)
        self._seen[: len(found)] = found

    def meeting(self, box: Box) -> Rows:
        """Return the rows of shapes whose bounds touch a box, in no particular order."""
        b = self.bounds
        # One side after the other: where few shapes are left, the rest costs nothing.
        rows: Rows = np.flatnonzero((b[:, 0] <= box.x1) & (b[:, 2] >= box.x0))
        rows = rows[(b[rows, 1] <= box.y1) & (b[rows, 3] >= box.y0)]
        found: Rows = rows[self._seen[rows]]
        return found

    def touching(self, box: Box) -> Rows:
        """Return the rows of shapes whose bounds touch a box, lowest first."""
        return _lowest_first(self.meeting(box), self._rank)

    def still(self) -> ShapeTable:
        """Return the table as it is now, for another thread; it can be searched, not changed."""
        kept = copy(self)
        # The one array in which an edit writes over what is there.
        kept._bounds = self.bounds.copy()  # noqa: SLF001
        return kept

    def at(self, point: Point, reach: float = 0.0) -> Shape | None:
        """Return the smallest shape under a point, so that none is out of reach inside another.

        Parameters
        ----------
        point : Point, px
            On the picture.
        reach : float, px
            How far beside its edge a shape is still hit; lines and points are hit within it.
        """
        x, y = point
        rows = self.touching(Box(x - reach, y - reach, x + reach, y + reach))
        found = (self[row] for row in rows.tolist())
        hit = [one for one in found if _hit(one, point, reach)]
        # Of equals the one on top: the list is turned so that it comes first.
        return min(reversed(hit), key=lambda shape: _size(shape.geometry), default=None)

    def inside(self, box: Box) -> list[Shape]:
        """Return the shapes that lie wholly in a box, lowest first."""
        rows = _within(self.bounds, box)
        rows = _lowest_first(rows[self._seen[rows]], self._rank)
        return [self[row] for row in rows.tolist()]

    def ids_inside(self, box: Box) -> list[ShapeId]:
        """Return the ids of shapes that lie wholly in a box and are not locked, in any order."""
        rows = _within(self.bounds, box)
        rows = rows[self._seen[rows] & self._loose[rows]]
        return list(map(self.ids.__getitem__, rows.tolist()))


def _within(b: FloatArray, box: Box) -> Rows:
    rows: Rows = np.flatnonzero((b[:, 0] >= box.x0) & (b[:, 2] <= box.x1))
    found: Rows = rows[(b[rows, 1] >= box.y0) & (b[rows, 3] <= box.y1)]
    return found


def _lowest_first(rows: Rows, ranks: FloatArray) -> Rows:
    ordered: Rows = rows[np.argsort(ranks[rows])]
    return ordered


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
    if isinstance(shape.geometry, Mask):
        # Its edge is walked by its pixels, which is dear.
        around = ((0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach))
        return any(contains(shape.geometry, (x + dx, y + dy)) for dx, dy in around)
    # Lines and points have no inside.
    return contains(shape.geometry, point) or distance(shape.geometry, point) <= reach


def _size(geometry: Geometry) -> float:
    box = bounds(geometry) if isinstance(geometry, Skeleton) else None
    return box.area if box else area(geometry)
