"""The films of the project, and how more come in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.tracks import Video
from studio.services.filming import ENDINGS, Imported
from studio.ui.desk import Command, Desk
from studio.ui.pages.video.importer import FilmImporter
from studio.ui.pages.video.presenter import clock
from studio.ui.widgets.buttons import command_button

_ID = Qt.ItemDataRole.UserRole


class FilmsPanel(QWidget):
    """A list of films, a button to import, and the progress of an import.

    Parameters
    ----------
    desk : Desk
        Its session has the films.
    """

    chosen = Signal(object)
    """Another film was chosen; carries the `Video`, or None."""
    came = Signal()
    """An import began or ended."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.importer = FilmImporter(desk.session.filming, self)
        self.import_command = Command(
            "video.import", "Import films", self.ask_for_films, "Ctrl+I", "file-import"
        )
        self.list = QListWidget()
        self.list.setAccessibleName("Films")
        self._words, self._bar = QLabel(), QProgressBar()
        self._words.setWordWrap(True)
        self._bar.setTextVisible(False)
        stop = QPushButton("Cancel")
        stop.clicked.connect(self.importer.cancel)
        self._strip = QWidget()
        inside = QVBoxLayout(self._strip)
        inside.setContentsMargins(0, 0, 0, 0)
        for widget in (self._words, self._bar, stop):
            inside.addWidget(widget)
        self._strip.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(command_button(self.import_command))
        layout.addWidget(self.list, 1)
        layout.addWidget(self._strip)
        self.list.currentItemChanged.connect(self._chosen)
        self.importer.progressed.connect(self._importing)
        self.importer.ended.connect(self._imported)
        self.importer.failed.connect(desk.fail)

    def ask_for_films(self) -> None:
        """Let a person choose film files."""
        kinds = " ".join(f"*{ending}" for ending in sorted(ENDINGS))
        files, _ = QFileDialog.getOpenFileNames(
            self, "Import films", "", f"Films ({kinds});;All files (*)"
        )
        if files:
            self.importer.start([Path(file) for file in files])

    def show_films(self, shown: Video | None) -> None:
        """List the films and mark the one that is shown; the first if it is not there any more."""
        videos = self._videos()
        block = QSignalBlocker(self.list)
        self.list.clear()
        for video in videos:
            item = QListWidgetItem(video.name)
            item.setData(_ID, video.digest)
            item.setToolTip(
                f"{video.width:,} × {video.height:,} px · {video.frames:,} frames · "
                f"{clock(video.frames, video)}"
            )
            self.list.addItem(item)
            if video == shown:
                self.list.setCurrentItem(item)
        block.unblock()
        if videos and shown not in videos:
            self.list.setCurrentRow(0)
        elif not videos:
            self.chosen.emit(None)

    def stale(self) -> bool:
        """Whether the project has other films than are listed."""
        listed = [self.list.item(row).data(_ID) for row in range(self.list.count())]
        return listed != [video.digest for video in self._videos()]

    def find_film(self, digest: object) -> None:
        """Choose the film with a digest."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == digest:
                self.list.setCurrentRow(row)

    def _videos(self) -> Sequence[Video]:
        return self._desk.session.filming.videos()

    def _chosen(self, item: QListWidgetItem | None) -> None:
        found = {one.digest: one for one in self._videos()}
        self.chosen.emit(found.get(item.data(_ID)) if item is not None else None)

    def _importing(self, words: str, percent: int) -> None:
        self._words.setText(words)
        self._bar.setValue(percent)
        if self._strip.isHidden():
            self._strip.show()
            self.came.emit()

    def _imported(self, read: Imported | None) -> None:
        self._strip.hide()
        self.came.emit()
        if read is None:
            return
        for problem in read.problems[:3]:
            self._desk.toast(f"{problem.path}: {problem.reason}", "warning")
        if read.videos:
            noun = "film" if len(read.videos) == 1 else "films"
            self._desk.toast(f"Imported {len(read.videos):,} {noun}.", "success")
