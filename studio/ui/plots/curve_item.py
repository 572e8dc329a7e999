"""One line of a plot, drawn from its pyramid in pens of width 1."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.ui.plots.pyramid import Pyramid

_HOLE_PX = 5
_TINY = 1e-300
_FEW = 40
"""Points in view up to which each gets a dot; a lone point would not be seen at all."""
_DOT_PX = 5


class CurveItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Draws the stretch of a pyramid that is in view; holes are marked at the lower edge.

    Parameters
    ----------
    pyramid : Pyramid
        Call `refresh` after it grew.
    colour : str
        `#rrggbb`.
    faint : bool
        Draw it as the ground of a smoothed line.
    dash : Qt.PenStyle
        Tells lines apart without colour.
    """

    def __init__(
        self,
        pyramid: Pyramid,
        colour: str,
        faint: bool = False,
        dash: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        super().__init__()
        self.pyramid = pyramid
        self._path = QPainterPath()
        self._dots: list[QPointF] = []
        self._holes = np.empty(0)
        self._drawn: tuple[float, float, int, int] | None = None
        self._log = False
        self._pen, self._dot_pen = QPen(), QPen()
        self.dress(colour, faint, dash)

    def dress(self, colour: str, faint: bool, dash: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """Change the look."""
        shade = QColor(colour)
        if faint:
            shade.setAlphaF(0.3)
        # Wider pens cost eight times as much; cosmetic, so that the view's scale is left out.
        self._pen = QPen(shade, 1, dash)
        self._pen.setCosmetic(True)
        self._dot_pen = QPen(shade, _DOT_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        self._dot_pen.setCosmetic(True)
        self.update()

    def set_log(self, on: bool) -> None:
        """Draw the logarithm to base 10 of the values."""
        self._log = on
        self.refresh()

    def refresh(self) -> None:
        """Draw again what was appended."""
        self._drawn = None
        self.prepareGeometryChange()
        self.update()

    def viewRangeChanged(self) -> None:
        """Draw another stretch."""
        self._drawn = None
        self.update()

    def boundingRect(self) -> QRectF:
        """Fill the view: only what is in view is drawn."""
        return QRectF(self.viewRect())

    def _prepare(self) -> None:
        view = self.viewRect()
        box = self.getViewBox()
        pixels = max(1, int(box.width())) if box is not None else 1000
        key = (view.left(), view.right(), pixels, len(self.pyramid))
        if key == self._drawn:
            return
        self._drawn = key
        found = self.pyramid.envelope(view.left(), view.right(), pixels)
        y = found.y
        if self._log:
            with np.errstate(invalid="ignore", divide="ignore"):
                y = np.where(y > _TINY, np.log10(np.maximum(y, _TINY)), np.nan)
        self._path = pg.arrayToQPath(found.x, y, connect="finite", finiteCheck=True)
        shown = np.isfinite(y)
        few = len(y) <= _FEW
        self._dots = (
            [QPointF(*at) for at in zip(found.x[shown], y[shown], strict=True)] if few else []
        )
        self._holes = found.holes

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the line, and a cross for each value that is not a number."""
        del option, widget
        if not len(self.pyramid):
            return
        self._prepare()
        painter.setPen(self._pen)
        painter.drawPath(self._path)
        if self._dots:
            painter.setPen(self._dot_pen)
            painter.drawPoints(self._dots)
            painter.setPen(self._pen)
        if len(self._holes):
            self._mark_holes(painter)

    def _mark_holes(self, painter: QPainter) -> None:
        transform = painter.transform()
        painter.save()
        painter.resetTransform()
        bottom = self.viewRect().top()
        for place in np.unique(self._holes)[:2000]:
            at = transform.map(QPointF(float(place), bottom))
            x, y = at.x(), at.y() - _HOLE_PX - 2
            painter.drawLine(
                QPointF(x - _HOLE_PX, y - _HOLE_PX), QPointF(x + _HOLE_PX, y + _HOLE_PX)
            )
            painter.drawLine(
                QPointF(x - _HOLE_PX, y + _HOLE_PX), QPointF(x + _HOLE_PX, y - _HOLE_PX)
            )
        painter.restore()
