"""A picture painted tile by tile: read off the GUI thread, the coarser first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtCore import QObject, QRectF, QRunnable, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QTransform

from studio.api.pyramids import Pyramid, TiffPyramid, level_for
from studio.domain.geometry import Box
from studio.errors import StudioError
from studio.ui.canvas.display import PLAIN, Display, shown
from studio.ui.canvas.levels import Level, image_of, level_of

SIDE = 512
"""Of a tile, px of its level."""
_MOST_BYTES = 192 << 20
_THREADS = 2
_PATIENCE = 0.006
"""Time in one frame to make tiles that are there be seen otherwise, s."""


class Spot(NamedTuple):
    """One tile of one level."""

    level: int
    row: int
    column: int


class _Tile:
    """One tile as it is stored, and as it is looked at."""

    def __init__(self, level: Level, display: Display) -> None:
        self._level = level
        self._image = level.image
        self.display = PLAIN
        self.look(display)

    @property
    def nbytes(self) -> int:
        """How much memory it takes, bytes."""
        more = 0 if self.display.plain else self._image.sizeInBytes()
        return self._level.nbytes + more

    @property
    def image(self) -> QImage:
        """As it is looked at."""
        return self._image

    def look(self, display: Display) -> None:
        """Look at it otherwise; of 512 × 512 px that takes some 0.3 ms."""
        if display != self.display:
            self.display = display
            plain, level = display.plain, self._level
            self._image = level.image if plain else image_of(shown(level.values, display))


class _Signals(QObject):
    read = Signal()
    failed = Signal(str)


class Tiles(QObject):
    """Paints what is there of a pyramid, and reads what is missing.

    Parameters
    ----------
    pyramid : Pyramid
        The picture.
    most_bytes : int
        So much of drawn tiles is kept.
    deep : bool
        Whether it has one channel of more than eight bits, so that all of them are looked at.
    """

    arrived = Signal()
    """More can be painted than before."""
    failed = Signal(str)
    """A tile could not be read; carries the reason."""

    def __init__(
        self,
        pyramid: Pyramid,
        parent: QObject | None = None,
        most_bytes: int = _MOST_BYTES,
        deep: bool = False,
    ) -> None:
        super().__init__(parent)
        self.pyramid = pyramid
        self._deep = pyramid if deep and isinstance(pyramid, TiffPyramid) else None
        self._most = most_bytes
        self._bytes = 0
        self.display = PLAIN
        self._kept: OrderedDict[Spot, _Tile] = OrderedDict()
        self._fresh: dict[Spot, _Tile] = {}
        self._wanted: list[Spot] = []
        self._reading: set[Spot] = set()
        self._bad: set[Spot] = set()
        self._working = 0
        self._ended = False
        self._lock = threading.Lock()
        self._signals = _Signals(self)
        self._signals.read.connect(self._take)
        self._signals.failed.connect(self.failed)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)

    @property
    def bytes_kept(self) -> int:
        """How much memory the drawn tiles take, bytes."""
        return self._bytes

    @property
    def settled(self) -> bool:
        """Whether nothing is being read or waits for it."""
        with self._lock:
            return not (self._wanted or self._reading or self._fresh)

    def close(self) -> None:
        """Let go of the picture; waits for no more than the tile being read."""
        with self._lock:
            self._ended = True
            self._wanted.clear()
        self.pyramid.close()
        self._pool.waitForDone()

    def paint(self, painter: QPainter, to_widget: QTransform, seen: Box, zoom: float) -> None:
        """Paint the part that is seen from the finest tiles there are, and want what is missing.

        Parameters
        ----------
        to_widget : QTransform
            From px of the picture to logical px of the widget.
        seen : Box
            What of the picture the widget shows, px.
        zoom : float
            Device px for one px of the picture.
        """
        sizes = self.pyramid.sizes
        best = level_for(sizes, zoom)
        wanted: list[Spot] = []
        end, late = time.perf_counter() + _PATIENCE, False
        for level in range(len(sizes) - 1, best - 1, -1):
            # The smallest size stands in for what is missing; those between if they are there.
            needed = level in (best, len(sizes) - 1)
            for spot in self.spots(level, seen):
                tile = self._kept.get(spot)
                if tile is not None:
                    self._kept.move_to_end(spot)
                    if tile.display != self.display and time.perf_counter() < end:
                        self._bytes -= tile.nbytes
                        tile.look(self.display)
                        self._bytes += tile.nbytes
                    late |= tile.display != self.display
                    painter.drawImage(to_widget.mapRect(self.place(spot)), tile.image)
                elif needed and spot not in self._bad:
                    wanted.append(spot)
        self._want(wanted)
        if late:
            QTimer.singleShot(0, self.arrived.emit)

    def spots(self, level: int, seen: Box) -> list[Spot]:
        """Return the tiles of a level that a part of the picture touches, the middle first."""
        wide, high = self.pyramid.sizes[level]
        across, down = wide / self.pyramid.sizes[0][0], high / self.pyramid.sizes[0][1]
        left, right = max(0.0, seen.x0 * across), min(float(wide), seen.x1 * across)
        top, low = max(0.0, seen.y0 * down), min(float(high), seen.y1 * down)
        if left >= right or top >= low:
            return []
        middle = ((left + right) / 2 / SIDE - 0.5, (top + low) / 2 / SIDE - 0.5)
        found = [
            Spot(level, row, column)
            for row in range(int(top // SIDE), int(-(-low // SIDE)))
            for column in range(int(left // SIDE), int(-(-right // SIDE)))
        ]
        found.sort(key=lambda one: abs(one.column - middle[0]) + abs(one.row - middle[1]))
        return found

    def place(self, spot: Spot) -> QRectF:
        """Return where a tile lies in the picture, px."""
        wide, high = self.pyramid.sizes[spot.level]
        across, down = self.pyramid.sizes[0][0] / wide, self.pyramid.sizes[0][1] / high
        x0, y0 = spot.column * SIDE, spot.row * SIDE
        x1, y1 = min(wide, x0 + SIDE), min(high, y0 + SIDE)
        return QRectF(x0 * across, y0 * down, (x1 - x0) * across, (y1 - y0) * down)

    def _want(self, spots: list[Spot]) -> None:
        """Read these next; what was wanted before, and is no longer seen, is forgotten."""
        with self._lock:
            if self._ended:
                return
            known = self._reading | self._fresh.keys()
            self._wanted = [spot for spot in spots if spot not in known]
            more = min(_THREADS - self._working, len(self._wanted))
            self._working += max(0, more)
        for _ in range(more):
            self._pool.start(_Reader(self))

    def work(self) -> None:
        """Read until nothing is wanted; called by the threads."""
        while True:
            with self._lock:
                if not self._wanted:
                    self._working -= 1
                    return
                spot = self._wanted.pop(0)
                self._reading.add(spot)
            tile, why = self._read(spot)
            with self._lock:
                self._reading.discard(spot)
                if tile is None:
                    self._bad.add(spot)
                else:
                    self._fresh[spot] = tile
                ended = self._ended
            if ended:
                continue
            if why:
                self._signals.failed.emit(why)
            else:
                self._signals.read.emit()

    def _read(self, spot: Spot) -> tuple[_Tile | None, str]:
        x0, y0 = spot.column * SIDE, spot.row * SIDE
        window = spot.level, x0, y0, x0 + SIDE, y0 + SIDE
        try:
            if self._deep is not None:
                return _Tile(level_of(self._deep.deep(*window)), self.display), ""
            return _Tile(level_of(self.pyramid.read(*window)), self.display), ""
        except StudioError as error:
            return None, str(error)

    def _take(self) -> None:
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        for spot, tile in fresh.items():
            self._kept[spot] = tile
            self._bytes += tile.nbytes
        while self._bytes > self._most and self._kept:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        if fresh:
            self.arrived.emit()


class _Reader(QRunnable):
    def __init__(self, tiles: Tiles) -> None:
        super().__init__()
        self._tiles = tiles

    def run(self) -> None:
        self._tiles.work()
