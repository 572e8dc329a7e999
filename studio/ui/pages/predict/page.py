"""The Predict page: drop a picture and see what the package says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.api.pictures import Pixels, pixels_of, small_pixels_of
from studio.domain.artefacts import get_artefact
from studio.domain.evaluation import Verdict
from studio.domain.ids import Digest, JsonValue
from studio.domain.labels import ImportReport, LabelId
from studio.domain.media import MediaItem
from studio.domain.packaging import Predictions
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip
from studio.ui.widgets.picture_view import Marked, PictureView
from studio.ui.widgets.picture_wall import PictureWall, Tile

_FILTER = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif *.pgm *.ppm);;All files (*)"


class PredictPage(Page):
    """What a package says about pictures, through onnxruntime."""

    id = "predict"
    title = "Predict"
    icon = "photo-search"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.packages = ArtefactChoice(desk.session.project.artefacts, "package", "Package")
        self.strip = JobStrip(desk)
        self.wall = PictureWall("Asked pictures")
        self.picture = PictureView("Picture")
        self.table = QTableWidget()
        self._found: Predictions | None = None
        self._verdicts: dict[str, Verdict] = {}
        self._media: dict[str, MediaItem] = {}
        self._reading = False
        self._open = Command(
            "predict.open", "Choose pictures", self.choose, "Ctrl+Shift+O", "photo-plus", "File"
        )
        self._build()
        self.setAcceptDrops(True)
        self.strip.finished.connect(self._finished)
        self.strip.ended.connect(self._ended)
        self.wall.picked.connect(self._look_at)
        desk.bridge.artefact_added.connect(self.arrive)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._open,)

    def arrive(self) -> None:
        """Read the list again."""
        self.packages.refresh()
        self._arrange()

    def focus_on(self, **focus: JsonValue) -> None:
        """Take a package, or pictures to ask about."""
        self.arrive()
        if focus.get("package"):
            self.packages.choose(str(focus["package"]))
        path = focus.get("path")
        if isinstance(path, str) and path:
            self.ask(Path(path))

    def release(self) -> None:
        """End the decoding of small pictures."""
        self.wall.finish()

    def choose(self) -> None:
        """Let the person choose a picture."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a picture", "", _FILTER)
        if chosen:
            self.ask(Path(chosen))

    def ask(self, path: Path) -> None:
        """Ask the chosen package about a picture or a folder of pictures."""
        if self.packages.digest() is None:
            self.desk.toast("Make a package first; then it can be asked.", "warning")
            return
        if self.strip.busy:
            self.desk.toast("One question at a time; the last one is still being answered.")
            return
        try:
            submission = self.desk.session.runner.submit(
                "labels.import", {"path": str(path), "format": "images"}
            )
        except StudioError as error:
            self.desk.fail(error)
            return
        self._reading = True
        self.strip.follow(submission, f"Reading {path.name}")

    def _build(self) -> None:
        self.empty = EmptyState(
            "photo-search",
            "There is no package to ask yet",
            "A package answers here exactly as it will outside of the studio.",
            Command("predict.go_package", "Make a package", partial(self.desk.go, "package")),
        )
        self.waiting = EmptyState(
            "photo-plus",
            "Drop a picture here",
            "The chosen package says what it sees, through onnxruntime.",
            self._open,
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel("Package")
        label.setBuddy(self.packages)
        row.addWidget(label)
        row.addWidget(self.packages)
        self.open_button = command_button(self._open)
        row.addWidget(self.open_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.strip)
        column.addWidget(self.waiting, 1)
        column.addWidget(self._answers(), 1)

    def _answers(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 0, 0, 0)
        self.said = QLabel()
        self.said.setProperty("role", "title")
        self.said.setWordWrap(True)
        self.where = QLabel()
        self.where.setProperty("role", "quiet")
        self.table.setAccessibleName("Scores")
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for widget in (self.said, self.where):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        self.answers = QSplitter(Qt.Orientation.Horizontal)
        parts: tuple[tuple[QWidget, int], ...] = ((self.wall, 1), (self.picture, 3), (side, 2))
        for part, stretch in parts:
            self.answers.addWidget(part)
            self.answers.setStretchFactor(self.answers.count() - 1, stretch)
        return self.answers

    def _arrange(self) -> None:
        self.stack.setCurrentIndex(1 if self.packages.count() else 0)
        self.waiting.setVisible(self._found is None)
        self.open_button.setVisible(self._found is not None)
        self.answers.setVisible(self._found is not None)

    def _ended(self, state: str) -> None:
        if state != "finished":
            self._reading = False

    def _finished(self, outputs: dict[str, str]) -> None:
        store = self.desk.session.project.store
        try:
            if self._reading:
                self._reading = False
                self._brought(outputs)
            elif "predictions" in outputs:
                found = get_artefact(store, Digest(outputs["predictions"]), Predictions)
                self._show(found)
        except StudioError as error:
            self.desk.fail(error)

    def _brought(self, outputs: dict[str, str]) -> None:
        store = self.desk.session.project.store
        report = get_artefact(store, Digest(outputs["report"]), ImportReport)
        if not report.pictures:
            reason = report.problems[0].reason if report.problems else "there is none"
            self.desk.toast(f"No picture could be read. {reason}", "error")
            return
        package = self.packages.digest()
        assert package is not None
        submission = self.desk.session.runner.submit(
            "predict.package",
            {"device": "cpu"} if self.desk.session.settings.get("device") == "cpu" else {},
            {"package": package, "labels": Digest(outputs["labels"])},
        )
        self.strip.follow(submission, "Asking the package")

    def _show(self, found: Predictions) -> None:
        self._found = found
        self._media = {media.id: media for media in found.media}
        verdicts = found.read(self.desk.session.project.store)
        self._verdicts = {verdict.media: verdict for verdict in verdicts}
        self._arrange()
        tiles = [
            Tile(
                media.id,
                f"{media.name}\n{self._words(self._verdicts[media.id])}",
                self._small(media),
            )
            for media in found.media
        ]
        self.wall.setVisible(len(tiles) > 1)
        self.wall.show_tiles(tiles)

    def _small(self, media: MediaItem) -> Callable[[], Pixels]:
        store = self.desk.session.project.store

        def read() -> Pixels:
            return small_pixels_of(store, media, 224)

        return read

    def _name(self, label: LabelId | None) -> str:
        found = self._found.label_schema.get(label) if self._found and label else None
        return found.name if found else "–"

    def _words(self, verdict: Verdict) -> str:
        if verdict.predicted is not None:
            return f"{self._name(verdict.predicted)} {100 * verdict.score:.1f} %"
        return f"{len(verdict.detections)} found"

    def _look_at(self, key: str) -> None:
        assert self._found is not None
        media, verdict = self._media[key], self._verdicts[key]
        schema = self._found.label_schema
        marks = []
        for one in verdict.detections:
            label = schema.get(one.label)
            colour = label.colour if label else "#bbbbbb"
            marks.append(Marked(one.box, f"{self._name(one.label)} {one.score:.2f}", colour))
        try:
            store = self.desk.session.project.store
            self.picture.show_picture(pixels_of(store, media), marks)
        except StudioError as error:
            self.desk.fail(error)
            return
        self.said.setText(self._words(verdict))
        self.where.setText(f"{media.name} · {self._found.provider}")
        if self._found.task == "classification":
            named = zip(schema.names, verdict.scores, strict=True)
            rows = sorted(named, key=lambda pair: -pair[1])
        else:
            rows = [(self._name(one.label), one.score) for one in verdict.detections]
        self._fill(rows)

    def _fill(self, rows: Sequence[tuple[str, float]]) -> None:
        self.table.setColumnCount(2)
        self.table.setHorizontalHeaderLabels(["Label", "Score"])
        self.table.setRowCount(len(rows))
        for number, (name, score) in enumerate(rows):
            self.table.setItem(number, 0, QTableWidgetItem(name))
            item = QTableWidgetItem(f"{100 * score:.2f} %")
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            item.setTextAlignment(right)
            self.table.setItem(number, 1, item)
        self.table.resizeColumnsToContents()
