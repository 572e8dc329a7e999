"""The list of pictures beside the canvas; reads only what is seen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QListView, QVBoxLayout, QWidget

from studio.domain.media import MediaFilter
from studio.services.queues import filters
from studio.ui.desk import Command, Desk
from studio.ui.item_models.media_model import MediaModel
from studio.ui.pages.label.presenter import ALL_LABELLED, UNLABELLED
from studio.ui.queue.bar import QueueBar
from studio.ui.queue.words import missing
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import command_button


class _Marked(MediaModel):
    """Pictures with a mark that tells the labelled from the others."""

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the mark, or what the list of media says."""
        if role == Qt.ItemDataRole.DecorationRole:
            item = self.item(index.row())
            if item is None:
                return None
            done = bool(self.labels(item))
            return icon("circle-check" if done else "circle-dashed", "success" if done else "quiet")
        return super().data(index, role)


class PictureList(QWidget):
    """The pictures of the queue, one a row, under what filters and sorts them.

    Parameters
    ----------
    desk : Desk
        Whose queue is listed.
    """

    picked = Signal(int)
    """The person chose a row."""
    filtered = Signal(bool)
    """Whether only the unlabelled are wanted."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = desk.session.project.state
        self.model = _Marked(self._state, self)
        self.bar = QueueBar(desk, narrow=True)
        self.list = QListView()
        self.list.setAccessibleName("Pictures")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setModel(self.model)
        self.unlabelled = QCheckBox("Only unlabelled")
        self.unlabelled.clicked.connect(self.filtered)
        self.none_left = QLabel(ALL_LABELLED)
        self.none_left.setProperty("role", "quiet")
        self.none_left.setWordWrap(True)
        self.none_left.hide()
        self.clear = command_button(
            Command("queue.clear", "Clear filter", desk.queue.clear, "", "x"), "link"
        )
        self.clear.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.unlabelled)
        layout.addWidget(self.none_left)
        layout.addWidget(self.clear)
        layout.addWidget(self.list, 1)
        self.list.selectionModel().currentChanged.connect(self._current)
        self._telling = True

    def show_where(self, where: MediaFilter) -> None:
        """List the pictures that pass a filter."""
        self.unlabelled.setChecked(where == UNLABELLED)
        if self.model.where != where:
            self._telling = False
            self.model.show(where)
            self._telling = True
        for widget in (self.none_left, self.clear):
            widget.setVisible(filters(where) and not self.model.rowCount())
        asked = missing(where, self._state.schema)
        self.none_left.setText(ALL_LABELLED if where == UNLABELLED else asked)

    def take_up(self) -> None:
        """Take up an edit."""
        self._telling = False
        self.model.refresh()
        self.bar.take_up()
        self._telling = True

    def show_row(self, row: int, id: str) -> None:  # noqa: A002
        """Mark the picture that is shown, if it is still listed there."""
        item = self.model.item(row)
        index = self.model.index(row) if item is not None and item.id == id else QModelIndex()
        if self.list.currentIndex() != index:
            self._telling = False
            self.list.setCurrentIndex(index)
            self._telling = True

    def _current(self, index: QModelIndex) -> None:
        if self._telling and index.isValid():
            self.picked.emit(index.row())
