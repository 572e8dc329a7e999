"""A gesture: what happens between pressing the button and letting it go."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF

from studio.domain.pipelines import NodeId
from studio.ui.graph.joining import End
from studio.ui.graph.model import GraphModel
from studio.ui.graph.scene import GraphScene


class Stage(Protocol):
    """What gestures see of the canvas."""

    model: GraphModel
    stage: GraphScene

    def end_at(self, at: QPointF) -> End | None:
        """Return the socket at a place of the canvas, or None."""

    def node_at(self, at: QPointF) -> NodeId | None:
        """Return the node at a place of the canvas, or None."""

    def say(self, text: str, at: QPointF) -> None:
        """Show words beside the pointer; an empty text takes them away."""

    def seek(self, at: QPointF, end: End | None = None) -> None:
        """Let the person choose an operation to add here, joined to a socket if one is given."""


class Gesture(Protocol):
    """One gesture under way; coordinates are scene px."""

    def move(self, at: QPointF) -> None:
        """The pointer is here now."""

    def release(self, at: QPointF) -> None:
        """The button was let go here: make the edit."""

    def cancel(self) -> None:
        """Leave everything as it was before."""
