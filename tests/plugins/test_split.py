from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from studio.domain.labels import AnnotatedMedia, LabelSchema, LabelSet
from studio.domain.media import MediaItem, media_id
from studio.errors import BadInput, InvalidParameters
from tests.fakes.media_work import Work, pixels


def again(data: bytes, quality: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.convert("RGB").resize((90, 70)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def labels(work: Work, files: dict[str, bytes], group: str = "") -> LabelSet:
    items = []
    for name, data in files.items():
        id_ = media_id(work.store.put(data))
        media = MediaItem(id=id_, name=name, width=8, height=8, group=group)
        items.append(AnnotatedMedia(media=media))
    return LabelSet.write(work.store, LabelSchema(), items)


def test_copies_in_two_splits_are_found_and_strangers_are_not(work: Work) -> None:
    files = {f"train/{n}.png": pixels((100, 80), n) for n in range(60)}
    files |= {f"test/{n}.png": pixels((100, 80), n) for n in range(60, 100)}
    files["test/jpeg.jpg"] = again(files["train/5.png"], 60)
    files["test/same.png"] = files["train/9.png"]
    files["train/jpeg.jpg"] = again(files["train/6.png"], 60)
    leaks = work.split(labels(work, files), strategy="given", val=0.0).statistics.leaks
    found = {(leak.reason, *sorted((leak.first, leak.second))) for leak in leaks}
    assert found == {
        ("near duplicate", "test/jpeg.jpg", "train/5.png"),
        ("same bytes", "test/same.png", "train/9.png"),
    }


def test_flat_pictures_are_no_duplicates_of_each_other(work: Work) -> None:
    def flat(grey: int) -> bytes:
        out = io.BytesIO()
        Image.new("L", (50, 50), grey).save(out, "PNG")
        return out.getvalue()

    files = {f"{'train' if n % 2 else 'test'}/{n}.png": flat(n) for n in range(40)}
    assert work.split(labels(work, files), strategy="given", val=0.0).statistics.leak_count == 0


def test_a_group_in_two_splits_is_a_leak_unless_dealt_by_group(work: Work) -> None:
    files = {f"{n}.png": pixels((40, 40), n) for n in range(30)}
    one = labels(work, files, "patient 7")
    leaks = work.split(one, strategy="random", seed=1).statistics.leaks
    assert {leak.reason for leak in leaks} == {"same group"}
    assert work.split(one, strategy="group", seed=1).statistics.leak_count == 0


def test_the_same_plan_gives_the_same_version(work: Work) -> None:
    files = {f"{n}.png": pixels((20, 20), n) for n in range(40)}
    backwards = dict(reversed(files.items()))
    first = work.split(labels(work, files), strategy="random", val=0.25, test=0.25, seed=3)
    assert work.split(labels(work, backwards), strategy="random", val=0.25, test=0.25, seed=3) == (
        first
    )
    assert first.statistics.media == {"train": 20, "val": 10, "test": 10}
    assert work.split(labels(work, files), strategy="random", seed=4).items != first.items


def test_impossible_splits_are_refused(work: Work, tmp_path: Path) -> None:
    del tmp_path
    with pytest.raises(InvalidParameters, match="something to train on"):
        work.split(labels(work, {"a.png": pixels((9, 9), 1)}), val=0.5, test=0.5)
    with pytest.raises(BadInput, match="no pictures"):
        work.split(labels(work, {}))
