"""The tools, beside the canvas."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.domain.labels import Label
from studio.ui.canvas.model import drawn_as
from studio.ui.desk import Command
from studio.ui.widgets.buttons import tool_button

_COLUMNS = 2
_DRAWS = {
    "box": "box", "rotated_box": "rotated_box", "polygon": "polygon", "lasso": "polygon",
    "polyline": "polyline", "points": "points", "ellipse": "ellipse", "circle": "circle",
    "cuboid": "cuboid", "skeleton": "skeleton", "bezier": "bezier", "brush": "mask",
}  # fmt: skip
"""What a tool draws; smart tools find regions, which become what the label is drawn as."""
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
        self._tips: dict[str, str] = {}
        inside = QWidget()
        grid = QGridLayout()
        grid.setSpacing(2)
        for place, (id_, command) in enumerate(tools.items()):
            button = tool_button(command)
            button.setFixedSize(QSize(_SIDE, _SIDE))
            button.setCheckable(True)
            button.setAutoExclusive(True)
            self.buttons[id_] = button
            self._tips[id_] = button.toolTip()
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

    def show_kinds(self, label: Label | None) -> None:
        """Switch off the tools that draw what a label is never drawn as, and say so there."""
        for id_, button in self.buttons.items():
            kind = _DRAWS.get(id_)
            allowed = label is None or not label.kinds or kind is None or kind in label.kinds
            button.setEnabled(allowed)
            button.setToolTip(self._tips[id_] if allowed or label is None else drawn_as(label))

    def show_tool(self, id: str) -> None:  # noqa: A002
        """Mark the tool that is in hand."""
        self.buttons[id].setChecked(True)
        self.ensureWidgetVisible(self.buttons[id])
