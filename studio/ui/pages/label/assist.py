"""Models as assistants: what they propose is accepted or rejected here, and one is pointed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import Digest
from studio.domain.media import MediaId
from studio.errors import StudioError
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command, Desk
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.label.proposal_list import ProposalList
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.job_strip import JobStrip

_LEAST = 0.3


class AssistPanel(QScrollArea):
    """The project's own model proposes; a model of the person's is pointed with.

    Parameters
    ----------
    desk : Desk
        For the session.
    model : CanvasModel
        Knows the picture that is shown.
    canvas : CanvasView
        Shows it.
    """

    looked = Signal()
    """The person wants to see the tool that points."""

    def __init__(
        self, desk: Desk, model: CanvasModel, canvas: CanvasView, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model
        self.setAccessibleName("Models as assistants")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.packages = ArtefactChoice(desk.session.project.artefacts, "package", "Package")
        self.packages.setMinimumContentsLength(4)
        self.least = NumberField(_LEAST, name="Keep answers from this score on")
        self.strip = JobStrip(desk)
        self.proposals = ProposalList(desk, model, canvas)
        self.list, self.waiting = self.proposals.list, self.proposals.waiting
        self.prompted = _quiet()
        self._commands = self._make_commands()
        self._build()
        self.strip.finished.connect(self._take)
        self.refresh()

    def commands(self) -> list[Command]:
        """List what can be done here."""
        return [*self._commands, *self.proposals.commands()]

    def _make_commands(self) -> list[Command]:
        ready, why = self._has_package, "Make a package first: train a model and package it."
        return [
            Command(
                "label.propose_all", "Propose labels", self.propose, "", "robot", "Edit", ready, why
            ),
            Command(
                "label.propose_here", "Propose labels on this picture", self.propose_here,
                "Ctrl+P", "robot", "Edit", ready, why,
            ),
            Command(
                "label.choose_prompt_model", "Choose a model to point with", self.choose_model, "",
                "sparkles", "Edit",
            ),
        ]  # fmt: skip

    def _build(self) -> None:
        by_id = {command.id: command for command in self._commands}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(_heading("The project's model"))
        column.addWidget(self.packages)
        least = QHBoxLayout()
        least.addWidget(QLabel("Keep from score"))
        least.addWidget(self.least, 1)
        column.addLayout(least)
        both = QHBoxLayout()
        both.addWidget(command_button(by_id["label.propose_all"]), 1)
        here = command_button(by_id["label.propose_here"])
        here.setText("Here")
        both.addWidget(here)
        column.addLayout(both)
        column.addWidget(self.strip)
        column.addWidget(self.proposals)
        column.addWidget(_heading("A model you point with"))
        column.addWidget(self.prompted)
        choose = command_button(by_id["label.choose_prompt_model"])
        choose.setText("Choose a model")
        column.addWidget(choose)
        column.addStretch(1)
        self.setWidget(inside)

    def refresh(self) -> None:
        """Show what is proposed now."""
        self.packages.refresh()
        self.proposals.refresh()
        session = self._desk.session
        model = session.prompting.model
        self.prompted.setText(
            "None chosen. A YAML file with an encoder and a decoder, as X-AnyLabeling reads it."
            if model is None
            else f"{model.title} · use the tool “Point at things”"
        )

    def propose(self) -> None:
        """Ask the package about all pictures without labels."""
        self._ask(None)

    def propose_here(self) -> None:
        """Ask the package about the picture that is shown."""
        if self._model.item is not None:
            self._ask([self._model.item.id])

    def choose_model(self) -> None:
        """Ask for the YAML file of a promptable model."""
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose the YAML file of a model", "", "Models (*.yaml *.yml);;All files (*)"
        )
        if path:
            self.use_model(Path(path))

    def use_model(self, path: Path) -> None:
        """Take a promptable model."""
        if self._try(lambda: self._desk.session.prompting.use(path)):
            self.refresh()
            self.looked.emit()

    def _ask(self, media: list[MediaId] | None) -> None:
        package = self.packages.digest()
        if package is None or self.strip.busy:
            return
        try:
            submission = self._desk.session.prelabelling.ask(package, media)
        except StudioError as error:
            self._desk.fail(error)
            return
        self.strip.follow(submission, "Propose labels")

    def _take(self, outputs: dict[str, Digest]) -> None:
        least = self.least.value()
        score = float(least) if isinstance(least, int | float) else _LEAST
        predictions = outputs.get("predictions")
        if predictions is not None:
            self._try(lambda: self._desk.session.prelabelling.take(predictions, score))

    def _has_package(self) -> bool:
        return self.packages.digest() is not None

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


def _quiet() -> QLabel:
    label = QLabel()
    label.setProperty("role", "quiet")
    label.setWordWrap(True)
    return label
