"""The bar over the canvas: which pipeline, run it, and how the last run went."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from studio.domain.jobs import ACTIVE
from studio.services.job_runner import JobView
from studio.ui.desk import Command
from studio.ui.item_models.job_words import percent_of, time_left
from studio.ui.pages.pipeline.run_verbs import RunVerbs
from studio.ui.widgets.buttons import command_button, tool_button


class RunBar(QWidget):
    """Choice of the pipeline, buttons, progress, and one sentence.

    Parameters
    ----------
    verbs : RunVerbs
        Run, run to here and cancel; running is the one primary button.
    new : Command
        Leads to the templates.
    tools : sequence of Command
        Small buttons at the end.
    """

    chosen = Signal(str)
    """Another pipeline was chosen; carries its name."""

    def __init__(self, verbs: RunVerbs, new: Command, tools: Sequence[Command]) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.setAccessibleName("Pipeline to edit")
        self.choice.setMinimumContentsLength(14)
        self.choice.activated.connect(self._chosen)
        self._here = command_button(verbs.here)
        self._verbs = verbs
        self._run = command_button(verbs.whole, "primary")
        self._cancel = command_button(verbs.stop)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the pipeline")
        self._bar.setFixedWidth(120)
        self._said = ""
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(self.message.fontMetrics().height())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choice)
        row.addWidget(tool_button(new))
        row.addSpacing(8)
        for widget in (self._run, self._here, self._cancel):
            row.addWidget(widget)
        row.addStretch(1)
        for command in tools:
            row.addWidget(tool_button(command))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._bar)
        below.addWidget(self.message, 1)
        column.addLayout(below)

    def show_names(self, names: Sequence[str], current: str) -> None:
        """Show which pipelines there are."""
        self.choice.clear()
        self.choice.addItems(list(names))
        self.choice.setCurrentIndex(self.choice.findText(current))

    def show_run(self, run: JobView | None, starting: bool, forecast: str) -> None:
        """Show how far the run is; while none runs, what was said last or what one would do."""
        active = run is not None and run.state in ACTIVE
        self._run.setEnabled(self._verbs.can_run() and not starting)
        self._here.setEnabled(self._verbs.can_run_here() and not starting)
        self._cancel.setVisible(active)
        self._bar.setVisible(active or starting)
        percent = percent_of(run) if run is not None and active else None
        self._bar.setRange(0, 0 if percent is None else 100)
        self._bar.setValue(percent or 0)
        if run is not None and active:
            self._said = ""
            self._show(f"Running · {time_left(run)}".strip(" ·"), "")
        elif starting:
            self._show("Starting", "")
        elif not self._said:
            self._show(forecast, "quiet")

    def say(self, text: str, role: str) -> None:
        """Say one sentence, until a run begins or another is said; an empty one takes it away."""
        self._said = text
        self._show(text, role)

    def _show(self, text: str, role: str) -> None:
        self.message.setText(text)
        if self.message.property("role") != role:
            self.message.setProperty("role", role)
            self.message.style().unpolish(self.message)
            self.message.style().polish(self.message)

    def _chosen(self) -> None:
        self.chosen.emit(self.choice.currentText())
