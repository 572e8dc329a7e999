"""What a person sees of a defect of the studio: what to do, and the details to copy."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.errors import StudioError

_log = logging.getLogger(__name__)


def describe(error: BaseException) -> str:
    """Write down a defect with what is needed to look into it; no names, no data."""
    head = (
        f"Visual AI studio {__version__}, Python {platform.python_version()}, "
        f"PySide6 {PySide6.__version__}, {platform.platform()}\n\n"
    )
    return head + "".join(traceback.format_exception(error))


class CrashReport(QDialog):
    """Shows a defect; work goes on behind it."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Something went wrong in the studio")
        self.setModal(False)
        self.resize(720, 480)
        title = QLabel("Something went wrong in the studio")
        title.setProperty("role", "heading")
        words = QLabel(
            "This is a defect of the studio, not your fault. Everything you did is saved; you can "
            "go on working. If it happens again, copy the details and send them to whoever looks "
            "after your studio."
        )
        words.setWordWrap(True)
        self._details = QPlainTextEdit(report)
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("Go on working")
        copy = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.close)
        for button in buttons.buttons():
            button.setAccessibleName(button.text())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        for widget in (title, words, self._details, buttons):
            layout.addWidget(widget)

    def copy(self) -> None:
        """Put the details on the clipboard."""
        QApplication.clipboard().setText(self._details.toPlainText())


class Hook(QObject):
    """Catches what no code of ours caught, on any thread, and brings it to the GUI thread.

    Parameters
    ----------
    show : callable
        Called on the GUI thread with the error.
    """

    caught = Signal(object)

    def __init__(self, show: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._show = show
        self._busy = False
        self._before = (sys.excepthook, threading.excepthook)
        self.caught.connect(self._caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin to catch."""
        sys.excepthook = self._from_gui
        threading.excepthook = self._from_thread

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _from_gui(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if not issubclass(kind, StudioError):
            _log.error("defect", exc_info=(kind, error, trace))
        self.caught.emit(error)

    def _from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._from_gui(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _caught(self, error: BaseException) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            self._show(error)
        finally:
            self._busy = False
