"""The tracks of the film as a list, which is also the accessible twin of the timeline."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.labels import LabelId, LabelSchema
from studio.domain.tracks import Track
from studio.ui.desk import Command
from studio.ui.pages.video.presenter import track_words
from studio.ui.widgets.buttons import tool_button

_ID = Qt.ItemDataRole.UserRole


class TracksPanel(QWidget):
    """The label to draw with, the verbs of tracks, and the tracks.

    Parameters
    ----------
    verbs : sequence of Command
        What can be done with what is chosen.
    follow : QWidget
        Chooses the tracker, and shows how far it is.
    """

    chosen = Signal(list)
    """Other tracks were chosen; carries their ids."""
    labelled = Signal(str)
    """A label was chosen; carries its id."""

    def __init__(
        self, verbs: Sequence[Command], follow: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.labels = QComboBox()
        self.labels.setAccessibleName("Label of tracks")
        self.list = QListWidget()
        self.list.setAccessibleName("Tracks")
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        row = QHBoxLayout()
        row.setSpacing(0)
        for command in verbs:
            row.addWidget(tool_button(command))
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.labels)
        layout.addLayout(row)
        layout.addWidget(follow)
        layout.addWidget(self.list, 1)
        self.list.itemSelectionChanged.connect(self._chosen)
        self.labels.activated.connect(self._labelled)

    def show_labels(self, schema: LabelSchema, current: LabelId | None) -> None:
        """List the labels and mark the current one."""
        block = QSignalBlocker(self.labels)
        self.labels.clear()
        for label in schema.labels:
            self.labels.addItem(label.name, label.id)
            if label.id == current:
                self.labels.setCurrentIndex(self.labels.count() - 1)
        block.unblock()

    def show_tracks(self, tracks: Sequence[Track], schema: LabelSchema) -> None:
        """List the tracks, lowest first."""
        block = QSignalBlocker(self.list)
        self.list.clear()
        for track in tracks:
            item = QListWidgetItem(track_words(track, schema))
            item.setData(_ID, track.id)
            self.list.addItem(item)
        block.unblock()

    def show_chosen(self, ids: Collection[str]) -> None:
        """Mark what is chosen."""
        block = QSignalBlocker(self.list)
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setSelected(item.data(_ID) in ids)
        block.unblock()

    def _chosen(self) -> None:
        self.chosen.emit([item.data(_ID) for item in self.list.selectedItems()])

    def _labelled(self) -> None:
        self.labelled.emit(self.labels.currentData())
