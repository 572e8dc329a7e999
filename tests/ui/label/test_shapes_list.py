"""The list of shapes beside the canvas: right after every edit, and quick with very many."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Box
from studio.domain.labels import LabelId, LabelSchema, Shape, ShapeId, extended
from studio.ui.canvas.table import ShapeTable
from studio.ui.pages.label.panels_shapes import ShapeRows, ShapesPanel

SCHEMA = extended(LabelSchema(), ["cap", "nut"])
POOL = tuple(
    Shape(id=ShapeId(f"s{at}"), label=LabelId("cap"), geometry=Box(at, at, at + 5, at + 5), z=at)
    for at in range(12)
)
orders = st.lists(st.sampled_from(POOL), unique_by=lambda shape: shape.id).map(tuple)


def words_in(rows: ShapeRows) -> list[str]:
    return [str(rows.index(row).data()) for row in range(rows.rowCount())]


@pytest.fixture
def panel(dressed: QApplication) -> Iterator[ShapesPanel]:
    shown = ShapesPanel()
    shown.resize(300, 400)
    shown.show()
    yield shown
    shown.close()


@pytest.mark.usefixtures("qapp")
@given(orders, orders)
def test_rows_after_an_edit_are_as_listed_afresh(
    old: tuple[Shape, ...], new: tuple[Shape, ...]
) -> None:
    rows, afresh = ShapeRows(1.0), ShapeRows(1.0)
    tester = QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.take(old, SCHEMA)
    kept = {one.id: QPersistentModelIndex(rows.index(at)) for at, one in enumerate(old)}
    rows.take(new, SCHEMA)
    afresh.take(new, SCHEMA)
    assert words_in(rows) == words_in(afresh)
    assert list(rows.rows_of([one.id for one in new])) == list(range(len(new)))
    # What stands before the first and behind the last change is the same row as before.
    if old and new and old[0] == new[0]:
        assert kept[old[0].id].row() == 0
    if old and new and old[-1] == new[-1] and old[:1] != new[:1]:
        assert kept[old[-1].id].row() == len(new) - 1
    del tester


def test_the_choice_of_the_canvas_is_marked_and_that_of_the_list_told(panel: ShapesPanel) -> None:
    told: list[list[ShapeId]] = []
    panel.chosen.connect(told.append)
    panel.show_shapes(ShapeTable(POOL), SCHEMA)
    panel.show_choice([ShapeId("s7"), ShapeId("s2"), ShapeId("gone")])
    marks = panel.list.selectionModel()
    assert sorted(index.row() for index in marks.selectedIndexes()) == [2, 7]
    assert marks.currentIndex().row() == 2
    assert told == []
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert told[-1] == ["s3", "s4"]
    panel.show_choice([])
    assert marks.selectedIndexes() == []


def test_a_choice_outlives_shapes_that_come_below_it(panel: ShapesPanel) -> None:
    panel.show_shapes(ShapeTable(POOL[4:8]), SCHEMA)
    panel.show_choice([POOL[6].id])
    panel.show_shapes(ShapeTable(POOL[2:8]), SCHEMA)
    assert [index.row() for index in panel.list.selectionModel().selectedIndexes()] == [4]
    panel.show_shapes(ShapeTable(POOL[2:5]), SCHEMA)
    assert panel.list.selectionModel().selectedIndexes() == []


def test_a_renamed_label_is_read_at_once(panel: ShapesPanel) -> None:
    panel.show_shapes(ShapeTable(POOL), SCHEMA)
    first = SCHEMA.labels[0].model_copy(update={"name": "lid"})
    panel.show_shapes(ShapeTable(POOL), LabelSchema(labels=(first, SCHEMA.labels[1])))
    assert words_in(panel.rows)[0].startswith("lid · box")
    assert panel.rows.data(QModelIndex()) is None


def test_a_hundred_thousand_shapes_are_listed_once_the_hand_rests(panel: ShapesPanel) -> None:
    many = [
        POOL[0].model_copy(update={"id": ShapeId(f"m{at:06}"), "z": float(at)})
        for at in range(100_000)
    ]
    table = ShapeTable(many)
    start = time.perf_counter()
    panel.show_shapes(table, SCHEMA)
    panel.show_choice([many[3].id])
    assert time.perf_counter() - start < 0.2
    assert panel.rows.rowCount() == 0
    QTest.qWait(200)
    assert panel.rows.rowCount() == 100_000
    panel.list.setFocus()
    told: list[list[ShapeId]] = []
    panel.chosen.connect(told.append)
    start = time.perf_counter()
    QTest.keyClick(panel.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(told[-1]) == 100_000
    # Every second shape: as many separate runs as there can be.
    panel.show_choice([shape.id for shape in many[::2]])
    panel.take_up()
    QApplication.processEvents()
    assert time.perf_counter() - start < 2.0
    assert panel.list.selectionModel().isSelected(panel.rows.index(2))
