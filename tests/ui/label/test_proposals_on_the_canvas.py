from __future__ import annotations

import pytest
from fakes.label_hand import Hand
from PySide6.QtCore import Qt

from studio.domain.geometry import Box
from studio.domain.labels import PROPOSALS, LabelId, SetShapes, Shape, ShapeId
from studio.ui.pages.label.page import LabelPage


@pytest.fixture
def proposed(page: LabelPage) -> list[Shape]:
    item = page.walk.item
    assert item is not None
    shapes = [
        Shape(
            id=ShapeId(f"p{n}"),
            label=LabelId("bolt"),
            geometry=Box(n * 20 + 5, 5, n * 20 + 20, 20),
            author="model:abc",
            score=0.9 - n / 10,
            z=float(n),
        )
        for n in range(3)
    ]
    project = page.desk.session.project
    project.perform(SetShapes(media=item.id, after=tuple(shapes), layer=PROPOSALS))
    page.assist.refresh()
    return shapes


def waiting(page: LabelPage) -> list[str]:
    assert page.model.item is not None
    return [
        shape.id
        for shape in page.desk.session.project.state.layer(PROPOSALS).of(page.model.item.id)
    ]


def test_a_click_points_at_a_proposal_and_chooses_it_in_the_list(
    hand: Hand, page: LabelPage, proposed: list[Shape]
) -> None:
    before = page.canvas.grab().toImage()
    hand.click(30, 10)
    assert page.model.proposal == proposed[1]
    assert [entry.text()[:4] for entry in page.assist.list.selectedItems()] == ["80% "]
    assert page.canvas.grab().toImage() != before
    hand.click(70, 50)
    assert page.model.proposal is None
    assert not page.assist.list.selectedItems()


def test_enter_takes_it_over_and_delete_rejects_it(
    hand: Hand, page: LabelPage, proposed: list[Shape]
) -> None:
    hand.click(30, 10)
    hand.press(Qt.Key.Key_Return)
    assert [shape.geometry for shape in hand.shapes()] == [proposed[1].geometry]
    assert waiting(page) == ["p0", "p2"]
    hand.click(10, 10)
    hand.press(Qt.Key.Key_Delete)
    assert len(hand.shapes()) == 1
    assert waiting(page) == ["p2"]
    assert page.model.proposal is None
    page.desk.session.project.undo()
    assert sorted(waiting(page)) == ["p0", "p2"]


def test_a_shape_over_a_proposal_is_taken_first(
    hand: Hand, page: LabelPage, proposed: list[Shape]
) -> None:
    drawn = page.model.draw(Box(3, 3, 25, 25))
    page.model.select([])
    hand.click(10, 10)
    assert page.model.proposal is None
    assert drawn is not None
    assert page.model.selection == (drawn.id,)
    hand.press(Qt.Key.Key_Delete)
    assert len(waiting(page)) == len(proposed)
