"""Ways to choose which pictures to label next, by scikit-activeml."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from skactiveml.base import SkactivemlClassifier
from skactiveml.pool import Badge, batch_bald, k_greedy_center, uncertainty_scores

from studio.api.engine import Features, Strategy
from studio.errors import BadInput

_SCORES = {
    "entropy": "entropy",
    "margin": "margin_sampling",
    "least_confident": "least_confident",
}


class Choice(NamedTuple):
    """What a strategy chose."""

    rows: NDArray[np.intp]
    """(n,) rows of the features, best first."""
    scores: NDArray[np.float64]
    """(N,) how unsure the model is of each row; nan where the strategy gives no such number."""


def choose(
    strategy: Strategy,
    features: Features,
    candidates: NDArray[np.intp],
    count: int,
    seed: int,
) -> Choice:
    """Choose rows to label next.

    Parameters
    ----------
    strategy : str
        How to choose.
    features : Features
        Of labelled and unlabelled pictures alike.
    candidates : (n,) int
        Rows without a label.
    count : int
        How many to choose; at most as many as there are candidates.
    seed : int
        Of whatever chance the strategy takes.
    """
    count = min(count, len(candidates))
    scores = np.full(len(features.embeddings), np.nan)
    chance = np.random.RandomState(seed % 2**32)
    if strategy == "random":
        return Choice(chance.permutation(candidates)[:count], scores)
    if strategy in _SCORES:
        scores[candidates] = _uncertainty(features.probabilities[candidates], strategy)
        order = np.argsort(-scores[candidates], kind="stable")
        return Choice(candidates[order[:count]], scores)
    if strategy == "bald":
        return _bald(features, candidates, count, chance, scores)
    if strategy == "core_set":
        return Choice(_core_set(features, candidates, count, chance), scores)
    if strategy == "badge":
        return Choice(_badge(features, candidates, count, chance), scores)
    raise BadInput(f"There is no strategy “{strategy}”.", "Choose one of the list.")


def _uncertainty(probabilities: NDArray[np.float32], strategy: str) -> NDArray[np.float64]:
    whole = np.asarray(probabilities, np.float64)
    total = whole.sum(1, keepdims=True)
    # Scores of a detector do not add up to one: each says on its own whether a label is there.
    if not np.allclose(total, 1, atol=1e-3):
        pairs = np.stack((whole, 1 - whole), axis=2).reshape(-1, 2)
        scores = uncertainty_scores(pairs, method=_SCORES[strategy])
        return np.asarray(scores, np.float64).reshape(whole.shape).max(1)
    return np.asarray(uncertainty_scores(whole / total, method=_SCORES[strategy]), np.float64)


def _bald(
    features: Features,
    candidates: NDArray[np.intp],
    count: int,
    chance: np.random.RandomState,
    scores: NDArray[np.float64],
) -> Choice:
    drawn = np.asarray(features.draws[:, candidates], np.float64)
    if not len(drawn):
        raise BadInput("BALD needs answers that waver.", "Choose a network with dropout.")
    total = drawn.sum(2, keepdims=True)
    drawn = np.divide(drawn, total, out=np.full_like(drawn, 1 / drawn.shape[2]), where=total > 0)
    # Greedy BALD: the first row of utilities is that of each picture on its own.
    found = np.asarray(batch_bald(drawn, 1, random_state=chance), np.float64)[0]
    scores[candidates] = found
    order = np.argsort(-found, kind="stable")
    return Choice(candidates[order[:count]], scores)


def _core_set(
    features: Features, candidates: NDArray[np.intp], count: int, chance: np.random.RandomState
) -> NDArray[np.intp]:
    labels = np.zeros(len(features.embeddings))
    labels[candidates] = np.nan
    chosen, _ = k_greedy_center(
        features.embeddings, labels, batch_size=count, random_state=chance, mapping=candidates
    )
    return np.asarray(chosen, np.intp)


def _badge(
    features: Features, candidates: NDArray[np.intp], count: int, chance: np.random.RandomState
) -> NDArray[np.intp]:
    rows = np.arange(len(features.embeddings), dtype=np.float64)[:, None]
    labels = np.full(len(rows), np.nan)
    known = _Known(features, random_state=0).fit(rows, labels)
    query = Badge(random_state=chance, clf_embedding_flag_name="return_embeddings")
    chosen = query.query(
        rows, labels, known, fit_clf=False, candidates=candidates, batch_size=count
    )
    return np.asarray(chosen, np.intp)


class _Known(SkactivemlClassifier):  # type: ignore[misc]
    """A network whose answers are known: asked about row numbers, it looks them up."""

    def __init__(self, features: Features, random_state: int | None = None) -> None:
        super().__init__(classes=None, random_state=random_state)
        self.features = features

    def fit(self, X: NDArray[np.float64], y: NDArray[np.float64]) -> _Known:  # noqa: N803
        """Learn nothing."""
        del X, y
        self.classes_ = np.arange(self.features.probabilities.shape[1])
        return self

    def predict_proba(
        self,
        X: NDArray[np.float64],  # noqa: N803
        return_embeddings: bool = False,
    ) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Look up rows."""
        rows = np.asarray(X)[:, 0].astype(np.intp)
        said = self.features.probabilities[rows]
        total = said.sum(1, keepdims=True)
        even = np.full_like(said, 1 / said.shape[1])
        said = np.divide(said, total, out=even, where=total > 0)
        return (said, self.features.embeddings[rows]) if return_embeddings else said
