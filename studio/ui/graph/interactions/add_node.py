"""Finding what to add, where the pointer is: type a few letters, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget

from studio.ui.commands.fuzzy import ranked

_SIZE = (320, 260)
_EDGE = 8


class Finding(NamedTuple):
    """One entry: its words, what stands small beside them, and what choosing it does."""

    title: str
    hint: str
    run: Callable[[], object]


class SearchBox(QFrame):
    """A small list with a line to type in, laid over the canvas.

    Parameters
    ----------
    parent : QWidget
        The canvas; gets the focus back.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self._found: list[Finding] = []
        self._all: Sequence[Finding] = ()
        self.setProperty("role", "card")
        self.line = QLineEdit()
        self.line.setAccessibleName("Find a node")
        self.line.setPlaceholderText("Type to find")
        self.list = QListWidget()
        self.list.setAccessibleName("Found nodes")
        self.list.setProperty("role", "plain")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing = QLabel("Nothing fits here")
        self._nothing.setProperty("role", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for widget in (self.line, self.list, self._nothing):
            column.addWidget(widget)
        self.resize(*_SIZE)
        self.hide()
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.line.installEventFilter(self)

    def offer(self, findings: Sequence[Finding], at: QPoint, title: str = "Find a node") -> None:
        """Show entries at a place of the canvas, view px."""
        self._all = findings
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(title)
        self.line.clear()
        self._filter("")
        inside = self._canvas.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        x = max(inside.left(), min(at.x(), inside.right() - self.width()))
        y = max(inside.top(), min(at.y(), inside.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.raise_()
        self.line.setFocus()

    def titles(self) -> list[str]:
        """Return the words of what is found."""
        return [finding.title for finding in self._found]

    def _filter(self, text: str) -> None:
        self._found = ranked(text, [(f"{one.title} {one.hint}", one) for one in self._all])
        self.list.clear()
        for one in self._found:
            self.list.addItem(f"{one.title}  ·  {one.hint}" if one.hint else one.title)
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(self._found))
        self._nothing.setVisible(not self._found)

    def _choose(self) -> None:
        row = self.list.currentRow()
        chosen = self._found[row] if 0 <= row < len(self._found) else None
        self.close_up()
        if chosen is not None:
            chosen.run()

    def close_up(self) -> None:
        """Go away, and give the focus back."""
        self.hide()
        self._canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk in the list from the line; leave with Escape or when the focus goes."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._found:
            self.list.setCurrentRow((self.list.currentRow() + step) % len(self._found))
            return True
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            self.close_up()
            return True
        return False
