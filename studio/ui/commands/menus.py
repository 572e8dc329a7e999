"""The menu bar, filled from the registry."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QMenuBar

from studio.ui.commands.registry import MENUS, Registry


class Menus(QObject):
    """Keeps the menus equal to the registry; a disabled entry says why in its tip."""

    def __init__(self, bar: QMenuBar, registry: Registry) -> None:
        super().__init__(bar)
        self._registry = registry
        self._menus: dict[str, QMenu] = {}
        for name in MENUS:
            menu = bar.addMenu(f"&{name}")
            menu.setObjectName(name)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self._about_to_show)
            menu.aboutToHide.connect(self._about_to_hide)
            self._menus[name] = menu
        registry.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        for name, menu in self._menus.items():
            menu.clear()
            room = ""
            for command in self._registry.in_menu(name):
                source = command.id.partition(".")[0]
                if room and source != room:
                    menu.addSeparator()
                room = source
                menu.addAction(self._registry.action(command.id))
            menu.menuAction().setVisible(bool(room))

    def _about_to_show(self) -> None:
        menu = self.sender()
        for command in self._registry.in_menu(menu.objectName()):
            action = self._registry.action(command.id)
            can = command.enabled()
            action.setEnabled(can)
            action.setToolTip("" if can else command.why_not)

    def _about_to_hide(self) -> None:
        # A disabled action would swallow its shortcut without saying why it cannot be done.
        for command in self._registry.all():
            self._registry.action(command.id).setEnabled(True)
