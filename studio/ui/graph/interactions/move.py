"""Moving nodes; the model hears of it once, when the button is let go."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF

from studio.domain.pipelines import NodeId
from studio.ui.graph.interactions.gesture import Stage

GRID = 8
"""Nodes come to stand on multiples of this, scene px."""


class Move:
    """Takes nodes along with the pointer.

    Parameters
    ----------
    stage : Stage
        The canvas.
    ids : iterable of NodeId
        Which nodes.
    at : QPointF
        Where the button was pressed.
    """

    def __init__(self, stage: Stage, ids: Iterable[NodeId], at: QPointF) -> None:
        self._stage = stage
        self._begun = at
        self._from = {id_: stage.stage.nodes[id_].pos() for id_ in ids}

    def _places(self, at: QPointF) -> dict[NodeId, tuple[float, float]]:
        by = at - self._begun
        return {id_: snapped(place + by) for id_, place in self._from.items()}

    def move(self, at: QPointF) -> None:
        """Show the nodes there."""
        for id_, place in self._places(at).items():
            self._stage.stage.put_at(id_, QPointF(*place))
        if self._stage.stage.far:
            self._stage.stage.outline()

    def release(self, at: QPointF) -> None:
        """Keep them there."""
        if (at - self._begun).manhattanLength() < GRID / 2:
            self.cancel()
            return
        self._stage.model.move(self._places(at))
        self._stage.stage.outline()

    def cancel(self) -> None:
        """Put them back."""
        for id_, place in self._from.items():
            self._stage.stage.put_at(id_, place)


def snapped(place: QPointF) -> tuple[float, float]:
    """Return the nearest place on the grid."""
    return (GRID * round(place.x() / GRID), GRID * round(place.y() / GRID))
