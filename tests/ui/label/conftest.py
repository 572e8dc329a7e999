"""The label page of a project of twelve pictures, and a hand on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.label_hand import Hand
from fakes.open_project import Opener, fill
from PySide6.QtWidgets import QApplication

from studio.ui.pages.label.page import LabelPage
from studio.ui.window import Window


@pytest.fixture
def page(window: Window, opener: Opener, tmp_path: Path) -> LabelPage:
    window.resize(1280, 800)
    window.open(tmp_path / "caps")
    session = opener.sessions[-1]
    fill(session.project, 12)
    assert window.desk is not None
    window.desk.go("label")
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, LabelPage)
    window.activateWindow()
    QApplication.processEvents()
    return shown


@pytest.fixture
def hand(page: LabelPage) -> Hand:
    page.canvas.setFocus()
    return Hand(page)
