"""Dealing pictures to splits: always all, always the same, never the same picture twice."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.domain.datasets import SPLITS, Split, SplitPlan, deal
from studio.domain.geometry import Tag
from studio.domain.ids import digest_of
from studio.domain.labels import AnnotatedMedia, LabelId, Shape, ShapeId
from studio.domain.media import MediaId, MediaItem


def annotated(number: int, label: str = "", group: str = "") -> AnnotatedMedia:
    digest = digest_of(b"%d" % number)
    shape = Shape(id=ShapeId(str(number)), label=LabelId(label), geometry=Tag())
    return AnnotatedMedia(
        media=MediaItem(id=MediaId(digest), name=f"{number}.png", width=1, height=1, group=group),
        shapes=(shape,) if label else (),
    )


pictures = st.lists(
    st.builds(
        annotated,
        st.integers(0, 10_000),
        st.sampled_from(["", "cap", "nut"]),
        st.sampled_from(["", "a", "b", "c"]),
    ),
    max_size=60,
    unique_by=lambda item: item.media.id,
)
shares = st.floats(0, 0.49)
plans = st.builds(
    SplitPlan,
    strategy=st.sampled_from(["stratified", "random", "group"]),
    val=shares,
    test=shares,
    seed=st.integers(0, 99),
)


@given(pictures, plans, st.randoms())
def test_every_picture_is_dealt_once_and_order_does_not_matter(
    items: list[AnnotatedMedia], plan: SplitPlan, chance: random.Random
) -> None:
    dealt = deal(items, plan)
    assert Counter(e.item.media.id for e in dealt) == Counter(i.media.id for i in items)
    turned = list(items)
    chance.shuffle(turned)
    again = {entry.item.media.id: entry.split for entry in deal(turned, plan)}
    assert again == {entry.item.media.id: entry.split for entry in dealt}


@given(pictures, plans)
def test_a_group_stays_together(items: list[AnnotatedMedia], plan: SplitPlan) -> None:
    splits: dict[str, set[Split]] = defaultdict(set)
    for entry in deal(items, plan.model_copy(update={"strategy": "group"})):
        splits[entry.item.media.group or entry.item.media.id].add(entry.split)
    assert all(len(found) == 1 for found in splits.values())


@given(st.integers(0, 99))
def test_pages_of_one_file_stay_together(seed: int) -> None:
    digest = digest_of(b"film")
    items = [
        AnnotatedMedia(
            media=MediaItem(id=MediaId(f"{digest}#{n}"), name=f"film#{n}", width=1, height=1)
        )
        for n in range(5)
    ]
    others = [annotated(number) for number in range(20)]
    dealt = deal([*items, *others], SplitPlan(strategy="random", seed=seed))
    assert len({e.split for e in dealt if e.item.media.digest == digest}) == 1


@pytest.mark.parametrize("strategy", ["stratified", "random"])
def test_shares_are_kept(strategy: str) -> None:
    items = [annotated(number, "cap" if number % 10 else "nut") for number in range(1_000)]
    plan = SplitPlan.model_validate({"strategy": strategy, "val": 0.2, "test": 0.1})
    dealt = deal(items, plan)
    assert Counter(entry.split for entry in dealt) == {"train": 700, "val": 200, "test": 100}
    if strategy == "stratified":
        rare = Counter(e.split for e in dealt if e.item.shapes[0].label == "nut")
        assert rare == {"train": 70, "val": 20, "test": 10}


def test_given_splits_are_read_from_the_first_folder() -> None:
    folders = {"train": "train", "valid": "val", "Testing": "test", "else": "train"}
    items = []
    for number, folder in enumerate(folders):
        item = annotated(number)
        renamed = item.media.model_copy(update={"name": f"{folder}/x.png"})
        items.append(item.model_copy(update={"media": renamed}))
    dealt = deal(items, SplitPlan(strategy="given"))
    assert {e.item.media.name.split("/")[0]: e.split for e in dealt} == folders
    assert [e.split for e in dealt] == sorted((e.split for e in dealt), key=SPLITS.index)


def test_something_must_be_left_to_train_on() -> None:
    with pytest.raises(ValidationError):
        SplitPlan(val=0.5, test=0.5)
