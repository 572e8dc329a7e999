"""All commands with the keys that give them, and what the studio is."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.paths import resources
from studio.ui.desk import Command
from studio.ui.keymap import Keymap, owner


class ShortcutsSheet(QDialog):
    """A table of the shortcuts, by room, in which each can be given other keys.

    Parameters
    ----------
    commands : callable
        Gives the commands that can be given now, with the keys that give them.
    keymap : Keymap
        Keeps what the person chooses.
    """

    def __init__(
        self,
        commands: Callable[[], Sequence[Command]],
        keymap: Keymap,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Shortcuts")
        self.resize(560, 680)
        self._commands = commands
        self._keymap = keymap
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a command or keys")
        self.search.setAccessibleName("Find a command or keys")
        self.search.setClearButtonEnabled(True)
        self.table = QTreeWidget()
        self.table.setAccessibleName("Shortcuts")
        self.table.setHeaderLabels(["What it does", "Keys"])
        self.table.setRootIsDecorated(False)
        self.keys = QKeySequenceEdit()
        self.keys.setAccessibleName("Press the keys for the chosen command")
        self.keys.setClearButtonEnabled(True)
        self.take = _button("Set", self._set)
        self.back = _button("Reset", self._reset)
        self.all_back = _button("Reset all", self._reset_all)
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.news.setProperty("role", "quiet")
        self._build()
        self.search.textChanged.connect(self._filter)
        self.table.currentItemChanged.connect(self._show_keys)
        self.keys.keySequenceChanged.connect(self._check)
        keymap.changed.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.addWidget(QLabel("Keys"))
        row.addWidget(self.keys, 1)
        for button in (self.take, self.back):
            row.addWidget(button)
        buttons = close_buttons(self)
        buttons.addButton(self.all_back, QDialogButtonBox.ButtonRole.ResetRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.news)
        layout.addWidget(buttons)

    def refresh(self) -> None:
        """Read commands and keys again."""
        kept = self._current()
        self.table.clear()
        self._rows.clear()
        rooms: dict[str, QTreeWidgetItem] = {}
        for command in self._commands():
            room = command.id.partition(".")[0]
            if room not in rooms:
                rooms[room] = QTreeWidgetItem([room[:1].upper() + room[1:]])
                rooms[room].setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.table.addTopLevelItem(rooms[room])
            native = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            row = QTreeWidgetItem([command.title, native])
            row.setData(0, Qt.ItemDataRole.UserRole, command.id)
            font = row.font(1)
            font.setBold(self._keymap.is_changed(command.id))
            row.setFont(1, font)
            rooms[room].addChild(row)
            self._rows[command.id] = row
        self.table.expandAll()
        self.table.resizeColumnToContents(0)
        self._filter(self.search.text())
        if kept in self._rows:
            self.table.setCurrentItem(self._rows[kept])
        else:
            self._show_keys()

    def choose(self, id: str) -> None:  # noqa: A002
        """Mark a command."""
        self.table.setCurrentItem(self._rows[id])

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        for row in self._rows.values():
            said = f"{row.text(0)} {row.text(1)}".casefold()
            row.setHidden(not all(word in said for word in wanted))
        for at in range(self.table.topLevelItemCount()):
            room = self.table.topLevelItem(at)
            if room is not None:
                children = (room.child(place) for place in range(room.childCount()))
                room.setHidden(all(child is None or child.isHidden() for child in children))

    def _current(self) -> str:
        item = self.table.currentItem()
        return str(item.data(0, Qt.ItemDataRole.UserRole) or "") if item is not None else ""

    def _show_keys(self) -> None:
        id_ = self._current()
        command = next((one for one in self._commands() if one.id == id_), None)
        for widget in (self.keys, self.take):
            widget.setEnabled(command is not None)
        self.back.setEnabled(bool(id_) and self._keymap.is_changed(id_))
        self.keys.setKeySequence(QKeySequence(command.shortcut if command else ""))
        self._check()

    def _owner(self) -> Command | None:
        return owner(self._commands(), self.keys.keySequence().toString(), self._current())

    def _check(self) -> None:
        """Say who has the keys that stand there."""
        other = self._owner()
        if not self._current():
            self.news.setText("Choose a command to give it other keys.")
        elif other is not None:
            self.news.setText(f"These keys give “{other.title}” now. Set takes them from it.")
        else:
            self.news.setText("")

    def _set(self) -> None:
        id_, keys = self._current(), self.keys.keySequence().toString()
        other = self._owner()
        if other is not None:
            self._keymap.give(other.id, "")
        self._keymap.give(id_, keys)

    def _reset(self) -> None:
        self.keys.setKeySequence(QKeySequence(self._keymap.proposed(self._current())))
        self._set()

    def _reset_all(self) -> None:
        self._keymap.forget()


def _button(title: str, run: Callable[[], None]) -> QPushButton:
    button = QPushButton(title)
    button.setAccessibleName(title)
    button.setAutoDefault(False)
    button.clicked.connect(run)
    return button


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
