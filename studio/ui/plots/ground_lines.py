"""Faint lines across a plot at the axis's own numbers.

pyqtgraph's grid is blended line by line and costs more than all curves together.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class GroundLines(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Horizontal lines at the main ticks of an axis.

    Parameters
    ----------
    axis : pyqtgraph.AxisItem
        The left one of the plot.
    """

    def __init__(self, axis: pg.AxisItem) -> None:
        super().__init__()
        self._axis = axis
        self._pen = QPen()
        self.setZValue(-100)

    def dress(self, colour: str) -> None:
        """Change the colour."""
        self._pen = QPen(QColor(colour), 1)
        self._pen.setCosmetic(True)
        self.update()

    def viewRangeChanged(self) -> None:
        """Draw at other places."""
        self.update()

    def boundingRect(self) -> QRectF:
        """Fill the view."""
        return QRectF(self.viewRect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the lines."""
        del option, widget
        view = self.viewRect()
        levels = self._axis.tickValues(view.top(), view.bottom(), self._axis.height())
        if levels:
            painter.setPen(self._pen)
            painter.drawLines([QLineF(view.left(), y, view.right(), y) for y in levels[0][1]])
