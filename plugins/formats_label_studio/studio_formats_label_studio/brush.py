"""Masks as Label Studio's brush keeps them: bits that pack runs of the bytes of an RGBA picture.

A header gives the number of values, their width in bits and four widths for lengths. After it each
packet has a bit that says whether one value is repeated, two that choose the width of its length,
the length less one, and then the value or the values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.api.formats import Mask, mask_of, pixels_of

MOST_PIXELS = 200_000_000
_WIDTHS = (3, 4, 8, 16)
_LONGEST = 2**16


class _Bits:
    """Reads whole numbers from bits; raises `ValueError` past the end."""

    def __init__(self, data: bytes) -> None:
        self._text = (np.unpackbits(np.frombuffer(data, np.uint8)) + 48).tobytes()
        self._at = 0

    def read(self, count: int) -> int:
        """Take the next bits."""
        taken = self._text[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("the bits end early")
        self._at += count
        return int(taken, 2)


def mask_from_brush(rle: object, width: int, height: int) -> Mask | str:
    """Read a mask; returns why not where it makes no sense.

    Parameters
    ----------
    rle : object
        List of bytes.
    width, height : int
        Of the picture, px.
    """
    if not isinstance(rle, list) or not 0 < width * height <= MOST_PIXELS:
        return "its mask has no runs or no usable size"
    try:
        alpha = _decoded(_Bits(bytes(rle)), width * height * 4)[3::4]
    except (ValueError, TypeError) as error:
        return f"the runs of its mask are broken ({error})"
    pixels: NDArray[np.bool_] = alpha.reshape(height, width) > 0
    mask = mask_of(pixels)
    return mask if mask.width else "its mask is empty"


def _decoded(bits: _Bits, wanted: int) -> NDArray[np.uint8]:
    if bits.read(32) != wanted:
        raise ValueError("they are of a picture of another size")
    word = bits.read(5) + 1
    if word > 8:
        raise ValueError("they hold more than bytes")
    widths = [bits.read(4) + 1 for _ in range(4)]
    out: NDArray[np.uint8] = np.zeros(wanted, np.uint8)
    at = 0
    while at < wanted:
        repeated = bits.read(1)
        end = min(at + 1 + bits.read(widths[bits.read(2)]), wanted)
        if repeated:
            out[at:end] = bits.read(word)
        else:
            for place in range(at, end):
                out[place] = bits.read(word)
        at = end
    return out


def brush_of(mask: Mask, width: int, height: int) -> list[int]:
    """Write a mask as a list of bytes, over the whole picture."""
    pixels = np.zeros((height, width), np.bool_)
    pixels[mask.top : mask.top + mask.height, mask.left : mask.left + mask.width] = pixels_of(mask)
    flat = pixels.ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(np.append(starts, flat.size)) * 4
    parts = [f"{flat.size * 4:032b}", f"{7:05b}", *(f"{bits - 1:04b}" for bits in _WIDTHS)]
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        value = "11111111" if flat[start] else "00000000"
        while length > 0:
            run = min(length, _LONGEST)
            length -= run
            choice = next(n for n, bits in enumerate(_WIDTHS) if run <= 2**bits)
            parts.append(f"1{choice:02b}{run - 1:0{_WIDTHS[choice]}b}{value}")
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))
