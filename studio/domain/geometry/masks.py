"""Masks as arrays and as lengths of runs."""

from __future__ import annotations

import numpy as np

from studio.domain.geometry.kinds import BoolArray, Mask


def mask_of(pixels: BoolArray, left: int = 0, top: int = 0) -> Mask:
    """Pack pixels into runs; the window is cut down to what is set.

    Parameters
    ----------
    pixels : (H, W) bool
        True inside.
    left, top : int
        Column and row of the picture on which `pixels[0, 0]` lies.

    Returns
    -------
    Mask
        With an empty window where nothing is set.
    """
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    if not len(rows):
        return Mask(left, top, 0, 0, ())
    y, x = int(rows[0]), int(columns[0])
    inside = pixels[y : rows[-1] + 1, x : columns[-1] + 1]
    flat = np.concatenate(([False], inside.ravel(), [False]))
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate(([0], edges, [inside.size]))
    counts = np.diff(ends).tolist()
    # A run that ends the window is followed by none, not by one of no length.
    while counts and counts[-1] == 0:
        counts.pop()
    return Mask(left + x, top + y, inside.shape[1], inside.shape[0], tuple(counts))


def pixels_of(mask: Mask) -> BoolArray:
    """Unpack a mask.

    Parameters
    ----------
    mask : Mask
        Whose runs add up to its window.

    Returns
    -------
    (height, width) bool
        True inside; `[0, 0]` lies on column `mask.left`, row `mask.top` of the picture.

    Raises
    ------
    ValueError
        If the runs do not fill the window.
    """
    if sum(mask.counts) != mask.width * mask.height or min(mask.counts, default=0) < 0:
        raise ValueError(f"the runs do not add up to {mask.width} × {mask.height} px")
    values = np.arange(len(mask.counts)) % 2 == 1
    return np.repeat(values, mask.counts).reshape(mask.height, mask.width)


def mask_area(mask: Mask) -> int:
    """Return how many pixels a mask holds."""
    return sum(mask.counts[1::2])
