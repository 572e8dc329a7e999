"""Tells when jobs end: a toast each, and the running one in the status bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.jobs import ACTIVE, JobState
from studio.errors import StudioError
from studio.ui.desk import Command, Desk

if TYPE_CHECKING:
    from studio.services.job_runner import JobView

_ENDED: dict[JobState, str] = {
    "finished": "success",
    "failed": "error",
    "lost": "warning",
}


class JobNews(QObject):
    """Follows the jobs of a project.

    Parameters
    ----------
    desk : Desk
        Whose jobs are followed, and who tells.
    show_job : callable
        Opens the job centre at a job.
    """

    changed = Signal(list)
    """Carries all jobs, newest first, as `JobView`s."""

    def __init__(self, desk: Desk, show_job: Callable[[str], None]) -> None:
        super().__init__(desk.bridge)
        self._desk = desk
        self._show_job = show_job
        self._states: dict[str, JobState] = {
            view.order.id: view.state for view in desk.session.runner.jobs()
        }
        desk.bridge.jobs_changed.connect(self._changed)

    def _changed(self, ids: list[str]) -> None:
        views = self._desk.session.runner.jobs()
        for view in views:
            if view.order.id in ids:
                before = self._states.get(view.order.id, "queued")
                self._states[view.order.id] = view.state
                if before != view.state and before in ACTIVE and view.state in _ENDED:
                    self._tell(view)
        self.changed.emit(list(views))

    def _tell(self, view: JobView) -> None:
        title = view.order.title or view.order.operation
        look = _Look(self._show_job, view.order.id)
        action = Command("job.show", "Show job", look.run)
        if view.state == "finished":
            self._desk.toast(f"{title} finished", "success")
        elif view.state == "lost":
            self._desk.toast(f"{title} was interrupted; it can be resumed.", "warning", action)
        else:
            said = view.exit
            error = StudioError(said.what_happened, said.what_to_do) if said else ""
            self._desk.toast(f"{title} failed. {error}".strip(), "error", action)


class _Look:
    def __init__(self, show: Callable[[str], None], job: str) -> None:
        self._show = show
        self._job = job

    def run(self) -> None:
        self._show(self._job)
