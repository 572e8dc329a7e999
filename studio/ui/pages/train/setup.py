"""What is to be trained, on what and where: the left side of the Train page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.domain.ids import Digest, JsonValue
from studio.errors import StudioError
from studio.ui.desk import Command, Desk
from studio.ui.forms.fields import Choice
from studio.ui.forms.form import ParamsForm
from studio.ui.pages.train.presenter import TrainPresenter
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button

_WIDTH = 300


class TrainSetup(QWidget):
    """Choices and the form of the training operation.

    Parameters
    ----------
    desk : Desk
        For the session.
    presenter : TrainPresenter
        Knows what fits.
    start : Command
        The page's one primary button.
    """

    changed = Signal()

    def __init__(self, desk: Desk, presenter: TrainPresenter, start: Command) -> None:
        super().__init__()
        self._desk = desk
        self._presenter = presenter
        self.form: ParamsForm | None = None
        self._values: dict[str, dict[str, JsonValue]] = {}
        self.datasets = ArtefactChoice(desk.session.project.artefacts, "dataset", "Dataset version")
        self.operations = QComboBox()
        self.operations.setAccessibleName("Kind of training")
        for one in presenter.operations():
            self.operations.addItem(one.title, one.id)
        self.targets = QComboBox()
        self.targets.setAccessibleName("Runs on")
        self.device = QLabel()
        self.device.setProperty("role", "small")
        self.device.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self.setFixedWidth(_WIDTH)
        self._lay_out(start)
        self.datasets.chosen.connect(self._dataset_chosen)
        self.operations.currentIndexChanged.connect(self._show_form)
        self._show_form()

    def _lay_out(self, start: Command) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for text, widget in (
            ("Dataset version", self.datasets),
            ("Kind of training", self.operations),
            ("Runs on", self.targets),
        ):
            label = QLabel(text)
            label.setBuddy(widget)
            column.addWidget(label)
            column.addWidget(widget)
            column.addSpacing(4)
        column.addWidget(self.device)
        column.addSpacing(8)
        column.addWidget(self._scroll, 1)
        column.addSpacing(8)
        column.addWidget(command_button(start, "primary"))

    def refresh(self) -> None:
        """Read lists and settings again."""
        self.datasets.refresh()
        self.device.setText(f"Device · {self._presenter.device()}")
        places = self._presenter.targets()
        if [self.targets.itemData(n) for n in range(self.targets.count())] != [
            p[0] for p in places
        ]:
            before = self.targets.currentData()
            self.targets.clear()
            for name, title in places:
                self.targets.addItem(title, name)
            self.targets.setCurrentIndex(max(0, self.targets.findData(before)))

    def operation(self) -> str:
        """Return the id of the chosen operation."""
        return str(self.operations.currentData() or "")

    def target(self) -> str:
        """Return the name of the chosen place."""
        return str(self.targets.currentData() or "local")

    def values(self) -> dict[str, JsonValue]:
        """Return the parameters that were set."""
        return self.form.values() if self.form else {}

    def ready(self) -> bool:
        """Tell whether a training can be started."""
        return self.datasets.digest() is not None and bool(self.form and not self.form.faults())

    def _dataset_chosen(self, digest: str) -> None:
        if digest:
            try:
                fitting = self._presenter.fitting(Digest(digest))
            except StudioError as error:
                self._desk.fail(error)
                return
            found = self.operations.findData(fitting)
            if found >= 0:
                self.operations.setCurrentIndex(found)
        self.changed.emit()

    def _show_form(self) -> None:
        if self.form is not None:
            self._values[self.form.objectName()] = self.form.values()
        id_ = self.operation()
        if not id_:
            return
        operation = self._desk.session.plugins.get(id_)
        self.form = ParamsForm(operation.params, self._values.get(id_), self._choices)
        self.form.setObjectName(id_)
        self.form.changed.connect(self.changed)
        self._scroll.setWidget(self.form)
        self.changed.emit()

    def _choices(self, name: str) -> Sequence[Choice]:
        if name != "architecture":
            return ()
        return [
            Choice(one.name, one.title or one.name)
            for one in self._presenter.architectures(self.operation())
        ]
