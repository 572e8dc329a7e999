"""One training: how it stands, what it said, and the model it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.jobs import ACTIVE, Logged
from studio.services.job_runner import JobView
from studio.ui.desk import Command
from studio.ui.item_models.job_words import STATES, duration, percent_of, time_left
from studio.ui.plots.board import words
from studio.ui.plots.lines import number
from studio.ui.widgets.buttons import command_button

_MOST_LINES = 5000


class RunPanel(QWidget):
    """State, buttons, result and log of one run.

    Parameters
    ----------
    controls : sequence of Command
        Pause, resume and cancel; each is shown while it can be done.
    evaluate : Command
        Offered once there is a model.
    """

    def __init__(self, controls: Sequence[Command], evaluate: Command) -> None:
        super().__init__()
        self._job = ""
        self._told = 0
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self._controls: list[tuple[Command, QPushButton]] = []
        self.result = QWidget()
        self._figures = QGridLayout()
        self._evaluate = command_button(evaluate)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log")
        self.log.setMaximumBlockCount(_MOST_LINES)
        self._lay_out(controls)

    def _lay_out(self, controls: Sequence[Command]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        for command in controls:
            button = command_button(command)
            row.addWidget(button)
            self._controls.append((command, button))
        row.addStretch(1)
        column.addLayout(row)
        inside = QVBoxLayout(self.result)
        inside.setContentsMargins(0, 8, 0, 8)
        heading = QLabel("Model")
        heading.setProperty("role", "heading")
        inside.addWidget(heading)
        inside.addLayout(self._figures)
        inside.addWidget(self._evaluate)
        column.addWidget(self.result)
        label = QLabel("Log")
        label.setBuddy(self.log)
        column.addWidget(label)
        column.addWidget(self.log, 1)

    def show_view(self, view: JobView | None, logs: Sequence[Logged]) -> None:
        """Show how a run stands now, and what it said since the last time."""
        self.setVisible(view is not None)
        if view is None:
            return
        if view.order.id != self._job:
            self._job, self._told = view.order.id, 0
            self.log.clear()
        for line in logs[self._told :]:
            sign = "" if line.level == "info" else f"{line.level.capitalize()} · "
            self.log.appendPlainText(sign + line.text)
        self._told = len(logs)
        self.state.setText(sentence(view))
        active = view.state in ACTIVE
        self.bar.setVisible(active)
        percent = percent_of(view)
        self.bar.setRange(0, 0 if percent is None else 100)
        self.bar.setValue(percent or 0)
        for command, button in self._controls:
            button.setVisible(command.enabled())

    def show_model(self, metrics: Mapping[str, float] | None) -> None:
        """Show the figures of the model, or that there is none yet."""
        self.result.setVisible(metrics is not None)
        while (item := self._figures.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for row, (name, value) in enumerate((metrics or {}).items()):
            self._figures.addWidget(QLabel(words(name)), row, 0)
            self._figures.addWidget(QLabel(number(value)), row, 1)


def sentence(view: JobView) -> str:
    """Say how a run stands: its state, its device, the time left, or why it ended."""
    parts = [STATES[view.state]]
    if view.started is not None:
        parts.append(view.started.device)
    if left := time_left(view):
        parts.append(left)
    if view.exit is not None:
        parts.append(duration(view.exit.seconds))
        said = f"{view.exit.what_happened} {view.exit.what_to_do}".strip()
        if said:
            return f"{' · '.join(parts)}\n{said}"
    if view.state == "lost":
        return f"{parts[0]}\nIts process was ended from outside. Resume goes on from a checkpoint."
    return " · ".join(parts)
