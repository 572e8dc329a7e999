"""A picture at its size and at halved sizes, as Qt paints it and as it is stored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from studio.api.images import Pixels
from studio.ui.canvas.display import PLAIN, Values, shown

SMALLEST = 512
"""Halving ends when the longer side is at most this, px."""


class Level(NamedTuple):
    """One size of a picture."""

    image: QImage
    """As it is seen where nothing else is asked for."""
    deep: NDArray[np.uint16] | None = None
    """(H, W) uint16 of a picture of one channel with more than eight bits."""

    @property
    def values(self) -> Values:
        """What is looked at; of the image it is a view, good for as long as the image lives."""
        return view_of(self.image) if self.deep is None else self.deep

    @property
    def nbytes(self) -> int:
        """How much memory it takes, bytes."""
        return self.image.sizeInBytes() + (0 if self.deep is None else self.deep.nbytes)


def levels_of(pixels: Pixels | NDArray[np.uint16]) -> list[Level]:
    """Return a picture at its size, then each time halved: the mean of 2 × 2 pixels.

    Parameters
    ----------
    pixels : (H, W, 3) uint8 or (H, W) uint16
        RGB, or one channel.
    """
    import cv2

    levels = [level_of(pixels)]
    while max(size := levels[-1].values.shape[:2]) > SMALLEST:
        high, wide = (side // 2 * 2 for side in size)
        if min(high, wide) < 2:
            break
        above = levels[-1].values[:high, :wide]
        half = (wide // 2, high // 2)
        if above.dtype == np.uint16:
            small = cv2.resize(above, half, interpolation=cv2.INTER_AREA)
            levels.append(level_of(np.asarray(small, np.uint16)))
        else:
            image = QImage(*half, QImage.Format.Format_RGB32)
            cv2.resize(above, half, dst=view_of(image, True), interpolation=cv2.INTER_AREA)
            levels.append(Level(image))
    return levels


def level_of(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> Level:
    """Return (H, W, 3) uint8 RGB or (H, W) uint16 as it is painted."""
    if pixels.dtype == np.uint16:
        return Level(image_of(shown(pixels, PLAIN)), np.asarray(pixels, np.uint16))
    import cv2

    image = QImage(pixels.shape[1], pixels.shape[0], QImage.Format.Format_RGB32)
    if not image.isNull():
        cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGRA, dst=view_of(image, True))
    return Level(image)


def image_of(four: NDArray[np.uint8]) -> QImage:
    """Copy (H, W, 4) uint8 in Qt's order into an image."""
    image = QImage(four.shape[1], four.shape[0], QImage.Format.Format_RGB32)
    if not image.isNull():
        view_of(image, True)[...] = four
    return image


def view_of(image: QImage, to_write: bool = False) -> NDArray[np.uint8]:
    """Return the bytes of an image of four bytes a pixel, (H, W, 4) uint8, without a copy."""
    if image.isNull():
        return np.empty((0, 0, 4), np.uint8)
    four: NDArray[np.uint8] = np.frombuffer(
        image.bits() if to_write else image.constBits(), np.uint8
    )
    return four.reshape(image.height(), image.width(), 4)
