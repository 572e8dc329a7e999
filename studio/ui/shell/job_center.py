"""The job centre: all jobs of the project, with progress, time left, wishes and log."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from studio.domain.jobs import ACTIVE, JobId
from studio.ui.desk import Command, Desk
from studio.ui.item_models.job_model import PROGRESS_COLUMN, JobModel, PercentRole
from studio.ui.theme import current
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.empty_state import EmptyState

_LOG_LINES = 2000


class _ProgressDelegate(QStyledItemDelegate):
    """Draws a thin bar under the words of the progress column."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), size.height() + 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        percent = index.data(PercentRole)
        if percent is None:
            return
        area: QRect = option.rect
        full = QRect(area.left() + 4, area.bottom() - 4, area.width() - 16, 3)
        done = QRect(full)
        done.setWidth(full.width() * int(percent) // 100)
        tokens = current.tokens()
        painter.fillRect(full, QColor(tokens.raised))
        painter.fillRect(done, QColor(tokens.accent))


class JobCenter(QWidget):
    """Jobs on the left, the log of the chosen one on the right.

    Parameters
    ----------
    desk : Desk
        Its session's runner is asked for the jobs.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = desk.session.runner
        self.model = JobModel(self)
        self.view = self._make_view()
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setMaximumBlockCount(_LOG_LINES)
        self._log.setAccessibleName("Log of the chosen job")
        self._what = QLabel()
        self._what.setWordWrap(True)
        self._what.setProperty("role", "quiet")
        self._buttons = {c.id: command_button(c) for c in self.commands()}
        self._buttons["job.cancel"].setProperty("look", "danger")
        self._layout = QStackedLayout(self)
        self._layout.addWidget(
            EmptyState("list-check", "No jobs yet", "Imports, trainings and exports show up here.")
        )
        self._layout.addWidget(self._make_body())
        self.refresh()
        desk.bridge.jobs_changed.connect(self._changed)

    def _make_view(self) -> QTreeView:
        view = QTreeView()
        view.setModel(self.model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setAccessibleName("Jobs")
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setItemDelegateForColumn(PROGRESS_COLUMN, _ProgressDelegate(view))
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.header().setStretchLastSection(False)
        for column, width in ((1, 112), (2, 176), (3, 120), (4, 160)):
            view.header().resizeSection(column, width)
        view.selectionModel().selectionChanged.connect(self._selected)
        return view

    def _make_body(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._what)
        column.addWidget(self._log, 1)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setChildrenCollapsible(False)
        body.addWidget(self.view)
        body.addWidget(side)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 2)
        body.setSizes([800, 480])
        return body

    def commands(self) -> list[Command]:
        """What can be asked of the chosen job."""
        return [
            Command("job.pause", "Pause job", self.pause, icon="player-pause", menu="Run",
                    enabled=self._can_pause, why_not="No running job is chosen."),
            Command("job.resume", "Resume job", self.resume, icon="player-play", menu="Run",
                    enabled=self._can_resume, why_not="No paused or interrupted job is chosen."),
            Command("job.cancel", "Cancel job", self.cancel, icon="player-stop", menu="Run",
                    enabled=self._can_cancel, why_not="No job that could be cancelled is chosen."),
        ]  # fmt: skip

    def refresh(self) -> None:
        """Ask the runner for all jobs again."""
        chosen = self.chosen()
        self.model.show(self._runner.jobs())
        has = self.model.rowCount() > 0
        self._layout.setCurrentIndex(int(has))
        row = self.model.row_of(chosen) if chosen else 0
        if has and self.view.currentIndex().row() != row and row >= 0:
            self.view.setCurrentIndex(self.model.index(row, 0))
        self._show_chosen()

    def choose(self, job: JobId) -> None:
        """Choose a job."""
        row = self.model.row_of(job)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row, 0))

    def chosen(self) -> JobId | None:
        """Return the id of the chosen job, or None."""
        job = self.model.job(self.view.currentIndex().row())
        return job.order.id if job else None

    def pause(self) -> None:
        """Ask the chosen job to pause at its next checkpoint."""
        if chosen := self.chosen():
            self._runner.pause(chosen)

    def resume(self) -> None:
        """Let the chosen job go on."""
        if chosen := self.chosen():
            self._runner.resume(chosen)

    def cancel(self) -> None:
        """Ask the chosen job to end."""
        if chosen := self.chosen():
            self._runner.cancel(chosen)

    def _state(self) -> str:
        job = self.model.job(self.view.currentIndex().row())
        return job.state if job else ""

    def _can_pause(self) -> bool:
        return self._state() == "running"

    def _can_resume(self) -> bool:
        return self._state() in ("paused", "lost", "failed")

    def _can_cancel(self) -> bool:
        return self._state() in ACTIVE or self._state() in ("paused", "lost")

    def _changed(self, ids: list[str]) -> None:
        del ids
        self.refresh()

    def _selected(self) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        for command in self.commands():
            self._buttons[command.id].setEnabled(command.enabled())
        job = self.model.job(self.view.currentIndex().row())
        if job is None or not self.isVisible():
            return
        said = f"{job.exit.what_happened} {job.exit.what_to_do}".strip() if job.exit else ""
        self._what.setText(said)
        self._what.setVisible(bool(said))
        logs = self._runner.record(job.order.id).logs[-_LOG_LINES:]
        text = "\n".join(line.text for line in logs) or "Nothing was logged yet."
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def showEvent(self, event: object) -> None:
        """Read the log only when somebody looks."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_chosen()
