"""The list of jobs, newest first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.domain.jobs import ACTIVE
from studio.ui.item_models.job_words import ICONS, STATES, duration, percent_of, time_left
from studio.ui.theme.icons import icon

if TYPE_CHECKING:
    from studio.services.job_runner import JobView

COLUMNS = ("Job", "State", "Progress", "Time", "Where")
PROGRESS_COLUMN = 2
PercentRole = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class JobModel(QAbstractTableModel):
    """Jobs as rows: what, state, how far, how long, where."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[JobView] = []

    def show(self, jobs: Sequence[JobView]) -> None:
        """Show these jobs; rows that stay keep their selection."""
        old = [job.order.id for job in self._jobs]
        new = [job.order.id for job in jobs]
        if old == new:
            self._jobs = list(jobs)
            if new:
                self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(COLUMNS) - 1))
            return
        fresh = len(new) - len(old)
        if fresh > 0 and new[fresh:] == old:
            self.beginInsertRows(QModelIndex(), 0, fresh - 1)
            self._jobs = list(jobs)
            self.endInsertRows()
            return
        self.beginResetModel()
        self._jobs = list(jobs)
        self.endResetModel()

    def job(self, row: int) -> JobView | None:
        """Return the job of a row, or None."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def row_of(self, id: str) -> int:  # noqa: A002
        """Return the row of a job, or -1."""
        return next((n for n, job in enumerate(self._jobs) if job.order.id == id), -1)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of jobs."""
        return 0 if parent.isValid() else len(self._jobs)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return the title of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        job = self.job(index.row())
        if job is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(job, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1:
            return icon(*ICONS[job.state])
        if role == PercentRole:
            return percent_of(job)
        if role == Qt.ItemDataRole.ToolTipRole:
            return job.exit.what_happened if job.exit else job.order.operation
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()]} {_text(job, index.column())}"
        return None


def _text(job: JobView, column: int) -> str:
    match column:
        case 0:
            return job.order.title or job.order.operation
        case 1:
            return STATES[job.state]
        case 2:
            return _progress(job)
        case 3:
            return time_left(job) or _took(job)
        case _:
            device = job.started.device if job.started else job.order.device
            return f"{job.order.target} · {device}"


def _progress(job: JobView) -> str:
    percent = percent_of(job)
    if job.progress is None or percent is None:
        return "" if percent is None else f"{percent} %"
    unit = f" {job.progress.unit}" if job.progress.unit else ""
    return f"{percent} % · {job.progress.done:,} of {job.progress.total:,}{unit}"


def _took(job: JobView) -> str:
    if job.exit is not None:
        return duration(job.exit.seconds)
    if job.state not in ACTIVE or not job.order.created:
        return ""
    return f"since {duration(time.time() - job.order.created)}"
