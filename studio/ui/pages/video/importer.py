"""Films come in off the GUI thread, one import at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.errors import Cancelled, StudioError
from studio.services.filming import Filming, Imported
from studio.ui.errands import Errands


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
        self._errands = Errands(self._take, self._fail, self)
        self._begun = 0.0

    @property
    def busy(self) -> bool:
        """Whether an import is under way."""
        return self._errands.busy

    def start(self, files: Sequence[Path]) -> None:
        """Bring films and folders of films in; one import at a time."""
        if self.busy:
            return
        self._given_up.clear()
        self._begun = time.monotonic()
        read, given_up = self._filming.read_films, self._given_up.is_set
        self._errands.ask(lambda: read(files, self._tell, given_up))
        self.progressed.emit("Importing films", 0)

    def cancel(self) -> None:
        """Give the import up; nothing is taken over."""
        self._given_up.set()

    def close(self) -> None:
        """Give up and wait for the film at hand."""
        self.cancel()
        self._errands.finish()

    def _tell(self, done: int, total: int, name: str) -> None:
        # Called in the thread that reads; the signal goes over to the window's.
        words = f"Importing “{name}” · {done + 1:,} of {total:,}"
        if done:
            left = (time.monotonic() - self._begun) / done * (total - done)
            words += f" · {left:,.0f} s left"
        self.progressed.emit(words, 100 * done // max(1, total))

    def _take(self, read: object) -> None:
        if isinstance(read, Imported) and not self._given_up.is_set():
            self._filming.take(read)
            self.ended.emit(read)
        else:
            self.ended.emit(None)

    def _fail(self, error: StudioError) -> None:
        self.ended.emit(None)
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
