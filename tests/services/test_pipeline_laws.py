"""Laws of the coordinator on random graphs; workers run in this very process, to be quick."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import worker
from studio.api.job_folder import JobFolder
from studio.domain.ids import Digest
from studio.domain.jobs import (
    PIPELINE,
    Control,
    JobHandle,
    JobId,
    JobMessage,
    JobOrder,
    NodeChanged,
)
from studio.domain.pipelines import Graph, NodeId, descendants
from studio.services.coordinator import Coordinator
from studio.services.plugin_host import PluginHost
from studio.storage.objects import DiskObjects
from studio.storage.results import DiskResults
from tests.services.conftest import PLUGINS

HOST = PluginHost([PLUGINS], installed=False)


class Here:
    """Runs a worker's main in this process: a compute target that is always done at once."""

    name = "here"

    def __init__(self, store: Path) -> None:
        self._store = store

    def start(self, folder: Path) -> JobHandle:
        ended = worker.run(folder, self._store, [PLUGINS])
        assert ended.state == "finished", ended
        # The lease is this process's own, which goes on.
        JobFolder(folder).lease_file.unlink()
        return JobHandle(job=JobFolder(folder).order().id, target=self.name, folder=str(folder))

    def sync(self, handle: JobHandle, folder: Path) -> None:
        """Nothing is elsewhere."""

    def alive(self, handle: JobHandle) -> bool | None:
        return False

    def ask(self, handle: JobHandle, folder: Path, control: Control) -> None:
        """It has ended already."""


class Listener:
    """Remembers how nodes stand."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def emit(self, message: JobMessage) -> None:
        if isinstance(message, NodeChanged):
            self.states[message.node] = message.state

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Nobody looks."""

    def asked(self) -> Literal["pause", "cancel"] | None:
        return None


@pytest.fixture(autouse=True)
def _terminated_as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def run(project: Path, graph: Graph, number: int) -> tuple[dict[str, Digest], dict[str, str]]:
    order = JobOrder(
        id=JobId(f"job-{number}"),
        operation=f"{PIPELINE}@1",
        params={"graph": graph.model_dump(mode="json", by_alias=True), "device": "cpu"},
    )
    folder = JobFolder.create(project / "runs" / order.id, order)
    objects = project / "objects"
    listener = Listener()
    results = DiskResults(project / "results", DiskObjects(objects))
    outputs = Coordinator(order, listener, folder, results, HOST, Here(objects)).run()
    return outputs, listener.states


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, dict[str, object]]:
    nodes: dict[str, dict[str, object]] = {}
    for i in range(draw(st.integers(1, 3))):
        value = draw(st.integers(0, 50))
        nodes[f"n{i}"] = {"op": "test.number@1", "params": {"value": value}}
    for i in range(draw(st.integers(0, 4))):
        known = st.sampled_from(sorted(nodes))
        links = {"a": f"{draw(known)}.files", "b": f"{draw(known)}.files"}
        if draw(st.booleans()):
            nodes[f"s{i}"] = {"op": "test.add@1", "in": links}
        else:
            nodes[f"h{i}"] = {"op": "test.half@1", "in": {"a": links["a"]}}
    return nodes


@settings(max_examples=6, deadline=None)
@given(nodes=graphs(), data=st.data())
def test_names_and_order_do_not_change_what_comes_out(
    nodes: dict[str, dict[str, object]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(sorted(nodes)))
    # New names turn the order of nodes that wait for nobody around.
    other = {name: f"x{number}" for number, name in enumerate(shuffled)}
    renamed = {other[name]: _relinked(nodes[name], other) for name in shuffled}
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first, _ = run(Path(one), Graph.model_validate({"title": "a", "nodes": nodes}), 1)
        second, _ = run(Path(two), Graph.model_validate({"title": "a", "nodes": renamed}), 1)
    assert {f"{other[k.partition('.')[0]]}.files": v for k, v in first.items()} == second


@settings(max_examples=6, deadline=None)
@given(nodes=graphs(), data=st.data())
def test_a_change_reaches_its_descendants_alone(
    nodes: dict[str, dict[str, object]], data: st.DataObject
) -> None:
    graph = Graph.model_validate({"title": "a", "nodes": nodes})
    changed = data.draw(st.sampled_from([name for name in sorted(nodes) if name.startswith("n")]))
    params = {"value": data.draw(st.integers(51, 99))}
    later = Graph.model_validate(
        {"title": "a", "nodes": nodes | {changed: nodes[changed] | {"params": params}}}
    )
    with TemporaryDirectory() as folder:
        _, first = run(Path(folder), graph, 1)
        _, again = run(Path(folder), graph, 2)
        _, after = run(Path(folder), later, 3)
    assert set(first.values()) <= {"finished", "cached"}
    assert set(again.values()) == {"cached"}
    assert after[changed] == "finished"
    ran = {name for name, state in after.items() if state == "finished"}
    assert ran <= {changed, *descendants(later, [NodeId(changed)])}


def _relinked(node: dict[str, object], names: dict[str, str]) -> dict[str, object]:
    links = node.get("in")
    if not isinstance(links, dict):
        return node
    return node | {"in": {p: f"{names[s.partition('.')[0]]}.files" for p, s in links.items()}}
