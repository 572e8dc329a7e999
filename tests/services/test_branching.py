"""Branches of labels: apart, together again, and nothing lost on the way."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box
from studio.domain.ids import digest_of
from studio.domain.labels import LABELS, Shape
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.errors import BadInput, Conflict, NotFound
from studio.services.branching import Branching, layer_of
from studio.services.labelling import Labelling
from tests.fakes.project import MemoryProject

ITEM = MediaItem(id=media_id(digest_of(b"one")), name="one.png", width=100, height=80)


class Bench:
    def __init__(self, shapes: int = 3) -> None:
        self.project = MemoryProject()
        self.project.perform(AddMedia(items=(ITEM,)))
        self.labelling = Labelling(self.project)
        self.label = self.labelling.add_label("cell").id
        self.branching = Branching(self.project)
        for n in range(shapes):
            self.labelling.add(ITEM.id, self.label, Box(n, n, n + 5, n + 5))
        self.branching.begin("second look")

    def on(self, side: Literal["labels", "branch"]) -> list[Shape]:
        self.labelling.layer = LABELS if side == "labels" else layer_of("second look")
        return list(self.labelling.shapes(ITEM.id))

    def move(self, side: Literal["labels", "branch"], at: int, x: float) -> None:
        shape = self.on(side)[at]
        moved = shape.model_copy(update={"geometry": Box(x, 50, x + 5, 55)})
        self.labelling.change(ITEM.id, [shape], [moved], "Move")

    def delete(self, side: Literal["labels", "branch"], at: int) -> None:
        self.labelling.delete(ITEM.id, [self.on(side)[at]])

    def add(self, side: Literal["labels", "branch"], x: float) -> None:
        self.on(side)
        self.labelling.add(ITEM.id, self.label, Box(x, 60, x + 5, 65))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_work_in_a_branch_leaves_the_labels_alone(bench: Bench) -> None:
    before = bench.on("labels")
    bench.move("branch", 0, 30)
    bench.add("branch", 70)
    assert bench.on("labels") == before
    assert len(bench.on("branch")) == 4
    assert bench.branching.branches() == ["second look"]


def test_what_one_side_changed_is_taken_over(bench: Bench) -> None:
    bench.move("branch", 0, 30)
    bench.delete("branch", 2)
    bench.add("branch", 70)
    bench.move("labels", 1, 40)
    bench.add("labels", 80)
    assert bench.branching.merge("second look") == []
    merged = bench.on("labels")
    assert sorted(shape.geometry.x0 for shape in merged) == [30, 40, 70, 80]  # type: ignore[union-attr]
    assert bench.on("branch") == merged
    assert bench.branching.differences("second look") == []
    bench.project.undo()
    assert len(bench.on("labels")) == 4


def test_what_both_changed_waits_for_a_decision(bench: Bench) -> None:
    bench.move("branch", 0, 30)
    bench.move("labels", 0, 60)
    bench.move("branch", 1, 10)
    bench.delete("labels", 1)
    waiting = bench.branching.merge("second look")
    assert [one.conflict for one in waiting] == [True, True]
    assert len(bench.on("labels")) == 2
    first, second = waiting
    left = bench.branching.merge("second look", {first.id: "branch"})
    assert [one.id for one in left] == [second.id]
    assert bench.branching.merge("second look", {second.id: "labels"}) == []
    assert [shape.geometry.x0 for shape in bench.on("labels")] == [30, 2]  # type: ignore[union-attr]
    assert bench.on("branch") == bench.on("labels")


def test_the_same_change_on_both_sides_is_no_conflict(bench: Bench) -> None:
    bench.move("branch", 0, 30)
    bench.move("labels", 0, 30)
    assert bench.branching.merge("second look") == []


def test_a_branch_ends_and_comes_back(bench: Bench) -> None:
    bench.add("branch", 70)
    bench.branching.end("second look")
    assert bench.branching.branches() == []
    bench.project.undo()
    assert len(bench.on("branch")) == 4


def test_names_are_checked(bench: Bench) -> None:
    with pytest.raises(Conflict):
        bench.branching.begin("second look")
    for name in ("", "a:b", "x" * 81):
        with pytest.raises(BadInput):
            bench.branching.begin(name)
    for verb in (bench.branching.merge, bench.branching.end, bench.branching.differences):
        with pytest.raises(NotFound):
            verb("gone")


deeds = st.lists(
    st.tuples(
        st.sampled_from(["move", "delete", "add"]),
        st.sampled_from(["labels", "branch"]),
        st.integers(0, 5),
        st.integers(0, 9).map(float),
    ),
    max_size=12,
)


@given(deeds, st.sampled_from(["labels", "branch"]))
@settings(max_examples=50)
def test_a_merge_makes_both_sides_one_and_undo_parts_them_again(
    done: list[tuple[str, Literal["labels", "branch"], int, float]],
    side: Literal["labels", "branch"],
) -> None:
    bench = Bench()
    for verb, where, at, x in done:
        count = len(bench.on(where))
        if verb == "add":
            bench.add(where, x)
        elif at < count:
            bench.move(where, at, x) if verb == "move" else bench.delete(where, at)
    apart = bench.on("labels"), bench.on("branch")
    steps = len(bench.project.history.titles)
    waiting = bench.branching.merge("second look")
    bench.branching.merge("second look", {one.id: side for one in waiting})
    assert bench.on("labels") == bench.on("branch")
    assert not bench.branching.differences("second look")
    while len(bench.project.history.titles) > steps:
        bench.project.undo()
    assert (bench.on("labels"), bench.on("branch")) == apart
