"""The picture of the canvas: decoded off the GUI thread, kept at halved sizes for far zooms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QPainter

from studio.api.deep import decode_deep, is_deep
from studio.api.images import LARGEST_PX, decode
from studio.api.pictures import in_video, pixels_of
from studio.api.pyramids import ArrayPyramid, Pyramid, TiffPyramid
from studio.domain.geometry import Box
from studio.domain.ids import Digest
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.errors import StudioError, UnreadableImage
from studio.ui.canvas.display import Display
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.levels import Level, levels_of
from studio.ui.canvas.looks import transform
from studio.ui.canvas.overview import Overview
from studio.ui.canvas.shading import Shading
from studio.ui.canvas.tiles import Tiles

_AHEAD_PIXELS = 40_000_000
"""Larger pictures are not decoded ahead of time: three of them would fill the memory, px."""
_MOST_SIDE = 32_767
"""Qt paints no image with a longer side, px."""
_SHARP_FROM = 2.0
"""From this zoom on, pixels are shown as they are."""
_ROUGH_SIDE = 1080
"""A JPEG picture at least twice as large on both sides is decoded small first, in a quarter of the
time; small, its shorter side is at least this, px."""
_JPEG = b"\xff\xd8\xff"


class _Signals(QObject):
    rough = Signal(str, object)
    ready = Signal(str, object, str)


class _Decode(QRunnable):
    """Decodes a picture; one that is waited for is shown small first where that is quick."""

    def __init__(
        self, store: ObjectStore, item: MediaItem, signals: _Signals, awaited: bool
    ) -> None:
        super().__init__()
        self._store = store
        self._item = item
        self._signals = signals
        self._awaited = awaited
        self.dropped = False
        """Nobody waits for it any more."""

    def run(self) -> None:
        levels: list[Level] | Pyramid = []
        why = ""
        try:
            if self.dropped:
                return
            large = is_large(self._item)
            levels = pyramid_of(self._store, self._item) if large else self._levels()
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

    def _levels(self) -> list[Level]:
        item = self._item
        if in_video(item):
            return levels_of(pixels_of(self._store, item))
        data = self._store.get(item.digest)
        if is_deep(item.mode):
            return levels_of(decode_deep(data, item.page))
        large = min(item.width, item.height) >= 2 * _ROUGH_SIDE
        if self._awaited and large and data.startswith(_JPEG) and not item.page:
            self._signals.rough.emit(item.id, levels_of(decode(data, 0, _ROUGH_SIDE)))
        return [] if self.dropped else levels_of(decode(data, item.page))


class _Warm(QRunnable):
    """Loads what halves pictures, so that the first one need not wait for it."""

    def run(self) -> None:
        import cv2  # noqa: F401


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
    if in_video(item):
        return ArrayPyramid(pixels_of(store, item))
    file = store.open(item.digest)
    try:
        return TiffPyramid(file, item.page)
    except UnreadableImage:
        file.close()
        if item.width * item.height > LARGEST_PX:
            raise
    return ArrayPyramid(decode(store.get(item.digest), item.page))


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
        self._levels: list[Level] = []
        self._size = (0, 0)
        self._rough = False
        self._film: Digest | None = None
        self._passed = False
        """What is shown is the frame before the one that is waited for."""
        self._number = 0
        self._needed = 1.0
        self._tiles: Tiles | None = None
        self._shading = Shading(self)
        self._shading.arrived.connect(self.arrived)
        self.overview = Overview(self)
        self._wanted = ""
        self._deep = False
        self._expected: tuple[str, ...] = ()
        self._kept: dict[str, list[Level]] = {}
        self.fault = ""
        self._signals = _Signals(self)
        self._signals.ready.connect(self._take)
        self._signals.rough.connect(self._take_rough)
        self._current: _Decode | None = None
        # What is waited for does not wait for what is decoded ahead.
        self._pool, self._ahead = QThreadPool(self), QThreadPool(self)
        for pool in (self._pool, self._ahead):
            pool.setMaxThreadCount(1)
        self._ahead.start(_Warm())

    @property
    def ready(self) -> bool:
        """Whether the picture can be drawn."""
        return bool(self._levels) or self._tiles is not None

    @property
    def settled(self) -> bool:
        """Whether the picture stands as sharp as it will be where it was painted last."""
        if self._tiles is not None:
            return self._tiles.settled
        if not self._levels or self._passed or (self._rough and self._needed > self._share()):
            return False
        return self._shading.settled(self._levels, self._number)

    def _share(self) -> float:
        """Return how large the largest size there is, is of the whole picture."""
        return self._levels[0].image.width() / max(1, self._size[0])

    def look(self, display: Display) -> None:
        """Look at this picture, and those after it, in another way."""
        self._shading.display = display
        if self._tiles is not None:
            self._tiles.display = display
        self.arrived.emit()

    @property
    def display(self) -> Display:
        """How pictures are looked at."""
        return self._shading.display

    def ask(self, item: MediaItem | None) -> None:
        """Decode another picture; one that was asked for before is dropped as soon as can be."""
        wanted = item.id if item else ""
        if wanted == self._wanted:
            return
        for pool in (self._pool, self._ahead):
            pool.clear()
        if self._current is not None:
            self._current.dropped = True
        self._expected, self._current = (), None
        self._let_go()
        # From frame to frame of a film the one before stays until the next is there.
        film = item.digest if item is not None and in_video(item) else None
        left = self._levels if film is not None and film == self._film else []
        self._film = film
        self._wanted, self._levels, self.fault = wanted, self._kept.get(wanted, left), ""
        self._passed = bool(left) and self._levels is left
        self._rough = False
        if item is not None:
            self._size, self._deep = (item.width, item.height), is_deep(item.mode)
        if self._levels and not self._passed:
            self.overview.of_levels(self._levels)
            self.arrived.emit()
        elif item is not None:
            self._current = _Decode(self._store, item, self._signals, True)
            self._pool.start(self._current)

    def expect(self, items: Sequence[MediaItem]) -> None:
        """Decode what is likely asked for next; let go of the rest."""
        likely = [item for item in items if not is_large(item)]
        expected = tuple(item.id for item in likely)
        known, self._expected = self._expected, expected
        self._tidy()
        if expected == known:
            return
        for item in likely:
            if item.id != self._wanted and item.id not in self._kept:
                self._ahead.start(_Decode(self._store, item, self._signals, False))

    def _tidy(self) -> None:
        stay = {self._wanted, *self._expected}
        self._kept = {id_: levels for id_, levels in self._kept.items() if id_ in stay}

    def close(self) -> None:
        """Wait for what is being decoded."""
        self._wanted = ""
        for pool in (self._pool, self._ahead):
            pool.clear()
            pool.waitForDone()
        self._shading.close()
        self._let_go()
        self.overview.close()

    def _let_go(self) -> None:
        self._shading.forget()
        self.overview.forget()
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
        self._needed = min(1.0, zoom)
        number, share = 0, self._share()
        while number + 1 < len(self._levels) and zoom * 2 ** (number + 1) <= share:
            number += 1
        self._number = number
        image = self._shading.image(self._levels, number)
        wide, high = image.width() / self._size[0], image.height() / self._size[1]
        part = QRectF(seen.x0 - 1, seen.y0 - 1, seen.x1 - seen.x0 + 2, seen.y1 - seen.y0 + 2)
        part &= QRectF(0, 0, *self._size)
        source = QRectF(part.x() * wide, part.y() * high, part.width() * wide, part.height() * high)
        smooth = not moving and zoom < _SHARP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(transform(frame).mapRect(part), image, source)

    def _take_rough(self, id: str, levels: list[Level]) -> None:  # noqa: A002
        if id == self._wanted and not self._levels:
            self._levels, self._rough = levels, True
            self.overview.of_levels(levels)
            self.arrived.emit()

    def _take(self, id: str, found: list[Level] | Pyramid, fault: str) -> None:  # noqa: A002
        if not isinstance(found, list):
            self._take_pyramid(id, found)
            return
        if found:
            self._kept[id] = found
            self._tidy()
        if id != self._wanted or (self._levels and not (self._rough or self._passed)):
            return
        self._passed = False
        if found or not self._levels:
            self._shading.forget()
            self._levels, self._rough = found, False
            self.overview.of_levels(found)
        self.fault = fault
        self.arrived.emit()

    def _take_pyramid(self, id: str, found: Pyramid) -> None:  # noqa: A002
        if id != self._wanted:
            found.close()
            return
        self._tiles = Tiles(found, self, deep=self._deep)
        self._tiles.display = self.display
        self._tiles.arrived.connect(self.arrived)
        self._tiles.failed.connect(self._blame)
        self.overview.of_pyramid(found, self._deep)
        self.arrived.emit()

    def _blame(self, why: str) -> None:
        # A picture of which one tile is broken is still looked at: the rest of it is painted.
        if not self.fault:
            self.fault = why
            self.arrived.emit()
