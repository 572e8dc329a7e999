"""Review on the label page: verbs and keys, comments pinned to places and shapes, replies."""

from __future__ import annotations

import pytest
from fakes.label_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.domain.geometry import Box
from studio.ui.pages.label.page import LabelPage

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_keys_hand_in_approve_reject_and_reopen(hand: Hand, page: LabelPage) -> None:
    reviewing, review = page.desk.session.reviewing, page.review
    item = page.model.item
    assert item is not None
    hand.press(Qt.Key.Key_E, SHIFT)
    assert reviewing.of(item.id).state == "labelled"
    assert review.state.text() == "Waits for review"
    assert not review.buttons["label.review_labelled"].isEnabled()
    hand.press(Qt.Key.Key_A, SHIFT)
    assert reviewing.of(item.id).state == "approved"
    review.reject("The rim is missing")
    assert reviewing.of(item.id).state == "rejected"
    assert review.comments.list.count() == 1
    review.buttons["label.review_open"].click()
    assert reviewing.of(item.id).state == "open"
    page.desk.session.project.undo()
    assert review.state.text() == "Rejected"


def test_a_reason_is_asked_for(page: LabelPage) -> None:
    page.review.reject("  ")
    assert page.review.state.text() == "Open"


def test_a_drag_pins_a_comment_and_a_click_on_the_pin_chooses_it(
    hand: Hand, page: LabelPage
) -> None:
    review, item = page.review, page.model.item
    assert item is not None
    page.canvas.take_tool("comment")
    hand.drag((10, 10), (40, 30))
    assert page.tabs.currentWidget() is review
    QTest.keyClicks(review.comments.text, "Too dark")
    QTest.keyClick(review.comments.text, Qt.Key.Key_Return)
    (said,) = page.desk.session.reviewing.comments(item.id)
    assert said.text == "Too dark"
    assert said.place is not None
    assert [said.place.x0, said.place.y1] == pytest.approx([10, 30], abs=0.5)
    (pin,) = review.pins.pins
    tip = pin.geometry().center().x(), pin.geometry().bottom()
    where = page.canvas.frame.to_widget((said.place.x1, said.place.y0))
    assert tip == pytest.approx(where, abs=2)
    review.comments.list.setCurrentRow(-1)
    assert not pin.isChecked()
    QTest.mouseClick(pin, Qt.MouseButton.LeftButton)
    assert review.comments.current() == said.id
    before = pin.pos()
    page.canvas.pan_by(20, 10)
    assert (pin.pos() - before).toTuple() == (20, 10)
    hand.press(Qt.Key.Key_P, SHIFT)
    assert pin.isHidden()
    hand.press(Qt.Key.Key_P, SHIFT)
    assert not pin.isHidden()


def test_a_click_is_a_point_and_can_be_taken_back(hand: Hand, page: LabelPage) -> None:
    page.canvas.take_tool("comment")
    hand.click(20, 20)
    assert page.review.comments.drop.isVisible()
    page.review.comments.drop.click()
    page.review.say("As a whole")
    item = page.model.item
    assert item is not None
    (said,) = page.desk.session.reviewing.comments(item.id)
    assert (said.place, said.shape) == (None, None)
    assert not any(pin.isVisible() for pin in page.review.pins.pins)


def test_a_comment_follows_its_shape_and_is_answered(hand: Hand, page: LabelPage) -> None:
    review, session = page.review, page.desk.session
    page.model.draw(Box(10, 10, 30, 30))
    (shape,) = hand.shapes()
    page.model.select([shape.id])
    review.say("Is this one?")
    (pin,) = review.pins.pins
    before = pin.x()
    item = page.model.item
    assert item is not None
    moved = shape.model_copy(update={"geometry": Box(20, 10, 40, 30)})
    session.labelling.change(item.id, [shape], [moved], "Move")
    assert pin.x() > before
    review.comments.text.setText("Yes")
    review.comments.reply.click()
    (said,) = session.reviewing.comments(item.id)
    assert [one.text for one in said.replies] == ["Yes"]
    assert "Yes" in review.comments.list.item(0).text()
    review.comments.close_.click()
    assert review.comments.list.count() == 0
    assert pin.isHidden()
    review.comments.every.click()
    review.comments.list.setCurrentRow(0)
    assert review.comments.close_.text() == "Open again"
    page.canvas.grab()


def test_each_picture_has_its_own_comments(hand: Hand, page: LabelPage) -> None:
    page.review.say("First")
    hand.press(Qt.Key.Key_D)
    assert page.review.comments.list.count() == 0
    hand.press(Qt.Key.Key_A)
    assert page.review.comments.list.count() == 1


def test_what_cannot_be_said_is_told_and_the_words_stay(page: LabelPage) -> None:
    page.review.comments.text.setText("x" * 10_001)
    page.review.comments.text.returnPressed.emit()
    item = page.model.item
    assert item is not None
    assert not page.desk.session.reviewing.comments(item.id)
    assert page.review.comments.text.text()
