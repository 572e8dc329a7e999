"""The media page: a grid of everything, a filter, details, and the way in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.domain.labels import ImportReport
from studio.domain.media import MediaFilter, MediaItem
from studio.errors import StudioError
from studio.paths import cache_folder
from studio.ui.desk import Command, Desk, Page
from studio.ui.item_models.media_model import MediaModel
from studio.ui.pages.media.grid import SIDE, Grid
from studio.ui.pages.media.importer import Importer
from studio.ui.pages.media.panels import Details, ImportBanner, Problems
from studio.ui.pages.media.presenter import counted, details, outcome
from studio.ui.pages.media.thumbnails import Thumbnails
from studio.ui.queue.bar import QueueBar
from studio.ui.queue.nothing import NothingFound
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.empty_state import EmptyState


class MediaPage(Page):
    """All pictures of the project."""

    id = "media"
    title = "Media"
    icon = "photo"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        state = desk.session.project.state
        self._commands = self._make_commands()
        self.model = MediaModel(state, self)
        self._thumbnails = Thumbnails(
            desk.session.project.store, cache_folder() / "thumbnails", 2 * SIDE, self
        )
        self.grid = Grid(self.model, self._thumbnails, state.schema)
        self.importer = Importer(desk, self)
        self.details = Details()
        self.banner = ImportBanner()
        self.problems = Problems()
        self.bar = QueueBar(desk)
        self._count = QLabel()
        self._build()
        self._connect()
        self._requeued()

    def _make_commands(self) -> list[Command]:
        return [
            Command(
                "media.folder", "Import folder", self.ask_folder, "Ctrl+I", "folder-plus", "File"
            ),
            Command(
                "media.files", "Import files", self.ask_files, "Ctrl+Shift+I", "file-import", "File"
            ),
            Command("media.find", "Filter pictures", self.go_to_filter, "Ctrl+F", "search", "Edit"),
            Command(
                "media.label",
                "Label the chosen picture",
                self.label_chosen,
                "",
                "tag",
                "Go",
                self._has_chosen,
                "Choose a picture first.",
            ),
        ]

    def _build(self) -> None:
        folder, files = self._commands[:2]
        self._empty = EmptyState(
            "photo-plus",
            "No pictures yet",
            "Everything begins with pictures. Import a folder, files or a zip, with or without "
            "labels, or drop them here.",
            folder,
            files,
        )
        self._none = NothingFound(self.desk.queue)
        self._views = QStackedLayout()
        for view in (self.grid, self._empty, self._none):
            self._views.addWidget(view)
        middle = QWidget()
        middle.setLayout(self._views)
        wide = QSplitter(Qt.Orientation.Horizontal)
        wide.setChildrenCollapsible(False)
        wide.addWidget(middle)
        wide.addWidget(self.details)
        wide.setStretchFactor(0, 1)
        wide.setSizes([960, 280])
        tall = QSplitter(Qt.Orientation.Vertical)
        tall.setChildrenCollapsible(False)
        for part in (wide, self.problems):
            tall.addWidget(part)
        tall.setSizes([560, 200])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tool_row())
        layout.addWidget(self.banner)
        layout.addWidget(tall, 1)

    def _tool_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        self._count.setProperty("role", "quiet")
        self._bring = QPushButton("Import")
        self._bring.setIcon(icon("photo-plus"))
        self._bring.setAccessibleName("Import")
        menu = QMenu(self._bring)
        for command in self._commands[:2]:
            menu.addAction(icon(command.icon), command.title, command.run)
        self._bring.setMenu(menu)
        self._label = command_button(self._commands[3])
        self._label.setEnabled(False)
        for widget in (self._bring, self._label):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        self._count.setMinimumHeight(self._bring.sizeHint().height())
        return row

    def _connect(self) -> None:
        self.desk.queue.changed.connect(self._requeued)
        self.grid.opened.connect(self._opened)
        self.grid.chosen.connect(self._chosen)
        self.importer.progressed.connect(self.banner.say)
        self.importer.ended.connect(self._ended)
        self.banner.cancelled.connect(self.importer.cancel)
        self.desk.bridge.edited.connect(self._edited)

    def commands(self) -> Sequence[Command]:
        """Import, filter, label."""
        return self._commands

    def arrive(self) -> None:
        """Take up what happened meanwhile."""
        self._edited()
        self.desk.hint("Double click a picture to label it")

    def focus_on(self, **focus: JsonValue) -> None:
        """`bring` imports paths, `label` filters."""
        bring = focus.get("bring")
        if isinstance(bring, list | tuple):
            self.importer.start([Path(str(path)) for path in bring])
        label = focus.get("label")
        if isinstance(label, str):
            self.desk.queue.show(MediaFilter(label=label))

    def release(self) -> None:
        """End the decoding."""
        self._thumbnails.close()

    def go_to_filter(self) -> None:
        """Put the cursor into the filter."""
        self.bar.go_to_text()

    def ask_folder(self) -> None:
        """Ask for a folder and import it."""
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder with pictures")
        if folder:
            self.importer.start([Path(folder)])

    def ask_files(self) -> None:
        """Ask for files and import them."""
        files, _ = QFileDialog.getOpenFileNames(
            self, "Choose pictures, a zip or an annotation file"
        )
        if files:
            self.importer.start([Path(file) for file in files])

    def label_chosen(self) -> None:
        """Label the first chosen picture."""
        chosen = self.grid.chosen_items()
        if chosen:
            self._opened(chosen[0])

    def _has_chosen(self) -> bool:
        return bool(self.grid.chosen_items())

    def _opened(self, item: MediaItem) -> None:
        self.desk.go("label", media=item.id)

    def _chosen(self, items: list[MediaItem]) -> None:
        self._label.setEnabled(bool(items))
        if not items:
            self.details.say("Nothing chosen", ())
            return
        if len(items) > 1:
            self.details.say(f"{len(items):,} pictures chosen", ())
            return
        project = self.desk.session.project
        item = items[0]
        try:
            size = project.store.size(item.digest)
        except StudioError as error:
            self.details.say("This picture is missing", (("Why", str(error)),))
            return
        shapes = project.state.annotations.of(item.id)
        rows = details(item, shapes, project.state.schema, size)
        self.details.say(item.name.rpartition("/")[2], rows)

    def _requeued(self) -> None:
        """Show what passes the filter."""
        self.model.show(self.desk.queue.where)
        self._counted()

    def _edited(self) -> None:
        self.model.refresh()
        self.grid.show_schema(self.desk.session.project.state.schema)
        self.bar.take_up()
        self._counted()

    def _counted(self) -> None:
        total = self.desk.session.project.state.media.count()
        shown = self.model.rowCount()
        reviews = self.desk.session.reviewing.counts()
        self._count.setText(counted(shown, total, self.model.where, reviews))
        self._none.take_up(self.desk.session.project.state.schema)
        self._views.setCurrentWidget(
            self._empty if not total else self.grid if shown else self._none
        )
        for widget in (
            self._bring,
            self._label,
            self.bar,
            self.details,
            self._count,
        ):
            widget.setVisible(bool(total))

    def _ended(self, report: ImportReport | None) -> None:
        self.banner.hide()
        if report is None:
            return
        if report.problems:
            self.problems.say(report.problems)
        self.desk.toast(outcome(report), "warning" if report.problems else "success")
