"""Pipelines: operations joined by their typed ports.

The file form is canonical: slug ids, each edge stored at its consumer, parameters by name and only
where set, `op@version`, layout in a second file. A graph is a value; edits make new ones.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple, NewType, Protocol

from pydantic import Field, ValidationError, field_validator

from studio.domain.artefacts import Value
from studio.domain.ids import JsonValue
from studio.domain.operations import Catalogue, Operation, Port
from studio.errors import InvalidGraph, InvalidParameters, NotFound

NodeId = NewType("NodeId", str)
"""A readable slug, unique in its graph; it stays when the node's title changes."""

GRAPH_INPUT = "@"
"""A source that begins with this sign is an input of the graph itself: `@labels`."""

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SOURCE = re.compile(r"@[a-z][a-z0-9_]{0,63}|[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}")
_LIMIT = 100_000


class Node(Value):
    """One operation at work in a graph."""

    op: str
    """`id@version`."""
    inputs: dict[str, str] = Field(default={}, alias="in")
    """Source by input port: `node.port`, or `@name` for an input of the graph."""
    params: dict[str, JsonValue] = {}

    model_config = Value.model_config | {"populate_by_name": True}

    @field_validator("inputs")
    @classmethod
    def _sources(cls, inputs: dict[str, str]) -> dict[str, str]:
        for port, source in inputs.items():
            if not _SOURCE.fullmatch(source):
                raise ValueError(f"{port}: “{source}” is neither `node.port` nor `@input`")
        return inputs

    @property
    def operation(self) -> str:
        """Id of the operation, without its version."""
        return self.op.partition("@")[0]

    @property
    def version(self) -> int:
        """Version of the operation that the parameters were written for."""
        number = self.op.partition("@")[2]
        return int(number) if number.isdecimal() else 1


class Graph(Value):
    """Nodes by their id, and the inputs the graph as a whole takes."""

    format: Literal["studio.pipeline/1"] = "studio.pipeline/1"
    title: str = ""
    inputs: dict[str, str] = {}
    """Artefact kind by name of the graph's input."""
    nodes: dict[NodeId, Node] = {}

    @field_validator("nodes")
    @classmethod
    def _slugs(cls, nodes: dict[NodeId, Node]) -> dict[NodeId, Node]:
        if len(nodes) > _LIMIT:
            raise ValueError(f"more than {_LIMIT:,} nodes")
        for id_ in nodes:
            if not _SLUG.fullmatch(id_):
                raise ValueError(f"“{id_}” is not a slug of a-z, 0-9 and _")
        return nodes

    def links(self) -> list[Link]:
        """List all links, by consumer."""
        return [link for id_ in self.nodes for link in self.links_into(id_)]

    def links_into(self, node: NodeId) -> list[Link]:
        """List the links that end at one node."""
        found = []
        for port, source in self.nodes[node].inputs.items():
            producer, _, output = source.partition(".")
            found.append(Link(NodeId(producer), output, node, port))
        return found


class Link(NamedTuple):
    """A cable from an output to an input; a source of `@name` stands for a graph input."""

    source: NodeId
    output: str
    node: NodeId
    port: str


class Layout(Value):
    """Where nodes stand on the canvas, scene px; kept apart from the graph."""

    positions: dict[NodeId, tuple[float, float]] = {}


class Fault(NamedTuple):
    """Why a graph cannot run, and where."""

    node: NodeId | None
    port: str | None
    reason: str


def parse(text: str | bytes) -> Graph:
    """Read a graph file.

    Raises
    ------
    InvalidGraph
        If it is not JSON, is of a newer format, or breaks the schema.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidGraph(f"The pipeline file is not JSON: {error}.") from error
    form = document.get("format") if isinstance(document, dict) else None
    if form != "studio.pipeline/1":
        raise InvalidGraph(
            f"The file says its format is “{form}”; this studio reads studio.pipeline/1.",
            "Open it with a newer studio, or check that it is a pipeline file.",
        )
    try:
        return Graph.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidGraph(
            f"The pipeline file breaks its schema at {'.'.join(map(str, first['loc']))}: "
            f"{first['msg']}."
        ) from error


def write(graph: Graph) -> str:
    """Write a graph in its one canonical form: sorted, one space of indent, only what was set."""
    document = graph.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    document["format"] = graph.format
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def order(graph: Graph) -> list[NodeId]:
    """Sort nodes so that each comes after those it takes from; ties by id.

    Raises
    ------
    InvalidGraph
        If there is a cycle, naming one node on it.
    """
    waiting = dict.fromkeys(graph.nodes, 0)
    consumers: dict[NodeId, list[NodeId]] = defaultdict(list)
    for link in graph.links():
        if link.source in waiting:
            waiting[link.node] += 1
            consumers[link.source].append(link.node)
    ready = deque(sorted(id_ for id_, count in waiting.items() if not count))
    done: list[NodeId] = []
    while ready:
        id_ = ready.popleft()
        done.append(id_)
        for consumer in sorted(consumers[id_]):
            waiting[consumer] -= 1
            if not waiting[consumer]:
                ready.append(consumer)
    if len(done) < len(graph.nodes):
        stuck = min(set(graph.nodes) - set(done))
        raise InvalidGraph(
            f"The pipeline runs in a circle through “{stuck}”.", "Remove one link of the circle."
        )
    return done


def descendants(graph: Graph, of: Sequence[NodeId]) -> set[NodeId]:
    """Return the nodes that take from `of`, directly or not; `of` itself is left out."""
    consumers: dict[NodeId, list[NodeId]] = defaultdict(list)
    for link in graph.links():
        consumers[link.source].append(link.node)
    found: set[NodeId] = set()
    todo = list(of)
    while todo:
        for consumer in consumers[todo.pop()]:
            if consumer not in found:
                found.add(consumer)
                todo.append(consumer)
    return found - set(of)


def ancestors(graph: Graph, of: Sequence[NodeId]) -> set[NodeId]:
    """Return the nodes that `of` takes from, directly or not, with `of` itself."""
    found = set(of)
    todo = list(of)
    while todo:
        for source in graph.nodes[todo.pop()].inputs.values():
            producer = NodeId(source.partition(".")[0])
            if producer in graph.nodes and producer not in found:
                found.add(producer)
                todo.append(producer)
    return found


def link_fault(graph: Graph, link: Link, catalogue: Catalogue) -> str | None:
    """Say why a link may not be drawn, or None if it may."""
    if reason := _end_fault(graph, link, catalogue):
        return reason
    if link.source == link.node or link.source in descendants(graph, [link.node]):
        return "the pipeline would run in a circle"
    return None


def _end_fault(graph: Graph, link: Link, catalogue: Catalogue) -> str | None:
    """Say why the two ends of a link do not fit, whatever the rest of the graph is."""
    try:
        target = catalogue.get(graph.nodes[link.node].operation)
        takes = _port(target.inputs, link.port)
    except (KeyError, NotFound) as error:
        return str(error)
    if takes is None:
        return f"“{target.title}” has no input “{link.port}”"
    if link.source.startswith(GRAPH_INPUT):
        kind = graph.inputs.get(link.source[1:])
    else:
        try:
            source = catalogue.get(graph.nodes[link.source].operation)
        except (KeyError, NotFound) as error:
            return str(error)
        gives = _port(source.outputs, link.output)
        kind = gives.kind if gives else None
    if kind is None:
        return f"there is no output “{link.source}{'.' if link.output else ''}{link.output}”"
    if kind != takes.kind:
        return f"“{link.port}” takes {takes.artefact.noun}, not {kind}"
    return None


def _port(ports: Sequence[Port], name: str) -> Port | None:
    return next((port for port in ports if port.name == name), None)


def faults(graph: Graph, catalogue: Catalogue) -> list[Fault]:
    """List everything that keeps a graph from running; empty if it can run."""
    found: list[Fault] = []
    circle = ""
    try:
        order(graph)
    except InvalidGraph as error:
        circle = str(error)
    # Looking for a circle at each link would cost links times nodes; without one it is not asked.
    wrong = link_fault if circle else _end_fault
    for id_, node in graph.nodes.items():
        try:
            operation = catalogue.get(node.operation)
        except NotFound as error:
            found.append(Fault(id_, None, str(error)))
            continue
        found += _node_faults(graph, id_, operation)
        for link in graph.links_into(id_):
            if reason := wrong(graph, link, catalogue):
                found.append(Fault(id_, link.port, reason))
    if circle:
        found.append(Fault(None, None, circle))
    return found


def _node_faults(graph: Graph, id_: NodeId, operation: Operation) -> list[Fault]:
    node = graph.nodes[id_]
    found: list[Fault] = []
    if node.version > operation.version:
        found.append(Fault(id_, None, f"it needs {node.op}, this studio has {operation.reference}"))
    try:
        operation.parse(node.params, node.version)
    except InvalidParameters as error:
        found.append(Fault(id_, None, error.what_happened))
    for port in operation.inputs:
        if not port.optional and port.name not in node.inputs:
            found.append(Fault(id_, port.name, f"“{port.name}” needs {port.artefact.noun}"))
    return found


class Graphs(Protocol):
    """The pipelines of a project by name."""

    def get(self, name: str) -> tuple[Graph, Layout] | None:
        """Return a pipeline and its layout, or None."""

    def put(self, name: str, graph: Graph, layout: Layout) -> None:
        """Keep a pipeline under a name."""

    def remove(self, name: str) -> None:
        """Forget a pipeline."""

    def names(self) -> Sequence[str]:
        """Return all names, sorted."""


class HasGraphs(Protocol):
    """The part of a project that edits of pipelines need."""

    @property
    def graphs(self) -> Graphs:
        """The project's pipelines."""


class ChangeGraph(Value):
    """Edit: some nodes of a pipeline change, appear or go.

    A node that is None before is new; one that is None after is gone. Positions go the same way.
    The cost is that of the nodes that change, never of the whole graph.
    """

    kind: ClassVar[str] = "graph.change"
    name: str
    before: dict[NodeId, Node | None] = {}
    after: dict[NodeId, Node | None] = {}
    moved_from: dict[NodeId, tuple[float, float] | None] = {}
    moved_to: dict[NodeId, tuple[float, float] | None] = {}
    inputs_before: dict[str, str] | None = None
    inputs_after: dict[str, str] | None = None
    title: str = "Change pipeline"

    def do(self, project: HasGraphs) -> None:
        """Bring about the state after."""
        self._apply(project, self.after, self.moved_to, self.inputs_after)

    def undo(self, project: HasGraphs) -> None:
        """Bring back the state before."""
        self._apply(project, self.before, self.moved_from, self.inputs_before)

    def _apply(
        self,
        project: HasGraphs,
        nodes: Mapping[NodeId, Node | None],
        positions: Mapping[NodeId, tuple[float, float] | None],
        inputs: dict[str, str] | None,
    ) -> None:
        graph, layout = project.graphs.get(self.name) or (Graph(title=self.name), Layout())
        kept = {k: v for k, v in (dict(graph.nodes) | dict(nodes)).items() if v is not None}
        places = dict(layout.positions) | dict(positions)
        project.graphs.put(
            self.name,
            Graph(
                title=graph.title,
                inputs=graph.inputs if inputs is None else inputs,
                nodes=kept,
            ),
            Layout(positions={k: v for k, v in places.items() if v is not None}),
        )
