"""Run-length masks as COCO keeps them: column by column, plain or packed into a text.

The packed form is that of the COCO API's `maskApi.c`: each run, less the one before the last, in
groups of five bits with a sixth that says whether more follow, each group as a character from "0".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.api.formats import Mask, mask_of, pixels_of

MOST_PIXELS = 500_000_000
_MOST_SHIFT = 60


def mask_from(segmentation: object) -> Mask | str:
    """Read a run-length mask; returns why not where it makes no sense.

    Parameters
    ----------
    segmentation : object
        `{"size": [height, width], "counts": list or text}`.
    """
    if not isinstance(segmentation, dict):
        return "its mask is no run-length mask"
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if not isinstance(size, list) or len(size) != 2 or any(type(side) is not int for side in size):
        return "its mask has no usable size"
    if min(size) < 1 or size[0] * size[1] > MOST_PIXELS:
        return "its mask has no usable size"
    runs = _unpacked(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or not all(type(run) is int and run >= 0 for run in runs):
        return "the runs of its mask are broken"
    if sum(runs) != size[0] * size[1]:
        return "the runs of its mask do not fill its size"
    values = np.arange(len(runs)) % 2 == 1
    pixels: NDArray[np.bool_] = np.repeat(values, runs).reshape(size[1], size[0]).T
    mask = mask_of(pixels)
    return mask if mask.width else "its mask is empty"


def runs_of(mask: Mask, width: int, height: int) -> dict[str, object]:
    """Write a mask as COCO's packed runs over the whole picture."""
    pixels = np.zeros((height, width), np.bool_)
    pixels[mask.top : mask.top + mask.height, mask.left : mask.left + mask.width] = pixels_of(mask)
    flat = np.concatenate(([False], pixels.T.ravel()))
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    runs = np.diff(np.concatenate(([0], edges, [pixels.size]))).tolist()
    return {"size": [height, width], "counts": _packed(runs)}


def _packed(runs: list[int]) -> str:
    text: list[str] = []
    for at, run in enumerate(runs):
        value = run - (runs[at - 2] if at > 2 else 0)
        more = True
        while more:
            group = value & 0x1F
            value >>= 5
            more = value != (-1 if group & 0x10 else 0)
            text.append(chr((group | (0x20 if more else 0)) + 48))
    return "".join(text)


def _unpacked(text: str) -> list[int] | None:
    runs: list[int] = []
    at = 0
    while at < len(text):
        value = shift = 0
        while True:
            if at >= len(text) or shift > _MOST_SHIFT or not 48 <= ord(text[at]) < 112:
                return None
            group = ord(text[at]) - 48
            at += 1
            value |= (group & 0x1F) << shift
            shift += 5
            if not group & 0x20:
                break
        if group & 0x10:
            value |= -1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    return runs
