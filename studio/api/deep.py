"""Pictures of one channel with more than eight bits, as they are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.api.images import explained, upright


def is_deep(mode: str) -> bool:
    """Tell whether a pixel mode, as Pillow names it, holds one channel of more than eight bits."""
    return mode.startswith("I") or mode == "F"


def decode_deep(data: bytes, page: int = 0) -> NDArray[np.uint16]:
    """Decode one page of such a picture; its upper eight bits are what `images.decode` shows.

    Integers that do not fit into 16 bits, and floats outside 0..1, are scaled by their own minimum
    and maximum.

    Returns
    -------
    (H, W) uint16

    Raises
    ------
    UnreadableImage
        With the reason in its first sentence.
    """
    image = upright(data, page)
    with explained():
        if not is_deep(image.mode):
            grey: NDArray[np.uint8] = np.asarray(image.convert("L"), np.uint8)
            return grey.astype(np.uint16) * np.uint16(257)
        return _sixteen(np.asarray(image), image.mode)


def _sixteen(values: NDArray[Any], mode: str) -> NDArray[np.uint16]:
    if mode.startswith("I;16"):
        return values.astype(np.uint16)
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(numbers.min(initial=0.0)), float(numbers.max(initial=0.0))
    if mode == "I" and low >= 0 and high <= 65535:
        # Pillow gives 16-bit PNG and PGM files as 32-bit integers.
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    elif mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    span = (high - low) or 1.0
    return np.clip((numbers - low) * (65535.0 / span), 0, 65535).astype(np.uint16)
