"""The row above the canvas: which picture, and how near."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.ui.desk import Command
from studio.ui.widgets.buttons import tool_button


class TopRow(QWidget):
    """Buttons that go from picture to picture at the left, those that change the view at the right.

    Parameters
    ----------
    steps, views : sequence of Command
        One button each.
    """

    def __init__(
        self, steps: Sequence[Command], views: Sequence[Command], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.place = QLabel()
        self.place.setProperty("role", "quiet")
        self.zoom = QLabel()
        self.zoom.setProperty("role", "quiet")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 16, 8)
        self._row.setSpacing(4)
        for command in steps:
            self._row.addWidget(tool_button(command))
        self._row.addSpacing(8)
        self._row.addWidget(self.name)
        self._row.addSpacing(8)
        self._row.addWidget(self.place)
        self._row.addStretch(1)
        self._row.addWidget(self.zoom)
        for command in views:
            self._row.addWidget(tool_button(command))

    def show_picture(self, name: str, place: str) -> None:
        """Say which picture of how many is shown."""
        self.name.setText(name.rpartition("/")[2])
        self.name.setToolTip(name)
        self.place.setText(place)

    def show_zoom(self, zoom: float | None) -> None:
        """Say how many px of the screen one px of the picture takes; None for no picture."""
        self.zoom.setText("" if zoom is None else f"{zoom:.0%}")
