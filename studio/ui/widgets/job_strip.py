"""Progress of one job, in the place where it was started, with cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from studio.domain.jobs import ACTIVE, JobId
from studio.services.job_runner import Submission
from studio.ui.desk import Desk


class JobStrip(QWidget):
    """Shows nothing while idle; a bar, the time left and a button while a job runs.

    Parameters
    ----------
    desk : Desk
        For the session and its events.
    """

    finished = Signal(dict)
    """The job, or the memory of it, gave outputs: digests by port."""
    ended = Signal(str)
    """The job ended in any state; carries the state."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: JobId | None = None
        self._title = ""
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        desk.bridge.jobs_changed.connect(self._look)
        self.setVisible(False)

    @property
    def busy(self) -> bool:
        """Whether a job is being followed."""
        return self._job is not None

    def follow(self, submission: Submission, title: str) -> None:
        """Follow a job until it ends; what is known from before is given at once."""
        self._title = title
        if submission.job is None:
            self._say(f"{title}: known from before, nothing had to run")
            self.finished.emit(dict(submission.outputs or {}))
            return
        self._job = submission.job
        self._bar.setAccessibleName(title)
        self._bar.setRange(0, 0)
        self._bar.setVisible(True)
        self._cancel.setVisible(True)
        self._cancel.setEnabled(True)
        self._text.setProperty("role", "")
        self._text.setText(title)
        self.setVisible(True)
        self._look([self._job])

    def _stop(self) -> None:
        if self._job is not None:
            self._cancel.setEnabled(False)
            self._text.setText(f"{self._title} · stopping")
            self._desk.session.runner.cancel(self._job)

    def _look(self, changed: list[str]) -> None:
        if self._job is None or self._job not in changed:
            return
        view = self._desk.session.runner.view(self._job)
        if view.state in ACTIVE:
            now = view.progress
            if now is not None and now.total:
                self._bar.setRange(0, now.total)
                self._bar.setValue(now.done)
                self._text.setText(f"{self._title} · {_left(now.seconds_left)}")
            return
        self._job = None
        outputs = dict(view.exit.outputs) if view.exit else {}
        if view.state == "finished":
            self.setVisible(False)
            self.finished.emit(outputs)
        else:
            what = view.exit.what_happened if view.exit else ""
            todo = view.exit.what_to_do if view.exit else "Resume it from the job list."
            self._say(f"{self._title} {view.state}. {what} {todo}".strip())
        self.ended.emit(view.state)

    def _say(self, text: str) -> None:
        self._bar.setVisible(False)
        self._cancel.setVisible(False)
        self._text.setText(text)
        self.setVisible(True)


def _left(seconds: float | None) -> str:
    if seconds is None:
        return "working"
    if seconds < 60:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left"
