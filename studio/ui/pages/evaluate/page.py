"""The Evaluate page: choose, measure, and look at the pictures behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import Digest, JsonValue
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.evaluate.pictures import Pictures
from studio.ui.pages.evaluate.presenter import INVENTED, MISSED, EvaluatePresenter
from studio.ui.plots.confusion import ConfusionMatrix
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.choice_row import choice_row
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip


class EvaluatePage(Page):
    """How good a model is, and on which pictures it is wrong."""

    id = "evaluate"
    title = "Evaluate"
    icon = "target"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = EvaluatePresenter(desk.session)
        index = desk.session.project.artefacts
        self.models = ArtefactChoice(index, "model", "Model")
        self.datasets = ArtefactChoice(index, "dataset", "Dataset version")
        self.reports = ArtefactChoice(index, "evaluation", "Report")
        self.splits = QComboBox()
        self.splits.setAccessibleName("Split")
        self.splits.addItems(["test", "val", "train"])
        self.strip = JobStrip(desk)
        self.matrix = ConfusionMatrix()
        self._run = Command("evaluate.run", "Evaluate", self.run, "Ctrl+Return", "target", "Run")
        self._wrong = Command(
            "evaluate.mistakes", "Show mistakes", self.show_mistakes, "M", "alert-circle"
        )
        self._label = Command(
            "evaluate.open_in_label", "Open in Label", self.open_in_label, "L", "edit"
        )
        self.pictures = Pictures(desk, self.presenter, (self._wrong, self._label))
        self._build()
        self.reports.chosen.connect(self._show)
        self.strip.finished.connect(self._finished)
        self.matrix.cell_clicked.connect(self._cell)
        self.pictures.wall.opened.connect(self._open)
        desk.bridge.artefact_added.connect(self.arrive)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._run, self._wrong, self._label)

    def arrive(self) -> None:
        """Read the lists again."""
        for choice in (self.models, self.datasets, self.reports):
            choice.refresh()
        self._arrange()

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at a model, a dataset version or a report."""
        self.arrive()
        for choice, word in (
            (self.models, "model"),
            (self.datasets, "dataset"),
            (self.reports, "evaluation"),
        ):
            if word in focus:
                choice.choose(str(focus[word]))

    def release(self) -> None:
        """End the decoding of small pictures."""
        self.pictures.wall.finish()

    def run(self) -> None:
        """Measure the chosen model on the chosen split."""
        model, dataset = self.models.digest(), self.datasets.digest()
        if model is None or dataset is None or self.strip.busy:
            return
        try:
            submission = self.presenter.start(model, dataset, self.splits.currentText())
        except StudioError as error:
            self.desk.fail(error)
            return
        self.strip.follow(submission, "Evaluating")

    def show_mistakes(self) -> None:
        """Show the pictures on which the model is wrong."""
        self.pictures.show_verdicts(
            "Mistakes",
            self.presenter.mistakes(),
            "No mistake on this split. Click a cell to see its pictures.",
        )

    def open_in_label(self) -> None:
        """Open the picture that is looked at on the Label page."""
        key = self.pictures.wall.current_key()
        if key is not None:
            self.desk.go("label", media=key)

    def _build(self) -> None:
        self.empty = EmptyState(
            "target",
            "There is no model to evaluate yet",
            "A model is measured on pictures it has never seen.",
            Command("evaluate.go_train", "Train a model", partial(self.desk.go, "train")),
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
                    ("Split", self.splits),
                ),
                self._run,
                ("Report", self.reports),
            )
        )
        column.addWidget(self.strip)
        self.figures = QHBoxLayout()
        self.figures.setSpacing(32)
        column.addLayout(self.figures)
        self.note = QLabel("No report yet. Press Evaluate to measure the model.")
        self.note.setProperty("role", "heading")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.note, 1)
        split = self.body = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._numbers())
        split.addWidget(self.pictures)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column.addWidget(split, 1)

    def _numbers(self) -> QWidget:
        self.table = QTableWidget()
        self.table.setAccessibleName("Figures by label")
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        side = QSplitter(Qt.Orientation.Vertical)
        side.addWidget(self.matrix)
        side.addWidget(self.table)
        side.setStretchFactor(0, 3)
        side.setStretchFactor(1, 2)
        return side

    def _arrange(self) -> None:
        self.stack.setCurrentIndex(1 if self.models.count() or self.reports.count() else 0)
        has_report = self.presenter.report is not None
        self.body.setVisible(has_report)
        self.note.setVisible(not has_report)

    def _finished(self, outputs: dict[str, str]) -> None:
        self.arrive()
        if "evaluation" in outputs:
            self.reports.choose(outputs["evaluation"])
            self._show(outputs["evaluation"])

    def _show(self, digest: str) -> None:
        if not digest:
            return
        try:
            self.presenter.show(Digest(digest))
        except StudioError as error:
            self.desk.fail(error)
            return
        report = self.presenter.report
        assert report is not None
        self._arrange()
        self._fill_figures(report.pictures, report.split)
        self.matrix.show_matrix(
            report.confusion, self.presenter.axis(INVENTED), self.presenter.axis(MISSED)
        )
        self._fill_table()
        self.show_mistakes()

    def _fill_figures(self, pictures: int, split: str) -> None:
        while (item := self.figures.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for name, value in self.presenter.headline():
            self.figures.addWidget(figure(name, value))
        self.figures.addWidget(figure(f"Pictures of {split}", f"{pictures:,}"))
        self.figures.addStretch(1)

    def _fill_table(self) -> None:
        heads, rows = self.presenter.columns(), self.presenter.rows()
        self.table.clear()
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate((row.label, *row.cells)):
                item = QTableWidgetItem(text)
                if column:
                    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    item.setTextAlignment(right)
                self.table.setItem(number, column, item)
        self.table.resizeColumnsToContents()

    def _cell(self, row: int, column: int) -> None:
        rows, columns = self.presenter.axis(INVENTED), self.presenter.axis(MISSED)
        title = f"Truth {rows[row]}, prediction {columns[column]}"
        verdicts = self.presenter.cell(row, column)
        self.pictures.show_verdicts(title, verdicts, f"{title}. No picture.")

    def _open(self, key: str) -> None:
        self.desk.go("label", media=key)


def figure(name: str, value: str) -> QWidget:
    """Make a large number with its name below."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    number = QLabel(value)
    number.setProperty("role", "figure")
    word = QLabel(name)
    word.setProperty("role", "small")
    column.addWidget(number)
    column.addWidget(word)
    return holder
