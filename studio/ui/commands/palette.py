"""The palette: every command by a few letters, with its shortcut or why it cannot be done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.commands.fuzzy import ranked
from studio.ui.commands.registry import Registry
from studio.ui.desk import Command
from studio.ui.theme.icons import icon

_WIDTH = 640
_ROWS = 12


class CommandPalette(QFrame):
    """Drops down over the middle of the window; Enter runs, Escape goes back.

    Parameters
    ----------
    registry : Registry
        Whose commands are listed.
    over : QWidget
        The window.
    """

    def __init__(self, registry: Registry, over: QWidget) -> None:
        super().__init__(over)
        self._registry = registry
        self._over = over
        self._before: QWidget | None = None
        self._recent: list[str] = []
        self.setProperty("role", "card")
        self.setAutoFillBackground(True)
        self.setAccessibleName("Command palette")
        self.line = QLineEdit()
        self.line.setPlaceholderText("What do you want to do?")
        self.line.setAccessibleName("Find a command")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Commands")
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setProperty("role", "plain")
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._none = QLabel("No command has these letters.")
        self._none.setProperty("role", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (self.line, self._none, self.list):
            layout.addWidget(widget)
        registry.used.connect(self._used)
        over.installEventFilter(self)
        self.hide()

    def pop_up(self) -> None:
        """Show all commands, those used last on top."""
        self._before = self.window().focusWidget()
        self.line.clear()
        self._fill()
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_up(self) -> None:
        """Hide, and give the focus back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None

    def titles(self) -> list[str]:
        """Return the titles as they are listed now."""
        model = self.list.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def _used(self, id: str) -> None:  # noqa: A002
        if id in self._recent:
            self._recent.remove(id)
        self._recent.insert(0, id)

    def _fill(self) -> None:
        commands = [c for c in self._registry.all() if c.id != "view.palette"]
        commands.sort(key=self._age)
        self.list.clear()
        for command in ranked(self.line.text(), [(_searched(c), c) for c in commands]):
            self.list.addTopLevelItem(_row(command))
        found = self.list.topLevelItemCount() > 0
        self._none.setVisible(not found)
        self.list.setVisible(found)
        self._select(0)

    def _age(self, command: Command) -> int:
        return self._recent.index(command.id) if command.id in self._recent else len(self._recent)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        self.close_up()
        self._registry.run(item.data(0, Qt.ItemDataRole.UserRole))

    def _select(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _place(self) -> None:
        over = self._over
        width = min(_WIDTH, over.width() - 64)
        height = min(56 + 30 * _ROWS, over.height() - 120)
        self.setGeometry((over.width() - width) // 2, 72, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows in the line walk the list, and follow the window's size."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self.line:
            return self._key(event)
        if kind == QEvent.Type.Resize and self.isVisible():
            self._place()
        if kind == QEvent.Type.FocusOut and watched is self.line:
            self.hide()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            rows = max(1, self.list.topLevelItemCount())
            self._select((self.list.currentIndex().row() + step) % rows)
        else:
            return False
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Lie above everything else."""
        super().showEvent(event)
        self.raise_()


def _searched(command: Command) -> str:
    return f"{command.title} {command.id.partition('.')[0]}"


def _row(command: Command) -> QTreeWidgetItem:
    can = command.enabled()
    native = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    item = QTreeWidgetItem([command.title, native if can else command.why_not])
    item.setIcon(0, icon(command.icon or "bolt", "ink" if can else "quiet"))
    item.setData(0, Qt.ItemDataRole.UserRole, command.id)
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if not can:
        item.setDisabled(True)
    return item
