"""The trainings of a project: which are looked at, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from studio.domain.jobs import ACTIVE
from studio.services.job_runner import JobView
from studio.ui.item_models.job_words import ICONS, STATES, percent_of, time_left
from studio.ui.theme.icons import icon

_JOB = Qt.ItemDataRole.UserRole


class RunList(QTableWidget):
    """One row a run; a tick draws its curves beside those of the others."""

    picked = Signal(str)
    """Another run became the current one; carries its id."""
    compared = Signal()
    """Other runs are ticked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self._filling = False
        self.setAccessibleName("Runs")
        self.setHorizontalHeaderLabels(["Run", "State"])
        self.verticalHeader().setVisible(False)
        self.setShowGrid(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentCellChanged.connect(self._current)
        self.itemChanged.connect(self._ticked)

    def show_runs(self, views: Sequence[JobView]) -> None:
        """Show runs; those that are there already keep their tick and their place."""
        shown = [self._job(row) for row in range(self.rowCount())]
        wanted = [view.order.id for view in views]
        self._filling = True
        if shown != wanted:
            ticked, current = set(self.ticked()), self.current()
            self.setRowCount(len(views))
            for row, view in enumerate(views):
                name = QTableWidgetItem(view.order.title)
                name.setData(_JOB, view.order.id)
                on = view.order.id in ticked
                name.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                self.setItem(row, 0, name)
                self.setItem(row, 1, QTableWidgetItem())
            self._filling = False
            self.pick(current or (wanted[0] if wanted else ""))
            self._filling = True
        for row, view in enumerate(views):
            self._say(row, view)
        self._filling = False

    def pick(self, job: str) -> None:
        """Make a run the current one."""
        for row in range(self.rowCount()):
            if self._job(row) == job:
                self.setCurrentCell(row, 0)

    def current(self) -> str:
        """Return the id of the current run; empty without one."""
        return self._job(self.currentRow()) if self.currentRow() >= 0 else ""

    def ticked(self) -> list[str]:
        """Return the ids of the runs to compare."""
        return [
            self._job(row)
            for row in range(self.rowCount())
            if (item := self.item(row, 0)) and item.checkState() == Qt.CheckState.Checked
        ]

    def _say(self, row: int, view: JobView) -> None:
        item = self.item(row, 1)
        if item is None:
            return
        percent = percent_of(view) if view.state in ACTIVE else None
        text = STATES[view.state] if percent is None else f"{percent} %"
        if item.text() != text:
            item.setText(text)
            item.setIcon(icon(*ICONS[view.state]))
        item.setToolTip(f"{STATES[view.state]} {time_left(view)}".strip())

    def _job(self, row: int) -> str:
        item = self.item(row, 0)
        return str(item.data(_JOB)) if item else ""

    def _current(self, row: int) -> None:
        if row >= 0 and not self._filling:
            self.picked.emit(self._job(row))

    def _ticked(self, item: QTableWidgetItem) -> None:
        if item.column() == 0 and not self._filling:
            self.compared.emit()
