"""A queue of pictures to label: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.domain.selecting import ArmReport
from studio.services.active_learning import QueueProgress
from studio.ui.desk import Command
from studio.ui.pages.active.presenter import QueueRow, measured, of_report
from studio.ui.plots.bands import Band, BandPlot
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import command_button

_ID = Qt.ItemDataRole.UserRole
_NOT_COMPARED = (
    "Once both arms are labelled, “Compare with chance” teaches a small classifier with each of"
    " them, and measures it on the test split."
)


class QueuePanel(QWidget):
    """Lists the pictures of a queue, and plots its arms.

    Parameters
    ----------
    queues : QWidget
        Chooses the queue.
    commands : sequence of Command
        What is done with a queue: buttons below the bar.
    """

    opened = Signal(str)
    """A picture is to be labelled; carries its id."""

    def __init__(
        self, queues: QWidget, commands: Sequence[Command], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.said = _line("heading")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Labelled pictures of the queue")
        self.bar.setTextVisible(False)
        self.list = QListWidget()
        self.list.setAccessibleName("Pictures of the queue")
        self.list.itemActivated.connect(self._opened)
        self.verdict = _line("heading")
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plot = BandPlot("", "Pictures of the arm that were learned from")
        self._build(queues, commands)

    def _build(self, queues: QWidget, commands: Sequence[Command]) -> None:
        left = QWidget()
        column = _column(left)
        choice = QHBoxLayout()
        label = QLabel("Queue")
        label.setBuddy(queues)
        choice.addWidget(label)
        choice.addWidget(queues, 1)
        column.addLayout(choice)
        column.addWidget(self.said)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        for command in commands:
            row.addWidget(command_button(command))
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        right = QWidget()
        column = _column(right)
        column.addWidget(self.verdict)
        column.addWidget(self.plot, 1)
        column.addStretch(0)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([440, 560])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addWidget(both)

    def show_queue(
        self, said: str, progress: QueueProgress | None, rows: Sequence[QueueRow]
    ) -> None:
        """Show how far a queue is.

        Parameters
        ----------
        said : str
            The line above.
        progress : QueueProgress or None
            None for no queue.
        rows : sequence of QueueRow
            Its pictures.
        """
        self.said.setText(said)
        self.bar.setVisible(progress is not None)
        self.list.setVisible(progress is not None)
        if progress is not None:
            self.bar.setRange(0, max(1, progress.total))
            self.bar.setValue(progress.done)
            self.bar.setAccessibleDescription(f"{progress.done:,} of {progress.total:,}")
        kept = self.list.currentRow()
        self.list.clear()
        for one in rows:
            parts = [one.name, one.arm, f"score {one.score}" if one.score else ""]
            state = "labelled" if one.labelled else "waits"
            item = QListWidgetItem(
                icon("circle-check" if one.labelled else "circle"),
                " · ".join(part for part in parts if part),
            )
            item.setData(_ID, one.media)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {state}")
            item.setToolTip(f"{one.name}, {state}")
            self.list.addItem(item)
        if rows:
            self.list.setCurrentRow(min(max(kept, 0), len(rows) - 1))

    def show_report(self, report: ArmReport | None, said: str) -> None:
        """Plot a comparison; None where there is none yet."""
        self.plot.setVisible(report is not None)
        self.verdict.setText(said if report is not None else _NOT_COMPARED)
        if report is not None:
            bands = [Band(*one) for one in of_report(report)]
            self.plot.show_bands(measured(report.measure), bands)

    def _opened(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(_ID))


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(8)
    return column


def _line(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
