"""Small pictures, decoded off the GUI thread, kept in memory and on disk."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap

from studio.api.pictures import small_pixels_of
from studio.domain.media import MediaId, MediaItem
from studio.domain.objects import ObjectStore
from studio.errors import StudioError

_KEPT = 3000
_WAITING_AT_MOST = 256


class Thumbnails(QObject):
    """Gives thumbnails that are there, and makes those that are not.

    What was asked for last is made first; what was asked for long ago, and is no longer in view, is
    forgotten, so that fast scrolling costs nothing.

    Parameters
    ----------
    store : ObjectStore
        Where the bytes are.
    folder : Path
        Where thumbnails are kept over sittings; may be thrown away.
    side : int, px
        Longest side, in device pixels.
    """

    arrived = Signal(list)
    """Ids of pictures whose thumbnail is there now, or is known to be impossible."""
    _woken = Signal()

    def __init__(
        self, store: ObjectStore, folder: Path, side: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._folder = folder
        self._side = side
        self._kept: OrderedDict[MediaId, QPixmap | None] = OrderedDict()
        self._waiting: OrderedDict[MediaId, MediaItem] = OrderedDict()
        self._made: dict[MediaId, QImage | None] = {}
        self._lock = threading.Lock()
        self._ended = False
        self._awake = False
        self._workers = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, min(4, (os.cpu_count() or 2) - 1)))
        self._woken.connect(self._collect, Qt.ConnectionType.QueuedConnection)

    def get(self, item: MediaItem) -> QPixmap | None:
        """Return a thumbnail if it is there, else ask for it; never waits."""
        if item.id in self._kept:
            self._kept.move_to_end(item.id)
            return self._kept[item.id]
        self._ask(item)
        return None

    def broken(self, item: MediaItem) -> bool:
        """Tell whether it is known that this picture cannot be decoded."""
        return item.id in self._kept and self._kept[item.id] is None

    def close(self) -> None:
        """Forget what is waiting, and wait for what is being made."""
        with self._lock:
            self._ended = True
            self._waiting.clear()
        self._pool.waitForDone()

    def _ask(self, item: MediaItem) -> None:
        with self._lock:
            if self._ended or item.id in self._made:
                return
            self._waiting[item.id] = item
            self._waiting.move_to_end(item.id)
            while len(self._waiting) > _WAITING_AT_MOST:
                self._waiting.popitem(last=False)
            if self._workers >= self._pool.maxThreadCount():
                return
            self._workers += 1
        self._pool.start(self._work)

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._ended or not self._waiting:
                    self._workers -= 1
                    return
                id_, item = self._waiting.popitem()
            image = self._make(item)
            with self._lock:
                self._made[id_] = image
                already, self._awake = self._awake, True
            if not already:
                self._woken.emit()

    def _make(self, item: MediaItem) -> QImage | None:
        hexes = item.digest.partition(":")[2]
        path = self._folder / f"{self._side}" / hexes[:2] / f"{hexes}-{item.page}.png"
        kept = QImage(str(path)) if path.exists() else QImage()
        if not kept.isNull():
            return kept
        try:
            pixels = small_pixels_of(self._store, item, self._side)
        except (StudioError, OSError):
            return None
        height, width = pixels.shape[:2]
        image = QImage(
            pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
        ).copy()
        self._keep(image, path)
        return image

    def _keep(self, image: QImage, path: Path) -> None:
        """Write a thumbnail whole or not at all; a full or read-only disk is no reason to stop."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{threading.get_ident()}-{path.name}")
            if image.save(str(part)):
                part.replace(path)
        except OSError:
            return

    def _collect(self) -> None:
        with self._lock:
            made, self._made, self._awake = self._made, {}, False
        for id_, image in made.items():
            self._kept[id_] = None if image is None else QPixmap.fromImage(image)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit(list(made))
