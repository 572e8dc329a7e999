"""The selected node: what it does, its parameters, its ports, its state and its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from studio.domain.jobs import Logged
from studio.domain.pipelines import GRAPH_INPUT, NodeId
from studio.errors import NotFound
from studio.ui.forms.fields import Choices
from studio.ui.forms.form import ParamsForm
from studio.ui.graph.cards import Socket
from studio.ui.graph.looks import PLAIN, Look
from studio.ui.graph.model import GraphModel

_PATIENCE_MS = 400
"""A form that is typed into becomes one edit after this rest."""


class NodePanel(QWidget):
    """Shows one node of a model, and changes its parameters.

    Parameters
    ----------
    model : GraphModel
        Whose node is shown.
    choices : callable
        Gives the choices of text fields.
    """

    edited = Signal()
    """Parameters were changed."""

    def __init__(self, model: GraphModel, choices: Choices) -> None:
        super().__init__()
        self._model = model
        self._choices = choices
        self._node: NodeId | None = None
        self._told = 0
        self.form: ParamsForm | None = None
        self.title = _label("heading")
        self.summary = _label("quiet")
        self.state = _label("")
        self.ports = _label("small")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log of the node")
        self.log.setMaximumHeight(120)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PATIENCE_MS)
        self._rest.timeout.connect(self.flush)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.title, self.summary, self.state, self.ports):
            column.addWidget(widget)
        column.addWidget(self.area, 100)
        column.addWidget(self.log)
        column.addStretch(1)

    @property
    def node(self) -> NodeId | None:
        """The node that is shown, or None."""
        return self._node

    def show_nodes(self, chosen: Sequence[NodeId]) -> None:
        """Show the one node that is selected, or say that there is none or are several."""
        self.flush()
        one = chosen[0] if len(chosen) == 1 else None
        if one is not None and one == self._node:
            self.refresh()
            return
        self._node = one
        self._drop_form()
        self.log.clear()
        self._told = 0
        self.log.hide()
        self.state.hide()
        if one is None:
            self.title.setText(f"{len(chosen):,} nodes selected" if chosen else "No node selected")
            self.summary.setText(
                "Select one node to see its parameters."
                if chosen
                else "Drag operations from the left onto the canvas, or press Tab on it."
            )
            self.ports.hide()
            return
        self._introduce(one)

    def _introduce(self, id_: NodeId) -> None:
        card = self._model.card(id_)
        self.title.setText(card.title)
        self._say_ports()
        if id_.startswith(GRAPH_INPUT):
            self.summary.setText("What the project has when the pipeline runs is given here.")
            return
        try:
            operation = self._model.operation(id_)
        except NotFound as error:
            self.summary.setText(f"{error} The node is kept as it is.")
            return
        self.summary.setText(operation.summary)
        params = self._model.graph.nodes[id_].params
        self.form = ParamsForm(operation.params, params, self._choices)
        self.form.changed.connect(self._rest.start)
        self.area.setWidget(self.form)
        self.area.show()

    def refresh(self) -> None:
        """Show parameters and ports again, after an edit that was not ours."""
        if self._node is None:
            return
        if self._node not in self._model.graph.nodes:
            if not self._node.startswith(GRAPH_INPUT):
                self._rest.stop()
                self.form = None
                self.show_nodes(())
            return
        self._say_ports()
        params = dict(self._model.graph.nodes[self._node].params)
        if self.form is not None and not self._rest.isActive() and self.form.values() != params:
            self.form.set_values(params)

    def show_look(self, look: Look, logs: Sequence[Logged]) -> None:
        """Show the node's state, and what its job said since the last time."""
        if self._node is None:
            return
        look = look or PLAIN
        said = look.sentence if look.state else ""
        self.state.setText(said)
        self.state.setVisible(bool(said))
        role = look.sign.token if look.sign.token in ("error", "warning", "success") else ""
        if self.state.property("role") != role:
            self.state.setProperty("role", role)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)
        if len(logs) < self._told:
            self.log.clear()
            self._told = 0
        for line in logs[self._told :]:
            self.log.appendPlainText(line.text)
        self._told = len(logs)
        self.log.setVisible(bool(logs))

    def flush(self) -> None:
        """Make an edit of what was typed."""
        self._rest.stop()
        if self.form is None or self._node not in self._model.graph.nodes or self._node is None:
            return
        values = self.form.values()
        if values != self._model.graph.nodes[self._node].params:
            self._model.set_params(self._node, values)
            self.edited.emit()

    def _say_ports(self) -> None:
        assert self._node is not None
        card = self._model.card(self._node)
        node = self._model.graph.nodes.get(self._node)
        sources: Mapping[str, str] = node.inputs if node else {}
        lines = []
        for socket in card.inputs:
            missing = "not needed" if socket.optional else "not linked yet"
            source = f"from {sources[socket.name]}" if socket.name in sources else missing
            lines.append(f"Takes {_port(socket)} · {source}")
        lines += [f"Gives {_port(socket)}" for socket in card.outputs]
        self.ports.setText("\n".join(lines))
        self.ports.show()

    def _drop_form(self) -> None:
        if self.form is not None:
            self.area.takeWidget()
            self.form.deleteLater()
            self.form = None
        self.area.hide()


def _port(socket: Socket) -> str:
    if socket.name in ("", socket.kind):
        return socket.kind
    return f"{socket.name} ({socket.kind})"


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
