"""Agreement beyond chance: Cohen's kappa and Krippendorff's alpha for names without order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import FloatArray

NOT_ASKED = -1
"""Stands for a person who was not asked about a unit."""


class Coincidences(NamedTuple):
    """Pairs of values that units hold, each pair both ways round."""

    unit: NDArray[np.intp]
    """(E,) which unit."""
    first: NDArray[np.intp]
    """(E,) the one value."""
    second: NDArray[np.intp]
    """(E,) the other value."""
    weight: FloatArray
    """(E,) one over the number of values of the unit less one."""


def cohen_kappa(table: FloatArray) -> float | None:
    """Return Cohen's kappa (1960).

    Parameters
    ----------
    table : (K, K) float64
        How often the first person said the row where the second said the column.

    Returns
    -------
    float or None
        In [-1, 1]; None where chance alone would agree wholly, or nothing was said.
    """
    total = float(table.sum())
    if total <= 0:
        return None
    seen = float(np.trace(table)) / total
    chance = float(table.sum(1) @ table.sum(0)) / total**2
    return None if chance >= 1 - 1e-12 else (seen - chance) / (1 - chance)


def coincidences(codes: NDArray[np.intp]) -> Coincidences:
    """List the pairs of values of each unit, as K. Krippendorff counts them (2011).

    Parameters
    ----------
    codes : (U, N) intp
        What each of N people said of each of U units; `NOT_ASKED` where one was not asked.

    Returns
    -------
    Coincidences
        Units with fewer than two values give none.
    """
    asked = codes != NOT_ASKED
    values = asked.sum(1)
    parts: list[tuple[NDArray[np.intp], ...]] = []
    for one in range(codes.shape[1]):
        for other in range(codes.shape[1]):
            if one != other:
                units = np.flatnonzero(asked[:, one] & asked[:, other])
                parts.append((units, codes[units, one], codes[units, other]))
    if not parts:
        empty = np.zeros(0, np.intp)
        return Coincidences(empty, empty, empty, np.zeros(0))
    unit, first, second = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Coincidences(unit, first, second, 1.0 / (values[unit] - 1))


def krippendorff_alpha(table: FloatArray) -> float | None:
    """Return Krippendorff's alpha for nominal values.

    Parameters
    ----------
    table : (K, K) float64
        Symmetric: sums of the weights of coincidences of a row's with a column's value.

    Returns
    -------
    float or None
        At most 1; None where everybody said the same thing everywhere, or there is no pair.
    """
    total = float(table.sum())
    if total <= 1:
        return None
    each = table.sum(1)
    apart = total - float(np.trace(table))
    by_chance = (total**2 - float(each @ each)) / (total - 1)
    return None if by_chance <= 1e-12 else 1.0 - apart / by_chance
