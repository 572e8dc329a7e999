from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from studio.api.images import decode
from studio.errors import UnreadableLabels
from tests.fakes.media_work import Work, picture, real


def idx(folder: Path, split: str, pixels: np.ndarray, labels: list[int], packed: bool) -> None:
    for kind, array in (("images-idx3", pixels), ("labels-idx1", np.array(labels, np.uint8))):
        head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
        data = head + array.tobytes()
        name = f"{split}-{kind}-ubyte" + (".gz" if packed else "")
        (folder / name).write_bytes(gzip.compress(data) if packed else data)


def noise(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (count, 9, 8)).astype(np.uint8)


@pytest.mark.parametrize("packed", [True, False])
def test_pairs_of_idx_files_become_pictures_in_splits(work: Work, data: Path, packed: bool) -> None:
    first = noise(3, 1)
    idx(data, "train", first, [10, 2, 9], packed)
    idx(data, "t10k", noise(2, 2), [2, 2], packed)
    reading = work.read(data)
    assert reading.report.format == "idx"
    assert reading.names[:3] == ["train/00000.png", "train/00001.png", "train/00002.png"]
    assert reading.names[3:] == ["test/00000.png", "test/00001.png"]
    assert reading.labels.label_schema.names == ["2", "9", "10"]
    assert [shape[1] for shape in reading.shapes()] == ["10", "2", "9", "2", "2"]
    back = decode(work.store.get(reading.items[1].media.digest))
    assert np.array_equal(back[:, :, 0], first[1])
    version = work.split(reading.labels, strategy="given")
    assert version.statistics.media == {"train": 3, "val": 0, "test": 2}


def test_a_broken_idx_file_is_refused_with_a_reason(work: Work, data: Path) -> None:
    idx(data, "train", noise(3, 1), [1, 2, 3], packed=False)
    file = data / "train-images-idx3-ubyte"
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(UnreadableLabels, match="ends after 211 of 216"):
        work.read(data, "idx")
    file.write_bytes(bytes((0, 0, 8, 3)) + struct.pack(">3I", 2**32 - 1, 60000, 60000))
    with pytest.raises(UnreadableLabels, match="absurd"):
        work.read(data, "idx")
    idx(data, "train", noise(3, 1), [1, 2], packed=False)
    with pytest.raises(UnreadableLabels, match="2 labels for 3 pictures"):
        work.read(data, "idx")


def test_folders_become_tags_with_or_without_splits_above(work: Work, data: Path) -> None:
    for name in ("train/cat/1", "train/dog/2", "test/cat/3"):
        picture(data / f"{name}.png")
    reading = work.read(data)
    assert reading.report.format == "folders"
    assert reading.names == ["test/cat/3.png", "train/cat/1.png", "train/dog/2.png"]
    assert [shape[1] for shape in reading.shapes()] == ["cat", "cat", "dog"]


def test_plain_pictures_come_without_labels(work: Work, data: Path) -> None:
    picture(data / "b.png")
    picture(data / "deep" / "a.png")
    (data / "notes.txt").write_text("nothing")
    (data / ".hidden.png").write_text("nothing")
    reading = work.read(data)
    assert (reading.report.format, reading.names) == ("images", ["b.png", "deep/a.png"])
    assert work.read(data / "b.png").names == ["b.png"]
    assert work.read(f"{data / 'b.png'}\n{data / 'deep' / 'a.png'}").names == ["b.png", "a.png"]


@pytest.mark.real_data
@pytest.mark.slow
def test_all_of_mnist_comes_in(work: Work) -> None:
    reading = work.read(real("mnist"), "idx")
    assert (reading.report.pictures, reading.report.shapes) == (70_000, 70_000)
    assert not reading.report.problems
    ones = [s for s in reading.shapes() if s[1] == "1"]
    assert len(ones) == 6742 + 1135
