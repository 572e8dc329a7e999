"""The bridge: what happens on any thread, told on the GUI thread, coalesced by one timer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from studio.domain.project import ArtefactRecord, Project
from studio.errors import StudioError
from studio.ui.desk import Bridge

_TELL_MS = 50
_POLL_SECONDS = 0.1


class Poller(Protocol):
    """The part of the job runner that the bridge keeps going."""

    def poll(self) -> Sequence[str]:
        """Read new events of active jobs."""


class LiveBridge(Bridge):
    """Follows the events of an open project, and keeps its job runner reading.

    Events may come from any thread. They are gathered, and told at most every 50 ms; an edit made
    on the GUI thread is told at once, so that a gesture is seen without delay.

    Parameters
    ----------
    project : Project
        Whose events are followed.
    runner : Poller
        Its `poll` is called ten times a second in a thread of its own.
    """

    troubled = Signal(object)
    """The runner could not look after its jobs; carries the `StudioError`."""
    _woken = Signal()

    def __init__(self, project: Project, runner: Poller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._runner = runner
        self._lock = threading.Lock()
        self._jobs: dict[str, None] = {}
        self._others: list[tuple[str, object]] = []
        self._awake = False
        self._ended = threading.Event()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TELL_MS)
        self._timer.timeout.connect(self.tell)
        self._woken.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._poll, name="job-poller", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        events = self._project.events
        events.edited.connect(self._on_edit)
        events.job_changed.connect(self._on_job)
        events.artefact_added.connect(self._on_artefact)
        self._thread.start()

    def close(self) -> None:
        """End the thread and the connections; what was gathered is told first."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        events = self._project.events
        events.edited.disconnect(self._on_edit, missing_ok=True)
        events.job_changed.disconnect(self._on_job, missing_ok=True)
        events.artefact_added.disconnect(self._on_artefact, missing_ok=True)
        self._timer.stop()
        self.tell()

    def tell(self) -> None:
        """Emit everything that was gathered; GUI thread only."""
        with self._lock:
            jobs, others = list(self._jobs), self._others
            self._jobs, self._others, self._awake = {}, [], False
        for kind, thing in others:
            signal = {
                "edit": self.edited,
                "artefact": self.artefact_added,
                "trouble": self.troubled,
            }[kind]
            signal.emit(thing)
        if jobs:
            self.jobs_changed.emit(jobs)

    def _on_edit(self, edit: object) -> None:
        if QThread.currentThread() is self.thread():
            self.edited.emit(edit)
        else:
            self._gather("edit", edit)

    def _on_job(self, job: str) -> None:
        with self._lock:
            self._jobs[job] = None
        self._wake()

    def _on_artefact(self, record: ArtefactRecord) -> None:
        self._gather("artefact", record)

    def _gather(self, kind: str, thing: object) -> None:
        with self._lock:
            self._others.append((kind, thing))
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            already, self._awake = self._awake, True
        if not already:
            self._woken.emit()

    def _poll(self) -> None:
        said = ""
        while not self._ended.wait(_POLL_SECONDS):
            try:
                self._runner.poll()
                said = ""
            except StudioError as error:
                # The same trouble comes ten times a second; a person wants to hear of it once.
                if str(error) != said:
                    said = str(error)
                    self._gather("trouble", error)
