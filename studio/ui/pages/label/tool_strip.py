"""The tools, beside the canvas."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.ui.desk import Command
from studio.ui.widgets.buttons import tool_button

_COLUMNS = 2
_SIDE = 34


class ToolStrip(QScrollArea):
    """One button a tool, two in a row; the one in hand is marked.

    Parameters
    ----------
    tools : mapping of str to Command
        By the tool's id, in order.
    """

    def __init__(self, tools: Mapping[str, Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        inside = QWidget()
        grid = QGridLayout()
        grid.setSpacing(2)
        for place, (id_, command) in enumerate(tools.items()):
            button = tool_button(command)
            button.setFixedSize(QSize(_SIDE, _SIDE))
            button.setCheckable(True)
            button.setAutoExclusive(True)
            self.buttons[id_] = button
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 8, 6, 8)
        column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(inside.sizeHint().width() + self.verticalScrollBar().sizeHint().width())
        self.setAccessibleName("Tools")

    def show_tool(self, id: str) -> None:  # noqa: A002
        """Mark the tool that is in hand."""
        self.buttons[id].setChecked(True)
        self.ensureWidgetVisible(self.buttons[id])
