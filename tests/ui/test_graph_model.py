"""The edited pipeline: each verb is one edit, and nothing wrong can be built."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path

import pytest
from fakes.open_project import Project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.pipelines import Link, NodeId, link_fault, order
from studio.errors import BadInput, InvalidGraph
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost
from studio.ui.graph.arranging import COLUMN, arranged
from studio.ui.graph.cards import Socket, card_of, mark_of
from studio.ui.graph.joining import End, fitting, ids_of, join, targets
from studio.ui.graph.model import GraphModel
from studio.ui.graph.walking import next_in


@cache
def catalogue() -> PluginHost:
    return PluginHost([builtin_plugins()], installed=False)


def fresh() -> tuple[GraphModel, Project]:
    project = Project(Path("nowhere"))
    model = GraphModel(project, catalogue())  # type: ignore[arg-type]
    model.open("life")
    return model, project


def life() -> tuple[GraphModel, Project]:
    """Labels into a split, the split into a training, both into an evaluation."""
    model, project = fresh()
    labels = model.add_input("labels", (0, 0))
    split = model.add("dataset.split", (300, 0))
    train = model.add("train.classifier", (600, 0))
    evaluate = model.add("evaluate.model", (900, 0))
    model.connect(Link(labels, "", split, "labels"))
    model.connect(Link(split, "dataset", train, "dataset"))
    model.connect(Link(split, "dataset", evaluate, "dataset"))
    model.connect(Link(train, "model", evaluate, "model"))
    return model, project


def test_each_verb_is_one_edit_and_undo_takes_it_back() -> None:
    model, project = life()
    before, layout = model.graph, model.layout
    model.delete([NodeId("split")])
    assert "split" not in model.graph.nodes
    assert model.graph.nodes[NodeId("classifier")].inputs == {}
    project.undo()
    model.refresh()
    assert model.graph == before
    assert model.layout == layout


def test_a_link_of_another_kind_is_refused_with_the_reason() -> None:
    model, _ = life()
    before = model.graph
    with pytest.raises(InvalidGraph, match="takes a trained model"):
        model.connect(Link(NodeId("split"), "dataset", NodeId("model"), "model"))
    assert model.graph == before


def test_a_circle_is_refused() -> None:
    model, _ = fresh()
    one = model.add("train.classifier", (0, 0))
    two = model.add("train.classifier", (0, 0))
    model.connect(Link(one, "model", two, "start"))
    with pytest.raises(InvalidGraph, match="circle"):
        model.connect(Link(two, "model", one, "start"))


def test_a_cable_on_nothing_offers_what_fits_and_joins_it() -> None:
    model, _ = life()
    end = End(NodeId("classifier"), "out", Socket("model", "model"))
    offered = {operation.id for operation, _ in fitting(catalogue(), end)}
    assert {"evaluate.model", "package.onnx", "explain.gradcam"} <= offered
    assert "dataset.split" not in offered
    added = model.add("package.onnx", (0, 0), end)
    assert model.graph.nodes[added].inputs == {"model": "classifier.model"}


def test_a_cable_may_also_be_drawn_backwards() -> None:
    model, _ = fresh()
    train = model.add("train.classifier", (0, 0))
    end = End(train, "in", Socket("dataset", "dataset"))
    added = model.add("dataset.split", (0, 0), end)
    assert model.graph.nodes[train].inputs == {"dataset": f"{added}.dataset"}


def test_copied_nodes_keep_their_links_and_get_ids_of_their_own() -> None:
    model, _ = life()
    text = model.copy([NodeId("split"), NodeId("classifier")])
    assert json.loads(text)["graph"]["format"] == "studio.pipeline/1"
    pasted = model.paste(text)
    split = next(i for i in pasted if i.startswith("split"))
    train = next(i for i in pasted if i.startswith("classifier"))
    assert split != "split"
    assert model.graph.nodes[train].inputs == {"dataset": f"{split}.dataset"}
    assert model.graph.nodes[split].inputs == {"labels": "@labels"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"graph": 3}', "hello", '{"graph": {}}'])
def test_text_that_holds_no_nodes_cannot_be_pasted(text: str) -> None:
    model, _ = life()
    before = model.graph
    with pytest.raises(BadInput):
        model.paste(text)
    assert model.graph == before


def test_moving_a_link_to_another_node_is_one_edit() -> None:
    model, project = life()
    other = model.add("evaluate.model", (0, 300))
    before = model.graph
    old = Link(NodeId("classifier"), "model", NodeId("model"), "model")
    model.connect(Link(NodeId("classifier"), "model", other, "model"), old)
    assert "model" not in model.graph.nodes[NodeId("model")].inputs
    project.undo()
    model.refresh()
    assert model.graph == before


def test_an_operation_that_is_missing_stays_as_a_ghost() -> None:
    model, project = life()
    node = model.graph.nodes[NodeId("classifier")].model_copy(update={"op": "gone.away@3"})
    model.perform("Break", {NodeId("classifier"): node})
    card = card_of(model.graph, NodeId("classifier"), catalogue())
    assert card.ghost
    assert [socket.name for socket in card.outputs] == ["model"]
    assert model.graph.nodes[NodeId("classifier")].op == "gone.away@3"
    del project


def test_a_layout_has_columns_in_the_order_of_the_links() -> None:
    model, _ = life()
    heights = dict.fromkeys(ids_of(model.graph), 100.0)
    places = arranged(model.graph, heights)
    columns = [places[NodeId(i)][0] for i in ("@labels", "split", "classifier", "model")]
    assert columns == [0, COLUMN, 2 * COLUMN, 3 * COLUMN]
    assert len(set(places.values())) == len(places)


def test_a_thousand_nodes_are_laid_out_while_one_blinks() -> None:
    from benchmarks.graph_editor import grid

    graph, _ = grid(1000)
    begun = time.thread_time()
    places = arranged(graph, dict.fromkeys(ids_of(graph), 110.0))
    assert time.thread_time() - begun < 0.5
    assert len(places) == 1000


def test_arrows_go_to_the_nearest_node_of_their_side() -> None:
    places = {NodeId("a"): (0.0, 0.0), NodeId("b"): (100.0, 10.0), NodeId("c"): (90.0, 200.0)}
    assert next_in(places, NodeId("a"), "right") == "b"
    assert next_in(places, NodeId("b"), "left") == "a"
    assert next_in(places, NodeId("a"), "down") == "c"
    assert next_in(places, NodeId("a"), "up") is None
    assert next_in(places, None, "up") == "a"


def test_kinds_are_told_apart_by_shape_and_colour() -> None:
    kinds = ("labels", "dataset", "model", "evaluation", "explanation", "package")
    assert len({(mark_of(k).corners, mark_of(k).turned) for k in kinds}) == len(kinds)
    assert len({mark_of(k).series for k in kinds}) == len(kinds)
    assert mark_of("somebody's kind") == mark_of("somebody's kind")


def ends(model: GraphModel) -> list[End]:
    found = []
    for id_ in ids_of(model.graph):
        card = model.card(id_)
        found += [End(id_, "in", socket) for socket in card.inputs]
        found += [End(id_, "out", socket) for socket in card.outputs]
    return found


GESTURES = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "add", "drag", "drag", "drag", "take_up", "delete", "paste", "input", "undo",
             "redo", "move", "arrange"]
        ),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    min_size=8,
    max_size=40,
)  # fmt: skip


def gesture(model: GraphModel, project: Project, verb: str, one: int, other: int) -> None:
    """Do what a hand could do, with whatever lies there."""
    sockets, ids = ends(model), ids_of(model.graph)
    operations = catalogue().all()
    if verb == "add":
        end = sockets[other % len(sockets)] if sockets and other % 2 else None
        model.add(operations[one % len(operations)].id, (float(one % 900), 0.0), end)
    elif verb == "input":
        model.add_input(("labels", "model", "dataset")[one % 3], (0.0, 0.0))
    elif verb in ("drag", "take_up") and sockets:
        begin, end = sockets[one % len(sockets)], sockets[other % len(sockets)]
        links = model.graph.links()
        old = links[one % len(links)] if verb == "take_up" and links else None
        found = join(model.graph, catalogue(), begin, end)
        allowed = (end.node, end.socket.name) in targets(model.graph, catalogue(), begin)
        if begin.side != end.side:
            assert allowed == isinstance(found, Link), (begin, end, found)
        if isinstance(found, Link):
            model.connect(found, old if old != found else None)
    elif verb == "delete" and ids:
        model.delete({ids[one % len(ids)], ids[other % len(ids)]})
    elif verb == "paste" and ids:
        model.paste(model.copy(ids[one % len(ids) :]))
    elif verb == "move" and ids:
        model.move({ids[one % len(ids)]: (float(one), float(other))})
    elif verb == "arrange":
        model.arrange()
    elif verb in ("undo", "redo"):
        project.undo() if verb == "undo" else project.redo()
        model.refresh()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(GESTURES)
def test_no_row_of_gestures_builds_a_circle_or_joins_two_kinds(
    gestures: list[tuple[str, int, int]],
) -> None:
    model, project = fresh()
    for verb, one, other in gestures:
        gesture(model, project, verb, one, other)
        order(model.graph)
        for link in model.graph.links():
            assert link_fault(model.graph, link, catalogue()) is None, (verb, link)
    while project.undo() is not None:
        pass
    model.refresh()
    assert not model.graph.nodes
    assert not model.graph.inputs
    assert not model.layout.positions
