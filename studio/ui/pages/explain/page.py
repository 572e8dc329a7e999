"""The Explain page: saliency maps laid over pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.api.images import Pixels, decode, overlay
from studio.api.pictures import pixels_of
from studio.domain.artefacts import get_artefact
from studio.domain.explanation import Explanation, SaliencyMap
from studio.domain.ids import Digest, JsonValue
from studio.domain.models import ModelVersion
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.choice_row import choice_row
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.picture_wall import PictureWall, Tile

_TOP = "Each picture's top label"


class ExplainPage(Page):
    """Where a classifier looks (Grad-CAM), over the picture."""

    id = "explain"
    title = "Explain"
    icon = "bulb"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        index = desk.session.project.artefacts
        self.models = ArtefactChoice(index, "model", "Model")
        self.datasets = ArtefactChoice(index, "dataset", "Dataset version")
        self.explanations = ArtefactChoice(index, "explanation", "Explanation")
        self.labels = QComboBox()
        self.labels.setAccessibleName("Label to explain")
        self.strip = JobStrip(desk)
        self.wall = PictureWall("Explained pictures")
        self.plain = PictureView("Picture")
        self.heat = PictureView("Picture with saliency map")
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self._explanation: Explanation | None = None
        self._run = Command("explain.run", "Explain", self.run, "Ctrl+Return", "bulb", "Run")
        self._build()
        self.models.chosen.connect(self._fill_labels)
        self.explanations.chosen.connect(self._show)
        self.strip.finished.connect(self._finished)
        self.wall.picked.connect(self._look_at)
        self.strength.valueChanged.connect(self._again)
        desk.bridge.artefact_added.connect(self.arrive)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._run,)

    def arrive(self) -> None:
        """Read the lists again."""
        for choice in (self.models, self.datasets, self.explanations):
            choice.refresh()
        self._arrange()

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at a model or an explanation."""
        self.arrive()
        if "model" in focus:
            self.models.choose(str(focus["model"]))
        if "explanation" in focus:
            self.explanations.choose(str(focus["explanation"]))

    def release(self) -> None:
        """End the decoding of small pictures."""
        self.wall.finish()

    def run(self) -> None:
        """Explain pictures of the test split."""
        model, dataset = self.models.digest(), self.datasets.digest()
        if model is None or dataset is None or self.strip.busy:
            return
        label = self.labels.currentData() or ""
        try:
            submission = self.desk.session.runner.submit(
                "explain.gradcam",
                {"label": label} if label else {},
                {"model": model, "dataset": dataset},
            )
        except StudioError as error:
            self.desk.fail(error)
            return
        self.strip.follow(submission, "Explaining")

    def _build(self) -> None:
        self.empty = EmptyState(
            "bulb",
            "There is no model to explain yet",
            "A saliency map shows which places of a picture speak for a label.",
            Command("explain.go_train", "Train a model", partial(self.desk.go, "train")),
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(
            choice_row(
                (
                    ("Model", self.models),
                    ("Dataset version", self.datasets),
                    ("Label", self.labels),
                ),
                self._run,
                ("Explanation", self.explanations),
            )
        )
        column.addWidget(self.strip)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setProperty("role", "heading")
        column.addWidget(self.note)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.wall)
        split.addWidget(self._pictures())
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        self.split = split
        column.addWidget(split, 1)

    def _pictures(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(8, 0, 0, 0)
        pair = QHBoxLayout()
        pair.addWidget(self.plain)
        pair.addWidget(self.heat)
        column.addLayout(pair, 1)
        self.said = QLabel()
        self.said.setWordWrap(True)
        column.addWidget(self.said)
        row = QHBoxLayout()
        label = QLabel("Strength of the map")
        label.setBuddy(self.strength)
        self.strength.setAccessibleName("Strength of the map")
        self.strength.setRange(0, 100)
        self.strength.setValue(60)
        row.addWidget(label)
        row.addWidget(self.strength, 1)
        column.addLayout(row)
        return holder

    def _arrange(self) -> None:
        self.stack.setCurrentIndex(1 if self.models.count() else 0)
        self.split.setVisible(self._explanation is not None)
        self.note.setVisible(self._explanation is None or not self._classifier())
        self.note.setText(
            "No explanation yet. Press Explain to see where the model looks."
            if self._classifier()
            else "Grad-CAM explains classifiers; this model finds boxes, which show their place."
        )

    def _classifier(self) -> bool:
        model = self._model()
        return model is None or model.task == "classification"

    def _model(self) -> ModelVersion | None:
        digest = self.models.digest()
        if digest is None:
            return None
        return get_artefact(self.desk.session.project.store, digest, ModelVersion)

    def _fill_labels(self, digest: str) -> None:
        del digest
        self.labels.clear()
        self.labels.addItem(_TOP, "")
        model = self._model()
        for label in model.label_schema.labels if model else ():
            self.labels.addItem(label.name, label.id)
        self._arrange()

    def _finished(self, outputs: dict[str, str]) -> None:
        self.arrive()
        if "explanation" in outputs:
            self.explanations.choose(outputs["explanation"])
            self._show(outputs["explanation"])

    def _show(self, digest: str) -> None:
        if not digest:
            return
        store = self.desk.session.project.store
        try:
            self._explanation = get_artefact(store, Digest(digest), Explanation)
        except StudioError as error:
            self.desk.fail(error)
            return
        self._arrange()
        tiles = [
            Tile(str(number), f"{self._name(one)} {one.score:.2f}", self._overlaid(one, 0.6))
            for number, one in enumerate(self._explanation.maps)
        ]
        self.wall.show_tiles(tiles)

    def _name(self, one: SaliencyMap) -> str:
        found = self._explanation.label_schema.get(one.label) if self._explanation else None
        return found.name if found else one.label

    def _overlaid(self, one: SaliencyMap, strength: float) -> Callable[[], Pixels]:
        store = self.desk.session.project.store

        def read() -> Pixels:
            picture = pixels_of(store, one.media)
            return overlay(picture, decode(store.get(one.heat))[:, :, 0], strength)

        return read

    def _look_at(self, key: str) -> None:
        assert self._explanation is not None
        one = self._explanation.maps[int(key)]
        try:
            self.plain.show_picture(self._overlaid(one, 0.0)())
            self.heat.show_picture(self._overlaid(one, self.strength.value() / 100)())
        except StudioError as error:
            self.desk.fail(error)
            return
        self.said.setText(
            f"{one.media.name} · {self._explanation.method} for “{self._name(one)}”, "
            f"probability {one.score:.3f}"
        )

    def _again(self) -> None:
        index = self.wall.currentIndex()
        if index.isValid() and self._explanation is not None:
            self._look_at(str(index.row()))
