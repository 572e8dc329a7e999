"""With a smart tool a small gesture shows a shape, and Enter takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.open_project import Project
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.api.images import png
from studio.compute.residents import ResidentProcess
from studio.domain.geometry import Box, Polygon, area, bounds
from studio.domain.labels import PROPOSALS, LabelSchema, extended
from studio.domain.media import MediaId, MediaItem
from studio.paths import builtin_plugins
from studio.services.assisting import Assisting
from studio.services.labelling import Labelling
from studio.services.plugin_host import PluginHost
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools.smart import SmartTool
from studio.ui.canvas.tools.smart_kinds import smart_tools
from studio.ui.canvas.view import CanvasView

SIDE = 240
DISC = np.pi * 50**2
FOLDER = str(builtin_plugins() / "smart_tools")


def discs(*centres: tuple[int, int]) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    rng = np.random.default_rng(3)
    pixels = np.full((SIDE, SIDE, 3), 60.0)
    radius = 50 if len(centres) == 1 else 25
    for cx, cy in centres:
        pixels[np.hypot(x - cx, y - cy) <= radius] = (200, 120, 40)
    return np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)


class Desk:
    """A canvas on one picture, and what was said beside it."""

    def __init__(self, folder: Path, pixels: np.ndarray) -> None:
        self.project: Any = Project(folder)
        self.project.state.schema = extended(LabelSchema(), ("cell", "ground"))
        digest = self.project.store.put(png(pixels))
        self.item = MediaItem(id=MediaId(digest), name="p.png", width=SIDE, height=SIDE)
        self.project.state.media.items.append(self.item)
        labelling = Labelling(self.project)
        self.assisting = Assisting(
            self.project,
            labelling,
            PluginHost([builtin_plugins()], installed=False),
            lambda module: ResidentProcess(module, [FOLDER]),
        )
        self.said: list[str] = []
        self.model = CanvasModel(labelling)
        kinds = smart_tools(self.assisting, self.said.append, self.said.append)
        self.canvas = CanvasView(self.model, self.project.store, more=kinds)
        self.canvas.resize(480, 480)
        self.canvas.show()
        self.model.show(self.item, self.project.state.schema)
        QApplication.processEvents()

    def place(self, x: float, y: float) -> QPoint:
        wx, wy = self.canvas.frame.to_widget((x, y))
        return QPoint(round(wx), round(wy))

    def tool(self, name: str) -> SmartTool:
        self.canvas.take_tool(name)
        tool = self.canvas.tool
        assert isinstance(tool, SmartTool)
        return tool

    def drag(self, *points: tuple[float, float], alt: bool = False) -> None:
        held = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(self.canvas, left, held, self.place(*points[0]))
        for point in points[1:]:
            QTest.mouseMove(self.canvas, self.place(*point))
        QTest.mouseRelease(self.canvas, left, held, self.place(*points[-1]))

    def press(self, key: Qt.Key, shift: bool = False) -> None:
        held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.canvas, key, held)

    @property
    def shapes(self) -> list[Any]:
        return list(self.project.state.annotations.of(self.item.id))


@pytest.fixture
def desk(dressed: QApplication, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    del dressed
    made = Desk(tmp_path, discs(*getattr(request, "param", ((120, 120),))))
    yield made
    made.canvas.close_up()
    made.canvas.close()
    made.assisting.close()
    made.canvas.deleteLater()


Until = Callable[[Callable[[], object]], None]


def test_the_wand_shows_a_region_and_enter_takes_it(desk: Desk, until: Until) -> None:
    tool = desk.tool("wand")
    desk.drag((120, 120))
    until(lambda: tool.finding)
    assert not desk.shapes
    desk.press(Qt.Key.Key_Return)
    (shape,) = desk.shapes
    assert area(shape.geometry) == pytest.approx(DISC, rel=0.03)
    assert desk.model.selection == (shape.id,)
    assert not tool.busy
    desk.project.undo()
    assert not desk.shapes


def test_enter_before_the_answer_takes_it_when_it_comes(desk: Desk, until: Until) -> None:
    desk.tool("wand")
    desk.drag((120, 120))
    desk.press(Qt.Key.Key_Return)
    until(lambda: desk.shapes)


def test_escape_drops_what_is_shown_and_what_is_under_way(desk: Desk, until: Until) -> None:
    tool = desk.tool("wand")
    desk.drag((120, 120))
    until(lambda: tool.finding)
    desk.press(Qt.Key.Key_Escape)
    assert tool.finding is None
    desk.drag((120, 120))
    desk.press(Qt.Key.Key_Escape)
    QTest.qWait(200)
    assert tool.finding is None
    desk.press(Qt.Key.Key_Return)
    assert not desk.shapes


def test_a_longer_drag_of_the_wand_takes_in_more(desk: Desk, until: Until) -> None:
    tool = desk.tool("wand")
    desk.drag((20, 20))
    until(lambda: tool.finding)
    assert tool.finding is not None
    ground = area(tool.finding.found[0].geometry)
    assert ground == pytest.approx(SIDE**2 - DISC, rel=0.03)
    desk.press(Qt.Key.Key_Escape)
    desk.canvas.zoom_by(2)
    desk.drag((70, 70), (150, 150), (230, 230), (900, 900))
    until(lambda: tool.finding)
    assert area(tool.finding.found[0].geometry) > ground * 1.1


def test_brackets_set_the_tolerance_and_say_so(desk: Desk) -> None:
    tool = desk.tool("wand")
    desk.press(Qt.Key.Key_BracketRight)
    assert tool.options["tolerance"] == 9.0
    desk.press(Qt.Key.Key_Apostrophe)
    assert tool.options["contiguous"] == 0.0
    assert desk.said == ["Tolerance 9", "Only what hangs together off"]


def test_the_live_wire_closes_around_a_disc(desk: Desk, until: Until) -> None:
    tool = desk.tool("live_wire")
    for x, y in ((170, 120), (120, 170), (70, 120), (120, 70)):
        QTest.mouseMove(desk.canvas, desk.place(x, y))
        until(lambda: not tool.waits)
        desk.drag((x, y))
        until(lambda: not tool.waits)
    desk.press(Qt.Key.Key_Return)
    until(lambda: desk.shapes)
    (shape,) = desk.shapes
    assert isinstance(shape.geometry, Polygon)
    assert area(shape.geometry) == pytest.approx(DISC, rel=0.06)
    assert len(shape.geometry.rings[0]) > 8


def test_a_box_is_cut_out_and_a_stroke_takes_away(desk: Desk, until: Until) -> None:
    tool = desk.tool("cut_out")
    desk.drag((60, 60), (120, 120), (180, 180))
    until(lambda: tool.finding)
    assert tool.finding is not None
    assert area(tool.finding.found[0].geometry) == pytest.approx(DISC, rel=0.05)
    first = tool.finding
    first_area = area(first.found[0].geometry)
    desk.drag((100, 120), (140, 120), alt=True)
    until(lambda: tool.finding is not first)
    assert area(tool.finding.found[0].geometry) < first_area * 0.985
    desk.press(Qt.Key.Key_Backspace)
    until(lambda: not tool.waits)
    desk.press(Qt.Key.Key_Return)
    until(lambda: desk.shapes)
    assert area(desk.shapes[0].geometry) == pytest.approx(DISC, rel=0.05)


def test_painted_superpixels_keep_to_edges(desk: Desk, until: Until) -> None:
    tool = desk.tool("superpixels")
    desk.drag((95, 95), (120, 120), (140, 145), (95, 145), (145, 95))
    until(lambda: tool.finding and not tool.waits)
    desk.press(Qt.Key.Key_Return)
    until(lambda: desk.shapes)
    box = bounds(desk.shapes[0].geometry)
    assert box is not None
    assert box.x0 >= 66
    assert box.x1 <= 174


@pytest.mark.parametrize("name", ["watershed", "pixel_classifier"])
def test_strokes_in_two_labels_give_a_shape_for_each(desk: Desk, until: Until, name: str) -> None:
    tool = desk.tool(name)
    cell, ground = (one.id for one in desk.model.schema.labels)
    desk.drag((100, 120), (140, 120))
    desk.model.relabel(ground)
    desk.drag((20, 20), (220, 20))
    until(lambda: tool.finding and not tool.waits and tool.finding.found)
    desk.press(Qt.Key.Key_Return)
    until(lambda: desk.shapes)
    by_label = {shape.label: area(shape.geometry) for shape in desk.shapes}
    assert by_label[cell] == pytest.approx(DISC, rel=0.08)
    assert by_label[ground] == pytest.approx(SIDE**2 - DISC, rel=0.08)


def test_what_was_learned_is_proposed_for_the_whole_picture(desk: Desk, until: Until) -> None:
    tool = desk.tool("pixel_classifier")
    desk.drag((100, 120), (140, 120))
    desk.drag((20, 20), (220, 20), alt=True)
    until(lambda: tool.finding and not tool.waits and tool.finding.found)
    desk.press(Qt.Key.Key_Return, shift=True)
    until(lambda: desk.project.state.layer(PROPOSALS).of(desk.item.id))
    (shape,) = desk.project.state.layer(PROPOSALS).of(desk.item.id)
    assert area(shape.geometry) == pytest.approx(DISC, rel=0.08)
    assert not desk.shapes


@pytest.mark.parametrize("name", ["edge_snap", "refine_contour"])
def test_a_rough_outline_goes_to_the_edge_with_the_keyboard_alone(
    desk: Desk, until: Until, name: str
) -> None:
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = tuple((float(120 + 54 * np.cos(t)), float(120 + 54 * np.sin(t))) for t in turn)
    shape = desk.model.draw(Polygon((ring,)))
    assert shape is not None
    tool = desk.tool(name)
    if name == "refine_contour":
        tool.options["balloon"] = -1.0
    desk.press(Qt.Key.Key_Return)
    until(lambda: tool.finding)
    desk.press(Qt.Key.Key_Return)
    (better,) = desk.shapes
    assert better.id == shape.id
    before = abs(area(shape.geometry) - DISC)
    assert abs(area(better.geometry) - DISC) < before / 2
    desk.project.undo()
    assert desk.shapes == [shape]


@pytest.mark.parametrize("desk", [((60, 60), (180, 60), (60, 180))], indirect=True)
def test_similar_things_become_proposals_with_scores(desk: Desk, until: Until) -> None:
    shape = desk.model.draw(Box(30, 30, 90, 90))
    assert shape is not None
    tool = desk.tool("find_similar")
    desk.press(Qt.Key.Key_Return)
    until(lambda: tool.finding)
    desk.press(Qt.Key.Key_Return)
    proposed = desk.project.state.layer(PROPOSALS).of(desk.item.id)
    boxes = sorted((bounds(one.geometry) for one in proposed), key=lambda box: box.x0)  # type: ignore[union-attr,return-value]
    assert [(round(b.x0), round(b.y0)) for b in boxes] == [(30, 150), (150, 30)]  # type: ignore[union-attr]
    assert all(one.score is not None and one.score > 0.9 for one in proposed)
    assert all(one.label == shape.label for one in proposed)
    assert desk.shapes == [shape]
