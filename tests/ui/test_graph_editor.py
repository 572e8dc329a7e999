"""Hands on the canvas: real mouse and key events, on the real editor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fakes.open_project import Project
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem

from studio.domain.pipelines import Link, NodeId
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost
from studio.ui.graph.editor import GraphEditor
from studio.ui.graph.editor_commands import editor_commands
from studio.ui.graph.items import NodeItem
from studio.ui.graph.looks import Look
from studio.ui.graph.model import GraphModel
from studio.ui.graph.node_table import NodeTable
from studio.ui.graph.palette import Palette
from studio.ui.graph.view import MIME

LEFT = Qt.MouseButton.LeftButton
HAS_NOTHING = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents


@cache
def catalogue() -> PluginHost:
    return PluginHost([builtin_plugins()], installed=False)


class Bench:
    """A shown editor over a project in memory, and what hands do on it."""

    def __init__(self) -> None:
        self.project = Project(Path("nowhere"))
        self.model = GraphModel(self.project, catalogue())  # type: ignore[arg-type]
        self.model.open("life")
        self.editor = GraphEditor(self.model)
        self.view, self.scene = self.editor.view, self.editor.scene
        self.follow = lambda edit: self.editor.follow()
        self.project.events.edited.connect(self.follow)
        self.failed: list[object] = []
        self.editor.failed.connect(self.failed.append)
        self.editor.resize(1200, 700)
        self.editor.show()

    def life(self) -> None:
        """Labels, a split, a training and an evaluation, side by side and without links."""
        self.model.add_input("labels", (0.0, 0.0))
        for number, name in enumerate(("dataset.split", "train.classifier", "evaluate.model")):
            self.model.add(name, (260.0 * (number + 1), 0.0))
        self.editor.show_pipeline("life")
        QApplication.processEvents()

    @property
    def links(self) -> set[Link]:
        return set(self.model.graph.links())

    def socket(self, node: str, side: str, name: str) -> QPoint:
        return self.view.mapFromScene(self.scene.nodes[NodeId(node)].anchor(side, name))

    def body(self, node: str) -> QPoint:
        item = self.scene.nodes[NodeId(node)]
        return self.view.mapFromScene(item.pos() + QPointF(100, 20))

    def press(self, at: QPoint, modifier: Qt.KeyboardModifier | None = None) -> None:
        held = modifier or Qt.KeyboardModifier.NoModifier
        QTest.mousePress(self.view.viewport(), LEFT, held, at)

    def glide(self, at: QPoint) -> None:
        QTest.mouseMove(self.view.viewport(), at)

    def let_go(self, at: QPoint) -> None:
        QTest.mouseRelease(self.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)

    def drag(self, begin: QPoint, end: QPoint) -> None:
        self.press(begin)
        self.glide((begin + end) / 2)
        self.glide(end)
        self.let_go(end)


@pytest.fixture
def bench(dressed: QApplication) -> Iterator[Bench]:
    del dressed
    made = Bench()
    made.life()
    yield made
    made.editor.close()


def test_a_cable_is_drawn_from_socket_to_socket(bench: Bench) -> None:
    bench.drag(bench.socket("split", "out", "dataset"), bench.socket("classifier", "in", "dataset"))
    assert bench.links == {Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset")}
    assert (NodeId("classifier"), "dataset") in bench.scene.links
    bench.project.undo()
    assert not bench.links
    assert not bench.scene.links
    bench.project.redo()
    assert len(bench.scene.links) == 1


def test_a_cable_may_be_drawn_from_its_end(bench: Bench) -> None:
    bench.drag(bench.socket("classifier", "in", "dataset"), bench.socket("split", "out", "dataset"))
    assert bench.links == {Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset")}


def test_while_a_cable_is_drawn_its_targets_are_lit(bench: Bench) -> None:
    bench.press(bench.socket("split", "out", "dataset"))
    bench.glide(bench.socket("classifier", "in", "dataset"))
    lit = {id_: item.lit for id_, item in bench.scene.nodes.items() if item.lit is not None}
    assert lit[NodeId("classifier")] == {"dataset"}
    assert lit[NodeId("model")] == {"dataset"}
    assert lit[NodeId("@labels")] == frozenset()
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert all(item.lit is None for item in bench.scene.nodes.values())
    assert not bench.links


def test_a_wrong_socket_says_why_at_the_pointer(bench: Bench) -> None:
    end = bench.socket("model", "in", "model")
    bench.press(bench.socket("split", "out", "dataset"))
    bench.glide(end)
    assert bench.view.note.isVisible()
    assert "takes a trained model, not dataset" in bench.view.note.text()
    bench.let_go(end)
    assert not bench.links
    assert "takes a trained model" in bench.view.note.text()


def test_a_circle_cannot_be_drawn(bench: Bench) -> None:
    bench.model.add("train.classifier", (520.0, 300.0))
    second = next(i for i in bench.model.graph.nodes if i.startswith("classifier_"))
    bench.drag(bench.socket("classifier", "out", "model"), bench.socket(second, "in", "start"))
    assert len(bench.links) == 1
    bench.drag(bench.socket(second, "out", "model"), bench.socket("classifier", "in", "start"))
    assert len(bench.links) == 1
    assert "circle" in bench.view.note.text()


def test_a_cable_dropped_on_a_node_finds_its_socket(bench: Bench) -> None:
    bench.drag(bench.socket("classifier", "out", "model"), bench.body("model"))
    assert bench.links == {Link(NodeId("classifier"), "model", NodeId("model"), "model")}


def test_a_cable_dropped_on_nothing_offers_what_fits(bench: Bench) -> None:
    nothing = bench.view.mapFromScene(QPointF(400, 320))
    bench.drag(bench.socket("classifier", "out", "model"), nothing)
    search = bench.editor.adding.search
    assert search.isVisible()
    assert "Explain by Grad-CAM" in search.titles()
    assert "Make a dataset version" not in search.titles()
    QTest.keyClicks(search.line, "onnx")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert not search.isVisible()
    assert bench.model.graph.nodes[NodeId("onnx")].inputs == {"model": "classifier.model"}
    assert bench.scene.chosen() == ["onnx"]


def test_a_cable_taken_up_and_dropped_on_nothing_is_gone(bench: Bench) -> None:
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    begin = bench.socket("classifier", "in", "dataset")
    bench.drag(begin, bench.view.mapFromScene(QPointF(400, 320)))
    assert not bench.links
    assert not bench.editor.adding.search.isVisible()


def test_a_cable_taken_up_goes_to_another_node_as_one_edit(bench: Bench) -> None:
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    bench.drag(bench.socket("classifier", "in", "dataset"), bench.socket("model", "in", "dataset"))
    assert bench.links == {Link(NodeId("split"), "dataset", NodeId("model"), "dataset")}
    bench.project.undo()
    assert bench.links == {Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset")}


def test_moving_nodes_is_one_edit_and_takes_cables_along(bench: Bench) -> None:
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    before = bench.model.place(NodeId("split"))
    line = bench.scene.links[NodeId("classifier"), "dataset"].line.p1()
    bench.editor.scene.choose([NodeId("split"), NodeId("classifier")])
    begin = bench.body("split")
    bench.drag(begin, begin + QPoint(0, 160))
    dy = 160 / bench.view.zoom
    assert bench.model.place(NodeId("split"))[1] == pytest.approx(before[1] + dy, abs=8)
    assert bench.model.place(NodeId("classifier"))[1] == pytest.approx(dy, abs=8)
    moved = bench.scene.links[NodeId("classifier"), "dataset"].line.p1()
    assert moved.y() == pytest.approx(line.y() + dy, abs=8)
    bench.project.undo()
    assert bench.model.place(NodeId("split")) == before
    assert bench.scene.nodes[NodeId("split")].pos() == QPointF(*before)


def test_a_rubber_band_selects_and_shift_adds(bench: Bench) -> None:
    corner = bench.view.mapFromScene(QPointF(-40, -60))
    bench.drag(corner, bench.view.mapFromScene(QPointF(500, 300)))
    assert set(bench.scene.chosen()) == {"@labels", "split"}
    bench.press(bench.body("model"), Qt.KeyboardModifier.ShiftModifier)
    bench.let_go(bench.body("model"))
    assert set(bench.scene.chosen()) == {"@labels", "split", "model"}


def drop(bench: Bench, what: str, at: QPoint) -> None:
    data = QMimeData()
    data.setData(MIME, QByteArray(what.encode()))
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, action, data, LEFT, none)
    QApplication.sendEvent(bench.view.viewport(), enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(at), action, data, LEFT, none)
    QApplication.sendEvent(bench.view.viewport(), event)


def test_an_operation_dragged_from_the_palette_lands_where_it_is_dropped(bench: Bench) -> None:
    at = bench.view.mapFromScene(QPointF(400, 300))
    drop(bench, "package.onnx", at)
    x, y = bench.model.place(NodeId("onnx"))
    assert abs(x + 104 - 400) < 16
    assert abs(y - 276) < 16
    assert bench.scene.chosen() == ["onnx"]
    drop(bench, "@labels", at)
    assert sorted(bench.model.graph.inputs.values()) == ["labels", "labels"]


def test_a_drop_of_what_is_not_there_says_so(bench: Bench) -> None:
    drop(bench, "no.such", QPoint(300, 300))
    assert len(bench.failed) == 1


def test_the_palette_finds_by_letters_and_adds_by_enter(dressed: QApplication) -> None:
    del dressed
    palette = Palette(catalogue())
    palette.show()
    got: list[str] = []
    palette.chosen.connect(got.append)
    assert "Train a classifier" in palette.titles()
    QTest.keyClicks(palette.line, "train a detector")
    assert palette.titles() == ["Train a detector"]
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert got == ["train.detector"]
    leaf = palette.tree.currentItem()
    assert leaf is not None
    data = palette.tree.mimeData([leaf])
    assert bytes(data.data(MIME).data()) == b"train.detector"
    palette.close()


def test_tab_and_double_click_find_a_node_to_add(bench: Bench) -> None:
    search = bench.editor.adding.search
    bench.view.setFocus()
    QTest.keyClick(bench.view, Qt.Key.Key_Tab)
    assert search.isVisible()
    QTest.keyClick(search.line, Qt.Key.Key_Escape)
    assert not search.isVisible()
    nothing = bench.view.mapFromScene(QPointF(400, 320))
    QTest.mouseDClick(bench.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, nothing)
    assert search.isVisible()
    QTest.keyClicks(search.line, "detec")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert NodeId("detector") in bench.model.graph.nodes


def test_arrows_walk_enter_edits_and_control_arrows_nudge(bench: Bench) -> None:
    opened: list[str] = []
    bench.editor.opened.connect(opened.append)
    bench.scene.choose([NodeId("split")])
    QTest.keyClick(bench.view, Qt.Key.Key_Right)
    assert bench.scene.chosen() == ["classifier"]
    QTest.keyClick(bench.view, Qt.Key.Key_Return)
    assert opened == ["classifier"]
    x, y = bench.model.place(NodeId("classifier"))
    QTest.keyClick(bench.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert bench.model.place(NodeId("classifier")) == (x, y + 8)


def test_a_node_is_linked_without_the_mouse(bench: Bench) -> None:
    bench.scene.choose([NodeId("split")])
    bench.editor.adding.offer_links()
    search = bench.editor.adding.search
    assert any("Train a classifier" in title for title in search.titles())
    QTest.keyClicks(search.line, "train")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset") in bench.links


def test_nodes_are_copied_as_text_and_pasted(bench: Bench) -> None:
    verbs = {command.id: command for command in editor_commands(bench.editor)}
    assert not verbs["pipeline.copy"].enabled()
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    bench.scene.choose([NodeId("split"), NodeId("classifier")])
    verbs["pipeline.copy"].run()
    assert json.loads(QGuiApplication.clipboard().text())["graph"]["nodes"].keys() == {
        "split",
        "classifier",
    }
    verbs["pipeline.paste"].run()
    assert len(bench.model.graph.nodes) == 5
    assert len(bench.links) == 2
    verbs["pipeline.duplicate"].run()
    assert len(bench.model.graph.nodes) == 7
    QGuiApplication.clipboard().setText("not a node")
    verbs["pipeline.paste"].run()
    assert len(bench.failed) == 1


def test_what_is_selected_is_deleted_with_its_cables(bench: Bench) -> None:
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    bench.scene.choose([NodeId("split")])
    bench.editor.delete()
    assert set(bench.scene.nodes) == {"@labels", "classifier", "model"}
    assert not bench.scene.links
    bench.editor.select_all()
    bench.editor.delete()
    assert not bench.scene.nodes
    bench.project.undo()
    bench.project.undo()
    assert len(bench.scene.nodes) == 4
    assert len(bench.scene.links) == 1


def test_a_click_on_a_cable_selects_it_to_delete(bench: Bench) -> None:
    bench.model.connect(Link(NodeId("split"), "dataset", NodeId("classifier"), "dataset"))
    line = bench.scene.links[NodeId("classifier"), "dataset"].line
    at = bench.view.mapFromScene(line.center())
    bench.press(at)
    bench.let_go(at)
    assert len(bench.scene.chosen_links()) == 1
    bench.editor.delete()
    assert not bench.links


def test_from_afar_the_overview_takes_over_and_hands_still_work(bench: Bench) -> None:
    bench.view.zoom_to(0.2)
    assert bench.scene.overview.isVisible()
    assert all(item.flags() & HAS_NOTHING for item in bench.scene.nodes.values())
    bench.press(bench.body("model"))
    bench.let_go(bench.body("model"))
    assert bench.scene.chosen() == ["model"]
    bench.view.zoom_to(1.0)
    assert not bench.scene.overview.isVisible()
    assert not any(item.flags() & HAS_NOTHING for item in bench.scene.nodes.values())


def test_the_wheel_zooms_about_the_pointer(bench: Bench) -> None:
    at = bench.body("model")
    held = bench.view.mapToScene(at)
    before = bench.view.zoom
    event = QWheelEvent(
        QPointF(at),
        QPointF(bench.view.viewport().mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(bench.view.viewport(), event)
    assert bench.view.zoom < before
    now = bench.view.mapToScene(at)
    assert abs(now.x() - held.x()) < 4
    assert abs(now.y() - held.y()) < 4


def test_states_are_worn_and_told_to_the_list(bench: Bench, qtbot: object) -> None:
    looks = {NodeId("split"): Look("failed", "The disk is full. Make room.", None, "2 s")}
    bench.editor.show_looks(looks)
    QTest.qWait(120)
    item = bench.scene.nodes[NodeId("split")]
    assert isinstance(item, NodeItem)
    assert item.look.words == "Failed · 2 s"
    assert "Make room" in item.toolTip()
    assert "failed" in bench.scene.overview.outline.rects
    table = NodeTable()
    table.show_model(bench.model, looks)
    rows = {table.item(row, 0).text(): row for row in range(table.rowCount())}  # type: ignore[union-attr]
    row = rows["Make a dataset version (split)"]
    cell = table.item(row, 2)
    assert cell is not None
    assert cell.text() == "Failed · 2 s"
    del qtbot


def test_a_click_on_the_map_goes_there(bench: Bench) -> None:
    bench.view.zoom_to(4.0)
    QApplication.processEvents()
    assert bench.editor.map.isVisible()
    before = bench.view.in_view().center()
    QTest.mouseClick(bench.editor.map, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(20, 56))
    assert bench.view.in_view().center() != before
    bench.editor.fit()
    assert not bench.editor.map.isVisible()
