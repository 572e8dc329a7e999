"""Toasts: news in passing, above the lower right corner, with an action and spoken aloud."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.desk import Command
from studio.ui.shell.news import ICONS, TINTS, Message
from studio.ui.theme.icons import pixmap
from studio.ui.widgets.buttons import command_button, tool_button

_SECONDS = {"info": 6, "success": 6, "warning": 12, "error": 20}
_AT_MOST = 3
_WIDTH = 380
_MARGIN = 16


class Toast(QFrame):
    """One piece of news."""

    ended = Signal()

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self.setProperty("role", "toast")
        self.setProperty("level", message.level)
        self.setAccessibleName(message.text)
        self.setFixedWidth(_WIDTH)
        self.setAutoFillBackground(True)
        picture = QLabel()
        picture.setPixmap(
            pixmap(ICONS[message.level], 20, TINTS[message.level], self.devicePixelRatioF())
        )
        text = QLabel(message.text)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(text)
        if message.action is not None:
            button = command_button(message.action, "link")
            button.clicked.connect(self.end)
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 6, 10)
        layout.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(picture, 0, top)
        layout.addLayout(words, 1)
        layout.addWidget(
            tool_button(Command("toast.close", "Close message", self.end, icon="x")), 0, top
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.end)
        self._timer.start(1000 * _SECONDS[message.level])

    def end(self) -> None:
        """Go away."""
        self._timer.stop()
        self.ended.emit()

    def enterEvent(self, event: QEvent) -> None:
        """Stay as long as somebody reads."""
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """Go away a little later."""
        self._timer.start(3000)
        super().leaveEvent(event)


class Toasts(QObject):
    """Stacks toasts over the lower right corner of a widget."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._shown: list[Toast] = []
        over.installEventFilter(self)

    def show(self, message: Message) -> None:
        """Show a message and announce it to assistive technology."""
        for older in self._shown[: -_AT_MOST + 1]:
            self._remove(older)
        toast = Toast(message, self._over)
        toast.ended.connect(self._ended)
        self._shown.append(toast)
        toast.show()
        self._arrange()
        event = QAccessibleAnnouncementEvent(self._over, message.text)
        if message.level == "error":
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    def count(self) -> int:
        """Return how many are in view."""
        return len(self._shown)

    def _ended(self) -> None:
        sender = self.sender()
        if isinstance(sender, Toast):
            self._remove(sender)
            self._arrange()

    def _remove(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()

    def _arrange(self) -> None:
        bottom = self._over.height() - _MARGIN
        highest = self._over.height() // 4  # above that stand the tools of a page
        for toast in reversed(self._shown):
            height = toast.heightForWidth(_WIDTH) if toast.hasHeightForWidth() else 0
            toast.resize(_WIDTH, max(height, toast.sizeHint().height()))
            bottom -= toast.height()
            toast.setVisible(bottom >= highest or toast is self._shown[-1])
            toast.move(self._over.width() - _WIDTH - _MARGIN, bottom)
            toast.raise_()
            bottom -= 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner while the widget changes its size."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._arrange()
        return False
