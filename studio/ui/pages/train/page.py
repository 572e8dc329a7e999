"""The Train page: order a training, watch every step, and compare runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import Digest, JsonValue
from studio.domain.jobs import Device, JobId
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.forms.fields import Choice
from studio.ui.forms.form import ParamsForm
from studio.ui.pages.train.presenter import TrainPresenter, TrainTask
from studio.ui.plots.curves import CurvePlot
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.empty_state import EmptyState

_COLUMNS = ("Run", "State", "Best", "Made")


class TrainPage(Page):
    """Training, live."""

    id = "train"
    title = "Train"
    icon = "chart-line"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = TrainPresenter(desk.session)
        self.datasets = ArtefactChoice(desk.session.project.artefacts, "dataset", "Dataset version")
        self.tasks = QComboBox()
        self.targets = QComboBox()
        self.devices = QComboBox()
        self.table = QTableWidget(0, len(_COLUMNS))
        self.log = QPlainTextEdit()
        self.plots = {
            "loss": CurvePlot("Loss"),
            "figure": CurvePlot("Validation"),
            "rate": CurvePlot("Learning rate"),
        }
        self.form: ParamsForm | None = None
        self._jobs: list[JobId] = []
        self._said = 0
        self._start = Command("train.start", "Start", self.start, "Ctrl+Return", "rocket", "Run")
        self._pause = self._about_run("pause", "Pause", "player-pause", desk.session.runner.pause)
        self._resume = self._about_run(
            "resume", "Resume", "player-play", desk.session.runner.resume
        )
        self._cancel = self._about_run(
            "cancel", "Cancel", "player-stop", desk.session.runner.cancel
        )
        self._evaluate = self._about_run("evaluate", "Evaluate", "target", self._go_evaluate)
        self._build()
        self.datasets.chosen.connect(self._dataset_chosen)
        self.tasks.currentIndexChanged.connect(self._make_form)
        self.table.itemSelectionChanged.connect(self._selection_changed)
        desk.bridge.jobs_changed.connect(self._jobs_changed)
        desk.bridge.artefact_added.connect(self.arrive)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._start, self._pause, self._resume, self._cancel, self._evaluate)

    def arrive(self) -> None:
        """Read the lists again."""
        self.datasets.refresh()
        names = self.desk.session.runner.targets()
        if [self.targets.itemData(i) for i in range(self.targets.count())] != names:
            self.targets.clear()
            for name in names:
                self.targets.addItem("This machine" if name == "local" else name, name)
        self._fill_table()
        some = bool(self.datasets.count() or self.table.rowCount())
        self.stack.setCurrentIndex(1 if some else 0)

    def focus_on(self, **focus: JsonValue) -> None:
        """Take a dataset version, or look at a run."""
        self.arrive()
        if "dataset" in focus:
            self.datasets.choose(str(focus["dataset"]))
        if "job" in focus and focus["job"] in self._jobs:
            self.table.selectRow(self._jobs.index(JobId(str(focus["job"]))))

    def start(self) -> None:
        """Order a training with the values of the form."""
        dataset = self.datasets.digest()
        if dataset is None or self.form is None or not self.form.check():
            return
        device: Device = self.devices.currentData()
        task: TrainTask = self.tasks.currentData()
        target = str(self.targets.currentData() or "local")
        try:
            made = self.presenter.start(task, dataset, self.form.values(), target, device)
        except StudioError as error:
            self.desk.fail(error)
            return
        if made.job is None:
            digest = (made.outputs or {}).get("model", "")
            go = partial(self.desk.go, "evaluate", model=digest)
            self.desk.toast(
                "This very training is known from before; nothing had to run.",
                "success",
                Command("train.known", "Evaluate it", go),
            )
            return
        self._fill_table()
        self.table.selectRow(self._jobs.index(made.job))

    def selected(self) -> list[JobId]:
        """Return the runs that are looked at, the first one first."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return [self._jobs[row] for row in rows if row < len(self._jobs)]

    def _about_run(self, verb: str, title: str, icon: str, deed: object) -> Command:
        def run() -> None:
            for job in self.selected()[:1]:
                if self.presenter.can(job)[verb] and callable(deed):
                    try:
                        deed(job)
                    except StudioError as error:
                        self.desk.fail(error)
            self._refresh_selected()

        def enabled() -> bool:
            chosen = self.selected()
            return self.presenter.can(chosen[0] if chosen else None)[verb]

        return Command(
            f"train.{verb}",
            title,
            run,
            icon=icon,
            menu="Run",
            enabled=enabled,
            why_not="Choose a run that is in the right state.",
        )

    def _go_evaluate(self, job: JobId) -> None:
        found = self.presenter.model(job)
        if found is not None:
            self.desk.go("evaluate", model=found[0])

    def _build(self) -> None:
        self.empty = EmptyState(
            "chart-line",
            "There is no dataset version to train on yet",
            "A dataset version freezes the labelled pictures and says which are for testing.",
            Command("train.go_dataset", "Make a dataset version", partial(self.desk.go, "dataset")),
        )
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        split = QSplitter(Qt.Orientation.Horizontal)
        self.stack.addWidget(split)
        split.addWidget(self._order_panel())
        split.addWidget(self._runs_panel())
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([340, 900])

    def _order_panel(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 16, 8, 16)
        column.setSpacing(12)
        for title, value in (("Classifier (tags)", "classifier"), ("Detector (boxes)", "detector")):
            self.tasks.addItem(title, value)
        for title, value in (("Best there is", "auto"), ("CPU", "cpu"), ("CUDA GPU", "cuda")):
            self.devices.addItem(title, value)
        fields = QFormLayout()
        fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for text, widget in (
            ("Dataset version", self.datasets),
            ("Task", self.tasks),
            ("Where it runs", self.targets),
            ("Device", self.devices),
        ):
            widget.setAccessibleName(text)
            fields.addRow(text, widget)
        column.addLayout(fields)
        self.form_area = QScrollArea()
        self.form_area.setWidgetResizable(True)
        self.form_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.form_area, 1)
        column.addWidget(command_button(self._start, "primary"))
        self._make_form()
        return panel

    def _runs_panel(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(8, 16, 16, 16)
        column.setSpacing(8)
        bar = QHBoxLayout()
        self.headline = QLabel()
        self.headline.setProperty("role", "heading")
        self.headline.setWordWrap(True)
        bar.addWidget(self.headline, 1)
        self.buttons: dict[str, QPushButton] = {}
        for verb in (self._pause, self._resume, self._cancel, self._evaluate):
            button = command_button(verb)
            self.buttons[verb.id.partition(".")[2]] = button
            bar.addWidget(button)
        column.addLayout(bar)
        plots = QSplitter(Qt.Orientation.Horizontal)
        plots.addWidget(self.plots["loss"])
        side = QSplitter(Qt.Orientation.Vertical)
        side.addWidget(self.plots["figure"])
        side.addWidget(self.plots["rate"])
        plots.addWidget(side)
        plots.setSizes([560, 380])
        below = QSplitter(Qt.Orientation.Horizontal)
        below.addWidget(self._runs_table())
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log of the run")
        self.log.setMaximumBlockCount(5000)
        below.addWidget(self.log)
        body = QSplitter(Qt.Orientation.Vertical)
        body.addWidget(plots)
        body.addWidget(below)
        body.setSizes([520, 200])
        column.addWidget(body, 1)
        return panel

    def _runs_table(self) -> QTableWidget:
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setAccessibleName("Runs")
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setToolTip("Choose several runs to compare their curves")
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return self.table

    def _dataset_chosen(self, digest: str) -> None:
        if digest:
            task = self.presenter.task_of(Digest(digest))
            self.tasks.setCurrentIndex(self.tasks.findData(task))

    def _make_form(self) -> None:
        task: TrainTask = self.tasks.currentData()
        operation = self.desk.session.plugins.get(f"train.{task}")
        kind = "classification" if task == "classifier" else "detection"
        choices = [
            Choice(one.name, one.title)
            for one in self.desk.session.plugins.architectures()
            if one.task == kind
        ]
        self.form = ParamsForm(
            operation.params, choices=lambda name: choices if name == "architecture" else ()
        )
        self.form_area.setWidget(self.form)

    def _fill_table(self) -> None:
        chosen = self.selected()
        rows = self.presenter.rows()
        self._jobs = [row.job for row in rows]
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate((row.name, row.state, row.best, row.when)):
                item = self.table.item(number, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.table.setItem(number, column, item)
                if item.text() != text:
                    item.setText(text)
        if chosen != self.selected():
            self.table.clearSelection()
            for job in chosen:
                if job in self._jobs:
                    self.table.selectRow(self._jobs.index(job))
        self.table.blockSignals(False)
        if not self.selected() and rows:
            self.table.selectRow(0)

    def _selection_changed(self) -> None:
        self._said = 0
        self.log.clear()
        for plot in self.plots.values():
            plot.keep_only(set())
            plot.fit()
        self._refresh_selected()

    def _jobs_changed(self, changed: list[str]) -> None:
        if not self.isVisible():
            return
        self._fill_table()
        if set(changed) & set(self.selected()):
            self._refresh_selected()

    def _refresh_selected(self) -> None:
        chosen = self.selected()
        can = self.presenter.can(chosen[0] if chosen else None)
        for verb, button in self.buttons.items():
            button.setEnabled(can[verb])
        if not chosen:
            self.headline.setText("No run yet. Start one to see its curves.")
            return
        self.headline.setText(self.presenter.headline(chosen[0]))
        for job in chosen:
            name = job.rpartition("-")[2][-6:]
            for plot, curve in self.presenter.curves(job).items():
                self.plots[plot].take(name, curve)
        logs = self.presenter.record(chosen[0]).logs
        for line in logs[self._said :]:
            mark = "" if line.level == "info" else f"{line.level}: "
            self.log.appendPlainText(mark + line.text)
        self._said = len(logs)
