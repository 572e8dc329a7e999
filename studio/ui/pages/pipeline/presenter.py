"""What the Pipeline page shows; knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from studio.api.engine import Architecture, Task
from studio.api.job_folder import JobFolder
from studio.domain.ids import Digest, JsonObject
from studio.domain.jobs import ACTIVE, PIPELINE, JobId, NodeChanged
from studio.domain.pipelines import GRAPH_INPUT, ChangeGraph, Fault, Graph, NodeId
from studio.domain.runs import RunRecord
from studio.services.job_runner import JobView
from studio.services.pipelines import Planned, Template
from studio.services.session import Session
from studio.ui.graph.looks import Look
from studio.ui.item_models.job_words import duration

_STANDS = ("failed", "skipped", "cancelled")
"""States of a past run that a plan does not replace."""
_TASKS: Mapping[str, Task] = {
    "train.classifier": "classification",
    "train.detector": "detection",
}
_PLANS = {"cached": "known", "run": "will_run", "unknown": "may_run"}


class _Child(NamedTuple):
    """What was read so far of the job of one node."""

    folder: JobFolder
    offset: int
    record: RunRecord


class Ended(NamedTuple):
    """How a run of the pipeline ended, in words."""

    text: str
    role: Literal["success", "warning", "error"]


class PipelinePresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._children: dict[tuple[JobId, NodeId], _Child] = {}
        self.plan: Mapping[NodeId, Planned] = {}
        self.faults: Sequence[Fault] = ()

    def names(self) -> Sequence[str]:
        """Return the project's pipelines."""
        return self._session.pipelines.names()

    def templates(self) -> Sequence[Template]:
        """Return what ships with the studio."""
        return self._session.pipelines.templates()

    def start_empty(self) -> str:
        """Make a pipeline with nothing but the project's labels as its input; one edit."""
        name = self.free_name("pipeline")
        self._session.project.perform(
            ChangeGraph(
                name=name,
                moved_from={NodeId(f"{GRAPH_INPUT}labels"): None},
                moved_to={NodeId(f"{GRAPH_INPUT}labels"): (0.0, 0.0)},
                inputs_before={},
                inputs_after={"labels": "labels"},
                title=f"Add pipeline {name}",
            )
        )
        return name

    def use_template(self, template: str) -> str:
        """Copy a template into the project; returns the pipeline's name."""
        return self._session.pipelines.add_from_template(template, self.free_name(template))

    def free_name(self, wanted: str) -> str:
        """Return a name that no pipeline has."""
        taken, number, name = set(self.names()), 2, wanted
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        return name

    def look_for_faults(self, graph: Graph) -> None:
        """Find what keeps the pipeline from running."""
        self.faults = self._session.pipelines.faults(graph)

    def make_plan(
        self, graph: Graph, bindings: Mapping[str, Digest] | None
    ) -> tuple[Mapping[str, Digest], Mapping[NodeId, Planned]]:
        """Say what a run would do; may be called in any thread.

        Parameters
        ----------
        bindings : mapping, optional
            What the inputs were bound to the last time, where nothing changed since.
        """
        pipelines = self._session.pipelines
        bound = pipelines.bindings(graph) if bindings is None else bindings
        return bound, pipelines.plan(graph, bound)

    def latest_run(self, name: str, graph: Graph) -> JobView | None:
        """Return the newest run of a pipeline, or None."""
        wanted = graph.title or name
        for view in self._session.runner.jobs():
            if view.order.operation.partition("@")[0] == PIPELINE:
                document = view.order.params.get("graph")
                if isinstance(document, dict) and document.get("title") == wanted:
                    return view
        return None

    def looks(self, graph: Graph, run: JobView | None) -> dict[NodeId, Look]:
        """Return the state of each node: what keeps it from running, a run's word, or the plan."""
        faulty: dict[NodeId, str] = {}
        for fault in self.faults:
            if fault.node is not None:
                faulty.setdefault(fault.node, fault.reason)
        told = self._session.runner.record(run.order.id).nodes if run is not None else {}
        active = run is not None and run.state in ACTIVE
        found = {}
        for id_ in graph.nodes:
            message = told.get(id_)
            if message is not None and run is not None and (active or self._same(run, graph, id_)):
                planned = self.plan.get(id_)
                stale = planned is not None and planned.state != "cached"
                if active or message.state in _STANDS or not stale:
                    found[id_] = self._told(run, message)
                    continue
            if id_ in faulty:
                found[id_] = Look("fault", faulty[id_])
            elif id_ in self.plan:
                planned = self.plan[id_]
                found[id_] = Look(_PLANS[planned.state], planned.why)
        return found

    @staticmethod
    def _same(run: JobView, graph: Graph, id_: NodeId) -> bool:
        """Tell whether a node is still what it was when it ran."""
        document = run.order.params.get("graph")
        nodes: JsonObject = {}
        if isinstance(document, dict) and isinstance(document.get("nodes"), dict):
            nodes = document["nodes"]  # type: ignore[assignment]  # just looked at
        return nodes.get(id_) == graph.nodes[id_].model_dump(mode="json", by_alias=True)

    def _told(self, run: JobView, message: NodeChanged) -> Look:
        if message.state == "running" and run.state in ACTIVE:
            return self._running(run, message)
        state: str = message.state
        if state in ("running", "waiting") and run.state not in ACTIVE:
            state = "cancelled"
        time = duration(message.seconds) if message.seconds is not None else ""
        return Look(state, message.why, None, time)

    def _running(self, run: JobView, message: NodeChanged) -> Look:
        progress = self.child(run.order.id, NodeId(message.node)).progress
        if progress is None or not progress.total:
            return Look("running", message.why)
        percent = min(100, round(100 * progress.done / progress.total))
        left = progress.seconds_left
        return Look(
            "running", message.why, percent, f"{duration(left)} left" if left is not None else ""
        )

    def child(self, job: JobId, node: NodeId) -> RunRecord:
        """Return what the job of a node said so far; only what is new is read."""
        known = self._children.get((job, node))
        if known is None:
            path = self._session.runner.folder(job).path / "nodes" / node
            known = _Child(JobFolder(path), 0, RunRecord())
        batch = known.folder.read(known.offset)
        known.record.take(batch.messages)
        self._children[job, node] = known._replace(offset=batch.offset)
        return known.record

    def architectures(self, operation: str) -> Sequence[Architecture]:
        """Return the networks an operation can train."""
        return self._session.plugins.architectures(_TASKS.get(operation))

    def forecast(self) -> str:
        """Say what a run would do now; empty while that is not known."""
        if self.faults:
            count = len(self.faults)
            return f"{count:,} {'thing' if count == 1 else 'things'} to mend before it can run"
        if not self.plan:
            return ""
        states = [planned.state for planned in self.plan.values()]
        runs, may, known = (states.count(s) for s in ("run", "unknown", "cached"))
        if not runs and not may:
            return f"{nodes(known)} known, nothing to do"
        said = [f"{nodes(runs)} will run"]
        said += [f"{may:,} may run"] if may else []
        said += [f"{known:,} known"] if known else []
        return ", ".join(said)

    def ended(self, run: JobView) -> Ended | None:
        """Say how a run ended, or None while it goes on."""
        if run.state in ACTIVE:
            return None
        states = [n.state for n in self._session.runner.record(run.order.id).nodes.values()]
        ran, known = states.count("finished"), states.count("cached")
        if run.state == "finished":
            if states and not ran:
                return Ended(f"{nodes(known)} known from before. Nothing had to run.", "success")
            said = f", {known:,} known from before" if known else ""
            return Ended(f"Finished. {nodes(ran)} ran{said}.", "success")
        if run.state == "lost":
            return Ended("The run was ended from outside. Run again to go on.", "warning")
        if run.exit is None:
            return Ended(f"The run is {run.state}.", "warning")
        role: Literal["warning", "error"] = "error" if run.state == "failed" else "warning"
        return Ended(f"{run.exit.what_happened} {run.exit.what_to_do}".strip(), role)


def nodes(number: int) -> str:
    """Write a number of nodes."""
    return "1 node" if number == 1 else f"{number:,} nodes"
