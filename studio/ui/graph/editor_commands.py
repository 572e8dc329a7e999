"""The commands of the editor as data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from studio.ui.desk import Command
from studio.ui.graph.editor import GraphEditor

_NONE = "Select a node first."


def editor_commands(editor: GraphEditor) -> Sequence[Command]:
    """List what can be done with nodes and with the view of them."""
    some = partial(_has, editor, 1)
    anything = partial(_has_anything, editor)
    two = partial(_has, editor, 2)
    view = editor.view
    return (
        Command(
            "pipeline.delete", "Delete selection", editor.delete, "Del", "trash", "Edit", anything,
            _NONE,
        ),
        Command("pipeline.copy", "Copy nodes", editor.copy, "Ctrl+C", "copy", "Edit", some, _NONE),
        Command("pipeline.cut", "Cut nodes", editor.cut, "Ctrl+X", "", "Edit", some, _NONE),
        Command("pipeline.paste", "Paste nodes", editor.paste, "Ctrl+V", "clipboard", "Edit"),
        Command(
            "pipeline.duplicate", "Duplicate nodes", editor.duplicate, "Ctrl+D", "copy-plus",
            "Edit", some, _NONE,
        ),
        Command("pipeline.select_all", "Select all nodes", editor.select_all, "Ctrl+A", "", "Edit"),
        Command(
            "pipeline.link", "Link the selected node", editor.adding.offer_links, "K", "link",
            "Edit", some, _NONE,
        ),
        Command(
            "pipeline.align", "Align left edges", editor.align, "Shift+A", "", "Edit", two,
            "Select two nodes or more.",
        ),
        Command("pipeline.arrange", "Arrange all nodes", editor.arrange, "L", "schema", "Edit"),
        Command("pipeline.fit", "Show whole pipeline", editor.fit, "F", "maximize", "View"),
        Command(
            "pipeline.life_size", "Show at 100 %", partial(view.zoom_to, 1.0), "1", "", "View"
        ),
        Command("pipeline.zoom_in", "Zoom in", partial(view.zoom_by, 2), "+", "zoom-in", "View"),
        Command(
            "pipeline.zoom_out", "Zoom out", partial(view.zoom_by, -2), "-", "zoom-out", "View"
        ),
    )  # fmt: skip


def _has(editor: GraphEditor, count: int) -> bool:
    return len(editor.scene.chosen()) >= count


def _has_anything(editor: GraphEditor) -> bool:
    return bool(editor.scene.selectedItems())
