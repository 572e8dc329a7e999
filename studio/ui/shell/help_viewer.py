"""The guide, and the list of plugins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.shell.shortcuts_sheet import close_buttons
from studio.ui.theme.icons import icon

if TYPE_CHECKING:
    from studio.services.plugin_host import PluginState


class HelpViewer(QDialog):
    """Shows a page of help; links between pages work.

    Parameters
    ----------
    page : Path
        A Markdown file.
    """

    def __init__(self, page: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Guide")
        self.resize(760, 680)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Guide")
        self.text.setOpenExternalLinks(True)
        self.text.setSource(
            QUrl.fromLocalFile(str(page)), QTextDocument.ResourceType.MarkdownResource
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.addWidget(self.text)
        layout.addWidget(close_buttons(self))


class PluginList(QDialog):
    """All plugins, and what is wrong with those that could not be loaded."""

    def __init__(self, plugins: Sequence[PluginState], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Plugins")
        self.resize(720, 440)
        table = QTreeWidget()
        table.setAccessibleName("Plugins")
        table.setRootIsDecorated(False)
        table.setHeaderLabels(["Plugin", "Version", "State"])
        for plugin in plugins:
            row = QTreeWidgetItem(
                [
                    plugin.title or plugin.name,
                    plugin.version,
                    plugin.problem or "Loaded when needed",
                ]
            )
            good = not plugin.problem
            row.setIcon(
                0, icon("plug" if good else "alert-triangle", "success" if good else "error")
            )
            row.setToolTip(2, plugin.problem or str(plugin.folder))
            table.addTopLevelItem(row)
        table.setColumnWidth(0, 260)
        words = QLabel("A plugin that fails is named here; it never stops the studio.")
        words.setProperty("role", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(words)
        layout.addWidget(table)
        layout.addWidget(close_buttons(self))
