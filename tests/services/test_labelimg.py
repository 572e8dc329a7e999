"""Pictures go to labelImg and its boxes come back; the real program too, where it is to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio import paths
from studio.api.images import png
from studio.compute.labelimg import LabelImgProgram
from studio.domain.geometry import Box, Circle
from studio.domain.labels import LabelId
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.errors import BadInput, ComputeFailed, NotFound
from studio.services.labelimg import LabelImg
from studio.services.labelling import Labelling
from tests.fakes.project import MemoryProject

CELL = LabelId("cell")


class Program:
    def __init__(self) -> None:
        self.shown: list[tuple[Path, Path, Path]] = []

    def start(self, pictures: Path, names: Path, labels: Path) -> None:
        self.shown.append((pictures, names, labels))


class Bench:
    def __init__(self, folder: Path, program: Any) -> None:
        self.project = MemoryProject(folder)
        pixels = np.full((80, 100, 3), 120, np.uint8)
        digest = self.project.store.put(png(pixels))
        self.item = MediaItem(id=media_id(digest), name="a b/ä.png", width=100, height=80)
        self.project.perform(AddMedia(items=(self.item,)))
        self.labelling = Labelling(self.project)
        self.labelling.add_label("cell")
        self.labelimg = LabelImg(self.project, self.labelling, program)

    def shapes(self) -> list[Any]:
        return list(self.labelling.shapes(self.item.id))

    @property
    def file(self) -> Path:
        (picture,) = (self.labelimg.folder / "pictures").iterdir()
        return self.labelimg.folder / "labels" / f"{picture.stem}.xml"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, Program())


def test_boxes_left_alone_stay_the_same_shapes(bench: Bench) -> None:
    kept = bench.labelling.add(bench.item.id, CELL, Box(10.25, 10.5, 30.75, 40.25))
    bench.labelling.add(bench.item.id, CELL, Box(50, 50, 60, 60))
    circle = bench.labelling.add(bench.item.id, CELL, Circle(70, 20, 8))
    bench.labelimg.open([bench.item.id])
    text = bench.file.read_text("utf-8")
    assert "<xmin>51</xmin>" in text
    bench.file.write_text(text.replace("<xmin>51</xmin>", "<xmin>46</xmin>"), "utf-8")
    back = bench.labelimg.take_back()
    assert (back.pictures, back.added, back.removed, back.problems) == (1, 1, 1, ())
    assert {shape.id for shape in bench.shapes()} >= {kept.id, circle.id}
    assert Box(45, 50, 60, 60) in [shape.geometry for shape in bench.shapes()]
    assert kept in bench.shapes()
    again = bench.labelimg.take_back()
    assert (again.added, again.removed) == (0, 0)
    bench.project.undo()
    assert Box(50, 50, 60, 60) in [shape.geometry for shape in bench.shapes()]


def test_new_labels_come_along_and_a_picture_without_boxes_gets_some(bench: Bench) -> None:
    bench.labelimg.open([bench.item.id])
    assert not bench.file.exists()
    bench.file.write_text(
        "<annotation><object><name>vein</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
        "<xmax>20</xmax><ymax>30</ymax></bndbox></object></annotation>"
    )
    assert bench.labelimg.take_back().added == 1
    assert bench.project.state.schema.names == ["cell", "vein"]
    assert [shape.geometry for shape in bench.shapes()] == [Box(0, 0, 20, 30)]


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><object>&x;</object></a>',
        "<a><object><name>x</name></object></a>",
        "<a><object><name>x</name><bndbox><xmin>nan</xmin></bndbox></object></a>",
        "<a><object><name>x</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>2</xmax>"
        "<ymax>1e999</ymax></bndbox></object></a>",
    ],
)
def test_a_broken_file_is_reported_and_changes_nothing(bench: Bench, text: str) -> None:
    bench.labelling.add(bench.item.id, CELL, Box(50, 50, 60, 60))
    before = bench.shapes()
    bench.labelimg.open([bench.item.id])
    bench.file.write_text(text)
    assert bench.labelimg.take_back().problems
    assert bench.shapes() == before


def test_nothing_is_sent_or_taken_without_need(bench: Bench) -> None:
    with pytest.raises(NotFound, match="Nothing was sent"):
        bench.labelimg.take_back()
    with pytest.raises(BadInput):
        bench.labelimg.open([])


_HAND = """
import sys, runpy
sys.argv = ["labelImg", *sys.argv[2:]]
space = runpy.run_path(SCRIPT, run_name="start")
from labelImg import labelImg
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
app, win = labelImg.get_main_app(sys.argv)
def settle():
    for _ in range(20):
        app.processEvents(); QTest.qWait(5)
settle()
canvas = win.canvas
wheel = QWheelEvent(QPointF(20, 20), QPointF(20, 20), QPoint(0, 0), QPoint(0, 120), Qt.NoButton,
                    Qt.NoModifier, Qt.NoScrollPhase, False)
QApplication.sendEvent(canvas, wheel); settle()
def name_it():
    asked = QApplication.activeModalWidget()
    if asked is None:
        QTimer.singleShot(100, name_it)
    elif hasattr(asked, "edit"):
        asked.edit.setText("cell")
        asked.accept()
    else:
        asked.reject()
QTimer.singleShot(100, name_it)
win.create_shape()
scale = canvas.scale
def at(x, y):
    move = canvas.offset_to_center()
    return QPoint(round((x + move.x()) * scale), round((y + move.y()) * scale))
QTest.mouseMove(canvas, at(10, 10)); settle()
QTest.mousePress(canvas, Qt.LeftButton, Qt.NoModifier, at(10, 10)); settle()
for place in (at(30, 30), at(40, 50)):
    move = QMouseEvent(QEvent.MouseMove, QPointF(place), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(canvas, move); settle()
QTest.mouseRelease(canvas, Qt.LeftButton, Qt.NoModifier, at(40, 50)); settle()
win.save_file(); settle()
print("boxes", len(canvas.shapes))
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return LabelImgProgram(tmp_path_factory.mktemp("labelimg") / "env").install()
    except ComputeFailed as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="drives the program without a screen")
def test_the_real_program_draws_a_box_that_comes_back(tmp_path: Path, installed: Path) -> None:
    bench = Bench(tmp_path, Program())
    bench.labelling.add(bench.item.id, CELL, Box(60, 20, 90, 70))
    bench.labelimg.open([bench.item.id])
    script = str(paths.resources() / "labelimg" / "start.py")
    hand = tmp_path / "hand.py"
    hand.write_text(_HAND.replace("SCRIPT", repr(script)))
    home = {"HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"]}
    folder = bench.labelimg.folder
    done = subprocess.run(
        [str(installed), str(hand), "-", str(folder / "pictures"), str(folder / "names.txt"),
         str(folder / "labels")],
        env=home, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "boxes 2" in done.stdout, done.stderr[-2000:]
    back = bench.labelimg.take_back()
    assert (back.added, back.removed, back.problems) == (1, 0, ())
    (drawn,) = [s.geometry for s in bench.shapes() if s.geometry != Box(60, 20, 90, 70)]
    assert (drawn.x0, drawn.y0, drawn.x1, drawn.y1) == pytest.approx((9, 9, 40, 50), abs=2)
