"""IDX files as MNIST has them: all pictures in one file, all labels in another.

The header is two zero bytes, the type of the numbers (8 stands for unsigned bytes), the count of
dimensions, and each dimension as a big-endian 32-bit number (Y. LeCun, the MNIST database).
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Source,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.images import png

_MOST_BYTES = 8 * 2**30
_BYTES = 8
_SPLITS = {"t10k": "test", "test": "test", "train": "train", "val": "val", "valid": "val"}


class _Pair(NamedTuple):
    split: str
    pictures: Path
    labels: Path | None


class Idx:
    """Pairs of IDX files, packed with gzip or not."""

    name = "idx"
    title = "IDX (MNIST)"
    reads = True
    writes = False
    geometries = frozenset({"tag"})

    def recognises(self, path: Path) -> float:
        """Go by the names of the files and the first bytes of the pictures."""
        pairs = _pairs(path)
        return 0.95 if pairs and all(_dimensions(pair.pictures) == 3 for pair in pairs) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, each written as a grey PNG file."""
        pairs = _pairs(path)
        if not pairs:
            raise UnreadableLabels(
                "There is no IDX file of pictures here.",
                "Its name has to hold “images-idx3-ubyte”.",
            )
        for pair in pairs:
            pixels = _array(pair.pictures, 3)
            labels = _array(pair.labels, 1) if pair.labels else None
            if labels is None:
                reason = "There is no file of labels with it; its pictures came without."
                problems.append(Problem(path=pair.pictures.name, reason=reason, severity="changed"))
            elif len(labels) != len(pixels):
                reason = f"It has {len(labels):,} labels for {len(pixels):,} pictures."
                raise UnreadableLabels(f"“{pair.pictures.name}” cannot be read. {reason}")
            for number, picture in enumerate(pixels):
                name = f"{pair.split}/{number:05d}.png"
                drawn = [Drawn(str(labels[number]), Tag())] if labels is not None else []
                yield Found(Source(name, _writer(picture)), drawn)

    def label_order(self, path: Path) -> Sequence[str]:
        """Sort the numbers as numbers."""
        found: set[int] = set()
        for pair in _pairs(path):
            if pair.labels:
                found |= set(np.unique(_array(pair.labels, 1)).tolist())
        return [str(number) for number in sorted(found)]

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Refuse: IDX cannot hold pictures of several sizes."""
        del schema, items
        raise UnreadableLabels("IDX files are only read.", "Choose voc, yolo or coco.")


def _writer(picture: NDArray[np.uint8]) -> Callable[[], bytes]:
    return lambda: png(picture)


def _pairs(path: Path) -> list[_Pair]:
    folder = path if path.is_dir() else path.parent
    candidates = [path] if path.is_file() else sorted(folder.glob("*images*idx3*"))
    pairs: dict[str, _Pair] = {}
    for file in candidates:
        if "images" not in file.name or "idx3" not in file.name:
            continue
        start = file.name.replace("images", "labels").replace("idx3", "idx1").removesuffix(".gz")
        labels = next((f for f in (folder / start, folder / f"{start}.gz") if f.is_file()), None)
        word = file.name.split("images")[0].strip("-_.").casefold()
        split = _SPLITS.get(word, word or "train")
        # A packed file beside the same one unpacked is one pair, not two.
        pairs.setdefault(split, _Pair(split, file, labels))
    return [pairs[split] for split in sorted(pairs, key=lambda one: (one != "train", one))]


def _dimensions(path: Path) -> int:
    try:
        with _opened(path) as file:
            magic = file.read(4)
    except (OSError, EOFError, zlib.error):
        return 0
    return magic[3] if len(magic) == 4 and magic[:3] == bytes((0, 0, _BYTES)) else 0


def _opened(path: Path) -> gzip.GzipFile:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _array(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read one IDX file.

    Returns
    -------
    (N,) or (N, H, W) uint8
    """
    try:
        with _opened(path) as file:
            head = file.read(4 + 4 * dimensions)
            if head[:4] != bytes((0, 0, _BYTES, dimensions)) or len(head) < 4 + 4 * dimensions:
                raise UnreadableLabels(f"“{path.name}” is not an IDX file of {dimensions} axes.")
            shape = struct.unpack(f">{dimensions}I", head[4:])
            size = math.prod(shape)
            if size > _MOST_BYTES or any(side > 65535 for side in shape[1:]):
                raise UnreadableLabels(f"“{path.name}” claims an absurd size of {shape}.")
            body = file.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableLabels(f"“{path.name}” is broken: {error}.") from error
    if len(body) < size:
        raise UnreadableLabels(f"“{path.name}” ends after {len(body):,} of {size:,} numbers.")
    return np.frombuffer(body, np.uint8).reshape(shape)
