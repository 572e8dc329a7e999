"""What all plots share: no buttons, no menu, true numbers on the axes, colours of the theme."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from studio.ui.plots.ground_lines import GroundLines
from studio.ui.theme import current
from studio.ui.theme.tokens import mixed

_SIDES = ("left", "bottom")


def bare(plot: pg.PlotWidget, along: str = "", up: str = "") -> GroundLines:
    """Take away what pyqtgraph adds by itself.

    Parameters
    ----------
    along, up : str
        What the axes below and at the left say; may be empty.

    Returns
    -------
    GroundLines
        Not yet in the plot; `dress` colours them.
    """
    item = plot.getPlotItem()
    item.hideButtons()
    item.setMenuEnabled(False)
    for side, words in (("bottom", along), ("left", up)):
        if words:
            item.setLabel(side, words)
        # Powers of ten belong to the numbers, not to a factor beside the axis.
        item.getAxis(side).enableAutoSIPrefix(False)
    return GroundLines(item.getAxis("left"))


def dress(plot: pg.PlotWidget, ground: GroundLines) -> None:
    """Give axes, lines and background the colours of the theme."""
    tokens = current.tokens()
    for side in _SIDES:
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(QPen(QColor(mixed(tokens.quiet, tokens.ground, 0.4)), 1))
        axis.setTextPen(QColor(tokens.quiet))
    ground.dress(mixed(tokens.surface, tokens.line, 0.25))
    plot.setBackground(tokens.surface)
