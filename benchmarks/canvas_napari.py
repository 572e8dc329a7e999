"""How smooth napari's shapes layer is with the polygons that `canvas.py` measures.

    python benchmarks/canvas_napari.py [--shapes 10000] [--points 20] [--frames 60]

Runs in an environment of its own that holds napari, on a screen with OpenGL; `canvas.py` starts it
with `--napari <its python>`. Prints one line of JSON. The picture under the shapes is left out, in
napari's favour; the view is drawn after every movement, so that a frame is a frame. Without a
graphics card OpenGL runs on the processor, which slows napari's painting down, but not what it
prepares.
"""

from __future__ import annotations

import argparse
import json
import time

import napari
from canvas_world import HIGH, WIDE, Step, percentiles, rings, steps


def measure(shapes: int, points: int, frames: int, side: tuple[int, int]) -> dict[str, object]:
    """Measure once.

    Parameters
    ----------
    shapes, points, frames : int
        Polygons, points of each, movements of the hand.
    side : tuple of int, px
        Width and height of the picture.
    """
    viewer = napari.Viewer(show=True)
    viewer.window._qt_window.resize(WIDE, HIGH)  # noqa: SLF001
    start = time.perf_counter()
    # napari says y before x.
    layer = viewer.add_shapes(
        [ring[:, ::-1] for ring in rings(shapes, points, side)],
        shape_type="polygon", face_color=[0.2, 0.5, 0.7, 0.1], edge_color="white", edge_width=1,
    )  # fmt: skip
    added = time.perf_counter() - start
    viewer.reset_view()
    canvas = viewer.window._qt_viewer.canvas  # noqa: SLF001

    def frame(step: Step) -> None:
        zoom = viewer.scene.camera.zoom
        _, y, x = viewer.scene.camera.center
        viewer.scene.camera.center = (0, y - step.dy / zoom, x - step.dx / zoom)
        viewer.scene.camera.zoom = zoom * step.zoom
        canvas._scene_canvas.render()  # noqa: SLF001

    frame(Step())
    times = []
    for step in steps(frames):
        start = time.perf_counter()
        frame(step)
        times.append(time.perf_counter() - start)
    p50, p95 = percentiles(times)
    spots = [(side[1] * at / 20, side[0] * at / 20) for at in range(1, 20)]
    hits = []
    for spot in spots:
        start = time.perf_counter()
        layer.get_value(spot)
        hits.append(time.perf_counter() - start)
    return {
        "version": napari.__version__, "shapes": shapes, "frames": frames,
        "added_s": round(added, 2), "p50_ms": p50, "p95_ms": p95,
        "hover_p95_ms": percentiles(hits)[1],
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shapes", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--side", type=int, nargs=2, default=(12_000, 8_750))
    given = parser.parse_args()
    found = measure(given.shapes, given.points, given.frames, tuple(given.side))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
