"""The label page walks through the queue, in its order, whatever is done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.label_hand import Hand
from PySide6.QtCore import Qt

from studio.domain.geometry import Box, Tag
from studio.domain.ids import digest_of
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import EVERYTHING, AddMedia, MediaFilter, MediaId, MediaItem
from studio.domain.project import Project
from studio.services.reviewing import Reviewing
from studio.storage.project_files import DiskProjectFiles
from studio.ui.pages.label.page import LabelPage
from studio.ui.pages.label.presenter import Walk

NAMES = "hgfedcba"


class Standing:
    """A queue without a window."""

    def __init__(self, where: MediaFilter) -> None:
        self.where = where

    def show(self, where: MediaFilter) -> None:
        self.where = where


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Project]:
    project = DiskProjectFiles().create(tmp_path / "project", "Walk")
    items = [
        MediaItem(id=MediaId(digest_of(n.encode())), name=f"{n}.png", width=8, height=8)
        for n in NAMES
    ]
    project.perform(AddMedia(items=tuple(items)))
    for place, item in enumerate(items):
        if place % 3:
            shapes = [tag(f"{item.name}{number}") for number in range(place)]
            project.perform(SetShapes(media=item.id, after=tuple(shapes)))
    yield project
    project.close()


def tag(id_: str) -> Shape:
    return Shape(id=ShapeId(id_), label=LabelId("x"), geometry=Tag())


@pytest.mark.parametrize("order", ["added", "name", "shapes", "changed"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("start", range(0, 8, 3))
def test_ahead_is_the_next_that_also_passes(
    stored: Project, order: str, descending: bool, start: int
) -> None:
    where = MediaFilter(order=order, descending=descending)  # type: ignore[arg-type]
    everyone = list(stored.state.media.page(0, 100, where))
    walk = Walk(stored.state, Standing(where))
    walk.at(start)
    seen = []
    for _ in range(4):
        found = walk.ahead(label="-")
        assert found is not None
        assert (walk.item, walk.row) == (found, everyone.index(found))
        seen.append(found.name)
    behind = everyone[start + 1 :] + everyone[: start + 1]
    bare = [item.name for item in behind if not stored.state.annotations.of(item.id)]
    assert seen == [*bare, bare[0]]


def test_nothing_is_ahead_where_the_queue_asks_for_the_contrary(stored: Project) -> None:
    walk = Walk(stored.state, Standing(MediaFilter(label="x")))
    at = walk.at(1)
    assert walk.ahead(label="-") is None
    assert walk.ahead(review="labelled") is None
    assert walk.item == at


def test_a_change_that_moves_the_picture_does_not_lose_the_way(stored: Project) -> None:
    where = MediaFilter(order="changed")
    everyone = list(stored.state.media.page(0, 100, where))
    walk = Walk(stored.state, Standing(where))
    walk.at(3)
    Reviewing(stored).approve([everyone[3].id])
    assert walk.step(1) == everyone[4]
    Reviewing(stored).approve([everyone[4].id])
    assert walk.step(-1) == everyone[2]


def test_the_keys_walk_through_the_queue(hand: Hand, page: LabelPage) -> None:
    session = page.desk.session
    items = session.project.state.media.items
    for number in (2, 5, 9):
        session.labelling.set_tag(items[number].id, LabelId("cap"), True)
    page.desk.queue.show(MediaFilter(label="cap"))
    assert page.top.place.text() == "1 of 3 in the queue"
    hand.press(Qt.Key.Key_D)
    assert page.model.item == items[5]
    session.labelling.set_tag(items[5].id, LabelId("cap"), False)
    hand.press(Qt.Key.Key_D)
    assert page.model.item == items[9]
    hand.press(Qt.Key.Key_A)
    assert page.model.item == items[2]
    page.desk.queue.clear()
    assert (page.model.item, page.top.place.text()) == (items[2], "3 of 12")


def test_an_empty_queue_says_what_is_missing_and_how_to_go_on(page: LabelPage) -> None:
    shown = page.model.item
    page.desk.queue.show(MediaFilter(text="nowhere"))
    assert page.model.item == shown
    assert "Name has “nowhere”" in page.pictures.none_left.text()
    assert page.top.place.text() == "None passes the filter"
    page.pictures.clear.click()
    assert page.desk.queue.where == EVERYTHING
    assert page.pictures.none_left.isHidden()


def test_the_next_that_waits_for_review_is_a_key_away(hand: Hand, page: LabelPage) -> None:
    session = page.desk.session
    items = session.project.state.media.items
    session.reviewing.hand_in([items[4].id, items[8].id])
    for wanted in (4, 8, 4):
        hand.press(Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
        assert page.model.item == items[wanted]
    page.model.draw(Box(1, 1, 30, 30))
    session.reviewing.approve([items[4].id])
    hand.press(Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert page.model.item == items[8]
