"""Trackers at work on the film, off the GUI thread, with progress and cancel."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from studio.domain.ids import Digest
from studio.domain.tracks import TrackId
from studio.errors import Cancelled, StudioError
from studio.services.following import Following, Proposal
from studio.ui.desk import Desk

_TIP = Qt.ItemDataRole.ToolTipRole


class _Signals(QObject):
    told = Signal(int, int)
    ended = Signal(object, object)


class _Propose(QRunnable):
    def __init__(
        self,
        following: Following,
        order: tuple[Digest, list[TrackId], int, int, str],
        given_up: threading.Event,
        signals: _Signals,
    ) -> None:
        super().__init__()
        self._following = following
        self._order = order
        self._given_up = given_up
        self._signals = signals

    def run(self) -> None:
        try:
            found = self._following.propose(*self._order, self._tell, self._given_up.is_set)
        except StudioError as error:
            self._signals.ended.emit(None, error)
            return
        self._signals.ended.emit(found, None)

    def _tell(self, done: int, total: int, name: str) -> None:
        del name
        self._signals.told.emit(done, total)


class FollowStrip(QWidget):
    """Which tracker follows, and how far it is.

    Parameters
    ----------
    desk : Desk
        Its session follows.
    """

    ended = Signal()
    """It is over, whatever came of it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._following = desk.session.following
        self._given_up = threading.Event()
        self._begun = 0.0
        self.busy = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._signals = _Signals(self)
        self._signals.told.connect(self._tell)
        self._signals.ended.connect(self._take)
        self.trackers = QComboBox()
        self.trackers.setAccessibleName("Tracker")
        for kind in self._following.trackers():
            self.trackers.addItem(kind.title, kind.id)
            self.trackers.setItemData(self.trackers.count() - 1, kind.hint, _TIP)
        self._words, self._bar = QLabel(), QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = QPushButton("Cancel")
        self._stop.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.trackers, self._words, self._bar, self._stop):
            row.addWidget(widget)
        self._show(False)

    def start(self, video: Digest, tracks: list[TrackId], frame: int, until: int) -> None:
        """Follow things from a frame on; what is proposed becomes one edit."""
        if self.busy or not self.trackers.count():
            return
        self._given_up.clear()
        self._begun = time.monotonic()
        self._show(True)
        order = (video, tracks, frame, until, str(self.trackers.currentData()))
        self._pool.start(_Propose(self._following, order, self._given_up, self._signals))

    def cancel(self) -> None:
        """Give it up; nothing is changed."""
        self._given_up.set()

    def close_up(self) -> None:
        """Give up and wait for the frame at hand."""
        self.cancel()
        self._pool.waitForDone()

    def _show(self, busy: bool) -> None:
        self.busy = busy
        self.trackers.setVisible(not busy)
        for widget in (self._words, self._bar, self._stop):
            widget.setVisible(busy)
        self._words.setText("Following")
        self._bar.setValue(0)

    def _tell(self, done: int, total: int) -> None:
        left = (time.monotonic() - self._begun) / max(1, done) * (total - done)
        self._words.setText(f"Following · {left:,.0f} s left at most")
        self._bar.setValue(100 * done // max(1, total))

    def _take(self, found: Proposal | None, error: StudioError | None) -> None:
        self._show(False)
        if found is not None and not self._given_up.is_set():
            self._following.take(found)
            lost = f" · lost on frame {min(found.lost.values()):,}" if found.lost else ""
            self._desk.toast(f"{found.count:,} keyframes are proposed{lost}.", "info")
        elif error is not None and not isinstance(error, Cancelled):
            self._desk.fail(error)
        self.ended.emit()
