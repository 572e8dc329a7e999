"""Graphs: canonical files, order, and what hangs on what."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.pipelines import (
    ChangeGraph,
    Graph,
    Layout,
    Node,
    NodeId,
    ancestors,
    descendants,
    order,
    parse,
    write,
)
from studio.errors import InvalidGraph
from tests.fakes.project import MemoryState, everything


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Make a graph without circles: a node takes only from those named before it."""
    count = draw(st.integers(0, 8))
    nodes: dict[NodeId, Node] = {}
    for number in range(count):
        sources = draw(st.sets(st.integers(0, max(number - 1, 0)), max_size=3)) if number else set()
        inputs = {f"in_{port}": f"n{source}.out" for port, source in enumerate(sources)}
        if draw(st.booleans()):
            inputs["labels"] = "@labels"
        params = draw(st.dictionaries(st.sampled_from("ab"), st.integers()))
        nodes[NodeId(f"n{number}")] = Node(op="x.y@1", inputs=inputs, params=dict(params))
    return Graph(title=draw(st.text(max_size=5)), inputs={"labels": "labels"}, nodes=nodes)


@given(graphs(), st.randoms())
def test_a_graph_file_reads_back_and_has_one_form(graph: Graph, chance: random.Random) -> None:
    assert parse(write(graph)) == graph
    turned = list(graph.nodes.items())
    chance.shuffle(turned)
    assert write(graph.model_copy(update={"nodes": dict(turned)})) == write(graph)


@given(graphs())
def test_each_node_comes_after_those_it_takes_from(graph: Graph) -> None:
    place = {node: number for number, node in enumerate(order(graph))}
    assert place.keys() == graph.nodes.keys()
    for link in graph.links():
        if link.source in place:
            assert place[link.source] < place[link.node]


@given(graphs())
def test_descendants_and_ancestors_are_each_others_mirror(graph: Graph) -> None:
    for a in graph.nodes:
        for b in graph.nodes:
            if a != b:
                assert (b in descendants(graph, [a])) == (a in ancestors(graph, [b]))


@given(graphs())
def test_a_circle_is_found(graph: Graph) -> None:
    nodes = dict(graph.nodes)
    nodes[NodeId("p")] = Node(op="x.y@1", inputs={"a": "q.out"})
    nodes[NodeId("q")] = Node(op="x.y@1", inputs={"a": "p.out"})
    with pytest.raises(InvalidGraph, match="circle"):
        order(graph.model_copy(update={"nodes": nodes}))


@given(graphs(), graphs())
def test_changing_a_graph_can_be_taken_back(first: Graph, second: Graph) -> None:
    state = MemoryState()
    state.graphs.put("main", first.model_copy(update={"title": "main"}), Layout())
    before = everything(state)
    names = first.nodes.keys() | second.nodes.keys()
    edit = ChangeGraph(
        name="main",
        before={name: first.nodes.get(name) for name in names},
        after={name: second.nodes.get(name) for name in names},
        moved_from=dict.fromkeys(names),
        moved_to=dict.fromkeys(second.nodes, (1.0, 2.0)),
    )
    edit.do(state)
    changed = state.graphs.get("main")
    assert changed[0].nodes == second.nodes
    assert set(changed[1].positions) == set(second.nodes)
    edit.undo(state)
    assert everything(state) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "{}",
        '{"format": "studio.pipeline/9"}',
        '{"format": "studio.pipeline/1", "nodes": {"Not a slug": {"op": "x@1"}}}',
        '{"format": "studio.pipeline/1", "nodes": {"a": {"op": "x@1", "in": {"b": "c"}}}}',
        '{"format": "studio.pipeline/1", "surprise": 1}',
    ],
)
def test_broken_files_are_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidGraph):
        parse(text)
