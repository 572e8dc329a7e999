"""Pictures of a split as arrays: decoded once, fitted, the same in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.api.images import decode, to_input
from studio.domain.datasets import DatasetItem
from studio.domain.geometry import Box
from studio.domain.labels import AnnotatedMedia, Shape, ShapeId
from studio.domain.media import MediaItem, media_id
from studio.domain.models import InputSpec
from studio.engine.data import SplitArrays, load_split
from studio.errors import UnreadableImage
from tests.fakes.small_world import SCHEMA, Context, item

PLAIN = InputSpec(width=24, height=16)
BOXED = InputSpec(width=48, height=48, fit="letterbox")


def load(
    ctx: Context, items: list[DatasetItem], boxes: bool = False, in_memory: int = 2**30
) -> SplitArrays:
    spec = BOXED if boxes else PLAIN
    return load_split(ctx, items, SCHEMA, spec, boxes, "train", in_memory)


def test_pictures_are_fitted_as_prediction_fits_them(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    items = [item(ctx, number, "train") for number in range(5)]
    arrays = load(ctx, items)
    assert arrays.pixels.shape == (5, 16, 24, 3)
    for place, one in enumerate(items):
        expected = to_input(decode(ctx.store.get(one.item.media.digest)), PLAIN)
        assert np.array_equal(arrays.pixels[place], expected)
    assert arrays.labels.tolist() == [0, 1, 0, 1, 0]


def test_what_does_not_fit_into_memory_is_the_same_on_disk(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    items = [item(ctx, number, "train") for number in range(5)]
    held, mapped = load(ctx, items), load(ctx, items, in_memory=0)
    assert isinstance(mapped.pixels, np.memmap)
    assert not isinstance(held.pixels, np.memmap)
    assert (tmp_path / "pixels-train.npy").is_file()
    assert np.array_equal(held.pixels, mapped.pixels)


def test_boxes_are_brought_to_the_input_and_those_without_area_are_left_out(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    drawn = item(ctx, 1, "train", tagged=False, size=(96, 48))
    label = SCHEMA.labels[1].id
    boxes = [Box(10, 20, 30, 40), Box(50, 5, 50, 5), Box(90, 40, 96, 48)]
    shapes = [Shape(id=ShapeId(f"{n}"), label=label, geometry=box) for n, box in enumerate(boxes)]
    media = drawn.item.media
    entry = DatasetItem(split="train", item=AnnotatedMedia(media=media, shapes=tuple(shapes)))
    found = load(ctx, [entry], boxes=True).drawn[0]
    assert found.boxes.tolist() == [[5, 10, 15, 20], [45, 20, 48, 24]]
    assert found.labels.tolist() == [1, 1]


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    broken = ctx.store.put(b"no picture at all")
    media = MediaItem(id=media_id(broken), name="holiday.jpg", width=9, height=9)
    entry = DatasetItem(split="train", item=AnnotatedMedia(media=media, shapes=()))
    with pytest.raises(UnreadableImage, match=r"holiday\.jpg") as error:
        load(ctx, [entry], boxes=True)
    assert error.value.what_to_do
