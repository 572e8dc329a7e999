"""The live-wire: a line that keeps to edges between the points that are clicked."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, ClassVar

import numpy as np

from studio.api.assistants import Answer, Assistant, FloatArray, Gesture, Hand, Window
from studio_smart_tools.marks import pixel_of

_CANNY = (32, 100)
_MOST_GRADIENT = 200.0


class LiveWire(Assistant):
    """Mortensen and Barrett's intelligent scissors, as OpenCV has them."""

    id = "live_wire"
    title = "Live-wire"
    icon = "route"
    hint = (
        "Click along an edge, the line keeps to it · Enter or a double click closes"
        " · Backspace takes one back"
    )
    gesture: ClassVar[Gesture] = "path"
    shortcut = "I"

    def key(self, hand: Hand) -> Hashable:
        """Return the point that the line starts from."""
        return hand.points[-2:-1]

    def prepare(self, window: Window, hand: Hand) -> object:
        """Return the cheapest ways from that point to everywhere (Dijkstra)."""
        import cv2

        scissors = cv2.segmentation.IntelligentScissorsMB()  # type: ignore[attr-defined]
        scissors.setEdgeFeatureCannyParameters(*_CANNY)
        scissors.setGradientMagnitudeMaxLimit(_MOST_GRADIENT)
        scissors.applyImage(window.pixels)
        if len(hand.points) >= 2:
            scissors.buildMap(pixel_of(hand.points[-2], window.size))
        return scissors

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return the line from the last but one point to the last, through centres of pixels."""
        if len(hand.points) < 2:
            return Answer()
        start, end = hand.points[-2:]
        return Answer(path=_line(prepared, window, np.array(start), np.array(end)))


def _line(scissors: Any, window: Window, start: FloatArray, end: FloatArray) -> FloatArray:
    found = scissors.getContour(pixel_of((float(end[0]), float(end[1])), window.size))
    line = np.asarray(found, np.float64).reshape(-1, 2) + 0.5
    # What the hand put is kept to a part of a px, and the way beyond the window is straight.
    return np.concatenate((start[None], line[1:-1], end[None]))
