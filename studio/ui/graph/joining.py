"""Which sockets may be joined; the one place that says so is `domain.pipelines.link_fault`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from studio.domain.ids import JsonValue
from studio.domain.operations import Catalogue, Operation
from studio.domain.pipelines import (
    GRAPH_INPUT,
    Graph,
    Link,
    Node,
    NodeId,
    ancestors,
    descendants,
    link_fault,
)
from studio.ui.graph.cards import Side, Socket, card_of


class End(NamedTuple):
    """A socket of a node: where a cable may begin or end."""

    node: NodeId
    side: Side
    socket: Socket


def ids_of(graph: Graph) -> list[NodeId]:
    """Return all graph inputs, as `@name`, and all nodes."""
    return [*(NodeId(GRAPH_INPUT + name) for name in graph.inputs), *graph.nodes]


def join(graph: Graph, catalogue: Catalogue, one: End, other: End) -> Link | str:
    """Return the link between two sockets, or why there can be none."""
    if one.side == other.side:
        return "a link goes from an output to an input"
    give, take = (one, other) if one.side == "out" else (other, one)
    link = Link(give.node, give.socket.name, take.node, take.socket.name)
    return link_fault(graph, link, catalogue) or link


def targets(graph: Graph, catalogue: Catalogue, end: End) -> set[tuple[NodeId, str]]:
    """Return all sockets that a cable from here may end at, as node and port.

    The graph is walked once, whatever the number of sockets.
    """
    if end.side == "in":
        barred = descendants(graph, [end.node]) | {end.node}
        candidates: Iterable[NodeId] = ids_of(graph)
    else:
        barred = ancestors(graph, [end.node]) if end.node in graph.nodes else set()
        candidates = graph.nodes
    found = set()
    for id_ in candidates:
        if id_ in barred:
            continue
        card = card_of(graph, id_, catalogue)
        sockets = card.outputs if end.side == "in" else card.inputs
        found |= {(id_, s.name) for s in sockets if s.kind == end.socket.kind and not card.ghost}
    return found


def fitting(catalogue: Catalogue, end: End) -> list[tuple[Operation, str]]:
    """Return the operations a cable from here can be joined to, each with its first port."""
    found = []
    for operation in catalogue.all():
        ports = operation.inputs if end.side == "out" else operation.outputs
        name = next((port.name for port in ports if port.kind == end.socket.kind), None)
        if name is not None:
            found.append((operation, name))
    return found


def changed(
    node: Node,
    inputs: dict[str, str] | None = None,
    params: dict[str, JsonValue] | None = None,
) -> Node:
    """Return a node with other links or parameters."""
    return Node.model_validate(
        {
            "op": node.op,
            "in": node.inputs if inputs is None else inputs,
            "params": node.params if params is None else params,
        }
    )


def linked(node: Node, link: Link) -> Node:
    """Return a node that takes from where a link begins."""
    source = f"{link.source}.{link.output}" if link.output else str(link.source)
    return changed(node, inputs={**node.inputs, link.port: source})
