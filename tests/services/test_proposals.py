"""Proposals are counted by score, taken over in one edit, and keep who made them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import PROPOSALS, LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.domain.project import ArtefactRecord
from studio.services.labelling import Labelling
from studio.services.proposals import Passing, Proposals
from tests.fakes.project import MemoryProject

ITEMS = tuple(
    MediaItem(id=media_id(digest_of(name.encode())), name=name, width=100, height=80)
    for name in ("a.png", "b.png")
)
A, B = (item.id for item in ITEMS)
PACKAGE = Digest(f"sha256:{'f' * 64}")
BY = f"model:{'f' * 16}"
CELL, DUST = LabelId("cell"), LabelId("dust")


def proposal(name: str, score: float | None) -> Shape:
    return Shape(
        id=ShapeId(name), label=CELL, geometry=Box(1, 1, 9, 9), author=BY, score=score, z=1.0
    )


@pytest.fixture
def project() -> MemoryProject:
    project = MemoryProject()
    project.perform(AddMedia(items=ITEMS))
    project.artefacts.add(
        ArtefactRecord(digest=PACKAGE, kind="package", title="cells", created=1.0)
    )
    for media, scores in ((A, (0.9, 0.4, None)), (B, (0.5, 0.2))):
        shapes = tuple(proposal(f"{media[-3:]}{n}", score) for n, score in enumerate(scores))
        project.perform(SetShapes(media=media, after=shapes, layer=PROPOSALS))
    return project


@pytest.fixture
def proposals(project: MemoryProject) -> Proposals:
    return Proposals(project, Labelling(project))


def scores(project: MemoryProject, layer: str = PROPOSALS) -> list[float | None]:
    return [one.score for media in (A, B) for one in project.state.layer(layer).of(media)]


def test_a_threshold_says_what_it_leaves(proposals: Proposals) -> None:
    assert proposals.passing(0.5) == Passing(3, 5)
    assert proposals.passing(0.5, A) == Passing(2, 3)
    assert proposals.passing(0.0, B) == Passing(2, 2)
    assert [one.score for one in proposals.of(A, 0.3)] == [None, 0.9, 0.4]


def test_the_count_follows_what_is_taken(proposals: Proposals, project: MemoryProject) -> None:
    assert proposals.passing(0.0).all == 5
    proposals.accept(A, proposals.of(A)[:2])
    assert proposals.passing(0.0).all == 3
    project.undo()
    assert proposals.passing(0.0).all == 5


def test_all_above_are_one_edit_that_names_the_model(
    proposals: Proposals, project: MemoryProject
) -> None:
    before = scores(project)
    assert proposals.accept_above(0.5) == 3
    assert scores(project) == [0.4, 0.2]
    taken = [one for media in (A, B) for one in project.state.annotations.of(media)]
    assert sorted(-1.0 if one.score is None else one.score for one in taken) == [-1.0, 0.5, 0.9]
    assert {one.author for one in taken} == {BY}
    assert project.history.undo_title == "Accept 3 proposals of cells from 50 % on"
    project.undo()
    assert scores(project) == before
    assert not project.state.annotations.of(A)
    project.redo()
    assert scores(project) == [0.4, 0.2]


def test_all_below_are_rejected_in_one_edit(proposals: Proposals, project: MemoryProject) -> None:
    assert proposals.reject_below(0.5) == 2
    assert sorted(s for s in scores(project) if s is not None) == [0.5, 0.9]
    project.undo()
    assert proposals.passing(0.0).all == 5
    assert proposals.reject_below(0.0) == 0


def test_a_proposal_can_be_taken_over_as_something_else(
    proposals: Proposals, project: MemoryProject
) -> None:
    (taken,) = proposals.accept(A, proposals.of(A, 0.8)[1:], DUST)
    assert (taken.label, taken.author, taken.score) == (DUST, BY, 0.9)
    assert project.history.undo_title == "Accept a proposal of cells"
    assert proposals.accept(A, []) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.floats(0, 1), max_size=12), st.floats(0, 1))
def test_counting_is_as_looking_at_each(found: list[float | None], least: float) -> None:
    project = MemoryProject()
    project.perform(AddMedia(items=ITEMS))
    shapes = tuple(proposal(f"p{n}", score) for n, score in enumerate(found))
    project.perform(SetShapes(media=A, after=shapes, layer=PROPOSALS))
    proposals = Proposals(project, Labelling(project))
    passing = proposals.passing(least)
    assert passing.all == len(found)
    assert passing.above == len(proposals.of(A, least)) == proposals.accept_above(least)
    left = np.array([s for s in scores(project) if s is not None])
    assert (left < least).all()
