"""Runs a pipeline node by node: what is known is not done again, a failure stops only its heirs.

It runs in a worker process of its own, so that the window may go. Each node that has to run is a
job with a folder of its own below the pipeline's; a coordinator that was killed and is resumed
finds what is finished by its key.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from studio.api.job_folder import JobFolder
from studio.domain.ids import Digest, new_id
from studio.domain.jobs import (
    Compute,
    Control,
    Device,
    JobHandle,
    JobId,
    JobMessage,
    JobOrder,
    NodeChanged,
)
from studio.domain.objects import ResultIndex
from studio.domain.operations import Catalogue, Operation, Params, key_of
from studio.domain.pipelines import Graph, NodeId, ancestors, faults, order
from studio.errors import Cancelled, ComputeFailed, InvalidGraph, Paused
from studio.services.node_facts import Facts, facts_file, outputs_of, reason, recall, remember

_PARALLEL = 2
_POLL_SECONDS = 0.03


class Reporter(Protocol):
    """What the coordinator needs of its context."""

    def emit(self, message: JobMessage) -> None:
        """Write a message."""

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Say how far the work is; raises `Cancelled`."""

    def asked(self) -> Literal["pause", "cancel"] | None:
        """Return what the person asked for."""


@dataclass
class _Running:
    handle: JobHandle
    folder: JobFolder
    begun: float
    inputs: dict[str, Digest]


@dataclass
class _State:
    outputs: dict[NodeId, dict[str, Digest]] = field(default_factory=dict)
    running: dict[NodeId, _Running] = field(default_factory=dict)
    failed: dict[NodeId, str] = field(default_factory=dict)
    done: set[NodeId] = field(default_factory=set)


class Coordinator:
    """Runs the graph of one order.

    Parameters
    ----------
    job : JobOrder
        With the graph in its parameters and the graph's inputs as its inputs.
    reporter : Reporter
        Where states are told, and wishes heard.
    folder : JobFolder
        Of the pipeline; nodes get theirs below.
    results : ResultIndex
        What is known from before.
    catalogue : Catalogue
        Operations.
    compute : Compute
        Where nodes run.
    """

    def __init__(
        self,
        job: JobOrder,
        reporter: Reporter,
        folder: JobFolder,
        results: ResultIndex,
        catalogue: Catalogue,
        compute: Compute,
    ) -> None:
        self._job = job
        self._reporter = reporter
        self._folder = folder
        self._results = results
        self._catalogue = catalogue
        self._compute = compute
        self._graph = Graph.model_validate(job.params["graph"])
        only = job.params.get("only") or []
        chosen = [NodeId(str(node)) for node in only] if isinstance(only, list) else []
        unknown = set(chosen) - set(self._graph.nodes)
        if unknown:
            raise InvalidGraph(f"The pipeline has no node {', '.join(sorted(unknown))}.")
        self._wanted = ancestors(self._graph, chosen) if chosen else set(self._graph.nodes)
        self._memory = facts_file(folder.path.parent.parent, self._graph.title)

    def run(self) -> dict[str, Digest]:
        """Run all wanted nodes.

        Returns
        -------
        dict of str to Digest
            Outputs as `node.port`.

        Raises
        ------
        InvalidGraph
            If the graph cannot run.
        ComputeFailed
            Naming the nodes that failed.
        Cancelled, Paused
            When asked; nodes under way were asked too.
        """
        found = [fault for fault in faults(self._graph, self._catalogue) if self._concerns(fault)]
        if found:
            reasons = "; ".join(f"{f.node or 'pipeline'}: {f.reason}" for f in found[:5])
            raise InvalidGraph(f"The pipeline cannot run: {reasons}.", "Mend those nodes.")
        waiting = [node for node in order(self._graph) if node in self._wanted]
        state = _State()
        for node in waiting:
            self._reporter.emit(NodeChanged(node=node, state="waiting"))
        while waiting or state.running:
            self._listen(state)
            waiting = self._begin_ready(waiting, state)
            self._collect(state)
            self._reporter.progress(len(state.done), len(self._wanted), "nodes")
            if waiting or state.running:
                time.sleep(_POLL_SECONDS)
        if state.failed:
            first = next(iter(state.failed))
            raise ComputeFailed(
                f"{len(state.failed)} of {len(self._wanted)} nodes failed. "
                f"“{first}”: {state.failed[first]}",
                "Mend it and run again; what is done stays done.",
            )
        return {
            f"{node}.{port}": digest
            for node, outputs in state.outputs.items()
            for port, digest in outputs.items()
        }

    def _concerns(self, fault: object) -> bool:
        node = getattr(fault, "node", None)
        return node is None or node in self._wanted

    def _listen(self, state: _State) -> None:
        asked = self._reporter.asked()
        if asked is None:
            return
        for one in state.running.values():
            self._compute.ask(one.handle, one.folder.path, Control(ask=asked))
        for node, one in state.running.items():
            self._wait_for_end(one)
            left: Literal["waiting", "cancelled"] = "waiting" if asked == "pause" else "cancelled"
            why = "paused" if asked == "pause" else ""
            self._reporter.emit(NodeChanged(node=node, state=left, why=why, job=one.handle.job))
        if asked == "pause":
            raise Paused("It was paused; what is done stays done.")
        raise Cancelled("It was cancelled; what is done stays done.")

    def _wait_for_end(self, one: _Running) -> None:
        while one.folder.exit() is None and self._compute.alive(one.handle):
            time.sleep(_POLL_SECONDS)

    def _begin_ready(self, waiting: list[NodeId], state: _State) -> list[NodeId]:
        left: list[NodeId] = []
        for node in waiting:
            sources = {NodeId(s.partition(".")[0]) for s in self._graph.nodes[node].inputs.values()}
            sources = {source for source in sources if source in self._graph.nodes}
            broken = sources & set(state.failed) | {s for s in sources if s in self._skipped(state)}
            if broken:
                why = f"“{min(broken)}” failed"
                self._reporter.emit(NodeChanged(node=node, state="skipped", why=why))
                state.done.add(node)
            elif (
                not sources <= set(state.outputs)
                or len(state.running) >= _PARALLEL
                or self._at_work(node)
            ):
                left.append(node)
            else:
                self._begin(node, state)
        return left

    def _at_work(self, node: NodeId) -> bool:
        """Tell whether a worker of an earlier, killed coordinator has not stopped yet."""
        return JobFolder(self._folder.path / "nodes" / node).held()

    def _skipped(self, state: _State) -> set[NodeId]:
        return state.done - set(state.outputs) - set(state.failed)

    def _begin(self, node: NodeId, state: _State) -> None:
        operation, params, inputs = resolve(
            self._graph, node, self._catalogue, self._job.inputs, state.outputs
        )
        facts = Facts(
            operation.reference,
            self._catalogue.code(operation),
            params.model_dump(mode="json"),
            inputs,
            self._job.seed,
        )
        key = key_of(operation, facts.code, params, inputs, self._job.seed)
        record = self._results.get(key)
        if record is not None:
            outputs = outputs_of(record)
            state.outputs[node] = outputs
            state.done.add(node)
            why = "known from before: same inputs, parameters, code and seed"
            self._reporter.emit(
                NodeChanged(node=node, state="cached", why=why, inputs=inputs, outputs=outputs)
            )
        else:
            why = reason(recall(self._memory, node), facts)
            self._start(node, operation, inputs, key, why, state)
        remember(self._memory, node, facts)

    def _start(
        self,
        node: NodeId,
        operation: Operation,
        inputs: dict[str, Digest],
        key: str,
        why: str,
        state: _State,
    ) -> None:
        device = self._job.params.get("device", "auto")
        one = JobOrder(
            id=JobId(new_id("job")),
            operation=operation.reference,
            params=self._graph.nodes[node].params,
            inputs=inputs,
            seed=self._job.seed,
            device=_device(str(device)),
            key=key,
            title=f"{self._graph.title} · {node}",
            created=time.time(),
        )
        folder = self._folder_of(node, key, one)
        handle = self._compute.start(folder.path)
        state.running[node] = _Running(handle, folder, time.monotonic(), inputs)
        self._reporter.emit(
            NodeChanged(node=node, state="running", why=why, job=handle.job, inputs=inputs)
        )

    def _folder_of(self, node: NodeId, key: str, fresh: JobOrder) -> JobFolder:
        """Return the node's folder: the one of an interrupted run of the same key, or a new one."""
        path = self._folder.path / "nodes" / node
        folder = JobFolder(path)
        if folder.order_file.exists() and folder.order().key == key:
            folder.clear_for_resume()
            return folder
        if path.exists():
            path.rename(path.with_name(f"{node}~{fresh.id}"))
        return JobFolder.create(path, fresh)

    def _collect(self, state: _State) -> None:
        for node, one in list(state.running.items()):
            ended = one.folder.exit()
            if ended is None and self._compute.alive(one.handle):
                continue
            ended = ended or one.folder.exit()
            del state.running[node]
            state.done.add(node)
            seconds = round(time.monotonic() - one.begun, 3)
            if ended is not None and ended.state == "finished":
                state.outputs[node] = dict(ended.outputs)
                self._tell(node, one, "finished", "", seconds, dict(ended.outputs))
                continue
            said = "its worker was ended from outside"
            if ended is not None:
                said = f"{ended.what_happened} {ended.what_to_do}".strip()
            state.failed[node] = said
            self._tell(node, one, "failed", said, seconds, {})

    def _tell(
        self,
        node: NodeId,
        one: _Running,
        word: Literal["finished", "failed"],
        why: str,
        seconds: float,
        outputs: dict[str, Digest],
    ) -> None:
        self._reporter.emit(
            NodeChanged(
                node=node,
                state=word,
                why=why,
                job=one.handle.job,
                inputs=one.inputs,
                outputs=outputs,
                seconds=seconds,
            )
        )


def _device(text: str) -> Device:
    return "cpu" if text == "cpu" else "cuda" if text == "cuda" else "auto"


def resolve(
    graph: Graph,
    node: NodeId,
    catalogue: Catalogue,
    bindings: Mapping[str, Digest],
    outputs: Mapping[NodeId, Mapping[str, Digest]],
) -> tuple[Operation, Params, dict[str, Digest]]:
    """Find a node's operation, parameters and input digests.

    Raises
    ------
    InvalidGraph
        If an input of the graph is not bound.
    KeyError
        If a source has no outputs yet.
    """
    one = graph.nodes[node]
    operation = catalogue.get(one.operation)
    inputs: dict[str, Digest] = {}
    for link in graph.links_into(node):
        if link.source.startswith("@"):
            name = link.source[1:]
            if name not in bindings:
                raise InvalidGraph(f"The pipeline's input “{name}” is not given.")
            inputs[link.port] = bindings[name]
        else:
            inputs[link.port] = outputs[link.source][link.output]
    return operation, operation.parse(one.params, one.version), inputs
