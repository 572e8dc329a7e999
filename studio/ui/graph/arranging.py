"""Laying a graph out: columns by the longest way from a source, rows by the neighbours' middle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from studio.domain.pipelines import GRAPH_INPUT, Graph, NodeId, order
from studio.errors import InvalidGraph

Place = tuple[float, float]

COLUMN = 280.0
GAP = 32.0
"""Between columns and between nodes of a column, scene px."""
_SWEEPS = 8


def arranged(graph: Graph, heights: Mapping[NodeId, float]) -> dict[NodeId, Place]:
    """Give each node a place.

    Parameters
    ----------
    graph : Graph
        A graph with a circle is laid out as if it had no links.
    heights : mapping
        Of every node and graph input, scene px.

    Returns
    -------
    dict of NodeId to (x, y)
        Upper left corners, scene px, of the nodes in `heights`.
    """
    before, after = _neighbours(graph, heights)
    columns = _columns(_ranks(graph, heights, before))
    rows = {id_: float(n) for column in columns for n, id_ in enumerate(column)}
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        near = before if forth else after
        for column in columns if forth else list(reversed(columns)):
            middles = {id_: _middle(near[id_], rows, rows[id_]) for id_ in column}
            column.sort(key=lambda id_, m=middles: (m[id_], rows[id_]))  # type: ignore[misc]
            rows.update((id_, float(n)) for n, id_ in enumerate(column))
    return _places(columns, heights)


def filled(
    graph: Graph, known: Mapping[NodeId, Place], heights: Mapping[NodeId, float]
) -> dict[NodeId, Place]:
    """Give places to those that have none; the others stay where they are.

    Without any known place the whole graph is laid out. Otherwise an input of the graph comes to
    stand left of everything, on the height of what takes from it, and a node below everything.
    """
    if not any(id_ in known for id_ in heights):
        return arranged(graph, heights)
    places = {id_: place for id_, place in known.items() if id_ in heights}
    left = min(x for x, _ in places.values())
    below = max(y + heights[id_] for id_, (_, y) in places.items())
    _, after = _neighbours(graph, heights)
    lowest = float("-inf")
    for id_ in heights:
        if id_ in places:
            continue
        if id_.startswith(GRAPH_INPUT):
            rows = [places[taker][1] for taker in after.get(id_, ()) if taker in places]
            y = max(min(rows, default=0.0), lowest)
            lowest = y + heights[id_] + GAP
            places[id_] = (left - COLUMN, y)
        else:
            below += GAP
            places[id_] = (left, below)
            below += heights[id_]
    return places


def _neighbours(
    graph: Graph, known: Mapping[NodeId, float]
) -> tuple[dict[NodeId, list[NodeId]], dict[NodeId, list[NodeId]]]:
    before: dict[NodeId, list[NodeId]] = defaultdict(list)
    after: dict[NodeId, list[NodeId]] = defaultdict(list)
    for link in graph.links():
        if link.source in known and link.node in known:
            before[link.node].append(link.source)
            after[link.source].append(link.node)
    return before, after


def _ranks(
    graph: Graph, known: Mapping[NodeId, float], before: Mapping[NodeId, list[NodeId]]
) -> dict[NodeId, int]:
    inputs = [id_ for id_ in known if id_.startswith(GRAPH_INPUT)]
    ranks = dict.fromkeys(inputs, 0)
    try:
        nodes = order(graph)
    except InvalidGraph:
        return ranks | dict.fromkeys(graph.nodes, 1)
    for id_ in nodes:
        ranks[id_] = max((ranks[source] + 1 for source in before.get(id_, ())), default=0)
    return {id_: rank for id_, rank in ranks.items() if id_ in known}


def _columns(ranks: Mapping[NodeId, int]) -> list[list[NodeId]]:
    columns: list[list[NodeId]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for id_ in sorted(ranks):
        columns[ranks[id_]].append(id_)
    return columns


def _middle(near: list[NodeId], rows: Mapping[NodeId, float], own: float) -> float:
    return sum(rows[id_] for id_ in near) / len(near) if near else own


def _places(columns: list[list[NodeId]], heights: Mapping[NodeId, float]) -> dict[NodeId, Place]:
    found: dict[NodeId, Place] = {}
    for number, column in enumerate(columns):
        tall = sum(heights[id_] + GAP for id_ in column) - GAP
        y = -tall / 2
        for id_ in column:
            found[id_] = (number * COLUMN, round(y))
            y += heights[id_] + GAP
    return found
