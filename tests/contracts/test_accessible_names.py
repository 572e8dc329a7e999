"""Whatever can have the focus has a name for those who do not see it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fakes.open_project import Opener, fill
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from studio.domain.labels import ShapeId
from studio.ui.main import application
from studio.ui.pages.label.branches import BranchesDialog
from studio.ui.pages.label.elsewhere import TouchesDialog
from studio.ui.pages.label.export import ExportDialog
from studio.ui.pages.label.label_editor import LabelEditor
from studio.ui.shell.crash_report import CrashReport
from studio.ui.shell.new_project import NewProject
from studio.ui.shell.shortcuts_sheet import About, ShortcutsSheet
from studio.ui.window import PAGES, Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

_CONTAINERS = (QMainWindow, QDockWidget, QScrollArea, QStackedWidget, QMenu, QMenuBar, QTabBar)


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    application("light")
    opener = Opener()
    shown = Window(opener)
    shown.open(tmp_path / "caps")
    fill(opener.sessions[-1].project, 20)
    yield shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def nameless(root: QWidget) -> list[str]:
    """List focusable widgets that a screen reader could not name."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or isinstance(widget, _CONTAINERS):
            continue
        if _inner(widget) or widget.objectName().startswith("qt_"):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not (interface and interface.text(QAccessible.Text.Name).strip()):
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


def _inner(widget: QWidget) -> bool:
    """Tell whether a widget is a part of another one that has the name."""
    parent = widget.parentWidget()
    if isinstance(widget, QLineEdit) and isinstance(parent, QComboBox | QAbstractSpinBox):
        return True
    if parent is not None and isinstance(parent.parentWidget(), QComboBox):
        return True
    return isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_everything_on_a_page_has_a_name(window: Window, page: str) -> None:
    assert window.desk is not None
    window.desk.go(page)
    window.show()
    assert not nameless(window.desk.stack.currentWidget())


def test_everything_around_the_pages_has_a_name(window: Window) -> None:
    for panel in ("jobs", "history", "messages"):
        window.panels.show(panel)
    window.show()
    assert not nameless(window)


def test_everything_on_the_welcome_page_has_a_name(window: Window) -> None:
    window.close_project()
    assert not nameless(window.entrance.view)


def test_every_dialog_has_names(window: Window) -> None:
    shortcuts = ShortcutsSheet(window.registry.all, window.keymap)
    dialogs = [NewProject(), CrashReport("x"), shortcuts, About()]
    assert window.desk is not None
    schema = window.desk.session.project.state.schema
    dialogs += [
        BranchesDialog(window.desk),
        ExportDialog(window.desk),
        LabelEditor(schema.labels[0], schema),
        TouchesDialog(window.desk, ShapeId("nobody")),
    ]
    for dialog in dialogs:
        assert not nameless(dialog), type(dialog).__name__
        dialog.deleteLater()
