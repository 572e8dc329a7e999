"""Hiding shapes and labels for a while, and showing them again."""

from __future__ import annotations

from collections.abc import Callable

from studio.ui.canvas.model import CanvasModel
from studio.ui.desk import Command


class Hiding:
    """What hides and shows; nothing of it is kept with the project.

    Parameters
    ----------
    model : CanvasModel
        Whose shapes and labels are hidden.
    tell : callable
        Says what the last deed means.
    """

    def __init__(self, model: CanvasModel, tell: Callable[[str], None]) -> None:
        self._model = model
        self._tell = tell

    def commands(self) -> list[Command]:
        """For menus, palette and keys."""
        return [
            Command(
                "label.hide", "Hide shapes", self.hide, "H", "eye-off", "View",
                lambda: bool(self._model.selection), "Select a shape first.",
            ),
            Command(
                "label.hide_label", "Hide or show all shapes of the label", self.flip_label,
                "Shift+H", "eye-off", "View", lambda: self._model.label is not None,
                "There is no label yet.",
            ),
            Command(
                "label.show_hidden", "Show everything hidden", self.show_all, "Ctrl+Shift+H", "eye",
                "View", lambda: bool(self._model.sight), "Nothing is hidden.",
            ),
        ]  # fmt: skip

    def hide(self) -> None:
        """Hide the chosen shapes."""
        count = len(self._model.selection)
        self._model.sight.hide(self._model.selection)
        if count:
            what = "The shape is" if count == 1 else f"{count:,} shapes are"
            self._tell(f"{what} hidden · Ctrl+Shift+H shows everything again")

    def flip_label(self) -> None:
        """Hide all shapes of the current label, or show them again."""
        label, sight = self._model.label, self._model.sight
        named = None if label is None else self._model.schema.get(label)
        if label is None or named is None:
            return
        hidden = label not in sight.labels
        sight.hide_label(label, hidden)
        now = "hidden · Shift+H shows them again" if hidden else "shown"
        self._tell(f"Shapes of “{named.name}” are {now}")

    def show_all(self) -> None:
        """Show everything again."""
        if self._model.sight:
            self._model.sight.show_all()
            self._tell("Everything is shown again")
