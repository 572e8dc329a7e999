"""Pictures that assistants read in parts: decoded whole, or of huge ones only what is asked for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import PixelSource
from studio.api.pictures import is_huge, pixels_of
from studio.api.pyramids import TiffPyramid
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore

_TILE = 512


class _Whole:
    """A picture decoded whole, and halved as often as is needed."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        import cv2

        self.levels = [pixels]
        while max(pixels.shape[:2]) > _TILE and min(pixels.shape[:2]) >= 2:
            high, wide = pixels.shape[:2]
            halved = cv2.resize(pixels, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
            pixels = np.asarray(halved, np.uint8)
            self.levels.append(pixels)
        self.count = len(self.levels)

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        return self.levels[level][y0:y1, x0:x1]

    def close(self) -> None:
        """There is no file."""


class _Parts:
    """A huge picture: a level that its file lacks is made of the next finer one it has."""

    def __init__(self, pyramid: TiffPyramid) -> None:
        self._pyramid = pyramid
        self.count = 1 + max(0, math.ceil(math.log2(max(pyramid.sizes[0]) / _TILE)))

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        import cv2

        sizes = self._pyramid.sizes
        wanted = sizes[0][0] / 2**level
        # A level of the file may be a px smaller than half of a half.
        number = max(place for place, (wide, _) in enumerate(sizes) if wide >= wanted - 1)
        scale = sizes[number][0] * 2**level / sizes[0][0]
        left, top = math.floor(x0 * scale), math.floor(y0 * scale)
        right = max(left + 1, math.ceil(x1 * scale))
        bottom = max(top + 1, math.ceil(y1 * scale))
        pixels = self._pyramid.read(number, left, top, right, bottom)
        size = x1 - x0, y1 - y0
        if (pixels.shape[1], pixels.shape[0]) == size:
            return pixels
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

    def close(self) -> None:
        self._pyramid.close()


class Sources:
    """Keeps the picture that was asked about last.

    Parameters
    ----------
    store : ObjectStore
        Where the pictures are.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._id = ""
        self._kept: _Whole | _Parts | None = None

    def of(self, item: MediaItem) -> tuple[PixelSource, int]:
        """Return a picture and how many levels it has."""
        if self._kept is None or item.id != self._id:
            self.close()
            if is_huge(item):
                self._kept = _Parts(TiffPyramid(self._store.open(item.digest), item.page))
            else:
                self._kept = _Whole(pixels_of(self._store, item))
            self._id = item.id
        return self._kept, self._kept.count

    def close(self) -> None:
        """Let go of the picture."""
        if self._kept is not None:
            self._kept.close()
        self._id, self._kept = "", None
