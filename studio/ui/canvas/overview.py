"""The whole of a picture made small, for the navigator and for statistics of its values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from studio.api.pyramids import Pyramid, TiffPyramid
from studio.errors import StudioError
from studio.ui.canvas.display import Values
from studio.ui.canvas.levels import Level, level_of

SIDE = 512
"""Of the longer side at most, px."""


class _Signals(QObject):
    made = Signal(object, object)


class _Shrink(QRunnable):
    def __init__(self, pyramid: Pyramid, deep: bool, signals: _Signals) -> None:
        super().__init__()
        self._pyramid = pyramid
        self._deep = deep
        self._signals = signals

    def run(self) -> None:
        pyramid = self._pyramid
        level = len(pyramid.sizes) - 1
        window = level, 0, 0, *pyramid.sizes[level]
        try:
            if self._deep and isinstance(pyramid, TiffPyramid):
                found = level_of(_shrunk(pyramid.deep(*window)))
            else:
                found = level_of(_shrunk(pyramid.read(*window)))
        except StudioError:
            # The tiles say what is wrong with the picture.
            return
        self._signals.made.emit(pyramid, found)


class Overview(QObject):
    """Keeps the picture small: of a large one it is read off the GUI thread, the coarsest size."""

    changed = Signal()
    """There is another, or none any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.level: Level | None = None
        """The whole picture at most 512 px a side; None while there is none."""
        self._pyramid: Pyramid | None = None
        self._signals = _Signals(self)
        self._signals.made.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    @property
    def values(self) -> Values | None:
        """What statistics are made of."""
        return None if self.level is None else self.level.values

    def of_levels(self, levels: Sequence[Level]) -> None:
        """Take the smallest size of a picture."""
        self._pyramid = None
        self.level = levels[-1] if levels else None
        self.changed.emit()

    def of_pyramid(self, pyramid: Pyramid, deep: bool) -> None:
        """Read the coarsest size of a large picture."""
        self._pyramid = pyramid
        self._pool.start(_Shrink(pyramid, deep, self._signals))

    def forget(self) -> None:
        """Another picture is looked at."""
        self._pool.clear()
        self._pyramid = None
        if self.level is not None:
            self.level = None
            self.changed.emit()

    def close(self) -> None:
        """Wait for what is being read; the pyramid was closed before."""
        self._pool.clear()
        self._pool.waitForDone()

    def _take(self, pyramid: Pyramid, level: Level) -> None:
        if pyramid is self._pyramid:
            self.level = level
            self.changed.emit()


def _shrunk(values: np.ndarray) -> np.ndarray:
    import cv2

    high, wide = values.shape[:2]
    share = min(1.0, SIDE / max(high, wide, 1))
    size = max(1, round(wide * share)), max(1, round(high * share))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), values.dtype)
