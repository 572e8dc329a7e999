from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.open_project import Project, fill
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.domain.geometry import Box, Polygon, moved
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import MediaId, MediaItem
from studio.services.labelling import Labelling
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import looks_of, path_of, transform
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
    for number in range(1400):
        x, y = rng.uniform(0, 70), rng.uniform(0, 50)
        ring = ((x, y), (x + 8, y + 1), (x + 4, y + 9))
        shape = Shape(id=ShapeId(str(number)), label=LabelId("cap"), geometry=Polygon((ring,)))
        many.append(shape)
    project.perform(SetShapes(media=item.id, after=tuple(many)))
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


def crowd_of(model: CanvasModel, project: Project, count: int = 3000) -> None:
    rng = np.random.default_rng(0)
    item = project.state.media.items[0]
    many = []
    for number in range(count):
        x, y = rng.uniform(0, 70), rng.uniform(0, 50)
        ring = ((x, y), (x + 8, y + 1), (x + 4, y + 9))
        label = LabelId(("cap", "bolt", "nut")[number % 3])
        shape = Shape(
            id=ShapeId(f"{number:05d}"), label=label, geometry=Polygon((ring,)), z=float(number)
        )
        many.append(shape)
    project.perform(SetShapes(media=item.id, after=tuple(many)))
    model.show(item, project.state.schema)


def pixels_of_sheet(layer: ShapesLayer) -> np.ndarray:
    assert layer._sheet is not None
    image = layer._sheet.image
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def arrive(layer: ShapesLayer, frame: Frame, size: QSize, qtbot: QtBot) -> None:
    with qtbot.waitSignal(layer.arrived, timeout=10_000):
        layer.work(frame, size, 1.0, 0.0)


def test_a_crowd_is_drawn_on_a_thread_where_its_shapes_are(
    dressed: QApplication, model: CanvasModel, project: Project, qtbot: QtBot
) -> None:
    crowd_of(model, project)
    size, frame = QSize(640, 480), Frame(8.0)
    layer = ShapesLayer(model)
    arrive(layer, frame, size, qtbot)
    ours = pixels_of_sheet(layer)[..., 3] > 0
    image = QImage(ours.shape[1], ours.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    assert layer._sheet is not None
    painter = QPainter(image)
    painter.setTransform(transform(layer._sheet.frame))
    pen = QPen(QColor("#000000"), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    for shape in model.table.shapes:
        painter.drawPath(path_of(shape.geometry).region)
    painter.end()
    theirs = np.array(image.constBits(), np.uint8).reshape(*ours.shape, 4)[..., 3] > 0
    near = cv2.dilate(theirs.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    # Gaps between dashes are 3 px at most.
    far = cv2.dilate(ours.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (ours & ~near).sum() == 0
    assert (theirs & ~far).sum() == 0
    assert layer.work(frame.moved(40, 40), size, 1.0, 0.0), "a pan within the margin is free"
    assert layer._asked is None


def test_an_edit_in_a_crowd_paints_its_own_place_as_if_all_were_painted(
    dressed: QApplication, model: CanvasModel, project: Project, qtbot: QtBot
) -> None:
    crowd_of(model, project)
    size, frame = QSize(640, 480), Frame(8.0)
    layer = ShapesLayer(model)
    model.redrawn.connect(layer.redraw)
    arrive(layer, frame, size, qtbot)
    before = pixels_of_sheet(layer)
    shape = model.table[1500]
    model.select([shape.id])
    moved_ = shape.model_copy(update={"geometry": moved(shape.geometry, 3, 2)})
    assert model.change([shape], [moved_], "Move")
    assert layer.work(frame, size, 1.0, 0.0)
    assert layer._asked is None, "nothing else is painted"
    patched = pixels_of_sheet(layer)
    assert (patched != before).any()
    fresh = ShapesLayer(model)
    arrive(fresh, frame, size, qtbot)
    whole = pixels_of_sheet(fresh)
    # Where a line is cut, its steps may fall half a px otherwise.
    assert (patched != whole).any(2).mean() < 0.002


def test_what_is_chosen_in_a_crowd_is_stronger(
    dressed: QApplication, model: CanvasModel, project: Project, qtbot: QtBot
) -> None:
    crowd_of(model, project)
    size, frame = QSize(640, 480), Frame(8.0)
    layer = ShapesLayer(model)
    arrive(layer, frame, size, qtbot)
    thin = (pixels_of_sheet(layer)[..., 3] > 0).sum()
    model.select_all()
    layer.choice_changed()
    arrive(layer, frame, size, qtbot)
    assert (pixels_of_sheet(layer)[..., 3] > 0).sum() > 1.02 * thin
