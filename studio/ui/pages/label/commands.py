"""What can be done on the label page, as data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.ui.desk import Command

if TYPE_CHECKING:
    from studio.ui.pages.label.deeds import Deeds
    from studio.ui.pages.label.panels import LabelsPanel

_DIGITS = 9
_NONE_CHOSEN = "Select a shape first."
NO_PICTURE = "Import pictures first."
_NO_LABEL = "Add a label first."


def shape_commands(deeds: Deeds) -> list[Command]:
    """With the chosen shapes."""
    some, why = deeds.has_chosen, _NONE_CHOSEN
    return [
        Command("label.cut", "Cut shapes", deeds.cut, "Ctrl+X", "clipboard", "Edit", some, why),
        Command("label.copy", "Copy shapes", deeds.copy, "Ctrl+C", "copy", "Edit", some, why),
        Command(
            "label.paste", "Paste shapes", deeds.paste, "Ctrl+V", "clipboard-plus", "Edit",
            deeds.can_paste, "Copy a shape first.",
        ),
        Command(
            "label.duplicate", "Duplicate shapes", deeds.duplicate, "Ctrl+D", "copy-plus", "Edit",
            some, why,
        ),
        Command(
            "label.all", "Select all shapes", deeds.select_all, "Ctrl+A", "marquee-2", "Edit",
            deeds.has_picture, NO_PICTURE,
        ),
        Command(
            "label.delete", "Delete shapes", deeds.delete, "Del", "trash", "Edit",
            deeds.can_delete, why,
        ),
        Command(
            "label.front", "Bring to front", deeds.bring_to_front, "", "arrow-bar-to-up", "Edit",
            some, why,
        ),
        Command(
            "label.back", "Send to back", deeds.send_to_back, "", "arrow-bar-to-down", "Edit",
            some, why,
        ),
    ]  # fmt: skip


def label_commands(deeds: Deeds, panel: LabelsPanel) -> list[Command]:
    """With labels."""
    has, why = deeds.has_label, _NO_LABEL
    commands = [
        Command("label.add", "Add label", panel.ask, "L", "plus", "Edit"),
        Command("label.rename", "Rename label", panel.rename, "", "edit", "", has, why),
        Command(
            "label.define", "Edit label", deeds.define_label, "", "settings", "Edit", has, why
        ),
        Command("label.recolour", "Recolour label", deeds.recolour, "", "palette", "", has, why),
        Command(
            "label.remove", "Remove label and its shapes", deeds.remove_label, "", "trash", "", has,
            why,
        ),
    ]  # fmt: skip
    for digit in range(1, _DIGITS + 1):
        commands.append(
            Command(
                f"label.use_{digit}",
                f"Use label {digit}",
                partial(deeds.use, digit - 1),
                str(digit),
                "tag",
                "",
                partial(deeds.has_number, digit - 1),
                f"There is no label {digit}.",
            )
        )
    return commands
