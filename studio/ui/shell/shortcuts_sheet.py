"""All shortcuts that act now, and what the studio is."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.paths import resources
from studio.ui.desk import Command


class ShortcutsSheet(QDialog):
    """A table of the shortcuts, by room.

    Parameters
    ----------
    commands : sequence of Command
        Those without a shortcut are left out.
    """

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Shortcuts")
        self.resize(520, 640)
        self.table = QTreeWidget()
        self.table.setAccessibleName("Shortcuts")
        self.table.setHeaderLabels(["What it does", "Keys"])
        self.table.setRootIsDecorated(False)
        groups: dict[str, QTreeWidgetItem] = {}
        for command in commands:
            if not command.shortcut:
                continue
            room = command.id.partition(".")[0]
            if room not in groups:
                groups[room] = QTreeWidgetItem([room[:1].upper() + room[1:]])
                self.table.addTopLevelItem(groups[room])
            native = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            groups[room].addChild(QTreeWidgetItem([command.title, native]))
        self.table.expandAll()
        self.table.resizeColumnToContents(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(self.table)
        layout.addWidget(close_buttons(self))


class About(QDialog):
    """Version, licences and where they lie."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Visual AI studio")
        title = QLabel("Visual AI studio")
        title.setProperty("role", "title")
        words = QLabel(
            f"Version {__version__}, Apache-2.0\n"
            f"Python {platform.python_version()}, PySide6 {PySide6.__version__} (LGPL-3)\n\n"
            "Icons by Tabler (MIT). Font: Inter (OFL-1.1).\n"
            f"Their licences lie in {resources()}."
        )
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words.setAccessibleName(words.text())
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        for widget in (title, words, close_buttons(self)):
            layout.addWidget(widget)


def close_buttons(dialog: QDialog) -> QDialogButtonBox:
    """Make the one button of a dialog that only shows."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setAccessibleName("Close")
    buttons.rejected.connect(dialog.close)
    return buttons
