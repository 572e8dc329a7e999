"""The watershed: a few strokes in several labels grow until they meet at edges."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import Answer, Assistant, Gesture, Hand, Region, Window
from studio_smart_tools.marks import drawn


class Watershed(Assistant):
    """Flooding from markers (Meyer 1992), as OpenCV has it."""

    id = "watershed"
    title = "Watershed strokes"
    icon = "layers-intersect"
    hint = (
        "Draw a stroke in each thing, another label for each · Alt draws outside of all"
        " · Enter takes them, Escape drops them"
    )
    gesture: ClassVar[Gesture] = "scribble"

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return a region for each label that has a stroke."""
        del prepared
        marks = drawn(hand.strokes, window.size)
        if len(np.unique(marks[marks > 0])) < 2:
            return Answer(words="Draw a second stroke, in another label or with Alt outside.")
        grown = flooded(window.pixels, marks)
        found = [int(mark) for mark in np.unique(grown) if mark >= 2]
        return Answer(tuple(Region(mask=grown == mark, label=mark - 1) for mark in found))


def flooded(pixels: NDArray[np.uint8], marks: NDArray[np.int32]) -> NDArray[np.int32]:
    """Grow markers until every pixel belongs to one.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    marks : (H, W) int32
        1 and more for markers, 0 for the rest.

    Returns
    -------
    (H, W) int32
        The marker each pixel belongs to; markers keep their own pixels.
    """
    import cv2

    # OpenCV leaves the outermost pixels and the lines between regions to nobody.
    padded = cv2.copyMakeBorder(pixels, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    grown = cv2.copyMakeBorder(marks, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.watershed(padded, grown)
    grown = np.asarray(grown[1:-1, 1:-1], np.int32)
    while (open_ := grown <= 0).any():
        near = cv2.dilate(np.maximum(grown, 0).astype(np.float32), np.ones((3, 3), np.uint8))
        grown[open_] = near[open_].astype(np.int32)
    grown[marks > 0] = marks[marks > 0]
    return grown
