"""The row at the head of a page: what is chosen, the one deed, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.ui.desk import Command
from studio.ui.widgets.buttons import command_button


def choice_row(
    chosen: Sequence[tuple[str, QWidget]], deed: Command, made: tuple[str, QWidget]
) -> QHBoxLayout:
    """Lay out labelled choices, the primary button, and the list of what was made so far.

    Parameters
    ----------
    chosen : sequence of (str, QWidget)
        Title and editor of each choice, left to right.
    deed : Command
        What is done with them.
    made : (str, QWidget)
        Stands at the right.
    """
    row = QHBoxLayout()
    row.setSpacing(8)
    for title, widget in chosen:
        _put(row, title, widget)
    row.addWidget(command_button(deed, "primary"))
    row.addStretch(1)
    _put(row, *made)
    return row


def _put(row: QHBoxLayout, title: str, widget: QWidget) -> None:
    label = QLabel(title)
    label.setBuddy(widget)
    row.addWidget(label)
    row.addWidget(widget)
