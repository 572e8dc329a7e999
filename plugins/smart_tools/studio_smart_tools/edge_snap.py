"""Snapping: each place of an outline goes to the strongest edge near it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import (
    Answer,
    Assistant,
    FloatArray,
    Gesture,
    Hand,
    Option,
    Region,
    Window,
)

_APART = 2.0
"""Distance of the places on the outline, px of the window."""
_STEP = 0.5
"""Distance of the places tried beside each of them, px of the window."""
_BEND = 0.15
"""What it costs that neighbours go ways that differ by one step, as a share of the best edge."""
_FAR = 0.2
"""What it costs to go as far as may be, as a share of the best edge."""


class EdgeSnap(Assistant):
    """The best closed line in a band around the outline, by dynamic programming."""

    id = "edge_snap"
    title = "Snap outline to edges"
    icon = "focus-2"
    hint = "Click a shape, or press Enter for the chosen one · Enter takes it, Escape drops it"
    gesture: ClassVar[Gesture] = "shape"
    around = 0.3
    options = (Option("reach", "How far edges may lie", 8.0, 1.0, 40.0, 1.0),)

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return the outline where it would lie."""
        del prepared
        reach = max(1.0, hand.options.get("reach", 8.0) / window.scale)
        edges = strength(window.pixels)
        rings = [snapped(ring, edges, reach) for ring in hand.rings if len(ring) >= 3]
        return Answer(tuple(Region(ring=ring) for ring in rings))


def strength(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how strong the edge at each pixel is: the greatest slope of any colour, (H, W)."""
    import cv2

    soft = cv2.GaussianBlur(pixels, (0, 0), 1.0).astype(np.float32)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    slope: NDArray[np.float32] = np.sqrt(across**2 + down**2).max(axis=2)
    return slope


def snapped(ring: FloatArray, edges: NDArray[np.float32], reach: float) -> FloatArray:
    """Move a closed line onto edges.

    Parameters
    ----------
    ring : (N, 2) float64
        In px of the window.
    edges : (H, W) float32
        How strong they are.
    reach : float, px
        How far the line may move, at right angles to itself.

    Returns
    -------
    (M, 2) float64
        The line, a point every 2 px.
    """
    places = evenly(ring, _APART)
    tangent = np.roll(places, -1, 0) - np.roll(places, 1, 0)
    length = np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)
    normal = np.column_stack((tangent[:, 1], -tangent[:, 0])) / length[:, None]
    steps = max(1, round(reach / _STEP))
    ways = np.arange(-steps, steps + 1) * _STEP
    tried = places[:, None] + normal[:, None] * ways[None, :, None]
    gain = _seen(edges, tried)
    best = max(float(gain.max()), 1e-6)
    cost = -gain / best + _FAR * (np.abs(ways) / reach)[None]
    chosen = _cheapest(cost)
    return places + normal * ways[chosen][:, None]


def evenly(ring: FloatArray, apart: float) -> FloatArray:
    """Return places on a closed line, so far apart; at least 8."""
    closed = np.concatenate((ring, ring[:1]))
    sides = np.hypot(*np.diff(closed, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(sides)))
    count = max(8, round(along[-1] / apart))
    at = np.linspace(0, along[-1], count, endpoint=False)
    return np.column_stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)])


def _seen(edges: NDArray[np.float32], places: FloatArray) -> FloatArray:
    import cv2

    # The value of a pixel belongs to its centre.
    at = (places - 0.5).astype(np.float32)
    seen = cv2.remap(edges, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderValue=0.0)
    return np.asarray(seen, np.float64)


def _cheapest(cost: FloatArray) -> NDArray[np.intp]:
    """Choose a column in each row, so that neighbours differ by one at most (Viterbi).

    The line is closed: rows are gone through twice, and of the second time the middle is taken,
    where the ends have no say any more.
    """
    rows = len(cost)
    twice = np.concatenate((cost, cost))
    total, came = twice[0], np.zeros((len(twice), cost.shape[1]), np.intp)
    columns = np.arange(cost.shape[1])
    for row in range(1, len(twice)):
        wide = np.pad(total, 1, constant_values=np.inf)
        ways = np.stack((wide[:-2] + _BEND, wide[1:-1], wide[2:] + _BEND))
        least = ways.argmin(0)
        came[row] = columns + least - 1
        total = ways[least, columns] + twice[row]
    chosen = np.empty(len(twice), np.intp)
    chosen[-1] = total.argmin()
    for row in range(len(twice) - 1, 0, -1):
        chosen[row - 1] = came[row, chosen[row]]
    half = rows // 2
    middle = chosen[half : half + rows]
    return np.roll(middle, half)
