from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.open_project import Project, fill
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Box, Polygon
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import MediaId, MediaItem
from studio.services.labelling import Labelling
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import looks_of
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.shapes import ShapesLayer
from studio.ui.canvas.view import CanvasView

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    fill(made, 3)
    return made


@pytest.fixture
def model(project: Project) -> CanvasModel:
    made = CanvasModel(Labelling(project))  # type: ignore[arg-type]
    made.show(project.state.media.items[0], project.state.schema)
    return made


@pytest.fixture
def view(dressed: QApplication, model: CanvasModel, project: Project) -> Iterator[CanvasView]:
    shown = CanvasView(model, project.store)  # type: ignore[arg-type]
    shown.resize(640, 480)
    shown.show()
    yield shown
    shown.close_up()
    shown.close()


def seen(view: CanvasView, x: float, y: float) -> QColor:
    across, down = view.frame.to_widget((x, y))
    return view.grab().toImage().pixelColor(round(across), round(down))


def test_the_picture_comes_from_another_thread(
    view: CanvasView, model: CanvasModel, project: Project, until: Until
) -> None:
    ground = seen(view, 40, 30)
    model.show(None, model.schema)
    model.show(project.state.media.items[1], model.schema)
    assert not view.picture.ready
    until(lambda: view.picture.ready)
    assert seen(view, 40, 30) != ground


def test_a_broken_picture_says_why(
    view: CanvasView, model: CanvasModel, project: Project, until: Until
) -> None:
    digest = project.store.put(b"no picture")
    broken = MediaItem(id=MediaId(digest), name="a.png", width=10, height=10)
    model.show(broken, model.schema)
    until(lambda: view.picture.fault)
    assert not view.picture.ready
    view.grab()


def test_shapes_are_painted_at_their_place_and_lifted_ones_are_not(
    view: CanvasView, model: CanvasModel, until: Until
) -> None:
    until(lambda: view.picture.ready)
    plain = seen(view, 60, 10)
    shape = model.draw(Box(60, 10, 75, 40))
    assert shape is not None
    model.select(())
    assert seen(view, 60, 10) != plain
    model.lift([shape.id])
    assert seen(view, 60, 10) == plain
    model.lift(())
    view.pan_by(-30, 20)
    assert seen(view, 60, 10) != plain


def test_labels_differ_by_more_than_hue(project: Project) -> None:
    looks = list(looks_of(project.state.schema).values())
    assert len({look.dashes for look in looks}) == 3
    assert [look.number for look in looks] == [1, 2, 3]


def test_a_sheet_is_sharp_on_fine_screens(dressed: QApplication, model: CanvasModel) -> None:
    model.draw(Box(10, 10, 30, 30))
    layer = ShapesLayer(model)
    assert layer.work(Frame(4.0), QSize(320, 240), 2.0, 1.0)
    assert layer._sheet is not None
    assert layer._sheet.image.devicePixelRatio() == 2.0
    assert layer._sheet.image.width() == 2 * (320 + 2 * 80)


def test_thousands_of_shapes_are_painted_in_slices_and_end_as_at_once(
    dressed: QApplication, model: CanvasModel, project: Project
) -> None:
    rng = np.random.default_rng(0)
    item = project.state.media.items[0]
    many = []
    for number in range(3000):
        x, y = rng.uniform(0, 70), rng.uniform(0, 50)
        ring = ((x, y), (x + 8, y + 1), (x + 4, y + 9))
        shape = Shape(id=ShapeId(str(number)), label=LabelId("cap"), geometry=Polygon((ring,)))
        many.append(shape)
    SetShapes(media=item.id, after=tuple(many)).do(project.state)
    model.show(item, project.state.schema)
    size, frame = QSize(640, 480), Frame(8.0)
    sliced, whole = ShapesLayer(model), ShapesLayer(model)
    slices = 1
    while not sliced.work(frame, size, 1.0, 0.0):
        slices += 1
    assert slices > 20
    assert whole.work(frame, size, 1.0, 60.0)
    assert sliced._sheet is not None
    assert whole._sheet is not None
    assert sliced._sheet.image == whole._sheet.image
    assert sliced._sheet.image != QImage()
    assert sliced.work(frame.moved(40, 40), size, 1.0, 0.0), "a pan within the margin is free"
