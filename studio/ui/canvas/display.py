"""How a picture is looked at: brightness, contrast, one channel; never what is stored of it.

Knows no Qt. What is looked at is either four bytes a pixel as Qt keeps them (blue, green, red and
one that means nothing), or one value of 16 bits a pixel.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

Channel: TypeAlias = Literal["colour", "red", "green", "blue", "grey"]
"""What of a picture is seen: its colours, or one value a pixel as shades."""
Palette: TypeAlias = Literal["grey", "viridis", "magma", "turbo", "bone"]
"""The colours that stand for the values of one channel."""
Values: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W, 4) uint8 in Qt's order, or (H, W) uint16."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)
PALETTES: tuple[Palette, ...] = get_args(Palette)
BINS = 256
"""Of a histogram."""
_PLACE = {"red": 2, "green": 1, "blue": 0}
_STEEPEST = 8.0
"""By how much full contrast stretches."""


@dataclass(frozen=True, slots=True)
class Display:
    """How pictures are looked at; as it is made, they are seen as they are."""

    brightness: float = 0.0
    """Added to every value: from -1 (all black) to 1 (all white)."""
    contrast: float = 0.0
    """Stretches about the middle: from -1 (eight times flatter) to 1 (eight times steeper)."""
    gamma: float = 1.0
    """Above 1 dark places become lighter, below 1 darker; 0.1 to 10."""
    low: float = 0.0
    """The value that becomes black, as a share of the largest there can be."""
    high: float = 1.0
    """The value that becomes white; above `low`."""
    channel: Channel = "colour"
    invert: bool = False
    palette: Palette = "grey"
    """Only where one channel is seen, or the picture has no more."""

    @property
    def plain(self) -> bool:
        """Whether pictures are seen as they are stored."""
        return self == PLAIN


PLAIN = Display()


@functools.lru_cache(maxsize=8)
def tone(display: Display, bits: int) -> NDArray[np.uint8]:
    """Return what every value is seen as.

    Parameters
    ----------
    display : Display
        Its window (`low`, `high`) is applied first, then gamma, contrast, brightness, inversion.
    bits : int
        Of a value, 8 or 16.

    Returns
    -------
    (2 ** bits,) uint8
        Without inversion it never falls.
    """
    share = np.arange(1 << bits, dtype=np.float64) / ((1 << bits) - 1)
    share = np.clip((share - display.low) / max(display.high - display.low, 1e-9), 0, 1)
    share = share ** (1 / display.gamma)
    share = (share - 0.5) * _STEEPEST**display.contrast + 0.5 + display.brightness
    seen = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    tones: NDArray[np.uint8] = 255 - seen if display.invert else seen
    tones.setflags(write=False)
    return tones


@functools.cache
def palette_of(name: Palette) -> NDArray[np.uint8]:
    """Return the colours of a palette: (256, 4) uint8 in Qt's order, from dark to light."""
    import cv2

    ramp: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
    colours = np.full((256, 4), 255, np.uint8)
    if name == "grey":
        colours[:, :3] = ramp[:, None]
    else:
        which = {
            "viridis": cv2.COLORMAP_VIRIDIS, "magma": cv2.COLORMAP_MAGMA,
            "turbo": cv2.COLORMAP_TURBO, "bone": cv2.COLORMAP_BONE,
        }[name]  # fmt: skip
        colours[:, :3] = cv2.applyColorMap(ramp, which).reshape(256, 3)
    colours.setflags(write=False)
    return colours


@functools.lru_cache(maxsize=8)
def _inks(display: Display, bits: int) -> NDArray[np.uint32]:
    """Return the four bytes that stand for every value of one channel, as one number."""
    inks: NDArray[np.uint32] = palette_of(display.palette)[tone(display, bits)].view(np.uint32)
    return inks[:, 0]


def shown(values: Values, display: Display) -> NDArray[np.uint8]:
    """Return values as they are looked at; they themselves stay as they are.

    Parameters
    ----------
    values : (H, W, 4) uint8 or (H, W) uint16
        In Qt's order, or one channel.
    display : Display
        How they are looked at; `channel` means nothing to one channel.

    Returns
    -------
    (H, W, 4) uint8
        In Qt's order; the fourth byte is 255.
    """
    if values.dtype == np.uint16:
        return _inked(values, _inks(display, 16))
    if display.channel == "colour":
        import cv2

        # One table for all four bytes is twice as fast as four; the fourth is set afterwards.
        seen: NDArray[np.uint8] = cv2.LUT(values, tone(display, 8)).astype(np.uint8, copy=False)
        seen = seen.reshape(values.shape)
        whole = seen.view(np.uint32)
        np.bitwise_or(whole, np.uint32(0xFF000000), out=whole)
        return seen
    return _inked(one_channel(values, display.channel), _inks(display, 8))


def _inked(values: NDArray[Any], inks: NDArray[np.uint32]) -> NDArray[np.uint8]:
    four: NDArray[np.uint8] = np.take(inks, values)[..., None].view(np.uint8)
    return four


def one_channel(values: Values, channel: Channel) -> Values:
    """Return one channel of a picture: (H, W), uint8 or uint16.

    Parameters
    ----------
    channel : Channel
        `colour` is taken as grey: the luminance 0.299 R + 0.587 G + 0.114 B.
    """
    if values.ndim == 2:
        return values
    if channel in _PLACE:
        return values[..., _PLACE[channel]]
    import cv2

    return np.asarray(cv2.cvtColor(values, cv2.COLOR_BGRA2GRAY), np.uint8).reshape(values.shape[:2])


def histogram(values: Values, channel: Channel = "grey") -> NDArray[np.int64]:
    """Return how many pixels have which value.

    Returns
    -------
    (256,) int64
        From black to white; of 16 bits the upper eight.
    """
    one = one_channel(values, channel)
    upper = one >> 8 if one.dtype == np.uint16 else one
    return np.bincount(upper.ravel(), minlength=BINS).astype(np.int64)


def stretched(display: Display, values: Values, cut: float = 0.5) -> Display:
    """Return a display whose window spans what a picture holds.

    Parameters
    ----------
    values : (H, W, 4) uint8 or (H, W) uint16
        The picture, or a smaller size of it.
    cut : float, percent
        So much of the pixels may become black, and as much white.
    """
    one = one_channel(values, display.channel)
    if not one.size:
        return display
    most = 65535 if one.dtype == np.uint16 else 255
    low, high = np.percentile(one, (cut, 100 - cut)).tolist()
    # A picture of one value has nothing to stretch.
    if high <= low:
        return replace(display, low=0.0, high=1.0)
    return replace(display, low=low / most, high=high / most)
