"""What a pixel looks like to the pixel classifier: its surroundings at several scales."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_SOFT = (0.7, 1.5, 3.5, 8.0, 16.0)
"""Scales of colour, px."""
_FINE = (1.0, 2.0, 4.0)
"""Scales of edges, ridges and texture, px: coarser ones leave edges to chance."""
MARGIN = 48
"""How far features reach: three times the largest scale, px."""
_TINY = 1e-3


def features(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what each pixel looks like.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.

    Returns
    -------
    (H, W, F) float32
        CIE L*a*b* blurred, and the differences from one scale to the next; of each channel at each
        fine scale the slope, both eigenvalues of the Hessian, both of the structure tensor and its
        direction, and the spread around the pixel.
    """
    import cv2

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    soft = [_soft(lab, sigma) for sigma in _SOFT]
    found = [layer[..., channel] for layer in soft for channel in range(3)]
    found += [(a - b)[..., channel] for a, b in pairwise(soft) for channel in range(3)]
    for channel in range(3):
        values = np.ascontiguousarray(lab[..., channel])
        for sigma in _FINE:
            found += _texture(values, sigma)
    return np.stack(found, axis=-1).astype(np.float32)


def smoothed(
    odds: NDArray[np.float32], pixels: NDArray[np.uint8], radius: int = 8, spread: float = 0.1
) -> NDArray[np.float32]:
    """Blur odds along the picture, but not over its edges (He, Sun and Tang 2010).

    Parameters
    ----------
    odds : (H, W, L) float32
        How sure each label is of each pixel, 0..1.
    pixels : (H, W, 3) uint8
        RGB; the guide.
    radius : int, px
        How far neighbours speak for each other.
    spread : float
        Steps of grey below this, 0..1, are no edges.

    Returns
    -------
    (H, W, L) float32
    """
    import cv2

    guide = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    mean = _boxed(guide, radius)
    variance = _boxed(guide * guide, radius) - mean * mean
    found = np.empty_like(odds)
    for at in range(odds.shape[2]):
        one = np.ascontiguousarray(odds[..., at])
        even = _boxed(one, radius)
        slope = (_boxed(guide * one, radius) - even * mean) / (variance + spread**2)
        found[..., at] = _boxed(slope, radius) * guide + _boxed(even - slope * mean, radius)
    return found


def _texture(values: NDArray[np.float32], sigma: float) -> list[NDArray[np.float32]]:
    soft, wide = _soft(values, sigma), 2 * sigma
    dx, dy = _slope(soft, 1, 0), _slope(soft, 0, 1)
    found = [np.hypot(dx, dy)]
    found += _eigenvalues(_slope(soft, 2, 0), _slope(soft, 1, 1), _slope(soft, 0, 2))
    xx, xy, yy = (_soft(product, wide) for product in (dx * dx, dx * dy, dy * dy))
    found += [np.sqrt(np.maximum(value, 0)) for value in _eigenvalues(xx, xy, yy)]
    found.append((xx - yy) / (xx + yy + _TINY))
    mean = _soft(values, wide)
    found.append(np.sqrt(np.maximum(_soft(values * values, wide) - mean * mean, 0)))
    return found


def _soft(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    import cv2

    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32
    )


def _boxed(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    import cv2

    side = 2 * radius + 1
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)


def _slope(values: NDArray[np.float32], across: int, down: int) -> NDArray[np.float32]:
    import cv2

    slope = cv2.Sobel(values, cv2.CV_32F, across, down, borderType=cv2.BORDER_REFLECT)
    return np.asarray(slope, np.float32)


def _eigenvalues(
    xx: NDArray[np.float32], xy: NDArray[np.float32], yy: NDArray[np.float32]
) -> list[NDArray[np.float32]]:
    """Return the greater and the lesser eigenvalue of symmetric 2 × 2 matrices."""
    middle, half = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return [middle + half, middle - half]
