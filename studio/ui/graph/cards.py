"""What stands on a node: its title and its sockets; knows no Qt."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from studio.domain.operations import Catalogue
from studio.domain.pipelines import GRAPH_INPUT, Graph, NodeId
from studio.errors import NotFound

WIDTH = 208.0
HEAD = 46.0
ROW = 22.0
FOOT = 26.0
"""Measures of a node, scene px."""

Side = Literal["in", "out"]


class Socket(NamedTuple):
    """A place on a node where a cable ends.

    Attributes
    ----------
    name : str
        Of the port; empty for the one output of a graph input.
    kind : str
        Kind of artefact.
    optional : bool
        Whether the node runs without it.
    """

    name: str
    kind: str
    optional: bool = False


@dataclass(frozen=True)
class Card:
    """The face of a node."""

    id: NodeId
    title: str
    subtitle: str
    inputs: tuple[Socket, ...]
    outputs: tuple[Socket, ...]
    ghost: bool = False
    """The operation is not known here; the node is kept as it is."""

    @property
    def height(self) -> float:
        """Height on the canvas, scene px."""
        return HEAD + ROW * max(1, len(self.inputs), len(self.outputs)) + FOOT

    def anchor(self, side: Side, name: str) -> tuple[float, float]:
        """Return where a socket is, scene px from the node's corner."""
        sockets = self.inputs if side == "in" else self.outputs
        row = next((n for n, socket in enumerate(sockets) if socket.name == name), 0)
        return (0.0 if side == "in" else WIDTH, HEAD + ROW * (row + 0.5))

    def socket_at(self, x: float, y: float, reach: float) -> tuple[Side, Socket] | None:
        """Return the socket within reach of a place on the node, or None."""
        for side, sockets in (("in", self.inputs), ("out", self.outputs)):
            for socket in sockets:
                at_x, at_y = self.anchor("in" if side == "in" else "out", socket.name)
                if abs(x - at_x) <= reach and abs(y - at_y) <= min(reach, ROW / 2):
                    return ("in" if side == "in" else "out", socket)
        return None


def card_of(graph: Graph, id_: NodeId, catalogue: Catalogue) -> Card:
    """Return the face of a node, or of an input of the graph."""
    if id_.startswith(GRAPH_INPUT):
        name = id_[1:]
        kind = graph.inputs[name]
        return Card(id_, words(name), "Input of the pipeline", (), (Socket("", kind),))
    node = graph.nodes[id_]
    try:
        operation = catalogue.get(node.operation)
    except NotFound:
        return _ghost(graph, id_)
    return Card(
        id_,
        operation.title,
        id_,
        tuple(Socket(p.name, p.kind, p.optional) for p in operation.inputs),
        tuple(Socket(p.name, p.kind) for p in operation.outputs),
    )


def _ghost(graph: Graph, id_: NodeId) -> Card:
    node = graph.nodes[id_]
    outputs = sorted({link.output for link in graph.links() if link.source == id_})
    return Card(
        id_,
        node.op,
        "Its plugin is missing",
        tuple(Socket(name, "unknown") for name in node.inputs),
        tuple(Socket(name, "unknown") for name in outputs),
        ghost=True,
    )


class Mark(NamedTuple):
    """How a kind of artefact is drawn: corners of its socket (0 is round) and its colour."""

    corners: int
    turned: float
    """Degrees."""
    series: int
    """Number of the data colour, see `studio.ui.plots.series`."""


_MARKS = {
    "labels": Mark(0, 0, 0),
    "dataset": Mark(4, 0, 2),
    "model": Mark(4, 45, 1),
    "evaluation": Mark(3, 0, 3),
    "explanation": Mark(3, 180, 5),
    "package": Mark(6, 0, 6),
    "predictions": Mark(5, -90, 4),
    "files": Mark(4, 22.5, 7),
    "import-report": Mark(3, -90, 7),
}


def mark_of(kind: str) -> Mark:
    """Return how a kind is drawn; kinds of plugins get a look that stays theirs."""
    if kind in _MARKS:
        return _MARKS[kind]
    number = zlib.crc32(kind.encode())
    return Mark((0, 3, 4, 5, 6)[number % 5], float(number % 4) * 22.5, number % 8)


def words(name: str) -> str:
    """Write a slug for people: `start_model` becomes “Start model”."""
    text = name.replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]
