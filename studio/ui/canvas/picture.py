"""The picture of the canvas: decoded off the GUI thread, kept at halved sizes for far zooms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QRectF, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter

from studio.api.images import LARGEST_PX, Pixels, decode
from studio.api.pyramids import ArrayPyramid, Pyramid, TiffPyramid
from studio.domain.geometry import Box
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.errors import StudioError, UnreadableImage
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import transform
from studio.ui.canvas.tiles import Tiles
from studio.ui.widgets.picture_view import to_image

_SMALLEST_LEVEL = 512
_AHEAD_PIXELS = 40_000_000
"""Larger pictures are not decoded ahead of time: three of them would fill the memory, px."""
_MOST_SIDE = 32_767
"""Qt paints no image with a longer side, px."""
_SHARP_FROM = 2.0
"""From this zoom on, pixels are shown as they are."""


class _Signals(QObject):
    ready = Signal(str, object, str)


class _Decode(QRunnable):
    def __init__(self, store: ObjectStore, item: MediaItem, signals: _Signals) -> None:
        super().__init__()
        self._store = store
        self._item = item
        self._signals = signals

    def run(self) -> None:
        levels: list[QImage] | Pyramid = []
        why = ""
        try:
            if is_large(self._item):
                levels = pyramid_of(self._store, self._item)
            else:
                levels = _levels_of(decode(self._store.get(self._item.digest), self._item.page))
        except StudioError as error:
            why = str(error)
        except MemoryError:
            why = str(
                StudioError(
                    f"There is not enough memory to show “{self._item.name}”.",
                    "Close other programs, or import the picture again in smaller parts.",
                )
            )
        self._signals.ready.emit(self._item.id, levels, why)


def is_large(item: MediaItem) -> bool:
    """Tell whether a picture is painted in tiles."""
    return item.width * item.height > _AHEAD_PIXELS or max(item.width, item.height) > _MOST_SIDE


def pyramid_of(store: ObjectStore, item: MediaItem) -> Pyramid:
    """Open a large picture: in parts if its file allows that, else decoded whole.

    Raises
    ------
    UnreadableImage
        If it can be had in neither way.
    """
    file = store.open(item.digest)
    try:
        return TiffPyramid(file, item.page)
    except UnreadableImage:
        file.close()
        if item.width * item.height > LARGEST_PX:
            raise
    return ArrayPyramid(decode(store.get(item.digest), item.page))


def _levels_of(pixels: Pixels) -> list[QImage]:
    """Return a picture at its size, then each time halved: the mean of 2 × 2 pixels."""
    levels = [_drawable(pixels)]
    while max(pixels.shape[:2]) > _SMALLEST_LEVEL:
        high, wide = (side // 2 * 2 for side in pixels.shape[:2])
        if min(high, wide) < 2:
            break
        # Four bytes fit into 16 bits; a mean of floats would take eight times the picture.
        total = pixels[0:high:2, 0:wide:2].astype(np.uint16)
        for down, across in ((0, 1), (1, 0), (1, 1)):
            total += pixels[down:high:2, across:wide:2]
        total >>= 2
        pixels = total.astype(np.uint8)
        levels.append(_drawable(pixels))
    return levels


def _drawable(pixels: Pixels) -> QImage:
    return to_image(pixels).convertToFormat(QImage.Format.Format_RGB32)


class PictureLayer(QObject):
    """Draws the picture that was asked for last.

    Parameters
    ----------
    store : ObjectStore
        Where the bytes are.
    """

    arrived = Signal()
    """The picture is there, or `fault` says why not."""

    def __init__(self, store: ObjectStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._levels: list[QImage] = []
        self._tiles: Tiles | None = None
        self._wanted = ""
        self._expected: tuple[str, ...] = ()
        self._kept: dict[str, list[QImage]] = {}
        self.fault = ""
        self._signals = _Signals(self)
        self._signals.ready.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    @property
    def ready(self) -> bool:
        """Whether the picture can be drawn."""
        return bool(self._levels) or self._tiles is not None

    @property
    def settled(self) -> bool:
        """Whether the picture stands as sharp as it will be."""
        return self.ready and (self._tiles is None or self._tiles.settled)

    def ask(self, item: MediaItem | None) -> None:
        """Decode another picture; one that was asked for before, and is not begun, is dropped."""
        wanted = item.id if item else ""
        if wanted == self._wanted:
            return
        self._pool.clear()
        self._expected = ()
        self._let_go()
        self._wanted, self._levels, self.fault = wanted, self._kept.get(wanted, []), ""
        if self._levels:
            self.arrived.emit()
        elif item is not None:
            self._pool.start(_Decode(self._store, item, self._signals))

    def expect(self, items: Sequence[MediaItem]) -> None:
        """Decode what is likely asked for next, after what is wanted now; let go of the rest."""
        likely = [item for item in items if not is_large(item)]
        expected = tuple(item.id for item in likely)
        known, self._expected = self._expected, expected
        self._tidy()
        if expected == known:
            return
        for item in likely:
            if item.id != self._wanted and item.id not in self._kept:
                self._pool.start(_Decode(self._store, item, self._signals))

    def _tidy(self) -> None:
        stay = {self._wanted, *self._expected}
        self._kept = {id_: levels for id_, levels in self._kept.items() if id_ in stay}

    def close(self) -> None:
        """Wait for what is being decoded."""
        self._wanted = ""
        self._pool.clear()
        self._pool.waitForDone()
        self._let_go()

    def _let_go(self) -> None:
        if self._tiles is not None:
            self._tiles.close()
            self._tiles.deleteLater()
            self._tiles = None

    def paint(self, painter: QPainter, frame: Frame, seen: Box, moving: bool) -> None:
        """Draw the part of the picture that is seen.

        Parameters
        ----------
        painter : QPainter
            In logical px of the widget.
        frame : Frame
            Where the picture stands.
        seen : Box
            What of it the widget shows, px.
        moving : bool
            Under a moving hand speed counts, not smoothness.
        """
        zoom = frame.zoom * painter.device().devicePixelRatio()
        if self._tiles is not None:
            hint = QPainter.RenderHint.SmoothPixmapTransform
            painter.setRenderHint(hint, not moving and zoom < _SHARP_FROM)
            self._tiles.paint(painter, transform(frame), seen, zoom)
        if not self._levels:
            return
        whole = self._levels[0]
        number = 0
        while number + 1 < len(self._levels) and zoom * 2 ** (number + 1) <= 1.0:
            number += 1
        level = self._levels[number]
        wide, high = level.width() / whole.width(), level.height() / whole.height()
        part = QRectF(seen.x0 - 1, seen.y0 - 1, seen.x1 - seen.x0 + 2, seen.y1 - seen.y0 + 2)
        part &= QRectF(0, 0, whole.width(), whole.height())
        source = QRectF(part.x() * wide, part.y() * high, part.width() * wide, part.height() * high)
        smooth = not moving and zoom < _SHARP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(transform(frame).mapRect(part), level, source)

    def _take(self, id: str, found: list[QImage] | Pyramid, fault: str) -> None:  # noqa: A002
        if not isinstance(found, list):
            if id != self._wanted:
                found.close()
                return
            self._tiles = Tiles(found, self)
            self._tiles.arrived.connect(self.arrived)
            self._tiles.failed.connect(self._blame)
            self.arrived.emit()
            return
        if found:
            self._kept[id] = found
            self._tidy()
        if id == self._wanted and not self._levels:
            self._levels, self.fault = found, fault
            self.arrived.emit()

    def _blame(self, why: str) -> None:
        # A picture of which one tile is broken is still looked at: the rest of it is painted.
        if not self.fault:
            self.fault = why
            self.arrived.emit()
