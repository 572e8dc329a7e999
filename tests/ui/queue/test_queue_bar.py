"""One queue for all pages: asked for in a form, told by chips, sorted, kept under a name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.open_project import Opener
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from studio.domain.labels import LabelSchema, extended
from studio.domain.media import EVERYTHING, MediaFilter
from studio.services.queues import cleared, filters
from studio.ui.pages.media.page import MediaPage
from studio.ui.queue.words import (
    ORDER_WORDS,
    conditions,
    missing,
    span_in_words,
    without,
)
from studio.ui.window import Window

ENDS = st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False))
SPANS = st.tuples(ENDS, ENDS)
WORDS = st.sampled_from(["", "a", "bolt"])
FILTERS = st.builds(
    MediaFilter,
    text=WORDS,
    label=st.sampled_from(["", "-", "bolt", "gone"]),
    attribute=WORDS,
    value=st.just(""),
    geometry=st.sampled_from(["", "box", "mask"]),
    author=WORDS,
    review=st.sampled_from(["", "open", "approved"]),
    comments=st.sampled_from(["", "open", "any", "none"]),
    group=WORDS,
    area=SPANS,
    score=SPANS,
    shapes=SPANS,
    share=SPANS,
    width=SPANS,
    height=SPANS,
    order=st.sampled_from(list(ORDER_WORDS)),
    descending=st.booleans(),
)
SCHEMA = extended(LabelSchema(), ["bolt", "cap"])


@pytest.fixture
def page(project_window: Window) -> MediaPage:
    assert project_window.desk is not None
    shown = project_window.desk.stack.show_page("media")
    assert isinstance(shown, MediaPage)
    return shown


@given(FILTERS)
def test_lifting_every_condition_lets_everything_pass(where: MediaFilter) -> None:
    asked = conditions(where, SCHEMA)
    assert bool(asked) == filters(where)
    left = where
    for one in asked:
        before = left
        left = without(left, one.fields)
        assert left != before
    assert left == cleared(where)
    assert (left.order, left.descending) == (where.order, where.descending)
    assert all(one.words in missing(where, SCHEMA) for one in asked)


def test_spans_are_said_as_people_say_them() -> None:
    assert span_in_words((2, None)) == "from 2"
    assert span_in_words((None, 0.9), "%", 100) == "up to 90\u00a0%"
    assert span_in_words((1000, 2000.5), "px") == "1,000 to 2,000.5\u00a0px"
    assert span_in_words((3, 3)) == "3"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_form_asks_and_chips_take_it_back(page: MediaPage) -> None:
    bar, queue = page.bar, page.desk.queue
    bar.more.click()
    form = bar.form
    assert form.isVisible()
    label = form.choices["label"]
    label.setCurrentIndex(label.findData("cap"))
    label.activated.emit(label.currentIndex())
    low, high = form.spans["score"].ends
    QTest.keyClicks(high, "40")
    assert queue.where == MediaFilter(label="cap", score=(None, 0.4))
    QTest.keyClicks(low, "x")
    assert form._wrong.isVisible()
    assert queue.where.score == (None, 0.4)
    low.clear()
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()
    QApplication.processEvents()
    chips = [one for one in bar.chips.findChildren(QToolButton) if one.isVisibleTo(bar)]
    assert [chip.text() for chip in chips] == [
        "Label “cap”",
        "Score up to 40\u00a0%",
    ]
    chips[1].click()
    assert queue.where == MediaFilter(label="cap")
    bar.open_form()
    assert form.spans["score"].ends[1].text() == ""
    form._clear.click()
    assert queue.where == EVERYTHING
    form.hide()


def test_pictures_are_sorted_and_the_same_order_again_turns_round(page: MediaPage) -> None:
    bar, queue = page.bar, page.desk.queue
    bar._fill_order()
    actions = {action.text(): action for action in bar.order.menu().actions()}
    actions[ORDER_WORDS["name"]].trigger()
    assert (queue.where.order, queue.where.descending) == ("name", False)
    actions[ORDER_WORDS["name"]].trigger()
    assert queue.where.descending
    assert "reversed" in bar.order.text()


def test_a_filter_is_saved_used_and_forgotten(page: MediaPage, opener: Opener) -> None:
    bar, queue = page.bar, page.desk.queue
    hard = replace(EVERYTHING, review="rejected", order="least_sure")
    queue.show(hard)
    bar.keep_as("Mend these")
    queue.show(EVERYTHING)
    bar._fill_kept()
    chosen = next(one for one in bar.kept.menu().actions() if one.text() == "Mend these")
    chosen.trigger()
    assert queue.where == hard
    bar._forget("Mend these")
    assert queue.kept() == ()
    opener.sessions[-1].project.undo()
    assert [one.name for one in queue.kept()] == ["Mend these"]
    bar.keep_as("  ")
    assert len(queue.kept()) == 1


def test_the_grid_knows_how_far_pictures_are(page: MediaPage) -> None:
    session = page.desk.session
    items = session.project.state.media.items
    session.reviewing.hand_in([items[0].id, items[1].id])
    session.reviewing.reject([items[1].id], "The rim is missing")
    assert page._count.text() == "500 pictures · 1 waiting for review · 1 rejected"
    assert page.model.standing(items[1]) == ("rejected", 1)
    page.desk.queue.show(MediaFilter(review="labelled"))
    assert page.model.rowCount() == 1
    page.grab()
