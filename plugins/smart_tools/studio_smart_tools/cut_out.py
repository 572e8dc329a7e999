"""Cutting out: a box around a thing, and strokes where the cut went wrong."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from studio.api.assistants import (
    Answer,
    Assistant,
    BoolArray,
    Gesture,
    Hand,
    Option,
    Region,
    Window,
)
from studio_smart_tools.marks import drawn

_LEAST_SHARE = 0.1
"""Parts smaller than this share of the largest one are left out, unless a stroke says otherwise."""
_SEED = 0
_LIKELY, _SURE = 1.0, 0.6
"""Ellipses in the box, as shares of its sides: a thing with a box around it fills the larger one
roughly and holds the smaller one. Without them a thing among its like is taken for ground, and with
a smaller one a part of the thing is: its pale middle, or the rim alone. A box that hugs the thing
and one a fifth too large both do."""


class CutOut(Assistant):
    """GrabCut (Rother, Kolmogorov and Blake 2004): colours inside and outside, and a least cut."""

    id = "cut_out"
    title = "Cut out"
    icon = "marquee-2"
    hint = (
        "Drag a box around a thing · then strokes add to it, with Alt take away"
        " · Enter takes it, Escape drops it"
    )
    gesture: ClassVar[Gesture] = "cut"
    shortcut = "G"
    side = 320
    around = 0.35
    options = (Option("rounds", "Rounds", 2.0, 1.0, 10.0, 1.0),)

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return what belongs to the thing."""
        del prepared
        if hand.box is None:
            return Answer()
        marks = drawn(hand.strokes, window.size)
        mask = cut(window, hand.box, marks == 2, marks == 1, round(hand.options.get("rounds", 2)))
        return Answer((Region(mask=mask),)) if mask.any() else Answer(words="Nothing was found.")


def cut(
    window: Window,
    box: tuple[tuple[float, float], tuple[float, float]],
    kept: BoolArray,
    gone: BoolArray,
    rounds: int,
) -> BoolArray:
    """Return the pixels of the thing in a box.

    Parameters
    ----------
    window : Window
        What is seen.
    box : tuple of Point
        Corners, px of the window; outside of it is nothing of the thing, unless it is `kept`.
    kept, gone : (H, W) bool
        Pixels that are known to be of it or not.
    rounds : int
        How often colours and cut are found anew.

    Returns
    -------
    (H, W) bool
        Of the thing.
    """
    import cv2

    wide, high = window.size
    (x0, y0), (x1, y1) = box
    left, top = max(0, round(x0)), max(0, round(y0))
    state = np.full((high, wide), cv2.GC_BGD, np.uint8)
    state[top : round(y1), left : round(x1)] = cv2.GC_PR_BGD
    for share, value in ((_LIKELY, cv2.GC_PR_FGD), (_SURE, cv2.GC_FGD)):
        middle, sides = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) * share, (y1 - y0) * share)
        cv2.ellipse(state, (middle, sides, 0.0), value, -1)
    state[kept], state[gone] = cv2.GC_FGD, cv2.GC_BGD
    known = state == cv2.GC_BGD
    if known.all() or not known.any():
        # There are no two kinds of pixels whose colours could be learned.
        return np.asarray(~known, np.bool_)
    cv2.setRNGSeed(_SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(window.pixels[:, :, ::-1])
    cv2.grabCut(bgr, state, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    found = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    return main_parts(found, kept, gone)


def main_parts(mask: BoolArray, kept: BoolArray, gone: BoolArray) -> BoolArray:
    """Leave out crumbs and fill small holes, but for those that strokes ask for."""
    import cv2

    if not mask.any():
        return mask
    _, parts, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    areas = facts[:, cv2.CC_STAT_AREA].copy()
    least = areas[1:].max() * _LEAST_SHARE
    stays = areas >= least
    stays[0] = False
    stays[np.unique(parts[kept & mask])] = True
    whole = stays[parts]
    _, holes, facts, _ = cv2.connectedComponentsWithStats((~whole).astype(np.uint8), connectivity=4)
    small = facts[:, cv2.CC_STAT_AREA] < least / 2
    small[0] = False
    edge = np.concatenate((holes[0], holes[-1], holes[:, 0], holes[:, -1]))
    small[np.unique(edge)] = False
    small[np.unique(holes[gone])] = False
    return np.asarray(whole | small[holes], np.bool_)
