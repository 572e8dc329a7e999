"""What the window's own commands do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from studio.paths import resources
from studio.ui.shell.help_viewer import HelpViewer, PluginList
from studio.ui.shell.new_project import NewProject
from studio.ui.shell.settings_dialog import SettingsDialog
from studio.ui.shell.shortcuts_sheet import About, ShortcutsSheet

if TYPE_CHECKING:
    from studio.domain.history import History
    from studio.domain.project import ProjectState
    from studio.ui.shell.frame import Frame


class Deeds:
    """One method a command.

    Parameters
    ----------
    window : Frame
        Acted upon.
    """

    def __init__(self, window: Frame) -> None:
        self._window = window

    def has_project(self) -> bool:
        """Tell whether a project is open."""
        return self._window.desk is not None

    def history(self) -> History[ProjectState] | None:
        """Return the history of the open project."""
        desk = self._window.desk
        return desk.session.project.history if desk else None

    def go(self, page: str) -> None:
        """Show a page."""
        if self._window.desk:
            self._window.desk.go(page)

    def new_project(self) -> None:
        """Ask for a name and a folder."""
        self.ask_for_project("", ())

    def ask_for_project(self, name: str, then: tuple[Path, ...]) -> None:
        """Ask for a name and a folder, and import something into the new project."""
        form = NewProject(name, self._window.as_widget())
        self._window.to_import = then
        form.wanted.connect(self._window.make)
        form.show()

    def open_project(self) -> None:
        """Ask which project to open."""
        folder = QFileDialog.getExistingDirectory(
            self._window.as_widget(), "Choose the folder of a project"
        )
        if folder:
            self._window.open(Path(folder))

    def close_project(self) -> None:
        """Close the project; its jobs go on."""
        self._window.close_project()

    def show_folder(self) -> None:
        """Show the project's folder in the system's file browser."""
        if self._window.desk:
            folder = self._window.desk.session.project.folder
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def undo(self) -> None:
        """Take the last edit back."""
        if self._window.desk:
            self._window.desk.session.project.undo()

    def redo(self) -> None:
        """Make the last undone edit again."""
        if self._window.desk:
            self._window.desk.session.project.redo()

    def show_palette(self) -> None:
        """Show the command palette."""
        self._window.show_palette()

    def toggle_panel(self, name: str) -> None:
        """Show or hide a panel."""
        self._window.panels.toggle(name)

    def choose_theme(self, theme: str) -> None:
        """Put another theme on, and remember it."""
        self._window.opener.settings.set("theme", theme)

    def show_settings(self) -> None:
        """Show the settings."""
        from studio.services.settings import SETTINGS

        SettingsDialog(
            self._window.opener.settings, tuple(SETTINGS), self._window.as_widget()
        ).show()

    def show_shortcuts(self) -> None:
        """Show all commands with their keys, which can be changed there."""
        window = self._window
        ShortcutsSheet(window.commands, window.keymap, window.as_widget()).show()

    def show_guide(self) -> None:
        """Show the guide."""
        pages = sorted((resources() / "help" / "guide").glob("*.md"))
        HelpViewer(pages[0], self._window.as_widget()).show()

    def show_plugins(self) -> None:
        """Show all plugins and what is wrong with them."""
        PluginList(self._window.opener.plugins.plugins(), self._window.as_widget()).show()

    def show_about(self) -> None:
        """Show version and licences."""
        About(self._window.as_widget()).show()

    def quit(self) -> None:
        """Close the window; jobs go on."""
        self._window.close()
