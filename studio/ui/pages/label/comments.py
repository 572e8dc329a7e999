"""What people say about a picture: a list of comments, what is answered, and a line to write in."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.geometry import Box
from studio.domain.reviews import Comment, CommentId
from studio.ui.theme.icons import icon

_ID = Qt.ItemDataRole.UserRole + 1


def signed(author: str, at: float) -> str:
    """Write who said something, and when, as the clock here shows it."""
    when = time.strftime("%d %b %Y %H:%M", time.localtime(at))
    return f"{author} · {when}" if author else when


class CommentsPanel(QWidget):
    """Lists comments and writes new ones; what is done with them others decide."""

    said = Signal(str)
    """A new comment."""
    answered = Signal(str)
    """A reply to the chosen comment."""
    resolved = Signal(bool)
    """The chosen comment is closed, or opened again."""
    chosen = Signal(object)
    """Carries the id of the comment, or None."""
    filtered = Signal()
    """Resolved comments are wanted, or not any more."""
    dropped = Signal()
    """The place that was pointed at is not meant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Comments on the picture")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(72)
        self.every = QCheckBox("Resolved too")
        self.about = QLabel()
        self.about.setProperty("role", "quiet")
        self.about.setWordWrap(True)
        self.drop = QToolButton()
        self.drop.setProperty("look", "flat")
        self.drop.setIcon(icon("x"))
        self.drop.setAccessibleName("Comment on the picture as a whole")
        self.drop.setToolTip("Comment on the picture as a whole")
        self.text = QLineEdit()
        self.text.setPlaceholderText("Write a comment")
        self.text.setAccessibleName("Comment")
        self.reply = QPushButton("Reply")
        self.close_ = QPushButton("Resolve")
        for button, name in ((self.reply, "Reply to the comment"), (self.close_, "Resolve")):
            button.setAccessibleName(name)
        self._comments: Sequence[Comment] = ()
        self._lay_out()
        self.text.returnPressed.connect(self._say)
        self.reply.clicked.connect(self._answer)
        self.close_.clicked.connect(self._close)
        self.list.currentItemChanged.connect(self._pick)
        self.every.clicked.connect(self.filtered)
        self.drop.clicked.connect(self.dropped)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        where = QHBoxLayout()
        where.addWidget(self.about, 1)
        where.addWidget(self.drop)
        deeds = QHBoxLayout()
        deeds.setSpacing(4)
        for widget in (self.reply, self.close_):
            deeds.addWidget(widget)
        deeds.addStretch(1)
        column.addLayout(where)
        column.addWidget(self.text)
        column.addLayout(deeds)
        column.addWidget(self.list, 1)
        column.addWidget(self.every)

    def show_comments(self, comments: Sequence[Comment], chosen: CommentId | None) -> None:
        """List comments, numbered as their pins, with their replies."""
        if tuple(comments) != tuple(self._comments):
            self._comments = tuple(comments)
            block = QSignalBlocker(self.list)
            self.list.clear()
            for number, one in enumerate(comments, 1):
                item = QListWidgetItem(_written(number, one))
                item.setData(_ID, one.id)
                item.setIcon(icon("circle-check" if one.resolved else "message"))
                self.list.addItem(item)
            block.unblock()
        block = QSignalBlocker(self.list)
        row = next((n for n, one in enumerate(comments) if one.id == chosen), -1)
        self.list.setCurrentRow(row)
        block.unblock()
        at = comments[row] if row >= 0 else None
        for button in (self.reply, self.close_):
            button.setEnabled(at is not None)
        self.close_.setText("Open again" if at is not None and at.resolved else "Resolve")
        self.close_.setAccessibleName(self.close_.text())

    def show_target(self, place: Box | None, shape: bool) -> None:
        """Say what the next comment is about."""
        where = "the place you pointed at" if place is not None else "the picture as a whole"
        self.about.setText(f"About {'the chosen shape' if shape and place is None else where}")
        self.drop.setVisible(place is not None)

    def current(self) -> CommentId | None:
        """Return the chosen comment."""
        item = self.list.currentItem()
        return None if item is None else CommentId(item.data(_ID))

    def _say(self) -> None:
        self.said.emit(self.text.text())

    def _answer(self) -> None:
        if self.text.text().strip():
            self.answered.emit(self.text.text())
        else:
            self.text.setPlaceholderText("Write the reply here, then Reply")
            self.text.setFocus()

    def _close(self) -> None:
        self.resolved.emit(self.close_.text() == "Resolve")

    def _pick(self) -> None:
        self.chosen.emit(self.current())


def _written(number: int, comment: Comment) -> str:
    lines = [f"{number} · {signed(comment.author, comment.at)}", comment.text]
    lines += [f"↳ {one.author or 'Reply'}: {one.text}" for one in comment.replies]
    return "\n".join(lines)
