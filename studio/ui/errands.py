"""Work for another thread, whose result comes back on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from studio.errors import StudioError


class _Signals(QObject):
    done = Signal(object)
    failed = Signal(object)


class _Errand(QRunnable):
    def __init__(self, work: Callable[[], object], signals: _Signals) -> None:
        super().__init__()
        self._work = work
        self._signals = signals

    def run(self) -> None:
        try:
            result = self._work()
        except StudioError as error:
            self._signals.failed.emit(error)
        else:
            self._signals.done.emit(result)


class Errands(QObject):
    """Runs one piece of work at a time; of those that wait, only the last is run.

    Parameters
    ----------
    done, failed : callable
        Called on the GUI thread with the result, or with the `StudioError`.
    """

    def __init__(
        self,
        done: Callable[[object], None],
        failed: Callable[[StudioError], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._done = done
        self._failed = failed
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting: Callable[[], object] | None = None
        self._busy = self._over = False
        self._signals = _Signals(self)
        self._signals.done.connect(self._take)
        self._signals.failed.connect(self._fail)

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._busy

    def ask(self, work: Callable[[], object]) -> None:
        """Do this next; what waited is dropped."""
        if self._busy:
            self._waiting = work
            return
        self._busy = True
        self._pool.start(_Errand(work, self._signals))

    def finish(self) -> None:
        """Drop what waits and wait for what is under way; nobody hears of it any more."""
        self._over, self._waiting = True, None
        self._pool.waitForDone()

    def _next(self) -> None:
        self._busy = False
        work, self._waiting = self._waiting, None
        if work is not None:
            self.ask(work)

    def _take(self, result: object) -> None:
        # A result may still be on its way from the other thread when the page is gone.
        if not self._over:
            self._next()
            self._done(result)

    def _fail(self, error: StudioError) -> None:
        if not self._over:
            self._next()
            self._failed(error)
