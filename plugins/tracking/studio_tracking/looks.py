"""How a thing looks, brought to one size, so that it can be compared from frame to frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.api.trackers import Box, Pixels, Similarity

SIDE = 40
"""Width and height of a look, px."""
GreyArray = NDArray[np.uint8]
LookArray = NDArray[np.float32]


def grey_of(pixels: Pixels) -> GreyArray:
    """Return (H, W) uint8 brightness of an RGB picture."""
    import cv2

    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)


def look(grey: GreyArray, box: Box, by: Similarity) -> LookArray:
    """Return how a box looks after a move of the plane.

    Parameters
    ----------
    grey : (H, W) uint8
        The frame.
    box : Box
        Where the thing was when it was followed first, px.
    by : Similarity
        Where it is now.

    Returns
    -------
    (40, 40) float32
        Turned and resized back to how it was.
    """
    import cv2

    across, down = max(box.width, 1.0) / SIDE, max(box.height, 1.0) / SIDE
    # Middle of pixel (i, j) of the look, as a point of the box, as a pixel of the frame.
    corner = by.of((box.x0 + across / 2, box.y0 + down / 2))
    matrix = np.array(
        [
            [by.a * across, -by.b * down, corner[0] - 0.5],
            [by.b * across, by.a * down, corner[1] - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(grey, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


def alike(one: LookArray, other: LookArray) -> float:
    """Return the correlation of two looks, −1..1; two without any contrast are alike."""
    a, b = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if norm < 1e-3:
        return 1.0 if abs(float(one.mean() - other.mean())) < 8 else 0.0
    return float((a * b).sum()) / norm


def inside(box: Box, size: tuple[int, int]) -> float:
    """Return the share of a box that lies on a picture of a width and height."""
    wide = min(box.x1, size[0]) - max(box.x0, 0.0)
    high = min(box.y1, size[1]) - max(box.y0, 0.0)
    whole = max(box.width, 1.0) * max(box.height, 1.0)
    return max(0.0, wide) * max(0.0, high) / whole
