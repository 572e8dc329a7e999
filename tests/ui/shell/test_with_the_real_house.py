"""The window over the real services and a project on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from studio import app
from studio.ui.window import Window


@pytest.fixture
def real(dressed: QApplication) -> Iterator[Window]:
    shown = Window(app.studio())
    shown.show()
    yield shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_project_is_made_labelled_undone_and_found_again(real: Window, tmp_path: Path) -> None:
    assert real.make(tmp_path / "caps", "Bottle caps")
    assert real.desk is not None
    real.desk.session.labelling.add_label("cap")
    assert real.registry.action("edit.undo").text() == "Undo add label “cap”"
    real.registry.action("edit.undo").trigger()
    assert not real.desk.session.project.state.schema.labels
    real.close_project()
    assert real.entrance.view._recent.count() == 1
    assert real.open(tmp_path / "caps")
    assert real.registry.action("edit.redo").text() == "Redo add label “cap”"


def test_a_second_window_on_one_project_is_refused_kindly(
    real: Window, dressed: QApplication, tmp_path: Path
) -> None:
    assert real.make(tmp_path / "caps", "Bottle caps")
    second = Window(app.studio())
    assert not second.open(tmp_path / "caps")
    assert "already open" in second.news.messages[-1].text
    assert second.desk is None
    second.close()
    second.deleteLater()
