"""Films come in off the GUI thread, one import at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from studio.errors import Cancelled, StudioError
from studio.services.filming import Filming, Imported


class _Signals(QObject):
    told = Signal(str, object)
    ended = Signal(object, object)


class _Read(QRunnable):
    def __init__(
        self, filming: Filming, files: Sequence[Path], given_up: threading.Event, signals: _Signals
    ) -> None:
        super().__init__()
        self._filming = filming
        self._files = files
        self._given_up = given_up
        self._signals = signals
        self._begun = time.monotonic()

    def run(self) -> None:
        try:
            read = self._filming.read_films(self._files, self._tell, self._given_up.is_set)
        except StudioError as error:
            self._signals.ended.emit(None, error)
            return
        self._signals.ended.emit(read, None)

    def _tell(self, done: int, total: int, name: str) -> None:
        words = f"Importing “{name}” · {done + 1:,} of {total:,}"
        if done:
            left = (time.monotonic() - self._begun) / done * (total - done)
            words += f" · {left:,.0f} s left"
        self._signals.told.emit(words, 100 * done // max(1, total))


class FilmImporter(QObject):
    """Reads films in a thread and takes them over as one edit.

    Parameters
    ----------
    filming : Filming
        Does the work.
    """

    progressed = Signal(str, object)
    """Words, and per cent."""
    ended = Signal(object)
    """Carries the `Imported`, or None where nothing came in."""
    failed = Signal(object)
    """Carries the `StudioError`."""

    def __init__(self, filming: Filming, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filming = filming
        self._given_up = threading.Event()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._signals = _Signals(self)
        self._signals.told.connect(self.progressed)
        self._signals.ended.connect(self._take)
        self.busy = False

    def start(self, files: Sequence[Path]) -> None:
        """Bring films and folders of films in; one import at a time."""
        if self.busy:
            return
        self.busy = True
        self._given_up.clear()
        self.progressed.emit("Importing films", 0)
        self._pool.start(_Read(self._filming, files, self._given_up, self._signals))

    def cancel(self) -> None:
        """Give the import up; nothing is taken over."""
        self._given_up.set()

    def close(self) -> None:
        """Give up and wait for the film at hand."""
        self.cancel()
        self._pool.waitForDone()

    def _take(self, read: Imported | None, error: StudioError | None) -> None:
        self.busy = False
        if read is not None and not self._given_up.is_set():
            self._filming.take(read)
            self.ended.emit(read)
            return
        self.ended.emit(None)
        if error is not None and not isinstance(error, Cancelled):
            self.failed.emit(error)
