"""A pipeline runs what is new, nothing else, and says why."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.job_folder import JobFolder
from studio.domain.jobs import NodeChanged
from studio.domain.pipelines import Graph, Node, NodeId
from studio.errors import InvalidGraph
from tests.services.conftest import Bench

Wait = Callable[[Callable[[], bool]], None]


def graph(**values: int) -> Graph:
    """Two numbers, their sum, and half of it."""
    return Graph.model_validate(
        {
            "title": "sum",
            "nodes": {
                "one": {"op": "test.number@1", "params": {"value": values.get("one", 1)}},
                "two": {"op": "test.number@1", "params": {"value": values.get("two", 2)}},
                "sum": {"op": "test.add@1", "in": {"a": "one.files", "b": "two.files"}},
                "half": {"op": "test.half@1", "in": {"a": "sum.files"}},
            },
        }
    )


def ran(bench: Bench, chosen: Graph, only: tuple[NodeId, ...] = ()) -> dict[str, NodeChanged]:
    job = bench.pipelines.run_graph(chosen, only=only, device="cpu")
    ended = bench.runner.wait(job)
    assert ended.state == "finished", ended
    return bench.runner.record(job).nodes


def states(nodes: dict[str, NodeChanged]) -> dict[str, str]:
    return {name: node.state for name, node in nodes.items()}


def test_the_second_run_does_nothing(bench: Bench) -> None:
    first = ran(bench, graph())
    assert set(states(first).values()) == {"finished"}
    assert bench.number(first["half"].outputs) == 1
    second = ran(bench, graph())
    assert set(states(second).values()) == {"cached"}
    assert second["half"].outputs == first["half"].outputs


def test_a_changed_parameter_runs_its_descendants_and_says_why(bench: Bench) -> None:
    ran(bench, graph())
    again = ran(bench, graph(two=9))
    assert states(again) == {
        "one": "cached",
        "two": "finished",
        "sum": "finished",
        "half": "finished",
    }


def test_an_equal_result_stops_the_run_there(bench: Bench) -> None:
    ran(bench, graph(one=2, two=2))
    again = ran(bench, graph(one=1, two=3))
    assert states(again)["half"] == "cached"


def test_only_what_is_asked_for_runs(bench: Bench) -> None:
    nodes = ran(bench, graph(), only=(NodeId("two"),))
    assert states(nodes) == {"two": "finished"}


def test_the_plan_knows_before(bench: Bench) -> None:
    ran(bench, graph())
    plan = bench.pipelines.plan(graph(two=9), {})
    said = {node: one.state for node, one in plan.items()}
    assert said == {"one": "cached", "two": "run", "sum": "unknown", "half": "unknown"}
    assert plan[NodeId("two")].why == "value 2 → 9"


def test_a_failure_stops_its_heirs_alone(bench: Bench) -> None:
    nodes = dict(graph().nodes)
    nodes[NodeId("bad")] = Node.model_validate({"op": "test.fail@1", "in": {"a": "one.files"}})
    nodes[NodeId("heir")] = Node.model_validate({"op": "test.half@1", "in": {"a": "bad.files"}})
    job = bench.pipelines.run_graph(Graph(title="sum", nodes=nodes))
    ended = bench.runner.wait(job)
    assert ended.state == "failed"
    assert "taste" in ended.what_happened
    seen = states(bench.runner.record(job).nodes)
    assert seen["bad"] == "failed"
    assert seen["heir"] == "skipped"
    assert seen["half"] == "finished"


def test_a_graph_with_faults_is_refused_by_name(bench: Bench) -> None:
    broken = Graph.model_validate({"nodes": {"half": {"op": "test.half@1"}}})
    with pytest.raises(InvalidGraph, match="half"):
        bench.pipelines.run_graph(broken)


def test_cancel_reaches_the_node_that_runs(bench: Bench, wait_until: Wait) -> None:
    slow = Graph.model_validate(
        {"title": "slow", "nodes": {"count": {"op": "test.count@1", "params": {"to": 2000}}}}
    )
    job = bench.pipelines.run_graph(slow)
    node = bench.runner.folder(job).path / "nodes" / "count"
    wait_until((node / "checkpoints" / "at").exists)
    bench.runner.cancel(job)
    assert bench.runner.wait(job).state == "cancelled"
    assert (node / "exit.json").exists()


def test_a_paused_pipeline_goes_on_where_it_was(bench: Bench, wait_until: Wait) -> None:
    slow = {"op": "test.count@1", "params": {"to": 60, "seconds": 0.05}}
    heir = {"op": "test.half@1", "in": {"a": "count.files"}}
    graph = Graph.model_validate({"title": "slow", "nodes": {"count": slow, "half": heir}})
    job = bench.pipelines.run_graph(graph)
    node = JobFolder(bench.runner.folder(job).path / "nodes" / "count")
    wait_until((node.checkpoints / "at").exists)
    begun = time.monotonic()
    bench.runner.pause(job)
    assert bench.runner.wait(job).state == "paused"
    assert time.monotonic() - begun < 3
    assert states(bench.runner.record(job).nodes)["count"] == "waiting"
    bench.runner.resume(job)
    assert bench.runner.wait(job).state == "finished"
    measured = [m for m in node.read().messages if m.kind == "metrics"]
    assert [step for m in measured for step in m.steps] == list(range(60))


def test_a_node_that_does_not_obey_ends_with_its_pipeline(bench: Bench, wait_until: Wait) -> None:
    graph = Graph.model_validate({"title": "deaf", "nodes": {"deaf": {"op": "test.deaf@1"}}})
    job = bench.pipelines.run_graph(graph)
    node = JobFolder(bench.runner.folder(job).path / "nodes" / "deaf")
    wait_until(lambda: bool(node.path.exists() and node.read().messages))
    lease = node.lease()
    assert lease is not None
    bench.runner.cancel(job)
    bench.runner.wait(job)
    wait_until(lambda: not node.held())


def test_a_killed_coordinator_does_not_redo_what_is_done(bench: Bench, wait_until: Wait) -> None:
    slow = {"op": "test.count@1", "params": {"to": 200, "seconds": 0.05}}
    nodes = dict(graph().nodes) | {NodeId("count"): Node.model_validate(slow)}
    job = bench.pipelines.run_graph(Graph(title="slow", nodes=nodes))
    folder = bench.runner.folder(job)
    wait_until(lambda: (folder.path / "nodes" / "count" / "checkpoints" / "at").exists())
    wait_until(lambda: bool(bench.runner.poll()) and _done(bench, job, "half"))
    lease = folder.lease()
    assert lease is not None
    os.kill(lease.pid, signal.SIGKILL)
    bench.runner.wait(job)
    bench.runner.resume(job)
    assert bench.runner.wait(job).state == "finished"
    seen = states(bench.runner.record(job).nodes)
    assert seen["half"] == "cached"
    assert seen["count"] in ("finished", "cached")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_node_stops_with_its_coordinator_and_goes_on_later(
    bench: Bench, wait_until: Wait
) -> None:
    slow = {"op": "test.count@1", "params": {"to": 60, "seconds": 0.05}}
    nodes = {NodeId("count"): Node.model_validate(slow)}
    job = bench.pipelines.run_graph(Graph(title="slow", nodes=nodes))
    folder = bench.runner.folder(job)
    node = JobFolder(folder.path / "nodes" / "count")
    wait_until(lambda: node.path.exists() and len(node.read().messages) > 3)
    lease = folder.lease()
    assert lease is not None
    os.kill(lease.pid, signal.SIGKILL)
    bench.runner.wait(job)
    bench.runner.resume(job)
    assert bench.runner.wait(job).state == "finished"
    measured = [m for m in node.read().messages if m.kind == "metrics"]
    assert [step for m in measured for step in m.steps] == list(range(60))
    assert {m.attempt for m in measured} == {1, 2}


def _done(bench: Bench, job: str, node: str) -> bool:
    found = bench.runner.record(job).nodes.get(node)  # type: ignore[arg-type]
    return found is not None and found.state == "finished"


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(values=st.lists(st.integers(0, 9), min_size=2, max_size=3), data=st.data())
def test_any_graph_gives_the_same_digests_twice(
    bench: Bench, values: list[int], data: st.DataObject
) -> None:
    nodes: dict[str, object] = {
        f"n{i}": {"op": "test.number@1", "params": {"value": v}} for i, v in enumerate(values)
    }
    for i in range(2):
        a = data.draw(st.sampled_from(sorted(nodes)))
        b = data.draw(st.sampled_from(sorted(nodes)))
        nodes[f"s{i}"] = {"op": "test.add@1", "in": {"a": f"{a}.files", "b": f"{b}.files"}}
    chosen = Graph.model_validate({"title": "any", "nodes": nodes})
    first, second = ran(bench, chosen), ran(bench, chosen)
    assert {n: s.outputs for n, s in first.items()} == {n: s.outputs for n, s in second.items()}
    assert set(states(second).values()) == {"cached"}


def test_the_jobs_of_nodes_are_followed_with_their_curves(bench: Bench) -> None:
    slow = {"op": "test.count@1", "params": {"to": 20, "seconds": 0.01}}
    chosen = Graph.model_validate({"title": "curves", "nodes": {"count": slow}})
    job = bench.pipelines.run_graph(chosen)
    bench.runner.wait(job)
    bench.runner.poll()
    node = bench.runner.record(job).nodes["count"]
    assert node.job is not None
    steps, _ = bench.runner.record(node.job).curves["loss"].arrays()
    assert steps.tolist() == list(range(20))
    again = bench.reopened()
    try:
        assert again.runner.view(node.job).state == "finished"
    finally:
        again.project.close()
