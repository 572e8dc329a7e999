"""Branches are begun, worked in and merged on the page, and every shape says who touched it."""

from __future__ import annotations

from fakes.label_hand import Hand, near, run
from pytestqt.qtbot import QtBot

from studio.domain.labels import LABELS
from studio.services.branching import layer_of
from studio.ui.pages.label.branches import BranchesDialog
from studio.ui.pages.label.elsewhere import TouchesDialog
from studio.ui.pages.label.page import LabelPage


def dialog_of(page: LabelPage, qtbot: QtBot) -> BranchesDialog:
    dialog = BranchesDialog(page.desk)
    qtbot.addWidget(dialog)
    dialog.entered.connect(lambda: page._look_at(None))
    dialog.pointed.connect(page.elsewhere._point)
    return dialog


def test_work_in_a_branch_is_merged_and_conflicts_are_settled(
    page: LabelPage, hand: Hand, qtbot: QtBot
) -> None:
    page.deeds.use(0)
    page.canvas.take_tool("box")
    hand.drag((5, 5), (25, 25))
    (kept,) = hand.shapes()
    dialog = dialog_of(page, qtbot)
    dialog.name.setText("second look")
    dialog.begin()
    assert dialog.list.count() == 1
    dialog.enter()
    labelling = page.desk.session.labelling
    assert labelling.layer == layer_of("second look")
    page.canvas.take_tool("box")
    hand.drag((40, 20), (60, 40))
    assert len(page.model.table) == 2
    assert len(hand.shapes()) == 1, "the labels are left alone"
    page.model.select([kept.id])
    page.model.move(2, 0)
    dialog.leave()
    assert labelling.layer == LABELS
    assert len(page.model.table) == 1
    page.model.select([kept.id])
    page.model.move(0, 3)
    dialog.refresh()
    assert "2 differences, 1 of them conflicts" in dialog.news.text()
    assert dialog.conflicts.item(0).text().startswith("Conflict · ")
    dialog.conflicts.setCurrentRow(0)
    assert page.model.selection == (kept.id,)
    dialog.settle("branch")
    dialog.merge()
    assert "the same" in dialog.news.text()
    boxes = hand.boxes()
    assert len(boxes) == 2
    assert any(near(box, 7, 5, 27, 25) for box in boxes)
    assert len(page.model.table) == 2
    dialog.end()
    assert dialog.list.count() == 0


def test_an_unusable_name_is_told_and_begins_nothing(page: LabelPage, qtbot: QtBot) -> None:
    dialog = dialog_of(page, qtbot)
    dialog.name.setText("a:b")
    dialog.begin()
    assert dialog.list.count() == 0
    assert dialog.name.text() == "a:b"


def test_a_shape_says_who_touched_it(page: LabelPage, hand: Hand, qtbot: QtBot) -> None:
    page.deeds.use(0)
    page.canvas.take_tool("box")
    hand.drag((5, 5), (25, 25))
    page.model.move(2, 0)
    page.desk.session.project.undo()
    dialog = TouchesDialog(page.desk, hand.shapes()[0].id)
    qtbot.addWidget(dialog)
    said = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert [text.partition(" · ")[0] for text in said] == [
        "undone: Move shape",
        "Move shape",
        "Add box “bolt”",
    ]
    run(page, "label.branches")
