"""Shapes out of shapes, what is said of them, and labels with attributes, on the page."""

from __future__ import annotations

import pytest
from fakes.label_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from studio.domain.geometry import Box, Circle, area
from studio.domain.labels import AttributeSpec, LabelId, Shape
from studio.ui.pages.label.label_editor import LabelEditor
from studio.ui.pages.label.page import LabelPage

BOLT = LabelId("bolt")


@pytest.fixture
def two(page: LabelPage, hand: Hand) -> list[Shape]:
    item = page.walk.item
    assert item is not None
    labelling = page.desk.session.labelling
    return [labelling.add(item.id, BOLT, Box(n, n, n + 20, n + 20)) for n in (5, 15)]


def run(page: LabelPage, command: str) -> None:
    found = {one.id: one for one in page.commands()}[command]
    assert found.enabled()
    found.run()


def drawn(page: LabelPage) -> list[Shape]:
    item = page.walk.item
    assert item is not None
    return list(page.desk.session.project.state.annotations.of(item.id))


def test_shapes_are_united_into_the_one_chosen_first(page: LabelPage, two: list[Shape]) -> None:
    page.model.select([two[1].id, two[0].id])
    run(page, "label.join_union")
    (one,) = drawn(page)
    assert (one.id, area(one.geometry)) == (two[1].id, 700)
    assert page.model.selection == (two[1].id,)


def test_only_what_makes_sense_can_be_done(page: LabelPage, two: list[Shape]) -> None:
    by_id = {one.id: one for one in page.commands()}
    page.model.select([two[0].id])
    assert not by_id["label.join_union"].enabled()
    assert by_id["label.to_polygon"].enabled()
    assert not by_id["label.to_box"].enabled()
    page.model.select([])
    assert not by_id["label.to_polygon"].enabled()


def test_a_shape_is_converted_locked_and_undone(page: LabelPage, two: list[Shape]) -> None:
    page.model.select([two[0].id])
    run(page, "label.to_circle")
    assert isinstance(drawn(page)[0].geometry, Circle)
    run(page, "label.lock")
    assert drawn(page)[0].locked
    page.desk.session.project.undo()
    page.desk.session.project.undo()
    assert drawn(page) == two


def test_details_show_and_change_attributes(
    page: LabelPage, two: list[Shape], qtbot: QtBot
) -> None:
    session = page.desk.session
    label = session.project.state.schema.get(BOLT)
    assert label is not None
    specs = (
        AttributeSpec(name="state", type="choice", choices=("new", "worn")),
        AttributeSpec(name="rusty", type="flag"),
        AttributeSpec(name="note"),
    )
    session.labelling.redefine_label(label.model_copy(update={"attributes": specs}))
    page.model.select([two[0].id])
    page.details.editors["state"].set_value("worn")
    page.details.editors["state"].changed.emit()
    assert drawn(page)[0].attributes == {"state": "worn"}
    page.details.editors["rusty"].click()  # type: ignore[attr-defined]
    note = page.details.editors["note"]
    qtbot.keyClicks(note, "bent")  # type: ignore[arg-type]
    qtbot.keyClick(note, Qt.Key.Key_Return)  # type: ignore[arg-type]
    assert drawn(page)[0].attributes == {"state": "worn", "rusty": True, "note": "bent"}
    page.model.select([two[0].id, two[1].id])
    page.details.described.emit("state", None)
    assert "state" not in drawn(page)[0].attributes


def test_a_label_gets_parent_attributes_and_joints(page: LabelPage, qtbot: QtBot) -> None:
    session = page.desk.session
    above = session.labelling.add_label("part")
    label = session.project.state.schema.get(BOLT)
    assert label is not None
    form = LabelEditor(label, session.project.state.schema)
    qtbot.addWidget(form)
    form.wanted.connect(session.labelling.redefine_label)
    form.parent_field.set_value(above.id)
    form._add_attribute()
    for column, text in enumerate(("state", "choice", "new, worn", "new")):
        form.attributes.setItem(0, column, QTableWidgetItem(text))
    form.joints.setPlainText("head\ntip")
    form.edges.setPlainText("head - tip")
    form._save()
    changed = session.project.state.schema.get(BOLT)
    assert changed is not None
    assert changed.parent == above.id
    assert changed.attributes[0].choices == ("new", "worn")
    assert changed.attributes[0].default == "new"
    assert changed.skeleton is not None
    assert changed.skeleton.edges == ((0, 1),)
    again = LabelEditor(changed, session.project.state.schema)
    qtbot.addWidget(again)
    assert again.label() == changed


@pytest.mark.parametrize(
    ("joints", "edges", "why"),
    [("a\nb", "a - c", "“a - c”"), ("a\na", "", "two joints share a name")],
)
def test_a_form_that_makes_no_sense_says_why(
    page: LabelPage, qtbot: QtBot, joints: str, edges: str, why: str
) -> None:
    schema = page.desk.session.project.state.schema
    form = LabelEditor(schema.labels[0], schema)
    qtbot.addWidget(form)
    form.joints.setPlainText(joints)
    form.edges.setPlainText(edges)
    form._save()
    assert why.casefold() in form.fault.text().casefold()
