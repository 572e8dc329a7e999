"""The magic wand: what looks like the place that was pressed."""

from __future__ import annotations

from functools import reduce
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import (
    Answer,
    Assistant,
    BoolArray,
    Gesture,
    Hand,
    Option,
    Point,
    Region,
    Window,
)
from studio_smart_tools.marks import pixel_of

_PER_PX = 0.15
"""How much a drag of one logical px adds to the tolerance, ΔE."""


class MagicWand(Assistant):
    """Regions of like colour, by the distance in CIE L*a*b* (ΔE*ab 1976)."""

    id = "wand"
    title = "Magic wand"
    icon = "wand"
    hint = "Press on a region and drag to take in more · Shift adds another place"
    gesture: ClassVar[Gesture] = "drag"
    shortcut = "W"
    options = (
        Option("tolerance", "Tolerance", 8.0, 0.0, 100.0, 1.0),
        Option("contiguous", "Only what hangs together", 1.0),
    )

    def prepare(self, window: Window, hand: Hand) -> object:
        """Return the window's colours."""
        del hand
        return lab_of(window.pixels)

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return what is like any of the places."""
        assert isinstance(prepared, np.ndarray)
        tolerance = hand.options.get("tolerance", 8.0) + hand.reach * _PER_PX
        contiguous = bool(hand.options.get("contiguous", 1.0))
        found = [like(prepared, point, tolerance, contiguous) for point in hand.points]
        if not found:
            return Answer()
        return Answer((Region(mask=smooth(reduce(np.logical_or, found))),))


def lab_of(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return CIE L*a*b* (D65) of RGB; (H, W, 3) float32, L* 0..100."""
    import cv2

    lab: NDArray[np.float32] = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def like(
    lab: NDArray[np.float32], point: Point, tolerance: float, contiguous: bool = True
) -> BoolArray:
    """Return the pixels whose colour is near to that at a point.

    Parameters
    ----------
    lab : (H, W, 3) float32
        Colours.
    point : Point
        In px.
    tolerance : float
        Greatest distance, ΔE.
    contiguous : bool
        Whether only pixels count that are joined to the point by such pixels, side to side.

    Returns
    -------
    (H, W) bool
        The pixel at the point is always in it.
    """
    import cv2

    high, wide = lab.shape[:2]
    x, y = pixel_of(point, (wide, high))
    away = lab - lab[y, x]
    near = np.einsum("ijk,ijk->ij", away, away) <= np.float32(tolerance) ** 2
    if not contiguous:
        return near.astype(np.bool_)
    layer = near.astype(np.uint8)
    cv2.floodFill(layer, None, (x, y), 2, flags=4)
    return np.asarray(layer == 2, np.bool_)


def smooth(mask: BoolArray) -> BoolArray:
    """Close the pinholes that noise leaves, up to 2 px wide."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    padded = np.pad(mask.astype(np.uint8), 2, mode="edge")
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[2:-2, 2:-2]
    return np.asarray(closed > 0, np.bool_)
