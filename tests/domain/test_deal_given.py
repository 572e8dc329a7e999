"""Splits that the names give; validation comes out of training where none is named."""

from __future__ import annotations

from studio.domain.datasets import SplitPlan, deal
from studio.domain.ids import Digest
from studio.domain.labels import AnnotatedMedia
from studio.domain.media import MediaItem, media_id


def pictures(*names: str) -> list[AnnotatedMedia]:
    return [
        AnnotatedMedia(
            media=MediaItem(
                id=media_id(Digest(f"sha256:{number:064x}")), name=name, width=4, height=4
            )
        )
        for number, name in enumerate(names)
    ]


def splits(items: list[AnnotatedMedia], val: float) -> dict[str, str]:
    dealt = deal(items, SplitPlan(strategy="given", val=val))
    return {entry.item.media.name: entry.split for entry in dealt}


def test_named_splits_are_kept() -> None:
    found = splits(pictures("train/a.png", "val/b.png", "test/c.png", "d.png"), 0.5)
    expected = {"train/a.png": "train", "val/b.png": "val", "test/c.png": "test", "d.png": "train"}
    assert found == expected


def test_validation_comes_out_of_training_and_never_out_of_the_test() -> None:
    items = pictures(*[f"train/{n}.png" for n in range(80)], *[f"test/{n}.png" for n in range(20)])
    found = splits(items, 0.25)
    assert sum(split == "val" for split in found.values()) == 20
    assert all(split == "test" for name, split in found.items() if name.startswith("test/"))
    assert splits(items[::-1], 0.25) == found
    assert "val" not in splits(items, 0.0).values()
