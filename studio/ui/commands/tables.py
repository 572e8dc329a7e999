"""The window's own commands, as tables; pages bring theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from studio.ui.desk import Command
from studio.ui.shell.deeds import Deeds
from studio.ui.shell.page_bar import PageEntry, page_key

_NO_PROJECT = "Open a project first."


def file_commands(window: Deeds) -> list[Command]:
    """Projects: make, open, close; and the settings."""
    has = window.has_project
    return [
        Command(
            "project.new", "New project", window.new_project, "Ctrl+Shift+N", "folder-plus", "File"
        ),
        Command(
            "project.open", "Open project", window.open_project, "Ctrl+O", "folder-open", "File"
        ),
        Command(
            "project.folder",
            "Show project folder",
            window.show_folder,
            "",
            "external-link",
            "File",
            has,
            _NO_PROJECT,
        ),
        Command(
            "project.close",
            "Close project",
            window.close_project,
            "Ctrl+W",
            "x",
            "File",
            has,
            _NO_PROJECT,
        ),
        Command("window.settings", "Settings", window.show_settings, "Ctrl+,", "settings", "File"),
        Command("window.quit", "Quit", window.quit, "Ctrl+Q", "", "File"),
    ]


def edit_commands(window: Deeds) -> list[Command]:
    """Undo and redo, with the title of the edit they would act on."""
    history = window.history()
    undo = history.undo_title if history else None
    redo = history.redo_title if history else None
    return [
        Command(
            "edit.undo",
            _titled("Undo", undo),
            window.undo,
            "Ctrl+Z",
            "arrow-back-up",
            "Edit",
            partial(bool, undo),
            "There is nothing to undo.",
        ),
        Command(
            "edit.redo",
            _titled("Redo", redo),
            window.redo,
            "Ctrl+Shift+Z",
            "arrow-forward-up",
            "Edit",
            partial(bool, redo),
            "There is nothing to redo.",
        ),
    ]


def _titled(verb: str, title: str | None) -> str:
    return f"{verb} {title[:1].lower()}{title[1:]}" if title else verb


_PANELS = (
    # panel, title, shortcut, icon, whether it needs a project
    ("jobs", "Jobs", "Ctrl+J", "list-check", True),
    ("history", "History", "Ctrl+H", "history", True),
    ("messages", "Messages", "Ctrl+M", "message", False),
)
_THEMES = (
    ("light", "Light theme", "sun"),
    ("dark", "Dark theme", "moon"),
    ("contrast", "High contrast theme", "contrast"),
    ("system", "Theme of the system", "device-desktop"),
)


def view_commands(window: Deeds) -> list[Command]:
    """Palette, panels and themes."""
    found = [
        Command(
            "view.palette", "Find a command", window.show_palette, "Ctrl+Shift+P", "command", "View"
        )
    ]
    for panel, title, shortcut, icon, needs_project in _PANELS:
        run = partial(window.toggle_panel, panel)
        one = Command(f"view.{panel}", title, run, shortcut, icon, "View")
        if needs_project:
            one = replace(one, enabled=window.has_project, why_not=_NO_PROJECT)
        found.append(one)
    for theme, title, icon in _THEMES:
        run = partial(window.choose_theme, theme)
        found.append(Command(f"theme.{theme}", title, run, "", icon, "View"))
    return found


def go_commands(window: Deeds, pages: Sequence[PageEntry]) -> list[Command]:
    """One command a page, Ctrl+1 and on."""
    return [
        Command(
            f"go.{page.id}",
            page.title,
            partial(window.go, page.id),
            page_key(number),
            page.icon,
            "Go",
            window.has_project,
            _NO_PROJECT,
        )
        for number, page in enumerate(pages, 1)
    ]


def help_commands(window: Deeds) -> list[Command]:
    """Guide, shortcuts, plugins and about."""
    return [
        Command("help.shortcuts", "Shortcuts", window.show_shortcuts, "F1", "keyboard", "Help"),
        Command("help.guide", "Guide", window.show_guide, "", "help", "Help"),
        Command("help.plugins", "Plugins", window.show_plugins, "", "plug", "Help"),
        Command("help.about", "About", window.show_about, "", "info-circle", "Help"),
    ]
