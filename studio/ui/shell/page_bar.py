"""The pages in working order along the top edge; a page is never disabled."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QWidget

from studio.ui.theme.icons import icon


class PageEntry(NamedTuple):
    """One page of the window, loaded when it is first shown."""

    id: str
    title: str
    icon: str
    source: str
    """`module:class`."""


def page_key(number: int) -> str:
    """Return the shortcut of the page with a number from 1: there are ten digits and no more."""
    return f"Ctrl+{number % 10}" if number <= 10 else ""


class PageBar(QFrame):
    """One button a page; left and right arrows walk along."""

    chosen = Signal(str)

    def __init__(self, pages: tuple[PageEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pages")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(0)
        for number, page in enumerate(pages, 1):
            button = QToolButton()
            button.setText(page.title)
            button.setIcon(icon(page.icon))
            button.setIconSize(QSize(18, 18))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setProperty("look", "page")
            button.setProperty("page", page.id)
            button.setAccessibleName(page.title)
            key = page_key(number)
            button.setToolTip(f"{page.title} ({key})" if key else page.title)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons[page.id] = button
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.buttonClicked.connect(self._clicked)

    def show_page(self, id: str) -> None:  # noqa: A002
        """Mark the page in view."""
        self._buttons[id].setChecked(True)

    def _clicked(self, button: QToolButton) -> None:
        self.chosen.emit(button.property("page"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        focused = next((n for n, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        buttons[(focused + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
