"""Refining a contour: a region grows and shrinks until its edge lies on edges."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from studio.api.assistants import Answer, Assistant, Gesture, Hand, Option, Region, Window
from studio_smart_tools.marks import inside

_SIGMA = 1.5
_ALPHA = 200.0


class ContourRefinement(Assistant):
    """Morphological geodesic active contours (Márquez-Neila and others 2014)."""

    id = "refine_contour"
    title = "Refine outline"
    icon = "circle-dashed"
    hint = "Click a shape, or press Enter for the chosen one · Enter takes it, Escape drops it"
    gesture: ClassVar[Gesture] = "shape"
    around = 0.3
    side = 256
    options = (
        Option("rounds", "Rounds", 40.0, 5.0, 300.0, 5.0),
        Option("balloon", "Shrink or grow", 0.0, -1.0, 1.0, 1.0),
    )

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return the region as it came to rest."""
        del prepared
        from skimage.color import rgb2gray
        from skimage.segmentation import (
            inverse_gaussian_gradient,
            morphological_geodesic_active_contour,
        )

        start = inside(hand.rings, window.size)
        if not start.any():
            return Answer(words="Choose a shape that bounds a region.")
        slow = inverse_gaussian_gradient(rgb2gray(window.pixels), _ALPHA, _SIGMA)
        rest = morphological_geodesic_active_contour(
            slow,
            num_iter=round(hand.options.get("rounds", 40.0)),
            init_level_set=start.astype(np.int8),
            smoothing=1,
            threshold="auto",
            balloon=hand.options.get("balloon", 0.0),
        )
        found = np.asarray(rest, np.bool_)
        if not found.any():
            return Answer(words="The outline shrank to nothing; let it grow instead.")
        return Answer((Region(mask=found),))
