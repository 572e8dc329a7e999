"""Trackers at work on the film, off the GUI thread, with progress and cancel."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from studio.domain.ids import Digest
from studio.domain.tracks import TrackId
from studio.errors import Cancelled, StudioError
from studio.services.following import Proposal
from studio.ui.desk import Desk
from studio.ui.errands import Errands

_TIP = Qt.ItemDataRole.ToolTipRole


class FollowStrip(QWidget):
    """Which tracker follows, and how far it is.

    Parameters
    ----------
    desk : Desk
        Its session follows.
    """

    _told = Signal(int, int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._following = desk.session.following
        self._given_up = threading.Event()
        self._begun = 0.0
        self._errands = Errands(self._take, self._fail, self)
        self._told.connect(self._tell)
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

    @property
    def busy(self) -> bool:
        """Whether something is followed."""
        return self._errands.busy

    def start(self, video: Digest, tracks: list[TrackId], frame: int, until: int) -> None:
        """Follow things from a frame on; what is proposed becomes one edit."""
        if self.busy or not self.trackers.count():
            return
        self._given_up.clear()
        self._begun = time.monotonic()
        self._show(True)
        propose, given_up = self._following.propose, self._given_up.is_set
        order = (video, tracks, frame, until, str(self.trackers.currentData()))
        self._errands.ask(
            lambda: propose(*order, lambda done, total, _: self._told.emit(done, total), given_up)
        )

    def cancel(self) -> None:
        """Give it up; nothing is changed."""
        self._given_up.set()

    def close_up(self) -> None:
        """Give up and wait for the frame at hand."""
        self.cancel()
        self._errands.finish()

    def _show(self, busy: bool) -> None:
        self.trackers.setVisible(not busy)
        for widget in (self._words, self._bar, self._stop):
            widget.setVisible(busy)
        self._words.setText("Following")
        self._bar.setValue(0)

    def _tell(self, done: int, total: int) -> None:
        left = (time.monotonic() - self._begun) / max(1, done) * (total - done)
        self._words.setText(f"Following · {left:,.0f} s left at most")
        self._bar.setValue(100 * done // max(1, total))

    def _take(self, found: object) -> None:
        self._show(False)
        if isinstance(found, Proposal) and not self._given_up.is_set():
            self._following.take(found)
            lost = f" · lost on frame {min(found.lost.values()):,}" if found.lost else ""
            self._desk.toast(f"{found.count:,} keyframes are proposed{lost}.", "info")

    def _fail(self, error: StudioError) -> None:
        self._show(False)
        if not isinstance(error, Cancelled):
            self._desk.fail(error)
