"""Models as assistants on the page: proposals, and one that is pointed with."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.label_hand import SHIFT, Hand
from fakes.promptable_onnx import write_sam
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.domain.geometry import Box, Mask, area, contains
from studio.domain.labels import PROPOSALS, LabelId, SetShapes, Shape, ShapeId
from studio.ui.pages.label.page import LabelPage

BOLT = LabelId("bolt")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def proposed(page: LabelPage) -> list[Shape]:
    item = page.walk.item
    assert item is not None
    shapes = [
        Shape(
            id=ShapeId(f"p{n}"),
            label=BOLT,
            geometry=Box(n * 12, 5, n * 12 + 10, 15),
            author="model:abc",
            score=0.9 - n / 10,
            z=float(n),
        )
        for n in range(3)
    ]
    page.desk.session.project.perform(
        SetShapes(media=item.id, after=tuple(shapes), layer=PROPOSALS)
    )
    page.assist.refresh()
    return shapes


def run(page: LabelPage, command: str) -> bool:
    found = {one.id: one for one in page.commands()}[command]
    if found.enabled():
        found.run()
        return True
    return False


def left(page: LabelPage) -> list[str]:
    assert page.walk.item is not None
    layer = page.desk.session.project.state.layer(PROPOSALS)
    return [shape.id for shape in layer.of(page.walk.item.id)]


def test_proposals_are_listed_with_their_score(page: LabelPage, proposed: list[Shape]) -> None:
    assert page.assist.list.count() == 3
    assert page.assist.list.item(0).text().startswith("90% · bolt")
    assert "3 on this picture, 3 in the project" in page.assist.waiting.text()


def test_chosen_proposals_are_accepted_and_the_others_rejected(
    page: LabelPage, hand: Hand, proposed: list[Shape]
) -> None:
    page.assist.list.item(1).setSelected(True)
    assert run(page, "label.accept")
    assert left(page) == ["p0", "p2"]
    (taken,) = hand.shapes()
    assert (taken.author, taken.score) == ("model:abc", pytest.approx(0.8))
    page.assist.refresh()
    assert run(page, "label.reject")
    assert left(page) == []
    assert not run(page, "label.accept")
    page.desk.session.project.undo()
    page.desk.session.project.undo()
    assert left(page) == ["p0", "p1", "p2"]
    assert hand.shapes() == []


def test_without_a_package_or_a_model_the_page_says_what_is_missing(
    page: LabelPage, hand: Hand
) -> None:
    by_id = {one.id: one for one in page.commands()}
    assert not by_id["label.propose_all"].enabled()
    assert "package" in by_id["label.propose_all"].why_not
    page.canvas.take_tool("prompt")
    hand.click(30, 30)
    assert hand.shapes() == []
    assert not page.canvas.tool.busy


def test_a_thing_that_is_pointed_at_becomes_a_mask(
    page: LabelPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    page.assist.use_model(write_sam(tmp_path))
    assert page.canvas.tool.id == "prompt"
    assert "Test of sam" in page.assist.prompted.text()
    page.deeds.use(0)
    hand.click(30, 30)
    qtbot.waitUntil(lambda: page.canvas.tool._found is not None, timeout=5000)  # type: ignore[attr-defined]
    hand.press(Qt.Key.Key_Return)
    (shape,) = hand.shapes()
    assert isinstance(shape.geometry, Mask)
    assert contains(shape.geometry, (30, 30))
    assert area(shape.geometry) == pytest.approx(254, abs=12)
    assert not page.canvas.tool.busy
    page.desk.session.project.undo()
    assert hand.shapes() == []


def test_enter_before_the_answer_takes_it_when_it_comes(
    page: LabelPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    page.assist.use_model(write_sam(tmp_path))
    page.deeds.use(0)
    hand.click(30, 30)
    hand.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(hand.shapes()) == 1, timeout=5000)


def test_points_are_taken_back_and_escape_drops_all(
    page: LabelPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    page.assist.use_model(write_sam(tmp_path))
    tool = page.canvas.tool
    hand.click(30, 30)
    hand.click(50, 30, ALT)
    assert (len(tool._inside), len(tool._outside)) == (1, 1)  # type: ignore[attr-defined]
    hand.press(Qt.Key.Key_Backspace)
    assert (len(tool._inside), len(tool._outside)) == (1, 0)  # type: ignore[attr-defined]
    hand.press(Qt.Key.Key_Escape)
    assert not tool.busy
    hand.drag((10, 10), (40, 40), SHIFT)
    assert tool._box is not None  # type: ignore[attr-defined]
    hand.press(Qt.Key.Key_Escape)
    assert hand.shapes() == []


def test_the_slider_leaves_what_is_sure_enough(page: LabelPage, proposed: list[Shape]) -> None:
    del proposed
    panel = page.assist.proposals
    panel.slider.setValue(80)
    assert page.assist.list.count() == 2
    assert "2 of 3 on this picture, 2 of 3 in the project" in page.assist.waiting.text()
    assert panel.score.text() == "80 %"
    assert run(page, "label.accept")
    assert left(page) == ["p2"]
    assert page.desk.session.project.history.undo_title == "Accept 2 proposals of abc"
    panel.slider.setValue(90)
    assert not run(page, "label.accept")


def test_all_above_are_taken_over_on_all_pictures(page: LabelPage, proposed: list[Shape]) -> None:
    project = page.desk.session.project
    other = list(project.state.media)[5].id
    far = proposed[0].model_copy(update={"id": ShapeId("q0")})
    project.perform(SetShapes(media=other, after=(far,), layer=PROPOSALS))
    page.assist.proposals.slider.setValue(75)
    assert run(page, "label.accept_above")
    assert left(page) == ["p2"]
    assert [one.author for one in project.state.annotations.of(other)] == ["model:abc"]
    assert run(page, "label.reject_below")
    assert left(page) == []
    assert not run(page, "label.reject_below")
    project.undo()
    project.undo()
    assert left(page) == ["p0", "p1", "p2"]
    assert not project.state.annotations.of(other)


def test_a_proposal_is_taken_over_with_the_label_at_hand(
    page: LabelPage, hand: Hand, proposed: list[Shape]
) -> None:
    del proposed
    page.deeds.use(2)
    page.assist.list.item(0).setSelected(True)
    assert run(page, "label.accept_as")
    (taken,) = hand.shapes()
    assert (taken.label, taken.author) == (page.model.schema.labels[2].id, "model:abc")


def test_a_proposal_is_taken_in_hand_to_be_edited(
    page: LabelPage, hand: Hand, proposed: list[Shape]
) -> None:
    del proposed
    page.canvas.take_tool("box")
    page.assist.list.item(1).setSelected(True)
    assert run(page, "label.accept_edit")
    (taken,) = hand.shapes()
    assert page.canvas.tool.id == "select"
    assert [one.id for one in page.model.chosen()] == [taken.id]


def test_a_proposal_that_is_not_to_be_seen_is_brought_to_the_middle(
    page: LabelPage, proposed: list[Shape]
) -> None:
    page.canvas.zoom_by(30)
    page.canvas.pan_by(4000, 4000)
    page.assist.list.setCurrentRow(2)
    seen = page.canvas.frame.seen(page.canvas.width(), page.canvas.height())
    box = proposed[2].geometry
    assert isinstance(box, Box)
    assert seen.x0 <= box.centre[0] <= seen.x1
    assert seen.y0 <= box.centre[1] <= seen.y1


def test_the_canvas_hides_what_is_not_sure_enough(page: LabelPage, proposed: list[Shape]) -> None:
    del proposed
    everything = page.model.proposals.meeting(Box(0, 0, 80, 60))
    page.assist.proposals.slider.setValue(80)
    assert len(page.model.proposals.meeting(Box(0, 0, 80, 60))) == len(everything) - 1
    page.assist.proposals.slider.setValue(0)
    assert len(page.model.proposals.meeting(Box(0, 0, 80, 60))) == len(everything)
