"""The replay: each strategy against chance, over pictures whose labels are known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.domain.project import ArtefactIndex
from studio.domain.selecting import LearningStudy, Strategy
from studio.services.active_learning import STRATEGIES, WORDS
from studio.ui.desk import Command
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.active.presenter import measured, of_study
from studio.ui.plots.bands import Band, BandPlot
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button

_NUMBERS = (
    ("start", "Labels at the beginning", 20),
    ("batch", "Labels that come in a round", 20),
    ("rounds", "Rounds", 8),
    ("repetitions", "Repetitions", 5),
)
_FIRST: tuple[Strategy, ...] = ("margin", "core_set", "badge")
_NOTHING = (
    "A replay labels the training pictures of a dataset version again, as each strategy would have"
    " asked for them, and shows how fast a small classifier on the model's sight gets better."
)


class StudyPanel(QWidget):
    """Sets up a replay, and plots one.

    Parameters
    ----------
    index : ArtefactIndex
        Of the open project.
    deed : Command
        Begins the replay.
    """

    changed = Signal()
    """Another study was chosen."""

    def __init__(self, index: ArtefactIndex, deed: Command, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.datasets = ArtefactChoice(index, "dataset", "Dataset version")
        self.studies = ArtefactChoice(index, "learning-study", "Study")
        for choice in (self.datasets, self.studies):
            choice.setMinimumContentsLength(16)
        self.boxes: dict[Strategy, QCheckBox] = {}
        self.numbers: dict[str, NumberField] = {}
        self.said = QLabel(_NOTHING)
        self.said.setProperty("role", "heading")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plot = BandPlot("", "Labels given")
        self.plot.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._setting(deed))
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.said)
        right.addWidget(self.plot, 1)
        right.addStretch(0)
        row.addLayout(right, 1)
        self.studies.chosen.connect(self._chosen)

    def _setting(self, deed: Command) -> QScrollArea:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(8)
        rows = 0

        def add(title: str, widget: QWidget) -> None:
            nonlocal rows
            label = QLabel(title)
            label.setBuddy(widget)
            grid.addWidget(label, rows, 0)
            grid.addWidget(widget, rows + 1, 0)
            rows += 2

        add("Dataset version", self.datasets)
        for strategy in STRATEGIES:
            box = QCheckBox(WORDS[strategy])
            box.setAccessibleName(f"Replay {WORDS[strategy]}")
            box.setChecked(strategy in _FIRST)
            self.boxes[strategy] = box
            grid.addWidget(box, rows, 0)
            rows += 1
        for name, title, default in _NUMBERS:
            self.numbers[name] = NumberField(default, whole=True, name=title)
            add(title, self.numbers[name])
        grid.addWidget(command_button(deed), rows, 0)
        rows += 1
        add("Study", self.studies)
        grid.setRowStretch(rows, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setFixedWidth(280)
        return scroll

    def strategies(self) -> list[Strategy]:
        """Return those that are ticked."""
        return [one for one, box in self.boxes.items() if box.isChecked()]

    def setting(self) -> dict[str, int]:
        """Return the numbers by name; what cannot be read is left as it was at first."""
        found = {}
        for name, _, default in _NUMBERS:
            value = self.numbers[name].value()
            found[name] = int(value) if isinstance(value, int | float) else default
        return found

    def show_study(self, study: LearningStudy | None, said: Sequence[str]) -> None:
        """Plot a study; None where there is none yet."""
        self.plot.setVisible(study is not None)
        self.said.setText("\n".join(said) if study is not None else _NOTHING)
        if study is not None:
            bands = [Band(*one) for one in of_study(study)]
            self.plot.show_bands(measured(study.measure), bands)

    def _chosen(self, digest: str) -> None:
        del digest
        self.changed.emit()
