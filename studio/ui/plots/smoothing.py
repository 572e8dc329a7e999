"""Smoothing of noisy curves, point by point, so that a growing curve is never smoothed twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Smoother:
    """An exponential moving average, corrected for its start (Kingma and Ba 2015, section 3).

    Parameters
    ----------
    weight : float
        Share of the past in each new value, 0..1 (exclusive).
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._sum = 0.0
        self._share = 1.0

    def extend(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Smooth the next values.

        Parameters
        ----------
        values : (N,) float64
            NaN gives NaN and is otherwise passed over.

        Returns
        -------
        smooth : (N,) float64
            Of the same length.
        """
        smooth = np.full(len(values), np.nan)
        total, share, weight = self._sum, self._share, self._weight
        for number, value in enumerate(values.tolist()):
            if value == value:
                total = weight * total + (1 - weight) * value
                share *= weight
                smooth[number] = total / (1 - share)
        self._sum, self._share = total, share
        return smooth
