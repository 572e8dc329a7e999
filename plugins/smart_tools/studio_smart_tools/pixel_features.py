"""What a pixel looks like to the pixel classifier: its surroundings at several scales."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SOFT = (0.7, 1.5, 3.5, 8.0, 16.0)
"""Scales of colour, px."""
_FINE = (1.0, 2.0, 4.0)
"""Scales of edges, ridges and texture, px."""
MARGIN = 48
"""How far features reach: three times the largest scale, px."""


def features(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what each pixel looks like.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.

    Returns
    -------
    (H, W, F) float32
        CIE L*a*b* blurred; of L* at each fine scale the slope, both eigenvalues of the Hessian,
        both of the structure tensor, and the spread around the pixel.
    """
    import cv2

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    found = [_soft(lab, sigma)[..., channel] for sigma in _SOFT for channel in range(3)]
    light = np.ascontiguousarray(lab[..., 0])
    for sigma in _FINE:
        soft = _soft(light, sigma)
        dx, dy = _slope(soft, 1, 0), _slope(soft, 0, 1)
        found.append(np.hypot(dx, dy))
        found += _eigenvalues(_slope(soft, 2, 0), _slope(soft, 1, 1), _slope(soft, 0, 2))
        wide = 2 * sigma
        tensor = [_soft(product, wide) for product in (dx * dx, dx * dy, dy * dy)]
        found += [np.sqrt(np.maximum(value, 0)) for value in _eigenvalues(*tensor)]
        mean = _soft(light, wide)
        found.append(np.sqrt(np.maximum(_soft(light * light, wide) - mean * mean, 0)))
    return np.stack(found, axis=-1).astype(np.float32)


def _soft(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    import cv2

    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32
    )


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
