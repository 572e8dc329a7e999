"""The pipeline that is edited; knows no Qt. Each verb is one edit of the project's history."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from studio.domain.ids import JsonValue
from studio.domain.operations import Catalogue, Operation
from studio.domain.pipelines import (
    GRAPH_INPUT,
    ChangeGraph,
    Graph,
    Layout,
    Link,
    Node,
    NodeId,
    link_fault,
)
from studio.domain.project import Project
from studio.errors import InvalidGraph
from studio.ui.graph.arranging import Place, arranged, filled
from studio.ui.graph.cards import Card, card_of
from studio.ui.graph.clipboard import copied, fresh_id, pasted
from studio.ui.graph.joining import End, changed, fitting, ids_of, linked


class Changed(NamedTuple):
    """What differs since the scene last looked."""

    nodes: set[NodeId]
    """Came, went, or have other links or parameters."""
    places: set[NodeId]

    def __bool__(self) -> bool:
        return bool(self.nodes or self.places)


class GraphModel:
    """One pipeline of a project, with the verbs that change it.

    Parameters
    ----------
    project : Project
        Keeps the pipeline and its history.
    catalogue : Catalogue
        Operations; a link is made only where `link_fault` finds nothing.
    """

    def __init__(self, project: Project, catalogue: Catalogue) -> None:
        self._project = project
        self.catalogue = catalogue
        self.name = ""
        self.graph = Graph()
        self.layout = Layout()
        self._filled: tuple[Graph, dict[NodeId, Place]] | None = None

    def open(self, name: str) -> None:
        """Look at another pipeline; an unknown name is an empty one."""
        self.name = name
        self.graph, self.layout = self._read()

    def refresh(self) -> Changed:
        """Read the pipeline again and say what changed."""
        graph, layout = self._read()
        old, old_layout = self.graph, self.layout
        self.graph, self.layout = graph, layout
        nodes = {
            i for i in old.nodes.keys() | graph.nodes if old.nodes.get(i) != graph.nodes.get(i)
        }
        names = old.inputs.keys() | graph.inputs
        nodes |= {
            NodeId(GRAPH_INPUT + n) for n in names if old.inputs.get(n) != graph.inputs.get(n)
        }
        before, after = old_layout.positions, layout.positions
        places = {i for i in before.keys() | after if before.get(i) != after.get(i)}
        return Changed(nodes, places)

    def _read(self) -> tuple[Graph, Layout]:
        found = self._project.state.graphs.get(self.name) if self.name else None
        return found or (Graph(title=self.name), Layout())

    def ids(self) -> list[NodeId]:
        """Return all nodes and graph inputs."""
        return ids_of(self.graph)

    def card(self, id_: NodeId) -> Card:
        """Return the face of a node or graph input."""
        return card_of(self.graph, id_, self.catalogue)

    def place(self, id_: NodeId) -> Place:
        """Return where a node stands, scene px; one that was never put anywhere gets a place."""
        known = self.layout.positions
        if id_ in known:
            return known[id_]
        if self._filled is None or self._filled[0] is not self.graph:
            heights = {one: self.card(one).height for one in self.ids()}
            self._filled = (self.graph, filled(self.graph, known, heights))
        return self._filled[1].get(id_, (0.0, 0.0))

    def operation(self, id_: NodeId) -> Operation:
        """Return the operation of a node; raises `NotFound`."""
        return self.catalogue.get(self.graph.nodes[id_].operation)

    def perform(
        self,
        title: str,
        nodes: Mapping[NodeId, Node | None] = {},
        places: Mapping[NodeId, Place | None] = {},
        inputs: dict[str, str] | None = None,
    ) -> None:
        """Make one edit; nothing is done if it changes nothing."""
        now, here = self.graph.nodes, self.layout.positions
        nodes = {i: node for i, node in nodes.items() if now.get(i) != node}
        places = {i: place for i, place in places.items() if here.get(i) != place}
        if inputs == self.graph.inputs:
            inputs = None
        if not nodes and not places and inputs is None:
            return
        seen = self.graph
        self._project.perform(
            ChangeGraph(
                name=self.name,
                before={i: now.get(i) for i in nodes},
                after=dict(nodes),
                moved_from={i: here.get(i) for i in places},
                moved_to=dict(places),
                inputs_before=None if inputs is None else dict(self.graph.inputs),
                inputs_after=inputs,
                title=title,
            )
        )
        if self.graph is seen:
            # Nobody who listens to the project has asked for `refresh` yet.
            self.graph, self.layout = self._read()

    def connect(self, link: Link, instead_of: Link | None = None) -> None:
        """Draw a link, in place of the one that ended there; one edit.

        Parameters
        ----------
        link : Link
            The new one.
        instead_of : Link, optional
            Another one that is taken away by the same edit.

        Raises
        ------
        InvalidGraph
            If it would make a circle or join two kinds; nothing is changed then.
        """
        if reason := link_fault(self.graph, link, self.catalogue):
            raise InvalidGraph(f"This link cannot be drawn, because {reason}.")
        nodes = dict(self.graph.nodes)
        touched = {link.node}
        if instead_of is not None:
            old = nodes[instead_of.node]
            kept = {p: s for p, s in old.inputs.items() if p != instead_of.port}
            nodes[instead_of.node] = changed(old, inputs=kept)
            touched.add(instead_of.node)
        nodes[link.node] = linked(nodes[link.node], link)
        self.perform("Link nodes", {id_: nodes[id_] for id_ in touched})

    def disconnect(self, link: Link) -> None:
        """Take a link away."""
        node = self.graph.nodes[link.node]
        inputs = {port: source for port, source in node.inputs.items() if port != link.port}
        self.perform("Unlink nodes", {link.node: changed(node, inputs=inputs)})

    def add(self, operation_id: str, place: Place, end: End | None = None) -> NodeId:
        """Add a node, joined to a socket if one is given; one edit.

        Raises
        ------
        NotFound
            If there is no such operation.
        """
        operation = self.catalogue.get(operation_id)
        id_ = fresh_id(slug(operation_id), self.graph.nodes)
        node = Node(op=operation.reference)
        nodes: dict[NodeId, Node | None] = {id_: node}
        fits = {one.id: port for one, port in fitting(self.catalogue, end)} if end else {}
        if end is not None and operation.id in fits:
            port = fits[operation.id]
            if end.side == "out":
                nodes[id_] = linked(node, Link(end.node, end.socket.name, id_, port))
            else:
                taker = self.graph.nodes[end.node]
                nodes[end.node] = linked(taker, Link(id_, port, end.node, end.socket.name))
        self.perform(f"Add {operation.title.lower()}", nodes, {id_: place})
        return id_

    def add_input(self, kind: str, place: Place) -> NodeId:
        """Add an input of the pipeline as a whole; one edit."""
        name = str(fresh_id(slug(kind), self.graph.inputs))
        id_ = NodeId(GRAPH_INPUT + name)
        self.perform(
            f"Add input {name}", places={id_: place}, inputs={**self.graph.inputs, name: kind}
        )
        return id_

    def delete(self, ids: Collection[NodeId], links: Iterable[Link] = ()) -> None:
        """Take nodes away with every link that touches them, and single links; one edit."""
        gone = set(ids)
        cut = {(link.node, link.port) for link in links}
        cut |= {(link.node, link.port) for link in self.graph.links() if link.source in gone}
        nodes: dict[NodeId, Node | None] = {i: None for i in gone if i in self.graph.nodes}
        for id_ in {node for node, _ in cut} - nodes.keys():
            node = self.graph.nodes[id_]
            kept = {p: s for p, s in node.inputs.items() if (id_, p) not in cut}
            nodes[id_] = changed(node, inputs=kept)
        inputs = {n: k for n, k in self.graph.inputs.items() if GRAPH_INPUT + n not in gone}
        title = "Unlink nodes" if not gone else f"Delete {_count(len(gone))}"
        places = {i: None for i in gone if i in self.layout.positions}
        self.perform(title, nodes, places, inputs)

    def move(self, places: Mapping[NodeId, Place], title: str = "") -> None:
        """Put nodes elsewhere; one edit."""
        self.perform(title or f"Move {_count(len(places))}", places=places)

    def set_params(self, id_: NodeId, params: Mapping[str, JsonValue]) -> None:
        """Give a node other parameters; one edit."""
        node = self.graph.nodes[id_]
        self.perform(f"Change {id_}", {id_: changed(node, params=dict(params))})

    def copy(self, ids: Collection[NodeId]) -> str:
        """Return nodes as text."""
        return copied(self.graph, self.layout, ids)

    def paste(self, text: str, offset: Place = (32.0, 32.0)) -> list[NodeId]:
        """Add copied nodes; links that do not fit here are left out; one edit.

        Raises
        ------
        BadInput
            If the text holds no nodes.
        """
        sources = {str(id_): None for id_ in self.ids()}
        nodes, places = pasted(text, self.graph.nodes, sources)
        trial = self.graph.model_copy(update={"nodes": {**self.graph.nodes, **nodes}})
        sound: dict[NodeId, Node | None] = {}
        for id_, node in nodes.items():
            wrong = {
                link.port
                for link in trial.links_into(id_)
                if link_fault(trial, link, self.catalogue)
            }
            kept = {port: s for port, s in node.inputs.items() if port not in wrong}
            sound[id_] = changed(node, inputs=kept)
        moved = {
            id_: (
                places.get(id_, (0.0, 0.0))[0] + offset[0],
                places.get(id_, (0.0, 0.0))[1] + offset[1],
            )
            for id_ in nodes
        }
        self.perform(f"Paste {_count(len(nodes))}", sound, moved)
        return list(nodes)

    def arrange(self) -> None:
        """Lay all nodes out in columns; one edit."""
        heights = {id_: self.card(id_).height for id_ in self.ids()}
        self.move(arranged(self.graph, heights), "Arrange nodes")

    def align(self, ids: Sequence[NodeId]) -> None:
        """Put the left edges of nodes on one line; one edit."""
        if len(ids) > 1:
            left = min(self.place(id_)[0] for id_ in ids)
            self.move({id_: (left, self.place(id_)[1]) for id_ in ids}, "Align nodes")


def _count(number: int) -> str:
    return "node" if number == 1 else f"{number:,} nodes"


def slug(text: str) -> str:
    """Turn an operation's id into a node's: `train.classifier` becomes `classifier`."""
    last = text.rpartition(".")[2] or text
    made = re.sub(r"[^a-z0-9_]+", "_", last.casefold()).strip("_")
    return made if made[:1].isalpha() else f"n{made}"
