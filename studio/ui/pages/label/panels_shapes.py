"""The list of shapes beside the canvas, which stands a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import compress, count, starmap
from operator import is_not
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from studio.domain.labels import LabelId, LabelSchema, Shape, ShapeId
from studio.ui.canvas.looks import NO_LOOK, looks_of
from studio.ui.canvas.sight import Sight
from studio.ui.pages.label.panels import chip, column, heading
from studio.ui.pages.label.presenter import shape_in_words

_Index = QModelIndex | QPersistentModelIndex
_MANY = 5_000
"""From so many shapes on, the list waits for the hand to rest, and while nobody sees it."""
_REST_MS = 80
_MARKED = 2_000
"""So many separate runs of chosen rows are marked at most: Qt compares every run with each."""


class HasShapes(Protocol):
    """What the list shows."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, lowest first; may be dear to ask for."""

    def __len__(self) -> int: ...


class ShapeRows(QAbstractListModel):
    """Shapes as rows; words and chips are made for rows that are looked at alone.

    Parameters
    ----------
    ratio : float
        Device px for one logical px, for the chips.
    """

    def __init__(self, ratio: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ratio = ratio
        self._shapes: tuple[Shape, ...] = ()
        self._schema = LabelSchema()
        self._sight: Sight | None = None
        self._hidden: tuple[frozenset[ShapeId], frozenset[LabelId]] | None = None
        self._chips: dict[LabelId, QIcon] = {}
        self._none = chip(NO_LOOK, ratio)
        self._rows: dict[ShapeId, int] | None = None

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What is listed, lowest first."""
        return self._shapes

    def take(
        self, shapes: tuple[Shape, ...], schema: LabelSchema, sight: Sight | None = None
    ) -> None:
        """List other shapes; rows before the first and behind the last change stay as they are."""
        hidden = (sight.shapes, sight.labels) if sight else None
        if hidden != self._hidden:
            self._sight, self._hidden = sight, hidden
            self._say(0, len(self._shapes))
        if schema != self._schema or not self._chips:
            looks = looks_of(schema)
            self._chips = {id_: chip(look, self._ratio) for id_, look in looks.items()}
            self._schema = schema
            self._say(0, len(self._shapes))
        old = self._shapes
        head = _alike(old, shapes)
        tail = _alike(old[head:][::-1], shapes[head:][::-1])
        gone, come = len(old) - head - tail, len(shapes) - head - tail
        if gone == come == 0:
            return
        self._rows = None
        both = head + min(gone, come)
        # One kind of change after the other, so that at each a view finds what it was told.
        self._shapes = old[:head] + shapes[head:both] + old[both:]
        self._say(head, both)
        if come > gone:
            self.beginInsertRows(QModelIndex(), both, head + come - 1)
            self._shapes = shapes
            self.endInsertRows()
        elif gone > come:
            self.beginRemoveRows(QModelIndex(), both, head + gone - 1)
            self._shapes = shapes
            self.endRemoveRows()

    def _say(self, first: int, end: int) -> None:
        if end > first:
            self.dataChanged.emit(self.index(first), self.index(end - 1))

    def rows_of(self, ids: Collection[ShapeId]) -> NDArray[np.intp]:
        """Return the rows of shapes in ascending order; ids that are not listed are left out."""
        if not ids:
            return np.empty(0, np.intp)
        if self._rows is None:
            self._rows = {shape.id: row for row, shape in enumerate(self._shapes)}
        known = self._rows
        return np.sort(np.fromiter((known[one] for one in ids if one in known), np.intp))

    # --- what Qt calls

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many shapes there are."""
        return 0 if parent.isValid() else len(self._shapes)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, chip or id of a shape."""
        if not index.isValid() or index.row() >= len(self._shapes):
            return None
        shape = self._shapes[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            hidden = self._sight is not None and not self._sight.sees(shape)
            return shape_in_words(shape, self._schema) + (" · hidden" if hidden else "")
        if role == Qt.ItemDataRole.DecorationRole:
            return self._chips.get(shape.label, self._none)
        return shape.id if role == Qt.ItemDataRole.UserRole else None


class ShapesPanel(QWidget):
    """The shapes of the picture as a list: what the canvas shows, for keyboard and ear."""

    chosen = Signal(list)
    """Other shapes are chosen; carries their ids."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: HasShapes | None = None
        self._schema = LabelSchema()
        self._sight: Sight | None = None
        self._choice: tuple[ShapeId, ...] = ()
        self._marked: tuple[ShapeId, ...] = ()
        self._hears = True
        self._title = heading("Shapes")
        self.rows = ShapeRows(self.devicePixelRatioF(), self)
        self.list = QListView()
        self.list.setModel(self.rows)
        self.list.setAccessibleName("Shapes on the picture")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.take_up)
        layout = column(self)
        layout.addWidget(self._title)
        layout.addWidget(self.list, 1)
        self.list.selectionModel().selectionChanged.connect(self._tell)

    def show_shapes(
        self, table: HasShapes, schema: LabelSchema, sight: Sight | None = None
    ) -> None:
        """List shapes, the lowest first; very many are listed when the hand rests and looks.

        Parameters
        ----------
        table : HasShapes
            The shapes; kept, and asked again when the list is brought up to date.
        schema : LabelSchema
            The names and colours of their labels.
        sight : Sight, optional
            What is hidden, which the list says.
        """
        self._table, self._schema, self._sight = table, schema, sight
        number = len(table)
        self._title.setText(f"Shapes · {number:,}" if number else "Shapes")
        self._soon()

    def show_choice(self, ids: Sequence[ShapeId]) -> None:
        """Mark the chosen shapes."""
        self._choice = tuple(ids)
        self._soon()

    def _soon(self) -> None:
        if max(self.rows.rowCount(), len(self._table or ())) <= _MANY:
            self.take_up()
        elif self.isVisible():
            self._rest.start()

    def take_up(self) -> None:
        """Bring list and marks up to date."""
        self._rest.stop()
        self._hears = False
        try:
            before = self.rows.shapes
            if self._table is not None:
                self.rows.take(self._table.shapes, self._schema, self._sight)
            if self._choice != self._marked or before is not self.rows.shapes:
                self._mark()
        finally:
            self._hears = True

    def _mark(self) -> None:
        self._marked = self._choice
        rows = self.rows.rows_of(self._choice)
        marks = self.list.selectionModel()
        if len(rows) == 0:
            marks.clearSelection()
            return
        # Emptied first, as Qt compares each new run of rows with each old one.
        wanted = QItemSelection()
        for first, last in _runs(rows)[:_MARKED]:
            wanted.append(_span(self.rows, first, last))
        if marks.selection() != wanted:
            marks.clearSelection()
            marks.select(wanted, QItemSelectionModel.SelectionFlag.Select)
        if not marks.isSelected(marks.currentIndex()):
            top = self.rows.index(int(rows[0]))
            marks.setCurrentIndex(top, QItemSelectionModel.SelectionFlag.NoUpdate)

    def showEvent(self, event: QShowEvent) -> None:
        """List what came while nobody looked."""
        super().showEvent(event)
        self.take_up()

    def _tell(self) -> None:
        if not self._hears:
            return
        shapes = self.rows.shapes
        ids: list[ShapeId] = []
        spans = self.list.selectionModel().selection()
        for at in range(spans.count()):
            ids += [shape.id for shape in shapes[spans.at(at).top() : spans.at(at).bottom() + 1]]
        self._choice = self._marked = tuple(ids)
        self.chosen.emit(ids)


def _alike(old: Sequence[Shape], new: Sequence[Shape]) -> int:
    """Return how many shapes are the very same from the beginning on."""
    # Walked without a line of Python for each shape: 3 ms for 100,000.
    other: Iterable[int] = compress(count(), starmap(is_not, zip(old, new, strict=False)))
    return next(iter(other), min(len(old), len(new)))


def _runs(rows: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return first and last row of every run of rows that follow each other."""
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts = rows[np.concatenate(([0], breaks + 1))]
    lasts = rows[np.concatenate((breaks, [len(rows) - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _span(rows: ShapeRows, first: int, last: int) -> QItemSelectionRange:
    return QItemSelectionRange(rows.index(first), rows.index(last))
