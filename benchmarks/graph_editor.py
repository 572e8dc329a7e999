"""The graph editor at 1,000 nodes and 5,000: build, and a full frame with everything in view.

    python benchmarks/graph_editor.py [--nodes 1000 5000] [--frames 20]

The peer is a bare QGraphicsScene as a tutorial builds it: one rectangle item with a text item and
four port items for each node, one path item for each link. NodeGraphQt is measured too where it is
installed. Times are processor time of the GUI thread.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF  # noqa: E402
from PySide6.QtGui import QPainterPath, QPen  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QGraphicsEllipseItem,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from studio.domain.pipelines import Graph, Layout  # noqa: E402
from studio.paths import builtin_plugins  # noqa: E402
from studio.services.plugin_host import PluginHost  # noqa: E402
from studio.ui.graph.editor import GraphEditor  # noqa: E402
from studio.ui.graph.model import GraphModel  # noqa: E402
from studio.ui.main import application  # noqa: E402

SIZE = (1600, 1000)
ROWS = 25
FRAME_MS = 16.0
OPEN_MS = 500.0


def grid(count: int) -> tuple[Graph, Layout]:
    """Return `count` nodes in columns of 25, with about one and a half links for each."""
    nodes: dict[str, object] = {}
    places: dict[str, tuple[float, float]] = {}
    for number in range(count):
        column, row = divmod(number, ROWS)
        inputs = {}
        if row and column:
            inputs["start"] = f"n{number - ROWS}.model"
        if row % 2 and column:
            inputs["dataset"] = f"n{(column - 1) * ROWS}.dataset"
        operation = "train.classifier@1" if row else "dataset.split@1"
        nodes[f"n{number}"] = {"op": operation, "in": inputs}
        places[f"n{number}"] = (280.0 * column, 150.0 * row)
    graph = Graph.model_validate({"title": "grid", "nodes": nodes})
    return graph, Layout.model_validate({"positions": places})


def clock(work: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that some work takes on this thread."""
    begun = time.thread_time()
    work()
    return 1000 * (time.thread_time() - begun)


def frames(view: QGraphicsView, count: int) -> float:
    """Return the median milliseconds of a full frame."""
    view.viewport().repaint()

    def frame() -> None:
        view.viewport().update()
        view.viewport().repaint()

    return statistics.median(clock(frame) for _ in range(count))


def ours(graph: Graph, layout: Layout, count: int) -> tuple[float, float, float]:
    """Return milliseconds of opening, of a full frame, and of moving one node with its frame."""
    graphs = SimpleNamespace(get=lambda name: (graph, layout))
    project: Any = SimpleNamespace(state=SimpleNamespace(graphs=graphs))
    catalogue = PluginHost([builtin_plugins()], installed=False)
    catalogue.all()
    editor = GraphEditor(GraphModel(project, catalogue))
    editor.resize(*SIZE)
    editor.show()
    QApplication.processEvents()

    def open_it() -> None:
        editor.show_pipeline("grid")
        editor.view.viewport().repaint()

    opened = clock(open_it)
    full = frames(editor.view, count)
    first = next(iter(graph.nodes))

    def move() -> None:
        editor.scene.put_at(first, editor.scene.nodes[first].pos() + QPointF(1, 1))
        QApplication.processEvents()

    moved = statistics.median(clock(move) for _ in range(count))
    editor.close()
    return opened, full, moved


def bare(graph: Graph, layout: Layout, count: int) -> tuple[float, float]:
    """Return milliseconds of building and of a full frame, of a scene without any care."""
    scene = QGraphicsScene()
    view = QGraphicsView(scene)
    view.resize(*SIZE)
    view.show()
    QApplication.processEvents()

    def build() -> None:
        for id_, (x, y) in layout.positions.items():
            node = QGraphicsRectItem(0, 0, 208, 138)
            node.setPos(x, y)
            QGraphicsSimpleTextItem(id_, node)
            for port in range(4):
                QGraphicsEllipseItem(208 * (port % 2) - 6, 40 + 20 * (port // 2), 12, 12, node)
            scene.addItem(node)
        for link in graph.links():
            (ax, ay), (bx, by) = layout.positions[link.source], layout.positions[link.node]
            path = QPainterPath(QPointF(ax + 208, ay + 60))
            path.cubicTo(ax + 300, ay + 60, bx - 100, by + 60, bx, by + 60)
            item = QGraphicsPathItem(path)
            item.setPen(QPen())
            scene.addItem(item)
        view.fitInView(scene.itemsBoundingRect())
        view.viewport().repaint()

    built = clock(build)
    full = frames(view, count)
    view.close()
    return built, full


def node_graph_qt(count: int) -> float | None:
    """Return milliseconds in which NodeGraphQt builds as many nodes, or None without it."""
    if importlib.util.find_spec("NodeGraphQt") is None:
        return None
    library: Any = importlib.import_module("NodeGraphQt")
    kept: Any = type(
        "Step",
        (library.BaseNode,),
        {"__identifier__": "bench", "NODE_NAME": "step"},
    )
    graph = library.NodeGraph()
    graph.register_node(kept)

    def build() -> None:
        for number in range(count):
            node = graph.create_node("bench.Step", name=f"n{number}", push_undo=False)
            node.add_input("start")
            node.add_output("model")

    return clock(build)


def main() -> int:
    """Measure all sizes and print ratios; returns 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="*", default=[1000, 5000])
    parser.add_argument("--frames", type=int, default=20)
    chosen = parser.parse_args()
    app = application("light")
    kept = True
    for count in chosen.nodes:
        graph, layout = grid(count)
        opened, full, moved = ours(graph, layout, chosen.frames)
        built, plain = bare(graph, layout, max(3, chosen.frames // 4))
        print(f"{count:,} nodes, {len(graph.links()):,} links, all in view, {SIZE[0]}x{SIZE[1]}")
        print(f"  open: bare scene {built:.0f} ms, studio {opened:.0f} ms: {built / opened:.1f}x")
        print(f"  full frame: bare {plain:.1f} ms, studio {full:.2f} ms: {plain / full:.1f}x")
        print(f"  one node moved, with its frame: {moved:.2f} ms")
        other = node_graph_qt(count)
        if other is None:
            print("  NodeGraphQt is not installed")
        else:
            print(f"  NodeGraphQt builds its nodes in {other:.0f} ms: {other / opened:.1f}x")
        kept = kept and full <= FRAME_MS and opened <= OPEN_MS
    app.processEvents()
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
