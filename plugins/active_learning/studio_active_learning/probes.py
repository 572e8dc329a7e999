"""A linear probe that learns from more and more labels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from studio.api.engine import Features, Strategy
from studio_active_learning.strategies import choose


def learning_curve(
    strategy: Strategy,
    sizes: Sequence[int],
    seed: int,
    features: Features,
    x_train: NDArray[np.float64],
    y_train: NDArray[np.int64],
    x_test: NDArray[np.float64],
    y_test: NDArray[np.int64],
) -> tuple[float, ...]:
    """Return the accuracy of a linear probe after each round."""
    chance = np.random.default_rng(seed)
    # Both arms begin with the same pictures of a repetition.
    labelled = chance.permutation(len(y_train))[: sizes[0]]
    reached: list[float] = []
    for size in sizes:
        if size > len(labelled):
            rest = np.setdiff1d(np.arange(len(y_train)), labelled)
            seen = _as_seen(features, x_train, y_train, labelled)
            more = choose(strategy, seen, rest, size - len(labelled), seed + size).rows
            labelled = np.concatenate([labelled, more])
        probe, scaler = _probe(x_train[labelled], y_train[labelled])
        right = (
            probe.predict(scaler.transform(x_test)) == y_test
            if probe
            else (np.full(len(y_test), y_train[labelled][0]) == y_test)
        )
        reached.append(float(np.mean(right)))
    return tuple(reached)


def _as_seen(
    features: Features,
    x_train: NDArray[np.float64],
    y_train: NDArray[np.int64],
    labelled: NDArray[np.intp],
) -> Features:
    """Return the features with the probabilities of the probe, which knows only these labels."""
    probe, scaler = _probe(x_train[labelled], y_train[labelled])
    if probe is None:
        return features
    said = np.zeros_like(features.probabilities)
    said[:, probe.classes_] = probe.predict_proba(scaler.transform(x_train))
    return features._replace(probabilities=said)


def _probe(
    x: NDArray[np.float64], y: NDArray[np.int64]
) -> tuple[LogisticRegression | None, StandardScaler]:
    scaler = StandardScaler().fit(x)
    if len(set(y.tolist())) < 2:
        return None, scaler
    with warnings.catch_warnings():
        # A probe on few labels need not settle to the last digit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(max_iter=300).fit(scaler.transform(x), y), scaler
