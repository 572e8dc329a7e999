"""The status bar: left what concerns the project, right what concerns the moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from studio.domain.jobs import ACTIVE
from studio.ui.item_models.job_words import percent_of, time_left
from studio.ui.theme.icons import icon

if TYPE_CHECKING:
    from studio.services.job_runner import JobView


class StatusBar(QStatusBar):
    """Saved and project on the left; hint, running job and device on the right."""

    jobs_wanted = Signal()
    """The person wants to see the jobs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._saved = QLabel()
        self._project = QLabel()
        self._hint = QLabel()
        self._device = QLabel()
        self._bar = QProgressBar()
        self._bar.setFixedWidth(96)
        self._bar.setAccessibleName("Progress of the running job")
        self._job = QPushButton()
        self._job.setProperty("look", "flat")
        self._job.setIcon(icon("list-check"))
        self._job.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._job.clicked.connect(self.jobs_wanted)
        for label in (self._saved, self._project, self._hint, self._device):
            label.setProperty("role", "small")
            label.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self._saved)
        self.addWidget(self._project)
        for widget in (self._hint, self._bar, self._job, self._device):
            self.addPermanentWidget(widget)
        self.show_project("", "")
        self.show_jobs(())

    def show_project(self, name: str, saved: str) -> None:
        """Say which project is open, and that it is saved."""
        self._project.setText(name or "No project open")
        self._saved.setText(saved)
        self._saved.setVisible(bool(saved))

    def show_hint(self, text: str) -> None:
        """Say what can be done now; an empty text takes it away."""
        self._hint.setText(text)

    def show_device(self, text: str) -> None:
        """Say where work is done."""
        self._device.setText(text)
        self._device.setToolTip("Where jobs run; change it in the settings")

    def show_jobs(self, jobs: Sequence[JobView]) -> None:
        """Show the newest running job and how many there are."""
        active = [job for job in jobs if job.state in ACTIVE]
        self._bar.setVisible(bool(active))
        if not active:
            self._job.setText("No jobs")
            self._job.setAccessibleName("No jobs running; show all jobs")
            self._job.setToolTip("Show all jobs (Ctrl+J)")
            return
        job = active[0]
        percent = percent_of(job)
        self._bar.setRange(0, 0 if percent is None else 100)
        self._bar.setValue(percent or 0)
        more = f" and {len(active) - 1} more" if len(active) > 1 else ""
        parts = [job.order.title or job.order.operation]
        parts += [] if percent is None else [f"{percent} %"]
        parts += [time_left(job)] if time_left(job) else []
        text = " · ".join(parts) + more
        self._job.setText(text)
        self._job.setAccessibleName(f"{text}; show all jobs")
        self._job.setToolTip("Show all jobs (Ctrl+J)")
