"""Rulers along the edges of the canvas, and the grid of pixels: what tells where one is."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui.canvas.frame import Frame
from studio.ui.desk import Command
from studio.ui.theme import current

RULERS, GRID = "label.rulers", "label.pixels"
"""What can be switched on, by the ids of the commands."""
WIDE = 22
"""Of a ruler, logical px."""
_GRID_FROM = 8.0
"""From this zoom on, the grid of pixels is drawn."""
_APART = 72
"""Numbers of a ruler stand at least so far apart, logical px."""


def step_of(zoom: float) -> int:
    """Return how far apart the numbers of a ruler stand: 1, 2 or 5 times a power of ten, px."""
    least = max(1.0, _APART / zoom)
    power = 10 ** math.floor(math.log10(least))
    return int(next(power * one for one in (1, 2, 5, 10) if power * one >= least))


class Rulers:
    """Draws rulers and grid while they are wanted.

    Parameters
    ----------
    redraw : callable
        Paints the canvas again.
    """

    def __init__(self, redraw: Callable[[], None]) -> None:
        self.shown = False
        self.grid = False
        self._redraw = redraw

    def commands(
        self,
        there: Callable[[], bool],
        tell: Callable[[str], None],
        keep: Callable[[str, bool], None],
    ) -> list[Command]:
        """For menus, palette and keys; `keep` is told what was switched, by the command's id."""

        def flip_rulers() -> None:
            self.shown = not self.shown
            keep(RULERS, self.shown)
            tell("Rulers are shown" if self.shown else "Rulers are hidden")
            self._redraw()

        def flip_grid() -> None:
            self.grid = not self.grid
            keep(GRID, self.grid)
            tell("Pixel grid is shown from 800 % on" if self.grid else "Pixel grid is hidden")
            self._redraw()

        why = "Import pictures first."
        return [
            Command(RULERS, "Show or hide rulers", flip_rulers, "", "", "View", there, why),
            Command(GRID, "Show or hide pixel grid", flip_grid, "", "", "View", there, why),
        ]

    def paint(self, painter: QPainter, frame: Frame, size: QSize, picture: tuple[int, int]) -> None:
        """Draw what is wanted over the picture.

        Parameters
        ----------
        picture : tuple of int, px
            Width and height of the picture.
        """
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.grid and frame.zoom >= _GRID_FROM:
            self._paint_grid(painter, frame, size, picture)
        if self.shown:
            self._paint_ruler(painter, frame, size, True)
            self._paint_ruler(painter, frame, size, False)
        painter.restore()

    def _paint_grid(
        self, painter: QPainter, frame: Frame, size: QSize, picture: tuple[int, int]
    ) -> None:
        seen = frame.seen(size.width(), size.height())
        x0, x1 = max(0, math.floor(seen.x0)), min(picture[0], math.ceil(seen.x1))
        y0, y1 = max(0, math.floor(seen.y0)), min(picture[1], math.ceil(seen.y1))
        (left, top), (right, low) = frame.to_widget((x0, y0)), frame.to_widget((x1, y1))
        lines = [
            QLineF(left + (x - x0) * frame.zoom, top, left + (x - x0) * frame.zoom, low)
            for x in range(x0, x1 + 1)
        ]
        lines += [
            QLineF(left, top + (y - y0) * frame.zoom, right, top + (y - y0) * frame.zoom)
            for y in range(y0, y1 + 1)
        ]
        painter.setPen(QPen(QColor(128, 128, 128, 140), 0))
        painter.drawLines(lines)

    def _paint_ruler(self, painter: QPainter, frame: Frame, size: QSize, flat: bool) -> None:
        tokens = current.tokens()
        long = size.width() if flat else size.height()
        ground = QRectF(0, 0, long, WIDE) if flat else QRectF(0, 0, WIDE, long)
        painter.fillRect(ground, QColor(tokens.raised))
        painter.setPen(QPen(QColor(tokens.ink), 1))
        start = frame.left if flat else frame.top
        step = step_of(frame.zoom)
        number = math.ceil((WIDE - start) / frame.zoom / step) * step
        while (at := start + number * frame.zoom) < long:
            painter.save()
            if not flat:
                painter.rotate(90)
                painter.scale(1, -1)
            painter.drawLine(QLineF(at, WIDE - 8, at, WIDE))
            painter.restore()
            painter.save()
            if not flat:
                painter.translate(0, at)
                painter.rotate(-90)
                painter.translate(-_APART - 3, 0)
            room = QRectF(at + 3 if flat else 0, 0, _APART, WIDE - 6)
            side = Qt.AlignmentFlag.AlignLeft if flat else Qt.AlignmentFlag.AlignRight
            painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), f"{number:,}")
            painter.restore()
            number += step
