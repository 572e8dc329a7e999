"""Superpixels: pieces that keep to edges, painted as wholes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

import numpy as np

from studio.api.assistants import Answer, Assistant, Gesture, Hand, Option, Region, Window
from studio_smart_tools.marks import drawn

_ROUNDS = 5


class Superpixels(Assistant):
    """SLIC (Achanta and others 2012), made once for what is seen."""

    id = "superpixels"
    title = "Paint superpixels"
    icon = "puzzle"
    hint = "Paint over a thing · Alt takes away · Enter takes it, Escape drops it"
    gesture: ClassVar[Gesture] = "paint"
    options = (
        Option("size", "Size of the pieces", 20.0, 6.0, 80.0, 2.0),
        Option("compactness", "Roundness of the pieces", 10.0, 1.0, 40.0, 1.0),
    )

    def key(self, hand: Hand) -> Hashable:
        """Return what the pieces depend on."""
        return hand.options.get("size"), hand.options.get("compactness")

    def prepare(self, window: Window, hand: Hand) -> object:
        """Return the piece of each pixel, (H, W) int."""
        from skimage.segmentation import slic

        wide, high = window.size
        count = max(1, round(wide * high / hand.options.get("size", 20.0) ** 2))
        return slic(
            window.pixels,
            n_segments=count,
            compactness=hand.options.get("compactness", 10.0),
            max_num_iter=_ROUNDS,
            start_label=0,
            channel_axis=2,
        )

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return the pieces that were painted and not taken away later."""
        pieces = np.asarray(prepared)
        chosen = np.zeros(int(pieces.max()) + 1, np.bool_)
        for stroke in hand.strokes:
            touched = np.unique(pieces[drawn([stroke], window.size) > 0])
            chosen[touched] = stroke.label > 0
        return Answer((Region(mask=chosen[pieces]),)) if chosen.any() else Answer()
