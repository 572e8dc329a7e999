"""How the hand works whatever the tool: what points snap to, and whether borders are shared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.ui.canvas.snapping import Snapping
from studio.ui.desk import Command
from studio.ui.pages.label.switches import Switches
from studio.ui.widgets.buttons import tool_button

_SIDE = 30


class _Habit(NamedTuple):
    id: str
    field: str
    title: str
    shortcut: str
    icon: str
    on: str
    off: str


_HABITS = (
    _Habit(
        "label.snap", "on", "Snap to shapes and picture", "S", "magnet",
        "Points snap to shapes and to the picture's edge · Ctrl suspends it",
        "Points no longer snap to shapes",
    ),
    _Habit(
        "label.snap_pixels", "pixels", "Snap to pixels", "Shift+S", "grid-4x4",
        "Points snap to the corners of pixels · Ctrl suspends it",
        "Points no longer snap to pixels",
    ),
    _Habit(
        "label.shared_borders", "shared", "Share borders", "Shift+B", "link",
        "Points that coincide move together, and polygons follow a neighbour's border"
        " · Shift takes the longer way round, Ctrl none",
        "Neighbours move apart",
    ),
)  # fmt: skip


class HabitStrip(QWidget):
    """One button for each habit, pressed while it is on.

    Parameters
    ----------
    snapping : Snapping
        What the buttons change.
    switches : Switches
        Keep what is on.
    tell : callable
        Says what the last change means.
    """

    def __init__(
        self,
        snapping: Snapping,
        switches: Switches,
        tell: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._switches = switches
        self._snapping = snapping
        self._tell = tell
        self.buttons: dict[str, QToolButton] = {}
        self._commands: list[Command] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 8)
        row.setSpacing(1)
        for habit in _HABITS:
            command = Command(
                habit.id, habit.title, partial(self.flip, habit.id), habit.shortcut,
                habit.icon, "Edit",
            )  # fmt: skip
            button = tool_button(command)
            button.setFixedSize(QSize(_SIDE, _SIDE))
            button.setCheckable(True)
            setattr(snapping, habit.field, switches.on(habit.id))
            button.setChecked(switches.on(habit.id))
            self.buttons[habit.id] = button
            self._commands.append(command)
            row.addWidget(button)
        self.setAccessibleName("Snapping")

    def commands(self) -> list[Command]:
        """The same as the buttons, for menus and keys."""
        return self._commands

    def flip(self, id: str) -> None:  # noqa: A002
        """Turn a habit on or off."""
        habit = next(one for one in _HABITS if one.id == id)
        on = not getattr(self._snapping, habit.field)
        setattr(self._snapping, habit.field, on)
        self._switches.set(id, on)
        self.buttons[id].setChecked(on)
        self._tell(habit.on if on else habit.off)
