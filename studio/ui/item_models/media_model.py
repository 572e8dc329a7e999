"""The media of a project as a list that asks for no more than what is seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.domain.labels import LabelId
from studio.domain.media import EVERYTHING, MediaFilter, MediaItem
from studio.domain.project import ProjectState
from studio.domain.reviews import ReviewState

ItemRole = Qt.ItemDataRole.UserRole + 1
LabelsRole = Qt.ItemDataRole.UserRole + 2
StandingRole = Qt.ItemDataRole.UserRole + 3


class Standing(NamedTuple):
    """How far a picture is in review."""

    state: ReviewState
    open: int
    """Unresolved comments."""


_PAGE = 256
_PAGES_KEPT = 64
_LABELS_KEPT = 4096

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class MediaModel(QAbstractListModel):
    """Reads pages of 256 media when a row of them is first drawn.

    Parameters
    ----------
    state : ProjectState
        Whose media are listed.
    """

    def __init__(self, state: ProjectState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._where = EVERYTHING
        self._count = 0
        self._pages: OrderedDict[int, Sequence[MediaItem]] = OrderedDict()
        self._labels: OrderedDict[str, tuple[LabelId, ...]] = OrderedDict()
        self._standings: OrderedDict[str, Standing] = OrderedDict()
        self.reload()

    @property
    def where(self) -> MediaFilter:
        """Which media are listed."""
        return self._where

    def show(self, where: MediaFilter) -> None:
        """List the media that pass a filter."""
        self._where = where
        self.reload()

    def reload(self) -> None:
        """Count again, and forget what was read."""
        self.beginResetModel()
        self._pages.clear()
        self._labels.clear()
        self._standings.clear()
        self._count = self._state.media.count(self._where)
        self.endResetModel()

    def refresh(self) -> None:
        """Take up an edit: a reset if the number of media changed, else only new labels."""
        if self._state.media.count(self._where) != self._count:
            self.reload()
            return
        self._labels.clear()
        self._standings.clear()
        self._pages.clear()
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1))

    def item(self, row: int) -> MediaItem | None:
        """Return the medium of a row, or None."""
        if not 0 <= row < self._count:
            return None
        number, place = divmod(row, _PAGE)
        if number not in self._pages:
            self._pages[number] = self._state.media.page(number * _PAGE, _PAGE, self._where)
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        self._pages.move_to_end(number)
        page = self._pages[number]
        return page[place] if place < len(page) else None

    def labels(self, item: MediaItem) -> tuple[LabelId, ...]:
        """Return the labels on a medium, each once."""
        if item.id not in self._labels:
            self._labels[item.id] = tuple(self._state.annotations.labels(item.id))
            while len(self._labels) > _LABELS_KEPT:
                self._labels.popitem(last=False)
        return self._labels[item.id]

    def standing(self, item: MediaItem) -> Standing:
        """Return how far a medium is in review."""
        if item.id not in self._standings:
            said = self._state.comments.of(item.id)
            unresolved = sum(not comment.resolved for comment in said)
            self._standings[item.id] = Standing(self._state.reviews.of(item.id).state, unresolved)
            while len(self._standings) > _LABELS_KEPT:
                self._standings.popitem(last=False)
        return self._standings[item.id]

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of media that pass the filter."""
        return 0 if parent.isValid() else self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, the medium itself or its labels."""
        item = self.item(index.row())
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name.rpartition("/")[2]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{item.name}\n{item.width:,} × {item.height:,} px"
        if role == ItemRole:
            return item
        if role == LabelsRole:
            return self.labels(item)
        if role == StandingRole:
            return self.standing(item)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            names = [
                label.name for id_ in self.labels(item) if (label := self._state.schema.get(id_))
            ]
            state, unresolved = self.standing(item)
            said = [item.name, ", ".join(names) or "no label"]
            said += [state] * (state != "open")
            return ", ".join(said + [f"{unresolved} unresolved comments"] * bool(unresolved))
        return None
