"""The window as its own parts see it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtWidgets import QWidget

from studio.ui.desk import Command
from studio.ui.keymap import Keymap
from studio.ui.shell.opener import Opener
from studio.ui.shell.page_bar import PageEntry
from studio.ui.shell.panels import Panels
from studio.ui.shell.project_desk import ProjectDesk


class Frame(Protocol):
    """What deeds and entrance ask of the window."""

    opener: Opener
    pages: tuple[PageEntry, ...]
    panels: Panels
    desk: ProjectDesk | None
    to_import: tuple[Path, ...]
    """What waits to be imported into the project that is made next."""

    def as_widget(self) -> QWidget:
        """Return the window as the parent of dialogs."""

    def open(self, folder: Path) -> bool:
        """Open a project."""

    def make(self, folder: Path, name: str) -> bool:
        """Make a project and open it."""

    def take(self, desk: ProjectDesk) -> None:
        """Show an open project."""

    def close_project(self) -> None:
        """Close the open project."""

    @property
    def keymap(self) -> Keymap:
        """Which keys give which command."""

    def commands(self) -> Sequence[Command]:
        """Return all commands that can be given now."""

    def show_palette(self) -> None:
        """Show the command palette."""

    def close(self) -> bool:
        """Close the window."""

    def hint(self, text: str) -> None:
        """Show what can be done now."""

    def page_shown(self) -> None:
        """Another page came into view."""

    def toast(
        self,
        text: str,
        level: Literal["info", "success", "warning", "error"] = "info",
        action: Command | None = None,
    ) -> None:
        """Tell news in passing."""

    def fail(self, error: BaseException) -> None:
        """Show an error."""
