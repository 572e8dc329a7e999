"""Learned pixels: strokes in labels teach a random forest what each label looks like."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import Answer, Gesture, Hand, JsonObject, Learner, Option, Region, Window
from studio_smart_tools.marks import drawn
from studio_smart_tools.pixel_features import MARGIN


class PixelClassifier(Learner):
    """Random trees on colours, edges, ridges and texture; they grow in a process of their own."""

    id = "pixel_classifier"
    title = "Learn pixels"
    icon = "school"
    hint = (
        "Draw strokes in several labels, Alt where none is · Enter takes what is shown"
        " · Shift and Enter proposes it for the whole picture"
    )
    gesture: ClassVar[Gesture] = "scribble"
    server = "studio_smart_tools.pixel_server"
    margin = MARGIN
    options = (Option("placed", "Place on the picture counts too", 0.0),)

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Learn from the strokes and return a region for each label."""
        del prepared
        marks = drawn(hand.strokes, window.size)
        if not marks.any():
            return Answer()
        place = f"{window.picture} {window.left} {window.top} {window.scale}"
        arrays = {"pixels": window.pixels, "marks": marks}
        facts: JsonObject = {"place": place, "placed": bool(hand.options.get("placed"))}
        facts.update(_corner(window))
        return _regions(self.ask("learn", facts, arrays).arrays["marks"])

    def apply(self, window: Window) -> Answer:
        """Return a region for each label that is seen in another part."""
        return _regions(
            self.ask("apply", _corner(window), {"pixels": window.pixels}).arrays["marks"]
        )


def _corner(window: Window) -> JsonObject:
    """Say where a window begins, in its own px from the corner of the picture."""
    return {"left": window.left / window.scale, "top": window.top / window.scale}


def _regions(marks: NDArray[Any]) -> Answer:
    found = [int(mark) for mark in np.unique(marks) if mark >= 2]
    return Answer(tuple(Region(mask=marks == mark, label=mark - 1) for mark in found))
