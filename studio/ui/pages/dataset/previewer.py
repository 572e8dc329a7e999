"""Deals the pictures as a plan would, off the GUI thread, once the hand rests."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from studio.domain.datasets import SplitPlan
from studio.domain.project import ProjectState
from studio.errors import StudioError
from studio.ui.pages.dataset.presenter import Preview, preview

_REST_MS = 250


class Previewer(QObject):
    """Tells what the plan asked for last would give; what was asked before is dropped.

    Parameters
    ----------
    state : ProjectState
        Whose pictures are dealt.
    """

    ready = Signal(object)
    """Carries the `Preview`."""
    failed = Signal(object)
    """Carries the `StudioError`."""

    def __init__(self, state: ProjectState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._plan: SplitPlan | None = None
        self._turn = 0
        self._lock = threading.Lock()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._begin)

    def ask(self, plan: SplitPlan) -> None:
        """Preview a plan soon."""
        self._plan = plan
        self._rest.start()

    def close(self) -> None:
        """Drop what was asked and wait for what is being done."""
        self._rest.stop()
        with self._lock:
            self._turn += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _begin(self) -> None:
        with self._lock:
            self._turn += 1
        self._pool.clear()
        self._pool.start(self._work)

    def _work(self) -> None:
        with self._lock:
            turn, plan = self._turn, self._plan
        if plan is None:
            return
        try:
            made: Preview | StudioError = preview(self._state, plan)
        except StudioError as error:
            made = error
        with self._lock:
            late = turn != self._turn
        if late:
            return
        if isinstance(made, StudioError):
            self.failed.emit(made)
        else:
            self.ready.emit(made)
