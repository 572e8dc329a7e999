"""Selecting by a rectangle."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from studio.domain.pipelines import NodeId
from studio.ui.graph.interactions.gesture import Stage
from studio.ui.graph.items import NodeItem
from studio.ui.theme import current


class RubberBand:
    """Selects what a rectangle touches.

    Parameters
    ----------
    stage : Stage
        The canvas.
    at : QPointF
        Where the button was pressed.
    kept : collection of NodeId
        What stays selected whatever the rectangle touches.
    """

    def __init__(self, stage: Stage, at: QPointF, kept: Collection[NodeId] = ()) -> None:
        self._stage = stage
        self._begun = at
        self._kept = set(kept)
        self._before = stage.stage.chosen()
        tokens = current.tokens()
        self._band = QGraphicsRectItem()
        pen = QPen(QColor(tokens.accent), 1)
        pen.setCosmetic(True)
        self._band.setPen(pen)
        fill = QColor(tokens.accent)
        fill.setAlphaF(0.12)
        self._band.setBrush(fill)
        self._band.setZValue(20)
        stage.stage.addItem(self._band)
        stage.stage.choose(self._kept)

    def move(self, at: QPointF) -> None:
        """Select what the rectangle touches now."""
        rect = QRectF(self._begun, at).normalized()
        self._band.setRect(rect)
        touched = {item.id for item in self._stage.stage.items(rect) if isinstance(item, NodeItem)}
        self._stage.stage.choose(touched | self._kept)

    def release(self, at: QPointF) -> None:
        """Take the rectangle away."""
        del at
        self._stage.stage.removeItem(self._band)

    def cancel(self) -> None:
        """Select what was selected before."""
        self._stage.stage.removeItem(self._band)
        self._stage.stage.choose(self._before)
