"""The row above pictures: what passes, in what order, and filters that were kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.media import MediaFilter
from studio.errors import StudioError
from studio.services.queues import filters
from studio.ui.desk import Command, Desk
from studio.ui.queue.flow import FlowLayout
from studio.ui.queue.form import FilterForm
from studio.ui.queue.words import ORDER_WORDS, conditions, without
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import tool_button

_TYPING_MS = 200


class QueueBar(QWidget):
    """Filters and sorts the queue that all pages share.

    Parameters
    ----------
    desk : Desk
        Whose queue it is.
    narrow : bool
        Whether only icons stand on the buttons, under the text.
    """

    def __init__(self, desk: Desk, narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._queue = desk.queue
        self._state = desk.session.project.state
        self._shown: tuple[str, ...] | None = None
        self.text = QLineEdit()
        self.text.setPlaceholderText("Filter by name")
        self.text.setAccessibleName("Filter by name")
        self.text.setClearButtonEnabled(True)
        self.form = FilterForm(self._queue, self._state, self)
        self.more = _button(Command("queue.more", "Filter", self.open_form, "", "filter"), narrow)
        self.order = _button(Command("queue.sort", "Sort", bool, "", "arrow-down"), narrow)
        self.kept = _button(Command("queue.kept", "Saved filters", bool, "", "star"), narrow)
        for button, fill in ((self.order, self._fill_order), (self.kept, self._fill_kept)):
            menu = QMenu(button)
            menu.aboutToShow.connect(fill)
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chips = QWidget()
        self.chips.setAccessibleName("What the filter asks for")
        self._flow = FlowLayout(self.chips)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.apply_text)
        self.text.textEdited.connect(self._typing.start)
        self.text.returnPressed.connect(self.apply_text)
        self.text.textChanged.connect(self._emptied)
        self._lay_out(narrow)
        self._queue.changed.connect(self.take_up)
        self.take_up()

    def _lay_out(self, narrow: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        if narrow:
            column.addWidget(self.text)
        else:
            self.text.setMaximumWidth(280)
            row.addWidget(self.text, 1)
        for button in (self.more, self.order, self.kept):
            row.addWidget(button)
        row.addStretch(0 if not narrow else 1)
        self.row = row
        column.addLayout(row)
        column.addWidget(self.chips)

    def go_to_text(self) -> None:
        """Put the cursor into the text."""
        self.text.setFocus()
        self.text.selectAll()

    def open_form(self) -> None:
        """Drop the form down with everything that can be asked for."""
        self.form.drop(self.more)

    def apply_text(self) -> None:
        """Look for the text that stands there."""
        self._typing.stop()
        self._queue.show(replace(self._queue.where, text=self.text.text().strip()))

    def keep(self) -> None:
        """Ask for a name and keep the filter under it."""
        name, agreed = QInputDialog.getText(self, "Save filter", "Name of the filter")
        if agreed:
            self.keep_as(name)

    def keep_as(self, name: str) -> None:
        """Keep the filter under a name; errors are told."""
        try:
            self._queue.keep(name)
        except StudioError as error:
            self._desk.fail(error)

    def take_up(self) -> None:
        """Show the filter at work, and what it asks for."""
        where = self._queue.where
        if not self._typing.isActive() and self.text.text().strip() != where.text:
            self.text.setText(where.text)
        asked = [one for one in conditions(where, self._state.schema) if one.fields != ("text",)]
        words = tuple(one.words for one in asked)
        title = f"Sort: {ORDER_WORDS[where.order]}" + (", reversed" if where.descending else "")
        self.order.setToolTip(title)
        self.order.setIcon(icon("arrow-up" if where.descending else "arrow-down"))
        if self.order.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly:
            self.order.setText(title)
        self.more.setIcon(icon("filter", "accent" if filters(where) else "ink"))
        if words == self._shown:
            return
        self._shown = words
        while (item := self._flow.takeAt(0)) is not None:
            chip = item.widget()
            if chip is not None:
                chip.hide()
                chip.deleteLater()
        for one in asked:
            self._flow.addWidget(self._chip(one.words, one.fields))
        self.chips.setVisible(bool(asked))
        self.chips.updateGeometry()

    def _chip(self, words: str, fields: tuple[str, ...]) -> QToolButton:
        chip = QToolButton()
        chip.setText(words)
        chip.setIcon(icon("x"))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setAccessibleName(f"Do not ask for “{words}”")
        chip.setToolTip("Do not ask for this")
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(partial(self._lift, fields))
        return chip

    def _lift(self, fields: tuple[str, ...]) -> None:
        self._queue.show(without(self._queue.where, fields))

    def _emptied(self, text: str) -> None:
        if not text and self._queue.where.text:
            self.apply_text()

    def _fill_order(self) -> None:
        menu, where = self.order.menu(), self._queue.where
        menu.clear()
        for order, title in ORDER_WORDS.items():
            action = menu.addAction(title, partial(self._queue.sort, order))
            action.setCheckable(True)
            action.setChecked(order == where.order)
        menu.addSeparator()
        turned = menu.addAction("The other way round", partial(self._queue.sort, where.order))
        turned.setCheckable(True)
        turned.setChecked(where.descending)

    def _fill_kept(self) -> None:
        menu, kept = self.kept.menu(), self._queue.kept()
        menu.clear()
        for one in kept:
            action = menu.addAction(one.name, partial(self._queue.show, one.where))
            action.setCheckable(True)
            action.setChecked(one.where == self._queue.where)
        if not kept:
            menu.addAction("No filter is saved yet").setEnabled(False)
        menu.addSeparator()
        save = menu.addAction(icon("device-floppy"), "Save this filter", self.keep)
        save.setEnabled(self._queue.where != MediaFilter())
        if kept:
            gone = menu.addMenu(icon("trash"), "Forget")
            for one in kept:
                gone.addAction(one.name, partial(self._forget, one.name))

    def _forget(self, name: str) -> None:
        try:
            self._queue.forget(name)
        except StudioError as error:
            self._desk.fail(error)


def _button(command: Command, narrow: bool) -> QToolButton:
    button = tool_button(command)
    if not narrow:
        button.setText(command.title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
