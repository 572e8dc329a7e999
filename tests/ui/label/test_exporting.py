"""Exporting says first what would be lost, and then writes all of it or nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app import studio
from studio.domain.geometry import Box, Circle
from studio.services.samples import Samples
from studio.ui.main import application
from studio.ui.pages.label.export import ExportDialog
from studio.ui.window import Window


def settle(until: object, seconds: float = 60) -> None:
    assert callable(until)
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    assert until()


@pytest.mark.slow
def test_losses_are_told_and_the_sidecar_restores_them(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    application("light")
    opener = studio()
    Samples(opener.create).create("scenes", tmp_path / "scenes").close()
    window = Window(opener)
    qtbot.addWidget(window)
    assert window.open(tmp_path / "scenes")
    assert window.desk is not None
    session = window.desk.session
    item = session.project.state.media.page(0, 1)[0]
    label = session.project.state.schema.labels[0].id
    circle = session.labelling.add(item.id, label, Circle(30, 30, 12))
    session.shaping.describe(item, [circle], "sure", True)
    dialog = ExportDialog(window.desk)
    dialog.format.set_value("voc")
    dialog.refresh()
    said = [dialog.losses.item(row).text() for row in range(dialog.losses.count())]
    assert any(text.startswith("Circles become boxes: 1") for text in said)
    assert any(text.startswith("Attributes are left out: 1") for text in said)
    assert "restores all" in dialog.news.text()
    dialog.sidecar.setChecked(False)
    assert "lost for good" in dialog.news.text()
    dialog.sidecar.setChecked(True)
    out = tmp_path / "out"
    dialog.export_to(out)
    settle(lambda: (out / "studio-labels.json").exists())
    assert (out / "Annotations").is_dir()
    window.close_project()
    other = opener.create(tmp_path / "other", "Other")
    submission = other.importing.start(out)
    assert submission.job is not None
    other.importing.accept(other.runner.wait(submission.job).outputs)
    found = [s for _, shapes in other.project.state.annotations.all() for s in shapes]
    assert Circle(30, 30, 12) in [shape.geometry for shape in found]
    assert {"sure": True} in [shape.attributes for shape in found]
    assert any(isinstance(shape.geometry, Box) for shape in found)
    other.close()
