"""Beside the grid: what is known of a picture, how an import goes, and what did not come in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.media import Problem
from studio.ui.desk import Command
from studio.ui.pages.media.presenter import SEVERITIES, by_severity
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import tool_button

_SHOWN = 5000
_TINTS = {"refused": "error", "changed": "warning", "duplicate": "quiet"}
_ICONS = {"refused": "circle-x", "changed": "alert-triangle", "duplicate": "copy"}


class Details(QFrame):
    """What is known of the chosen picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setMinimumWidth(240)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._title.setWordWrap(True)
        self._rows = QFormLayout()
        self._rows.setSpacing(8)
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self._title)
        layout.addLayout(self._rows)
        layout.addStretch(1)
        self.say("Nothing chosen", ())

    def say(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Show a title and rows of title and text."""
        self._title.setText(title)
        while self._rows.rowCount():
            self._rows.removeRow(0)
        for name, text in rows:
            label = QLabel(name)
            label.setProperty("role", "quiet")
            value = QLabel(text)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._rows.addRow(label, value)


class ImportBanner(QFrame):
    """How an import goes, with a way to end it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._words = QLabel()
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Progress of the import")
        self._bar.setMaximumWidth(320)
        cancel = QPushButton("Cancel import")
        cancel.setAccessibleName("Cancel import")
        cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(16)
        layout.addWidget(self._words)
        layout.addWidget(self._bar, 1)
        layout.addStretch(1)
        layout.addWidget(cancel)
        self.hide()

    def say(self, words: str, percent: int | None) -> None:
        """Show how far it is; None while that is not known."""
        self._words.setText(words)
        self._bar.setRange(0, 0 if percent is None else 100)
        self._bar.setValue(percent or 0)
        self.show()


class Problems(QFrame):
    """What an import refused or changed, each with its reason."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self.table = QTreeWidget()
        self.table.setAccessibleName("Problems of the import")
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setSortingEnabled(True)
        self.table.setHeaderLabels(["File", "What", "Why"])
        self.table.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(0, 320)
        self.table.setColumnWidth(1, 144)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(tool_button(Command("media.close", "Close problems", self.hide, icon="x")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.table)
        self.hide()

    def say(self, problems: Sequence[Problem]) -> None:
        """List problems; the first 5,000 of them."""
        shown = by_severity(problems)[:_SHOWN]
        more = f"; the first {_SHOWN:,} are listed" if len(problems) > _SHOWN else ""
        self._title.setText(f"{len(problems):,} things to look at{more}")
        self.table.setSortingEnabled(False)
        self.table.clear()
        for problem in shown:
            row = QTreeWidgetItem([problem.path, SEVERITIES[problem.severity], problem.reason])
            row.setIcon(1, icon(_ICONS[problem.severity], _TINTS[problem.severity]))
            row.setToolTip(2, problem.reason)
            self.table.addTopLevelItem(row)
        self.show()
