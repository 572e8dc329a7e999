"""What a picture looks like in an epoch depends on seed, epoch and picture alone."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.augment import draws, mirror_boxes, vary
from studio.engine.data import order_of

seeds = st.integers(0, 2**31)
epochs = st.integers(0, 1000)


@given(seed=seeds, epoch=epochs, count=st.integers(2, 40), cut=st.integers(1, 39))
def test_draws_do_not_depend_on_the_batch(seed: int, epoch: int, count: int, cut: int) -> None:
    indices = np.arange(count, dtype=np.int64)
    whole = draws(seed, epoch, indices)
    parts = [draws(seed, epoch, part) for part in (indices[:cut], indices[cut:])]
    assert np.array_equal(whole, np.concatenate(parts))
    assert whole.min() >= 0
    assert whole.max() < 1


def test_draws_are_spread_evenly_and_differ() -> None:
    many = draws(3, 1, np.arange(20000, dtype=np.int64))
    assert abs(many.mean() - 0.5) < 0.01
    assert abs(many.std() - np.sqrt(1 / 12)) < 0.01
    assert not np.array_equal(many, draws(3, 2, np.arange(20000, dtype=np.int64)))
    assert not np.array_equal(many, draws(4, 1, np.arange(20000, dtype=np.int64)))


@given(seed=seeds, epoch=epochs, count=st.integers(1, 200))
def test_an_epoch_takes_each_picture_once(seed: int, epoch: int, count: int) -> None:
    order = order_of(seed, epoch, count)
    assert sorted(order.tolist()) == list(range(count))
    assert np.array_equal(order, order_of(seed, epoch, count))


def test_middle_draws_change_nothing() -> None:
    pixels = torch.rand(2, 1, 12, 12)
    middle = np.full((2, 8), 0.5, np.float32)
    assert torch.allclose(vary(pixels, middle, flip=False), pixels, atol=1e-5)


def test_boxes_are_mirrored_with_their_picture() -> None:
    pixels = torch.zeros(1, 3, 10, 20)
    pixels[0, :, 2:5, 1:4] = 1
    targets = [{"boxes": torch.tensor([[1.0, 2, 4, 5]]), "labels": torch.tensor([0])}]
    drawn = np.zeros((1, 8), np.float32)
    turned, found = mirror_boxes(pixels, targets, drawn, flip=True)
    x0, y0, x1, y1 = (int(v) for v in found[0]["boxes"][0])
    assert turned[0, 0, y0:y1, x0:x1].min() == 1
    assert turned.sum() == pixels.sum()
