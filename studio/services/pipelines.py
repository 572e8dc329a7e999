"""Pipelines of a project: keep them, plan them, run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio import paths
from studio.domain.ids import Digest
from studio.domain.jobs import Device, JobId
from studio.domain.operations import Catalogue, key_of
from studio.domain.pipelines import (
    ChangeGraph,
    Fault,
    Graph,
    Layout,
    NodeId,
    ancestors,
    faults,
    order,
    parse,
)
from studio.domain.project import Project
from studio.errors import Conflict, InvalidGraph, NotFound
from studio.services.coordinator import resolve
from studio.services.job_runner import JobRunner
from studio.services.node_facts import Facts, facts_file, outputs_of, reason, recall

_SUFFIX = ".pipeline.json"


@dataclass(frozen=True, slots=True)
class Template:
    """A pipeline that ships with the studio."""

    name: str
    title: str
    graph: Graph
    layout: Layout


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of a node if the pipeline ran now."""

    state: Literal["cached", "run", "unknown"]
    """`unknown`: it takes from a node that has to run; it runs unless that gives the same again."""
    why: str
    outputs: Mapping[str, Digest]


class Pipelines:
    """The pipelines of an open project.

    Parameters
    ----------
    project : Project
        Open.
    catalogue : Catalogue
        All operations.
    runner : JobRunner
        Runs them.
    snapshot : callable
        Freezes the project's labels and gives their digest.
    """

    def __init__(
        self,
        project: Project,
        catalogue: Catalogue,
        runner: JobRunner,
        snapshot: Callable[[], Digest],
    ) -> None:
        self._project = project
        self._catalogue = catalogue
        self._runner = runner
        self._snapshot = snapshot

    def names(self) -> Sequence[str]:
        """Return the names of the project's pipelines, sorted."""
        return self._project.state.graphs.names()

    def get(self, name: str) -> tuple[Graph, Layout] | None:
        """Return a pipeline and its layout, or None."""
        return self._project.state.graphs.get(name)

    def templates(self) -> list[Template]:
        """Return the pipelines that ship with the studio, by name."""
        found = []
        for file in sorted((paths.resources() / "templates").glob(f"*{_SUFFIX}")):
            name = file.name.removesuffix(_SUFFIX)
            graph = parse(file.read_bytes())
            layout_file = file.with_name(f"{name}.layout.json")
            layout = Layout()
            if layout_file.exists():
                layout = Layout.model_validate_json(layout_file.read_bytes())
            found.append(Template(name, graph.title or name, graph, layout))
        return found

    def add_from_template(self, template: str, name: str = "") -> str:
        """Copy a template into the project, as one edit; returns the pipeline's name.

        Raises
        ------
        NotFound
            If there is no such template.
        Conflict
            If the project has a pipeline of this name.
        """
        found = next((one for one in self.templates() if one.name == template), None)
        if found is None:
            raise NotFound(f"There is no template “{template}”.")
        name = name or template
        if self.get(name) is not None:
            raise Conflict(f"The project already has a pipeline “{name}”.", "Give another name.")
        self._project.perform(
            ChangeGraph(
                name=name,
                before=dict.fromkeys(found.graph.nodes),
                after=dict(found.graph.nodes),
                moved_from=dict.fromkeys(found.layout.positions),
                moved_to=dict(found.layout.positions),
                inputs_before={},
                inputs_after=found.graph.inputs,
                title=f"Add pipeline {found.title}",
            )
        )
        return name

    def faults(self, graph: Graph) -> list[Fault]:
        """List everything that keeps a graph from running."""
        return faults(graph, self._catalogue)

    def bindings(self, graph: Graph) -> dict[str, Digest]:
        """Give each input of a graph what the project has for it.

        Raises
        ------
        InvalidGraph
            If an input is of a kind that the project cannot give.
        """
        bound = {}
        for name, kind in graph.inputs.items():
            if kind == "labels":
                bound[name] = self._snapshot()
                continue
            records = self._project.artefacts.of_kind(kind)
            if not records:
                raise InvalidGraph(
                    f"The pipeline's input “{name}” needs a {kind}, and the project has none."
                )
            bound[name] = records[0].digest
        return bound

    def plan(
        self, graph: Graph, bindings: Mapping[str, Digest], seed: int = 0
    ) -> dict[NodeId, Planned]:
        """Say what would become of each node, without running anything.

        Parameters
        ----------
        graph : Graph
            Without faults.
        bindings : mapping of str to Digest
            By name of the graph's input.
        """
        memory = facts_file(self._project.folder, graph.title)
        planned: dict[NodeId, Planned] = {}
        outputs: dict[NodeId, Mapping[str, Digest]] = {}
        for node in order(graph):
            sources = {NodeId(s.partition(".")[0]) for s in graph.nodes[node].inputs.values()}
            open_sources = sorted(s for s in sources if s in graph.nodes and s not in outputs)
            if open_sources:
                why = f"runs if “{open_sources[0]}” gives something new"
                planned[node] = Planned("unknown", why, {})
                continue
            operation, params, inputs = resolve(graph, node, self._catalogue, bindings, outputs)
            code = self._catalogue.code(operation)
            record = self._project.results.get(key_of(operation, code, params, inputs, seed))
            if record is not None:
                outputs[node] = outputs_of(record)
                planned[node] = Planned("cached", "known from before", outputs[node])
                continue
            dumped = params.model_dump(mode="json")
            facts = Facts(operation.reference, code, dumped, inputs, seed)
            planned[node] = Planned("run", reason(recall(memory, node), facts), {})
        return planned

    def run(self, name: str, only: Sequence[NodeId] = (), seed: int = 0) -> JobId:
        """Run a pipeline of the project; raises `NotFound` or `InvalidGraph`."""
        found = self.get(name)
        if found is None:
            raise NotFound(f"The project has no pipeline “{name}”.")
        titled = found[0].model_copy(update={"title": found[0].title or name})
        return self.run_graph(titled, only=only, seed=seed)

    def run_graph(
        self,
        graph: Graph,
        *,
        only: Sequence[NodeId] = (),
        seed: int = 0,
        device: Device = "auto",
    ) -> JobId:
        """Run a graph with the project's labels as its input.

        Raises
        ------
        InvalidGraph
            Naming the first faults.
        """
        unknown = set(only) - set(graph.nodes)
        if unknown:
            raise InvalidGraph(f"The pipeline has no node {', '.join(sorted(unknown))}.")
        wanted = ancestors(graph, only) if only else set(graph.nodes)
        found = [one for one in self.faults(graph) if one.node is None or one.node in wanted]
        if found:
            reasons = "; ".join(f"{one.node or 'pipeline'}: {one.reason}" for one in found[:5])
            raise InvalidGraph(f"The pipeline cannot run: {reasons}.", "Mend those nodes.")
        return self._runner.submit_graph(
            graph, self.bindings(graph), seed=seed, device=device, only=tuple(only)
        )
