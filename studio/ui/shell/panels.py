"""The panels along the edges: jobs, history, messages; stock docks behind one door."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget


class Panels:
    """Docks of the window by name; all closed until they are wanted.

    Parameters
    ----------
    window : QMainWindow
        Where they dock.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}

    def put(self, name: str, title: str, area: Qt.DockWidgetArea, content: QWidget) -> None:
        """Put content into a panel, in place of what was there."""
        dock = self._docks.get(name)
        if dock is None:
            dock = QDockWidget(title, self._window)
            dock.setObjectName(name)
            dock.hide()
            self._window.addDockWidget(area, dock)
            self._docks[name] = dock
        old = dock.widget()
        dock.setWidget(content)
        if old is not None:
            old.deleteLater()

    def show(self, name: str) -> None:
        """Show a panel, if there is one."""
        dock = self._docks.get(name)
        if dock is not None:
            dock.show()
            dock.raise_()

    def toggle(self, name: str) -> None:
        """Show a panel, or hide it."""
        dock = self._docks.get(name)
        if dock is not None:
            dock.setVisible(not dock.isVisible())

    def remove(self, name: str) -> None:
        """Take a panel away with its content."""
        dock = self._docks.pop(name, None)
        if dock is not None:
            self._window.removeDockWidget(dock)
            dock.deleteLater()

    def size_bottom(self, name: str, height: int) -> None:
        """Give a panel at the bottom a height, px."""
        dock = self._docks.get(name)
        if dock is not None:
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
