"""How smooth the canvas is with very many polygons, against painting all of them each frame.

    python benchmarks/canvas.py [--shapes 100000] [--points 20] [--frames 120] [--napari PYTHON]

On a picture of 105 megapixels at 1920 × 1080, without a screen, in a project on the disk. Prints
50th and 95th percentile in ms of the time

- from a movement to the painted frame (`fit`: the whole picture in view; `near`: at its own size),
- of telling what is under the pointer (`hover`),
- from a movement of the hand that holds a point of a polygon to the painted frame (`pull`),
- of choosing everything with a band (`band`), without and with the painted frame,
- of an edit until it is on the disk and the canvas knows it (`edit`), and is painted (`edit_seen`),
  most of which is the disk's own time (`disk`: as many bytes written and made sure of);

then the same frames painted the plain way (a `QPainterPath` for each polygon, all painted anew each
frame), and by napari's shapes layer, if `--napari` or STUDIO_NAPARI_PYTHON names a Python that has
it. While the hand zooms, a crowd is stretched from the last painting; `sharp_after_ms` is how long
it takes, once the hand rests, until all is sharp.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from canvas_world import HIGH, WIDE, Step, percentiles, rings, steps
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.api.images import png
from studio.domain.geometry import Box, Polygon
from studio.domain.ids import JsonValue
from studio.domain.labels import (
    LabelId,
    LabelSchema,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import AddMedia, MediaId, MediaItem
from studio.domain.project import Project
from studio.services.labelling import Labelling
from studio.storage.project_files import DiskProjectFiles
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import path_of, transform
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView

SIDE = (12_000, 8_750)
_PATIENCE_S = 60.0


def polygons(count: int, points: int, side: tuple[int, int] = SIDE) -> list[Shape]:
    """Make shapes of ten labels, one above the other."""
    return [
        Shape(
            id=ShapeId(f"{number:08}"),
            label=LabelId(f"label_{number % 10}"),
            geometry=Polygon((tuple(map(tuple, ring.tolist())),)),
            z=float(number),
        )
        for number, ring in enumerate(rings(count, points, side))
    ]


class Plain(QWidget):
    """Paints every polygon in every frame."""

    def __init__(self, shapes: Sequence[Shape], picture: QImage) -> None:
        super().__init__()
        self.paths = [path_of(shape.geometry).region for shape in shapes]
        self.picture = picture
        self.frame = Frame()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(transform(self.frame))
        painter.drawImage(0, 0, self.picture)
        painter.setBrush(QColor(60, 120, 180, 28))
        for path in self.paths:
            painter.drawPath(path)
        painter.end()


def moved(frame: Frame, step: Step) -> Frame:
    """Return where the picture stands after a movement."""
    return frame.zoomed(step.zoom, (WIDE / 2, HIGH / 2)).moved(step.dx, step.dy)


def timed(deed: Callable[[], object]) -> float:
    """Return how long a deed takes, s; what waits is done afterwards."""
    start = time.perf_counter()
    deed()
    took = time.perf_counter() - start
    QApplication.processEvents()
    return took


class Bench:
    """A canvas on a project on the disk, and a hand on it."""

    def __init__(self, project: Project, shapes: Sequence[Shape]) -> None:
        self.project = project
        self.labelling = Labelling(project)
        schema = extended(LabelSchema(), [f"label {n}" for n in range(10)])
        project.perform(SetSchema(before=project.state.schema, after=schema))
        ramp = np.linspace(0, 255, SIDE[0]).astype(np.uint8)
        pixels = np.repeat(np.tile(ramp, (SIDE[1], 1))[..., None], 3, 2)
        digest = project.store.put(png(pixels))
        self.item = MediaItem(id=MediaId(digest), name="bench.png", width=SIDE[0], height=SIDE[1])
        project.perform(AddMedia(items=(self.item,)))
        project.perform(SetShapes(media=self.item.id, after=tuple(shapes)))
        self.model = CanvasModel(self.labelling)
        self.canvas = CanvasView(self.model, project.store)
        self.canvas.resize(WIDE, HIGH)
        self.canvas.show()
        self.model.show(self.item, project.state.schema)
        self.settle()

    def settle(self) -> float:
        """Wait until all is painted; returns how long, s."""
        start = time.perf_counter()
        canvas = self.canvas
        while time.perf_counter() - start < _PATIENCE_S:
            QApplication.processEvents()
            canvas.shapes.work(canvas.frame, canvas.size(), canvas.devicePixelRatioF(), 0.004)
            if canvas.picture.ready and canvas.shapes.sharp(canvas.frame, canvas.size()):
                break
        return time.perf_counter() - start

    def frames(self, count: int) -> list[float]:
        """Move the picture; returns the time of each frame, s."""

        def frame(step: Step) -> None:
            self.canvas.set_frame(moved(self.canvas.frame, step))
            self.canvas.repaint()

        return [timed(lambda step=step: frame(step)) for step in steps(count)]  # type: ignore[misc]

    def mouse(self, kind: QEvent.Type, at: tuple[float, float], held: bool = True) -> None:
        """Send what a mouse at a place on the picture sends."""
        spot = QPointF(*self.canvas.frame.to_widget(at))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        down = left if held else none
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, spot, self.canvas.mapToGlobal(spot), button, down, keys)
        QApplication.sendEvent(self.canvas, event)

    def hovers(self, count: int) -> list[float]:
        """Move the free hand over the picture; returns the time of each movement, s."""
        spots = np.random.default_rng(2).uniform((0, 0), SIDE, (count, 2)).tolist()
        move = QEvent.Type.MouseMove
        return [timed(lambda at=at: self.mouse(move, tuple(at), False)) for at in spots]  # type: ignore[misc]

    def pulls(self, count: int) -> list[float]:
        """Pull a point of a polygon about; returns the time of each frame, s."""
        near = Box(SIDE[0] / 2 - 400, SIDE[1] / 2 - 300, SIDE[0] / 2 + 400, SIDE[1] / 2 + 300)
        shape = self.model.table.inside(near)[-1]
        assert isinstance(shape.geometry, Polygon)
        x, y = shape.geometry.rings[0][0]
        self.model.select([shape.id])
        self.mouse(QEvent.Type.MouseButtonPress, (x, y))

        def pull(number: int) -> None:
            self.mouse(QEvent.Type.MouseMove, (x + 6 + number % 20, y + number % 7))
            self.canvas.repaint()

        took = [timed(lambda number=number: pull(number)) for number in range(count)]  # type: ignore[misc]
        self.mouse(QEvent.Type.MouseButtonRelease, (x + 12, y + 3), False)
        changed = self.model.table.get(shape.id)
        assert changed is not None
        assert changed.geometry != shape.geometry
        self.model.select([])
        return took

    def bands(self, count: int) -> tuple[list[float], list[float]]:
        """Choose everything; returns the times without and with the painted frame, s."""
        bare, painted = [], []
        for _ in range(count):
            self.model.select([])
            self.canvas.repaint()
            start = time.perf_counter()
            self.model.select(self.model.table.ids_inside(Box(0, 0, *SIDE)))
            bare.append(time.perf_counter() - start)
            self.canvas.repaint()
            painted.append(time.perf_counter() - start)
            assert len(self.model.selection) == len(self.model.table)
        self.model.select([])
        return bare, painted

    def edits(self, count: int) -> tuple[list[float], list[float]]:
        """Change one shape; returns the times until it is kept, and until it is seen, s."""
        kept, seen = [], []
        for number in range(count):
            row = number * len(self.model.table) // count
            old = self.model.table.get(ShapeId(f"{row:08}"))
            assert old is not None
            new = old.model_copy(update={"score": number / count})
            start = time.perf_counter()
            self.labelling.change(self.item.id, [old], [new], "Change shape")
            self.model.show(self.item, self.project.state.schema)
            kept.append(time.perf_counter() - start)
            self.canvas.repaint()
            seen.append(time.perf_counter() - start)
            assert self.model.table.get(old.id) == new
            QApplication.processEvents()
        return kept, seen

    def close(self) -> None:
        """Close the canvas."""
        self.canvas.close_up()
        self.canvas.close()


def disk(folder: Path, count: int) -> list[float]:
    """Append 4 KiB to a file and make sure of them; returns the times, s."""
    with (folder / "disk").open("ab") as file:

        def write() -> None:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())

        return [timed(write) for _ in range(count)]


def plainly(shapes: Sequence[Shape], fitted: Frame, frames: int) -> list[float]:
    """Measure the plain way; returns the time of each frame, s."""
    plain = Plain(shapes, QImage(*SIDE, QImage.Format.Format_RGB32))
    plain.resize(WIDE, HIGH)
    plain.frame = fitted
    plain.show()

    def frame(step: Step) -> None:
        plain.frame = moved(plain.frame, step)
        plain.repaint()

    took = [timed(lambda step=step: frame(step)) for step in steps(frames)]  # type: ignore[misc]
    plain.close()
    return took


def by_napari(python: str, shapes: int, points: int) -> dict[str, JsonValue]:
    """Measure napari in its own environment; says so where there is none."""
    if not python:
        return {"napari": "not measured: --napari or STUDIO_NAPARI_PYTHON names no Python"}
    script = Path(__file__).with_name("canvas_napari.py")
    command = [python, str(script), "--shapes", str(shapes), "--points", str(points)]
    command += ["--side", str(SIDE[0]), str(SIDE[1])]
    screen = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    done = subprocess.run(command, env=screen, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return {"napari": f"not measured: {why}"}
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {f"napari_{name}": value for name, value in found.items()}


def measure(shapes: int, points: int, frames: int, napari: str = "") -> dict[str, JsonValue]:
    """Measure all ways once.

    Parameters
    ----------
    shapes, points : int
        Polygons, and points of each.
    frames : int
        Movements for the canvas; the plain way gets a few of them.
    napari : str
        A Python that has napari, or nothing.
    """
    app = QApplication.instance() or QApplication([])
    drawn = polygons(shapes, points)
    found: dict[str, JsonValue] = {"shapes": shapes, "points": points, "frames": frames}

    def note(name: str, times: list[float]) -> None:
        found[f"{name}_p50_ms"], found[f"{name}_p95_ms"] = percentiles(times)

    with tempfile.TemporaryDirectory() as folder:
        project = DiskProjectFiles().create(Path(folder) / "bench", "bench")
        bench = Bench(project, drawn)
        fitted = bench.canvas.frame
        note("fit", bench.frames(frames))
        bench.canvas.zoom_by(1.3)
        found["sharp_after_ms"] = round(bench.settle() * 1000)
        note("hover", bench.hovers(100))
        bench.canvas.fit()
        bench.canvas.actual_size()
        bench.settle()
        note("near", bench.frames(frames))
        bench.settle()
        note("pull", bench.pulls(40))
        bench.canvas.fit()
        bench.settle()
        bare, painted = bench.bands(7)
        note("band", bare)
        note("band_seen", painted)
        bench.settle()
        kept, seen = bench.edits(40)
        note("edit", kept)
        note("edit_seen", seen)
        note("disk", disk(Path(folder), 40))
        bench.close()
        project.close()
    found["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    note("plain", plainly(drawn, fitted, 3 if shapes > 20_000 else 12))
    app.processEvents()
    return found | by_napari(napari, shapes, points)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shapes", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--napari", default=os.environ.get("STUDIO_NAPARI_PYTHON", ""))
    given = parser.parse_args()
    for name, value in measure(given.shapes, given.points, given.frames, given.napari).items():
        print(f"{name:>20}: {value}", flush=True)


if __name__ == "__main__":
    main()
