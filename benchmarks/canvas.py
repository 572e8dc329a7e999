"""How smooth panning and zooming are with many polygons, against painting all of them each frame.

    python benchmarks/canvas.py [--shapes 10000] [--points 20] [--frames 120]

Prints the 50th and 95th percentile of the time from the movement to the painted frame, in ms, for
the studio's canvas and for the plain way (a `QPainterPath` for each polygon, painted anew each
frame), at 1920 × 1080, without a screen. While the hand zooms, a crowd of shapes is stretched from
the last painting; `sharp_after_ms` is how long it takes, once it rests, until all is sharp again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from fakes.open_project import Project
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.api.images import png
from studio.domain.geometry import Polygon
from studio.domain.ids import JsonValue
from studio.domain.labels import LabelId, LabelSchema, SetShapes, Shape, ShapeId, extended
from studio.domain.media import MediaId, MediaItem
from studio.services.labelling import Labelling
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import path_of, transform
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView

WIDE, HIGH = 1920, 1080
SIDE = (4000, 3000)


def polygons(count: int, points: int) -> list[Shape]:
    """Make polygons at random places, 20 to 120 px across."""
    rng = np.random.default_rng(0)
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    made = []
    for number in range(count):
        centre = rng.uniform((60, 60), (SIDE[0] - 60, SIDE[1] - 60))
        reach = rng.uniform(10, 60) * rng.uniform(0.7, 1.0, points)
        xs, ys = centre[0] + reach * np.cos(turn), centre[1] + reach * np.sin(turn)
        ring = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
        label = LabelId(f"label_{number % 10}")
        made.append(Shape(id=ShapeId(str(number)), label=label, geometry=Polygon((ring,))))
    return made


class Plain(QWidget):
    """Paints every polygon in every frame."""

    def __init__(self, shapes: Sequence[Shape], picture: QImage) -> None:
        super().__init__()
        self.paths = [path_of(shape.geometry) for shape in shapes]
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


def moves(frames: int) -> list[Callable[[Frame], Frame]]:
    """Return movements of a hand: pans to and fro, and zooms in and out."""
    made: list[Callable[[Frame], Frame]] = []
    for number in range(frames):
        if number % 3 < 2:
            way = 12 if number % 24 < 12 else -12
            made.append(lambda frame, way=way: frame.moved(way, way / 2))  # type: ignore[misc]
        else:
            factor = 1.1 if number % 12 < 6 else 1 / 1.1
            made.append(lambda frame, factor=factor: frame.zoomed(factor, (960, 540)))  # type: ignore[misc]
    return made


def timed(
    widget: QWidget, move: Callable[[Callable[[Frame], Frame]], None], frames: int
) -> np.ndarray:
    """Return the time of each frame, ms."""
    app = QApplication.instance()
    assert app is not None
    times = []
    for way in moves(frames):
        start = time.perf_counter()
        move(way)
        widget.repaint()
        times.append((time.perf_counter() - start) * 1000)
        app.processEvents()
    return np.array(times)


def measure(shapes: int, points: int, frames: int) -> dict[str, JsonValue]:
    """Measure both ways once.

    Parameters
    ----------
    shapes, points : int
        Polygons, and points of each.
    frames : int
        Movements for the canvas; the plain way gets a tenth of them.
    """
    app = QApplication.instance() or QApplication([])
    drawn = polygons(shapes, points)
    project = Project(Path("bench"))
    project.state.schema = extended(LabelSchema(), [f"label {n}" for n in range(10)])
    pixels = np.random.default_rng(1).integers(0, 255, (SIDE[1], SIDE[0], 3), np.uint8)
    digest = project.store.put(png(pixels))
    item = MediaItem(id=MediaId(digest), name="bench.png", width=SIDE[0], height=SIDE[1])
    SetShapes(media=item.id, after=tuple(drawn)).do(project.state)
    model = CanvasModel(Labelling(project))  # type: ignore[arg-type]
    canvas = CanvasView(model, project.store)  # type: ignore[arg-type]
    canvas.resize(WIDE, HIGH)
    canvas.show()
    model.show(item, project.state.schema)
    end = time.monotonic() + 10
    while time.monotonic() < end and not (
        canvas.picture.ready
        and canvas.shapes.work(canvas.frame, canvas.size(), canvas.devicePixelRatioF(), 0.004)
    ):
        app.processEvents()
    fitted = canvas.frame

    def move(way: Callable[[Frame], Frame]) -> None:
        canvas.set_frame(way(canvas.frame))

    ours = timed(canvas, move, frames)
    canvas.zoom_by(1.3)
    start = time.perf_counter()
    while not canvas.shapes.work(canvas.frame, canvas.size(), canvas.devicePixelRatioF(), 0.004):
        app.processEvents()
    settled = (time.perf_counter() - start) * 1000
    canvas.close_up()
    canvas.close()
    plain = Plain(drawn, QImage(SIDE[0], SIDE[1], QImage.Format.Format_RGB32))
    plain.resize(WIDE, HIGH)
    plain.frame = fitted
    plain.show()

    def move_plain(way: Callable[[Frame], Frame]) -> None:
        plain.frame = way(plain.frame)

    theirs = timed(plain, move_plain, max(12, frames // 10))
    plain.close()
    p50, p95 = np.percentile(ours, [50, 95])
    q50, q95 = np.percentile(theirs, [50, 95])
    return {
        "shapes": shapes, "points": points, "frames": frames,
        "canvas_p50_ms": round(float(p50), 2), "canvas_p95_ms": round(float(p95), 2),
        "plain_p50_ms": round(float(q50), 2), "plain_p95_ms": round(float(q95), 2),
        "sharp_after_ms": round(settled),
        "ratio_p95": round(float(q95 / p95), 1),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shapes", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--frames", type=int, default=120)
    given = parser.parse_args()
    for name, value in measure(given.shapes, given.points, given.frames).items():
        print(f"{name:>15}: {value}")


if __name__ == "__main__":
    main()
