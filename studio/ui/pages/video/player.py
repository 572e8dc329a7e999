"""The player: which frame is shown, and how it goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.tracks import Video

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_TICK_MS = 10


class Player(QObject):
    """Goes through a film in its own time; frames are dropped rather than shown late.

    Parameters
    ----------
    settled : callable
        Says whether the frame asked for last stands; the next one waits for it.
    """

    moved = Signal(int)
    """Another frame is to be shown."""
    played = Signal(bool)
    """It began to play, or stopped."""

    def __init__(self, settled: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settled = settled
        self.video: Video | None = None
        self.frame = 0
        self.speed = 1.0
        self._from = (0, 0.0)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def show(self, video: Video | None) -> None:
        """Take another film, from its beginning."""
        self.pause()
        self.video, self.frame = video, 0
        self.moved.emit(0)

    def seek(self, frame: int) -> None:
        """Go to a frame; beyond the ends the nearest."""
        if self.video is None:
            return
        frame = min(max(frame, 0), self.video.frames - 1)
        self._from = (frame, time.monotonic())
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)

    def step(self, by: int) -> None:
        """Stop, and go some frames on or back."""
        self.pause()
        self.seek(self.frame + by)

    def toggle(self) -> None:
        """Play, from the beginning if it stands at the end; or stop."""
        if self.playing:
            self.pause()
        elif self.video is not None:
            if self.frame >= self.video.frames - 1:
                self.seek(0)
            self._from = (self.frame, time.monotonic())
            self._timer.start()
            self.played.emit(True)

    def pause(self) -> None:
        """Stop where it is."""
        if self.playing:
            self._timer.stop()
            self.played.emit(False)

    def faster(self, speed: float) -> None:
        """Play at another speed from here on."""
        self.speed = speed
        self._from = (self.frame, time.monotonic())

    def _tick(self) -> None:
        if self.video is None or not self._settled():
            return
        first, begun = self._from
        per_second = self.video.frames / self.video.seconds * self.speed
        due = first + int((time.monotonic() - begun) * per_second)
        if due >= self.video.frames - 1:
            self.pause()
        if due > self.frame:
            self.frame = min(due, self.video.frames - 1)
            self.moved.emit(self.frame)
