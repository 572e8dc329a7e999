"""Pictures go from hand to hand; people say what is wrong where; everything can be undone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.domain.geometry import Box
from studio.domain.labels import SetShapes, Shape, ShapeId
from studio.domain.media import MediaId
from studio.domain.project import Project
from studio.domain.reviews import REVIEW_STATES
from studio.errors import BadInput, Conflict, NotFound
from studio.services.reviewing import Reviewing
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.project import MemoryProject, everything
from tests.storage.gestures import picture, prepare

FILES = DiskProjectFiles()
IDS = [picture(number).id for number in range(4)]


@pytest.fixture(params=["disk", "memory"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    if request.param == "memory":
        made: Project = MemoryProject()
        prepare(made)
        yield made
        return
    made = FILES.create(tmp_path / "project", "Review")
    prepare(made)
    yield made
    made.close()


@pytest.fixture
def anna(project: Project) -> Reviewing:
    return Reviewing(project, lambda: "anna", lambda: 100.0)


@pytest.fixture
def bo(project: Project) -> Reviewing:
    return Reviewing(project, lambda: "bo", lambda: 200.0)


def draw(project: Project, media: MediaId, author: str = "anna") -> Shape:
    label = project.state.schema.labels[0].id
    shape = Shape(id=ShapeId("s1"), label=label, geometry=Box(1, 1, 9, 9), author=author)
    project.perform(SetShapes(media=media, after=(shape,)))
    return shape


def test_a_picture_goes_from_hand_to_hand(anna: Reviewing, bo: Reviewing) -> None:
    assert anna.hand_in(IDS[:2]) == 2
    assert anna.hand_in(IDS[:2]) == 0
    assert bo.approve(IDS[:1]) == 1
    assert bo.reject(IDS[1:2], "The left nut is missing") == 1
    assert bo.counts() == {"open": 2, "labelled": 0, "approved": 1, "rejected": 1}
    assert bo.of(IDS[0]).by == "bo"
    (reason,) = anna.comments(IDS[1])
    assert (reason.text, reason.author, reason.resolved) == ("The left nut is missing", "bo", False)


def test_each_step_is_one_edit_and_can_be_undone(
    project: Project, anna: Reviewing, bo: Reviewing
) -> None:
    first, count = everything(project.state), len(project.history.titles)
    anna.hand_in(IDS)
    bo.reject(IDS, "All of them")
    comment = bo.comment(IDS[0], "Here", Box(1, 1, 5, 5))
    anna.reply(comment, "Done")
    anna.resolve(comment)
    bo.withdraw(comment)
    assert len(project.history.titles) - count == 6
    last = everything(project.state)
    for _ in range(6):
        project.undo()
    assert everything(project.state) == first
    for _ in range(6):
        project.redo()
    assert everything(project.state) == last


def test_a_picture_is_not_rejected_without_a_reason(anna: Reviewing) -> None:
    with pytest.raises(BadInput, match="for a reason"):
        anna.reject(IDS[:1], "  ")
    assert anna.of(IDS[0]).state == "open"


def test_a_picture_is_rejected_again_for_another_reason(anna: Reviewing) -> None:
    anna.reject(IDS[:1], "One")
    assert anna.reject(IDS[:1], "Two") == 1
    assert [comment.text for comment in anna.comments(IDS[0])] == ["One", "Two"]


def test_nobody_approves_their_own_under_four_eyes(
    project: Project, anna: Reviewing, bo: Reviewing
) -> None:
    draw(project, IDS[0], "anna")
    anna.hand_in(IDS[1:2])
    for ids in (IDS[:1], IDS[1:2], IDS[2:] + IDS[:1]):
        with pytest.raises(Conflict, match="anna"):
            anna.approve(ids, four_eyes=True)
    assert anna.counts()["approved"] == 0
    assert bo.approve(IDS[:2], four_eyes=True) == 2


def test_a_picture_that_is_not_there_is_told(anna: Reviewing) -> None:
    with pytest.raises(NotFound):
        anna.approve([IDS[0], MediaId("sha256:" + "0" * 64)])
    assert anna.of(IDS[0]).state == "open"


@pytest.mark.parametrize("seed", range(5))
def test_going_on_to_the_next_sees_each_waiting_picture_once(
    project: Project, anna: Reviewing, seed: int
) -> None:
    chance = random.Random(seed)
    waiting = sorted(chance.sample(range(4), chance.randint(0, 4)))
    anna.hand_in([IDS[number] for number in waiting])
    start = chance.randrange(4)
    later = [n for n in waiting if n > start] + [n for n in waiting if n < start]
    at, seen = IDS[start], []
    for _ in range(len(later)):
        item = anna.next(at)
        assert item is not None
        seen.append(item.id)
        at = item.id
    assert seen == [IDS[number] for number in later]
    assert anna.waiting() == len(waiting)


def test_there_is_no_next_where_none_waits(anna: Reviewing) -> None:
    assert anna.next() is None
    anna.hand_in(IDS[2:3])
    assert anna.next(IDS[2]) is None
    first = anna.next()
    assert first is not None
    assert first.id == IDS[2]
    assert all(anna.next(state=state) is None for state in REVIEW_STATES[2:])


def test_comments_are_pinned_answered_and_resolved(
    project: Project, anna: Reviewing, bo: Reviewing
) -> None:
    shape = draw(project, IDS[0])
    comment = bo.comment(IDS[0], "  Too wide ", Box(1, 1, 4, 9), shape.id)
    assert (comment.text, comment.shape) == ("Too wide", shape.id)
    anna.reply(comment, "So?")
    bo.reply(comment, "Narrower, please")
    now = anna.resolve(comment)
    assert [(reply.author, reply.text) for reply in now.replies] == [
        ("anna", "So?"),
        ("bo", "Narrower, please"),
    ]
    assert anna.unresolved() == []
    bo.resolve(comment, resolved=False)
    assert [one.id for one in anna.unresolved()] == [comment.id]
    assert bo.reword(comment, "Far too wide").replies == now.replies
    assert bo.named(comment.id[:-3]).text == "Far too wide"


def test_what_cannot_be_said_is_told(project: Project, anna: Reviewing) -> None:
    count = len(project.history.titles)
    for text in ("", "   ", "x" * 10_001):
        with pytest.raises(BadInput):
            anna.comment(IDS[0], text)
    with pytest.raises(NotFound, match="shape"):
        anna.comment(IDS[0], "Look", shape=ShapeId("gone"))
    with pytest.raises(BadInput, match="inside out"):
        anna.comment(IDS[0], "Look", Box(5, 5, 1, 1))
    comment = anna.comment(IDS[0], "Look")
    anna.withdraw(comment)
    with pytest.raises(NotFound, match="not there"):
        anna.reply(comment, "Where?")
    with pytest.raises(NotFound):
        anna.named("comment-")
    assert len(project.history.titles) == count + 2
