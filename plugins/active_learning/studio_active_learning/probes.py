"""Linear probes: what a network's sight is worth with so many labels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from studio.api.engine import Features, Measure, Strategy
from studio_active_learning.strategies import choose

_WAVERING = 8
"""Probes on labels drawn with replacement, whose quarrel BALD looks at."""


@dataclass(frozen=True)
class Known:
    """Pictures as a network sees them, with their labels."""

    seen: NDArray[np.float64]
    """(N, D) embeddings."""
    truth: NDArray[np.bool_]
    """(N, L): which labels each picture carries."""

    def rows(self, rows: NDArray[np.intp]) -> Known:
        """Return some of them."""
        return Known(self.seen[rows], self.truth[rows])

    def with_more(self, other: Known) -> Known:
        """Return these and others."""
        return Known(
            np.concatenate([self.seen, other.seen]), np.concatenate([self.truth, other.truth])
        )


def learned(known: Known, asked: NDArray[np.float64], measure: Measure) -> NDArray[np.float64]:
    """Fit a probe, and return how sure it is of each label on other pictures.

    Parameters
    ----------
    known : Known
        To learn from.
    asked : (M, D) float64
        Embeddings.
    measure : str
        `accuracy`: each picture carries one label and its row adds up to 1; `map`: any number.

    Returns
    -------
    (M, L) float64
    """
    scaler = StandardScaler().fit(known.seen)
    x, wanted = scaler.transform(known.seen), scaler.transform(asked)
    said = np.zeros((len(asked), known.truth.shape[1]))
    if measure == "accuracy":
        y = known.truth.argmax(1)
        if len(np.unique(y)) < 2:
            said[:, y[0]] = 1.0
            return said
        probe = _fitted(x, y)
        said[:, probe.classes_] = probe.predict_proba(wanted)
        return said
    for label in range(said.shape[1]):
        y = known.truth[:, label]
        if y.all() or not y.any():
            said[:, label] = float(y[0])
        else:
            said[:, label] = _fitted(x, y).predict_proba(wanted)[:, 1]
    return said


def worth(said: NDArray[np.float64], truth: NDArray[np.bool_], measure: Measure) -> float:
    """Return the measure of answers, 0..1.

    Parameters
    ----------
    said : (N, L) float64
        How sure of each label.
    truth : (N, L) bool
        Which labels are there.
    measure : str
        What is measured.
    """
    if measure == "accuracy":
        return float(np.mean(said.argmax(1) == truth.argmax(1)))
    there = np.flatnonzero(truth.any(0) & ~truth.all(0))
    found = [average_precision_score(truth[:, at], said[:, at]) for at in there]
    return float(np.mean(found)) if found else 0.0


def learning_curve(
    strategy: Strategy,
    sizes: Sequence[int],
    seed: int,
    pool: Known,
    test: Known,
    measure: Measure,
) -> tuple[float, ...]:
    """Return what a probe is worth after each round of labelling as a strategy says."""
    chance = np.random.default_rng(seed)
    # All strategies begin with the same pictures of a repetition.
    labelled = chance.permutation(len(pool.seen))[: sizes[0]]
    reached: list[float] = []
    for size in sizes:
        if size > len(labelled):
            rest = np.setdiff1d(np.arange(len(pool.seen)), labelled)
            seen = _as_seen(strategy, pool, labelled, measure, seed)
            more = choose(strategy, seen, rest, size - len(labelled), seed + size).rows
            labelled = np.concatenate([labelled, more])
        said = learned(pool.rows(labelled), test.seen, measure)
        reached.append(worth(said, test.truth, measure))
    return tuple(reached)


def _as_seen(
    strategy: Strategy, pool: Known, labelled: NDArray[np.intp], measure: Measure, seed: int
) -> Features:
    """Return the pictures as the probe sees them, which knows these labels and no others."""
    said, draws = np.zeros(pool.truth.shape, np.float32), np.zeros((0, *pool.truth.shape))
    if strategy != "random":
        said = learned(pool.rows(labelled), pool.seen, measure).astype(np.float32)
    if strategy == "bald":
        chance = np.random.default_rng(seed)
        draws = np.stack(
            [
                learned(pool.rows(chance.choice(labelled, len(labelled))), pool.seen, measure)
                for _ in range(_WAVERING)
            ]
        )
    return Features(pool.seen.astype(np.float32), said, draws.astype(np.float32))


def _fitted(x: NDArray[np.float64], y: NDArray[np.generic]) -> LogisticRegression:
    # Threads cost more than they bring with so few rows: five times on two cores.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A probe on few labels need not settle to the last digit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(max_iter=300).fit(x, y)
