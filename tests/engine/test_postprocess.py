"""What follows the network, held against torchvision and against the laws it must keep."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms

from studio.api.images import fitted_size
from studio.domain.models import InputSpec
from studio.engine.postprocess import back_to_picture, detect, softmax, suppress, top


def drawn(seed: int, count: int, labels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 100, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 60, (count, 2))], 1)
    # Distinct scores, because the order among equals is nobody's law.
    scores = rng.permutation(count).astype(np.float32) / max(1, count)
    return boxes.astype(np.float32), scores, rng.integers(0, labels, count)


@given(st.integers(0, 10_000), st.integers(0, 300), st.sampled_from([0.3, 0.45, 0.5, 0.7]))
@settings(max_examples=60, deadline=None)
def test_suppression_is_that_of_torchvision(seed: int, count: int, overlap: float) -> None:
    boxes, scores, labels = drawn(seed, count, 3)
    ours = suppress(boxes, scores, labels, overlap)
    # Their shift of labels rounds; far apart in one call each is exact.
    theirs = [
        np.flatnonzero(labels == label)[
            batched_nms(
                torch.from_numpy(boxes[labels == label]),
                torch.from_numpy(scores[labels == label]),
                torch.zeros(int((labels == label).sum()), dtype=torch.int64),
                overlap,
            ).numpy()
        ]
        for label in range(3)
    ]
    assert set(ours) == set(np.concatenate(theirs))
    assert (np.diff(scores[ours]) <= 0).all()


def test_softmax_survives_large_numbers_and_sums_to_one() -> None:
    logits = np.array([[1000.0, 999.0], [-1000.0, 0.0]])
    expected = torch.softmax(torch.from_numpy(logits), 1).numpy()
    assert softmax(logits) == pytest.approx(expected, abs=1e-15)


def test_of_equal_scores_the_first_is_top() -> None:
    assert top(np.array([0.1, 0.5, 0.5]), 2).tolist() == [1, 2]


def test_detection_caps_candidates_and_results() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 5000, (3000, 2))
    boxes = np.concatenate([corner, corner + 3], 1).astype(np.float32)
    scores = rng.uniform(0.1, 1, (3000, 2)).astype(np.float32)
    found = detect(boxes, scores)
    assert len(found.scores) == 300
    assert found.scores[0] == scores.max()
    assert len(detect(boxes, scores, candidates=10).scores) == 10


def test_scores_that_are_no_numbers_are_no_detections() -> None:
    scores = np.array([[np.nan], [0.9], [-np.inf]], np.float32)
    boxes = np.array([[0, 0, 1, 1]] * 3, np.float32)
    assert detect(boxes, scores).scores.tolist() == [np.float32(0.9)]


def test_nothing_above_the_threshold_gives_empty_arrays_of_the_right_shape() -> None:
    found = detect(np.zeros((5, 4), np.float32), np.zeros((5, 2), np.float32))
    assert found.boxes.shape == (0, 4)
    assert found.labels.dtype == np.int64


@given(
    st.integers(1, 4000), st.integers(1, 4000), st.sampled_from(["stretch", "letterbox"]),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_a_box_comes_back_to_where_it_was(
    width: int, height: int, fit: str, left: float, upper: float
) -> None:
    spec = InputSpec(width=320, height=240, fit=fit)
    columns, rows = fitted_size(width, height, spec)
    box = np.array([left * width, upper * height, width, height], np.float64)
    inside = box * np.array([columns / width, rows / height] * 2)
    back = back_to_picture(inside[None], (width, height), (columns, rows))[0]
    assert back == pytest.approx(box, abs=1e-6 * max(width, height))
