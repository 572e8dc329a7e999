from __future__ import annotations

import pytest
from fakes.label_hand import SHIFT, Hand, run
from PySide6.QtCore import Qt

from studio.domain.geometry import Box, Circle, Polygon, Polyline
from studio.domain.labels import LabelId
from studio.ui.pages.label.page import LabelPage

ALT = Qt.KeyboardModifier.AltModifier
BOLT = LabelId("bolt")


@pytest.fixture
def group(page: LabelPage) -> list[str]:
    drawn = [page.model.draw(Box(x, 10, x + 12, 22)) for x in (5, 25, 45)]
    ids = [shape.id for shape in drawn if shape is not None]
    page.model.select(ids[:2])
    run(page, "label.group")
    page.model.select([])
    return [str(id_) for id_ in ids]


def test_a_click_chooses_the_whole_group(hand: Hand, page: LabelPage, group: list[str]) -> None:
    hand.click(10, 15)
    assert set(page.model.selection) == set(group[:2])
    hand.click(50, 15)
    assert page.model.selection == (group[2],)


def test_alt_and_a_click_choose_the_member_alone(
    hand: Hand, page: LabelPage, group: list[str]
) -> None:
    hand.click(10, 15, ALT)
    assert page.model.selection == (group[0],)
    hand.click(10, 15)
    assert page.model.selection == (group[0],)
    hand.click(70, 50)
    hand.click(30, 15, SHIFT)
    assert page.model.selection == (group[1],)


def test_a_group_is_moved_together(hand: Hand, page: LabelPage, group: list[str]) -> None:
    hand.drag((10, 15), (14, 25))
    moved = {shape.id: shape.geometry for shape in hand.shapes()}
    assert [moved[id_].x0 for id_ in group] == pytest.approx([9, 29, 45], abs=0.2)


def only(page: LabelPage, *kinds: str) -> None:
    label = page.model.schema.get(BOLT)
    assert label is not None
    page.desk.session.labelling.redefine_label(label.model_copy(update={"kinds": kinds}))
    page.model.label = BOLT
    page.model.changed.emit()


def test_what_a_label_is_never_drawn_as_becomes_what_it_is_drawn_as(
    page: LabelPage, hand: Hand
) -> None:
    only(page, "box")
    said: list[str] = []
    page.model.refused.connect(said.append)
    page.model.draw(Polygon((((5, 5), (30, 10), (12, 40)),)))
    (shape,) = hand.shapes()
    assert shape.geometry == Box(5, 5, 30, 40)
    assert said == ["“bolt” is drawn as box: the polygon became one"]
    page.model.draw(Box(40, 40, 50, 50))
    assert len(said) == 1


def test_what_cannot_become_it_is_not_drawn_and_says_why(page: LabelPage, hand: Hand) -> None:
    only(page, "circle", "mask")
    said: list[str] = []
    page.model.refused.connect(said.append)
    assert page.model.draw(Polyline(((5, 5), (30, 10)))) is None
    assert not hand.shapes()
    assert said == ["“bolt” is drawn as circle or mask"]
    drawn = page.model.draw(Circle(30, 30, 8))
    assert drawn is not None


def test_the_tool_strip_says_what_a_label_is_drawn_as(page: LabelPage) -> None:
    only(page, "box", "mask")
    buttons = page.tools.buttons
    assert buttons["box"].isEnabled()
    assert buttons["select"].isEnabled()
    assert buttons["wand"].isEnabled()
    assert not buttons["polygon"].isEnabled()
    assert buttons["polygon"].toolTip() == "“bolt” is drawn as box or mask"
    page.model.label = LabelId("cap")
    page.model.changed.emit()
    assert buttons["polygon"].isEnabled()
    assert "polygons" in buttons["polygon"].toolTip()
