"""Training pictures as arrays: decoded and fitted once, then read without Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.api.images import fitted_size, to_input
from studio.api.pictures import Pixels, pixels_of
from studio.domain.datasets import DatasetItem
from studio.domain.geometry import bounds
from studio.domain.labels import LabelSchema
from studio.domain.models import InputSpec
from studio.domain.operations import Context
from studio.engine.evaluate import tag_of
from studio.errors import UnreadableFilm, UnreadableImage

_IN_MEMORY_BYTES = 2 * 1024**3
_DECODERS = 2


@dataclass(frozen=True)
class Boxes:
    """What is drawn on one picture, in px of the model's input."""

    boxes: NDArray[np.float32]
    """(M, 4) x0, y0, x1, y1."""
    labels: NDArray[np.int64]
    """(M,) numbers of labels from 0."""


@dataclass(frozen=True)
class SplitArrays:
    """One split, ready to train on.

    Attributes
    ----------
    pixels : (N, H, W, C) uint8
        In memory, or mapped from a file where it would not fit.
    labels : (N,) int64
        Of classification: the number of each picture's label; empty for detection.
    drawn : sequence of Boxes
        Of detection; empty for classification.
    entries : sequence of DatasetItem
        Where each picture came from.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    drawn: Sequence[Boxes]
    entries: Sequence[DatasetItem]

    def __len__(self) -> int:
        return len(self.entries)


def load_split(
    ctx: Context,
    entries: Sequence[DatasetItem],
    schema: LabelSchema,
    spec: InputSpec,
    boxes: bool,
    name: str,
    in_memory: int = _IN_MEMORY_BYTES,
) -> SplitArrays:
    """Decode the pictures of a split and fit them to the model's input.

    Parameters
    ----------
    entries : sequence of DatasetItem
        Each must carry a known tag if `boxes` is false.
    boxes : bool
        Whether boxes are wanted rather than tags.
    name : str
        Of the split; names the file where pictures are kept that do not fit into memory.
    in_memory : int
        Largest size that is kept in memory, bytes.

    Raises
    ------
    UnreadableImage
        Naming the picture.
    """
    shape = (len(entries), spec.height, spec.width, spec.channels)
    pixels = _room(shape, ctx.folder / f"pixels-{name}.npy", in_memory)

    def read(place: int) -> tuple[int, tuple[int, int]]:
        media = entries[place].item.media
        try:
            picture: Pixels = pixels_of(ctx.store, media)
        except (UnreadableImage, UnreadableFilm) as error:
            raise UnreadableImage(
                f"{media.name} cannot be read: {error.what_happened}",
                error.what_to_do or "Remove it from the project and make a new dataset version.",
            ) from error
        pixels[place] = to_input(picture, spec)
        return place, (picture.shape[1], picture.shape[0])

    sizes: list[tuple[int, int]] = [(0, 0)] * len(entries)
    with ThreadPoolExecutor(_DECODERS) as pool:
        for done, (place, size) in enumerate(pool.map(read, range(len(entries))), 1):
            sizes[place] = size
            if done % 64 == 0:
                ctx.progress(done, len(entries), f"pictures of {name}")
    drawn = [_boxes(e, schema, spec, size) for e, size in zip(entries, sizes, strict=True)]
    tags = [tag_of(entry, schema) for entry in entries] if not boxes else []
    labels = np.array([-1 if tag is None else tag for tag in tags], np.int64)
    return SplitArrays(pixels, labels, drawn if boxes else (), entries)


def _room(shape: tuple[int, int, int, int], file: Path, in_memory: int) -> NDArray[np.uint8]:
    if np.prod(shape, dtype=np.int64) <= in_memory:
        return np.empty(shape, np.uint8)
    mapped: NDArray[np.uint8] = np.lib.format.open_memmap(file, "w+", np.uint8, shape)
    return mapped


def _boxes(
    entry: DatasetItem, schema: LabelSchema, spec: InputSpec, size: tuple[int, int]
) -> Boxes:
    """Turn what is drawn on a picture into boxes in px of the model's input."""
    width, height = fitted_size(*size, spec)
    across, down = width / max(1, size[0]), height / max(1, size[1])
    numbers = {label.id: number for number, label in enumerate(schema.labels)}
    boxes, labels = [], []
    for shape in entry.item.shapes:
        box = bounds(shape.geometry)
        if box is None or shape.label not in numbers:
            continue
        edges = (
            min(max(box.x0 * across, 0), width),
            min(max(box.y0 * down, 0), height),
            min(max(box.x1 * across, 0), width),
            min(max(box.y1 * down, 0), height),
        )
        if edges[2] > edges[0] and edges[3] > edges[1]:
            boxes.append(edges)
            labels.append(numbers[shape.label])
    return Boxes(np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64))


def order_of(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """Return the order in which an epoch takes its pictures: a function of seed and epoch alone.

    Returns
    -------
    (count,) int64
        A permutation.
    """
    return np.random.default_rng([seed % 2**63, epoch]).permutation(count).astype(np.int64)
