"""Pictures as they are looked at, made off the GUI thread and kept until something changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage

from studio.ui.canvas.display import PLAIN, Display, shown
from studio.ui.canvas.levels import Level, image_of

_AT_ONCE = 700_000
"""A size of so few pixels is made while painting: it takes some 2 ms, px."""


class _Made(NamedTuple):
    level: Level
    display: Display
    image: QImage


class _Signals(QObject):
    made = Signal(object)


class _Make(QRunnable):
    def __init__(self, level: Level, display: Display, signals: _Signals) -> None:
        super().__init__()
        self._level = level
        self._display = display
        self._signals = signals

    def run(self) -> None:
        image = image_of(shown(self._level.values, self._display))
        self._signals.made.emit(_Made(self._level, self._display, image))


class Shading(QObject):
    """Gives the sizes of one picture as they are looked at."""

    arrived = Signal()
    """A size was made that was asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.display = PLAIN
        self._made: _Made | None = None
        self._small: _Made | None = None
        self._busy = False
        self._wanted: Level | None = None
        self._signals = _Signals(self)
        self._signals.made.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def image(self, levels: Sequence[Level], number: int) -> QImage:
        """Return a size of a picture as it is looked at, or a smaller one until it is made."""
        level = levels[number]
        if self.display.plain:
            self.forget()
            return level.image
        if _px(level) <= _AT_ONCE:
            return self._at_once(level)
        made = self._made
        if made is not None and made.level is level and made.display == self.display:
            return made.image
        self._ask(level)
        small = next((one for one in levels[number:] if _px(one) <= _AT_ONCE), levels[-1])
        return self._at_once(small)

    def settled(self, levels: Sequence[Level], number: int) -> bool:
        """Tell whether a size needs no more making."""
        if self.display.plain or _px(levels[number]) <= _AT_ONCE:
            return True
        made = self._made
        there = made is not None and made.level is levels[number]
        return there and made is not None and made.display == self.display

    def forget(self) -> None:
        """Let go of what was made: another picture is looked at."""
        self._made = self._small = self._wanted = None

    def close(self) -> None:
        """Wait for what is being made."""
        self.forget()
        self._pool.waitForDone()

    def _at_once(self, level: Level) -> QImage:
        known = self._small
        if known is None or known.level is not level or known.display != self.display:
            image = image_of(shown(level.values, self.display))
            known = self._small = _Made(level, self.display, image)
        return known.image

    def _ask(self, level: Level) -> None:
        self._wanted = level
        if not self._busy:
            self._busy = True
            self._pool.start(_Make(level, self.display, self._signals))

    def _take(self, made: _Made) -> None:
        self._busy = False
        wanted = self._wanted
        if wanted is None:
            return
        if made.level is wanted:
            self._made = made
        if made.level is not wanted or made.display != self.display:
            self._ask(wanted)
        else:
            self._wanted = None
        self.arrived.emit()


def _px(level: Level) -> int:
    return level.image.width() * level.image.height()
