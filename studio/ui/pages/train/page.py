"""The Train page: choose, start, and watch the curves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import Digest, JsonValue
from studio.domain.jobs import ACTIVE, JobId
from studio.errors import StudioError
from studio.services.job_runner import JobView
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.train.presenter import TrainPresenter
from studio.ui.pages.train.run_list import RunList
from studio.ui.pages.train.run_panel import RunPanel
from studio.ui.pages.train.run_verbs import RunVerbs
from studio.ui.pages.train.setup import TrainSetup
from studio.ui.plots.board import CurveBoard, ShownRun
from studio.ui.widgets.buttons import tool_button
from studio.ui.widgets.empty_state import EmptyState


class TrainPage(Page):
    """Trains models from dataset versions, and shows each run while it goes on."""

    id = "train"
    title = "Train"
    icon = "chart-line"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = TrainPresenter(desk.session)
        self._model: Digest | None = None
        self.runs = RunList()
        self.verbs = RunVerbs(desk, self.runs, self._look)
        self.board = CurveBoard()
        self._make_commands()
        self.setup = TrainSetup(desk, self.presenter, self._start)
        self.panel = RunPanel(self.verbs.commands(), self._evaluate)
        self._build()
        self.runs.picked.connect(self._draw)
        self.runs.picked.connect(self._look)
        self.runs.compared.connect(self._draw)
        desk.bridge.jobs_changed.connect(self._jobs_changed)
        desk.bridge.artefact_added.connect(self._arrange)

    def _make_commands(self) -> None:
        self._start = Command(
            "train.start",
            "Start training",
            self.start,
            "Ctrl+Return",
            "player-play",
            "Run",
            self._can_start,
            "Choose a dataset version and mend what is marked in the form.",
        )
        self._evaluate = Command(
            "train.evaluate",
            "Evaluate the model",
            self.evaluate,
            "",
            "target",
            "Run",
            self._has_model,
            "The run has given no model yet.",
        )
        self._fit = Command(
            "train.fit", "Show whole curves", self.board.fit, "F", "maximize", "View"
        )
        self._write = Command("train.export_plots", "Export plots", self.export, "", "download")

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (
            self._start,
            *self.verbs.commands(),
            self._evaluate,
            self._fit,
            self._write,
        )

    def _build(self) -> None:
        self.empty = EmptyState(
            "chart-line",
            "There is nothing to train on yet",
            "A training needs a dataset version: pictures with labels, dealt to splits.",
            Command("train.go_dataset", "Make a dataset version", partial(self.desk.go, "dataset")),
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        row = QHBoxLayout(body)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.setup)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self._curves())
        split.addWidget(self._side())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([640, 280])
        row.addWidget(split, 1)

    def _curves(self) -> QWidget:
        for command in (self._fit, self._write):
            self.board.bar.addWidget(tool_button(command))
        self.waiting = EmptyState(
            "chart-line",
            "No run yet",
            "Start a training; its loss and figures are drawn here while it runs.",
        )
        holder = QWidget()
        self._middle = QStackedLayout(holder)
        self._middle.addWidget(self.waiting)
        self._middle.addWidget(self.board)
        return holder

    def _side(self) -> QWidget:
        side = self._runs_side = QWidget()
        side.setMinimumWidth(260)
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 0, 0, 0)
        column.setSpacing(8)
        label = QLabel("Runs")
        label.setProperty("role", "heading")
        column.addWidget(label)
        column.addWidget(self.runs, 2)
        column.addWidget(self.panel, 3)
        return side

    def arrive(self) -> None:
        """Read lists and runs again."""
        self.setup.refresh()
        self._arrange()

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at a dataset version or at a run."""
        self.arrive()
        if "dataset" in focus:
            self.setup.datasets.choose(str(focus["dataset"]))
        if "job" in focus:
            self.runs.pick(str(focus["job"]))

    def start(self) -> None:
        """Start a training with what the form says."""
        dataset = self.setup.datasets.digest()
        if dataset is None or not self.setup.ready():
            return
        try:
            submission = self.presenter.start(
                self.setup.operation(), dataset, self.setup.values(), self.setup.target()
            )
        except StudioError as error:
            self.desk.fail(error)
            return
        if submission.job is None:
            self._known(dict(submission.outputs or {}))
            return
        self._arrange()
        self.runs.pick(submission.job)

    def evaluate(self) -> None:
        """Go to the Evaluate page with the model of the run."""
        if self._model is not None:
            self.desk.go("evaluate", model=self._model)

    def export(self) -> None:
        """Ask for a file and write the plots to it."""
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Export plots",
            str(self.desk.session.project.exports_folder() / "curves.png"),
            "Picture (*.png);;Drawing (*.svg);;Table of all points (*.csv)",
        )
        if name:
            self.write_plots(Path(name))

    def write_plots(self, path: Path) -> None:
        """Write the plots, or their points, to a file."""
        try:
            self.board.write(path)
        except StudioError as error:
            self.desk.fail(error)
            return
        self.desk.toast(f"Wrote {path.name}", "success")

    def _known(self, outputs: dict[str, Digest]) -> None:
        found = self.presenter.model(outputs)
        if found is None:
            return
        action = Command(
            "train.evaluate_known",
            "Evaluate",
            partial(self.desk.go, "evaluate", model=found[0]),
        )
        self.desk.toast(
            "Known from before: the same training gave this model already. Nothing had to run.",
            "success",
            action,
        )

    def _has_model(self) -> bool:
        return self._model is not None

    def _can_start(self) -> bool:
        return self.setup.ready()

    def _jobs_changed(self, jobs: list[str]) -> None:
        if self.isVisible() and any(self.presenter.is_run(JobId(job)) for job in jobs):
            self._arrange()

    def _arrange(self, _: object = None) -> None:
        self.setup.datasets.refresh()
        runs = self.presenter.runs()
        self.stack.setCurrentIndex(1 if self.setup.datasets.count() or runs else 0)
        self._runs_side.setVisible(bool(runs))
        self.runs.show_runs(runs)
        self._look()

    def _draw(self, _: object = None) -> None:
        current = self.runs.current()
        wanted = list(dict.fromkeys([*([current] if current else []), *self.runs.ticked()]))
        runner = self.desk.session.runner
        views = [runner.view(JobId(job)) for job in wanted]
        self.board.show_runs(
            [
                ShownRun(view.order.id, view.order.title, runner.record(view.order.id))
                for view in views
            ]
        )

    def _look(self, _: object = None) -> None:
        view = self.verbs.view()
        logs = self.desk.session.runner.record(view.order.id).logs if view else ()
        self.panel.show_view(view, logs)
        self._await(view)
        found = None
        if view is not None and view.exit is not None:
            try:
                found = self.presenter.model(view.exit.outputs)
            except StudioError as error:
                self.desk.fail(error)
        self._model = found[0] if found else None
        self.panel.show_model(found[1].metrics if found else None)

    def _await(self, view: JobView | None) -> None:
        """Show curves where there are any, and say what is waited for where there are none."""
        drawn = view is not None and bool(self.desk.session.runner.record(view.order.id).curves)
        if view is not None and view.state in ACTIVE:
            self.waiting.say("Waiting for the first numbers", "The worker reads the pictures.")
        elif view is not None:
            self.waiting.say("This run has no curves", "It ended before its first step.")
        self._middle.setCurrentIndex(1 if drawn or self.runs.ticked() else 0)
