"""Nodes as text: what is copied here can be pasted elsewhere, and read by a person."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping

from studio.domain.pipelines import Graph, Layout, Node, NodeId, parse, write
from studio.errors import BadInput, InvalidGraph
from studio.ui.graph.joining import changed

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_LONGEST_STEM = 56


def copied(graph: Graph, layout: Layout, ids: Collection[NodeId]) -> str:
    """Write some nodes as JSON text; links that leave them are kept by name."""
    chosen = {id_: graph.nodes[id_] for id_ in ids if id_ in graph.nodes}
    document = json.loads(write(Graph(nodes=chosen)))
    places = {id_: layout.positions[id_] for id_ in chosen if id_ in layout.positions}
    return json.dumps({"graph": document, "positions": places}, indent=1)


def pasted(
    text: str, taken: Collection[str], sources: Mapping[str, object]
) -> tuple[dict[NodeId, Node], dict[NodeId, tuple[float, float]]]:
    """Read nodes back under fresh ids.

    Parameters
    ----------
    text : str
        As `copied` wrote it.
    taken : collection of str
        Ids that are in use.
    sources : mapping
        What outside of the copied nodes may be linked from: graph inputs as `@name`, and ids.

    Returns
    -------
    nodes, positions : dict
        By fresh id; links among the copied nodes follow them, those to known sources stay.

    Raises
    ------
    BadInput
        If the text is something else.
    """
    try:
        document = json.loads(text)
        graph = parse(json.dumps(document["graph"]))
        layout = Layout.model_validate({"positions": document.get("positions", {})})
    except (ValueError, KeyError, TypeError, RecursionError, InvalidGraph) as error:
        raise BadInput(
            "What was copied holds no nodes of a pipeline.", "Copy nodes on the canvas first."
        ) from error
    used = set(taken)
    names: dict[NodeId, NodeId] = {}
    for id_ in graph.nodes:
        names[id_] = fresh_id(id_, used)
        used.add(names[id_])
    nodes = {}
    for id_, node in graph.nodes.items():
        inputs = {}
        for port, source in node.inputs.items():
            producer, dot, output = source.partition(".")
            if NodeId(producer) in names:
                inputs[port] = f"{names[NodeId(producer)]}{dot}{output}"
            elif producer in sources:
                inputs[port] = source
        nodes[names[id_]] = changed(node, inputs=inputs)
    return nodes, {names[i]: p for i, p in layout.positions.items() if i in names}


def fresh_id(wanted: str, taken: Collection[str]) -> NodeId:
    """Return an id that is not in use: the wanted one, or with a short random ending.

    The ending is random, so that two people who paste in two branches do not clash.
    """
    if wanted not in taken:
        return NodeId(wanted)
    stem = wanted[:_LONGEST_STEM]
    while True:
        ending = "".join(secrets.choice(_LETTERS) for _ in range(4))
        if f"{stem}_{ending}" not in taken:
            return NodeId(f"{stem}_{ending}")
