"""Tabs in a narrow column: the one in front says its name, the others show their icon."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QWidget

from studio.ui.theme.icons import icon

_ICONS = {
    "Shapes": "shape", "Details": "info-circle", "Picture": "tags", "Assist": "robot",
    "View": "adjustments", "Review": "message",
}  # fmt: skip


class SideTabs(QTabWidget):
    """Six tabs in the room of three; the names of all stand in tooltips and for screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(False)
        self.setIconSize(QSize(16, 16))
        self.currentChanged.connect(self._name)

    def tabInserted(self, index: int) -> None:
        """Give a tab that was added its icon; its text becomes its name."""
        super().tabInserted(index)
        bar, title = self.tabBar(), self.tabText(index)
        bar.setTabData(index, title)
        bar.setTabToolTip(index, title)
        bar.setAccessibleTabName(index, title)
        self._name()

    def _name(self) -> None:
        bar = self.tabBar()
        for place in range(self.count()):
            title, here = bar.tabData(place), place == self.currentIndex()
            if title is not None:
                bar.setTabText(place, title if here else "")
                bar.setTabIcon(place, icon(_ICONS.get(title, "dots"), "ink" if here else "quiet"))
