from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import BinaryIO

import numpy as np
from fakes.objects import MemoryObjects
from PySide6.QtWidgets import QApplication

from studio.domain.ids import Digest, digest_of
from studio.domain.media import MediaId, MediaItem
from studio.ui.canvas.levels import levels_of
from studio.ui.canvas.picture import PictureLayer

Until = Callable[[Callable[[], object]], None]


def test_halving_a_picture_takes_little_more_memory_than_the_picture() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1201, 1600, 3), np.uint8)
    tracemalloc.start()
    levels = levels_of(pixels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * pixels.nbytes
    images = [level.image for level in levels]
    assert [(one.width(), one.height()) for one in images] == [(1600, 1201), (800, 600), (400, 300)]
    seen = images[1].pixelColor(3, 5)
    mean = pixels[10:12, 6:8].reshape(4, 3).astype(int)
    mean = (mean.sum(0) + 2) // 4
    assert (seen.red(), seen.green(), seen.blue()) == tuple(mean)


class _Full(MemoryObjects):
    """A store on a machine whose memory is full."""

    def get(self, digest: Digest) -> bytes:
        raise MemoryError

    def open(self, digest: Digest) -> BinaryIO:
        raise MemoryError


def test_a_picture_too_large_for_the_memory_is_told(dressed: QApplication, until: Until) -> None:
    layer = PictureLayer(_Full(), dressed)
    digest = digest_of(b"large")
    layer.ask(MediaItem(id=MediaId(digest), name="large.png", width=9000, height=9000))
    until(lambda: layer.fault)
    assert "not enough memory" in layer.fault
    layer.close()
