"""The Train page on a real project: a real training in a worker, seen from the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.small_project import dataset_of, small_project
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from studio import paths
from studio.app import Studio
from studio.services.plugin_host import PluginHost
from studio.services.settings import Settings
from studio.ui.pages.evaluate.page import EvaluatePage
from studio.ui.pages.train.page import TrainPage
from studio.ui.window import Window

Wait = Callable[[Callable[[], object]], None]


def house(tmp_path: Path) -> Studio:
    folders = [paths.builtin_plugins()]
    return Studio(Settings(tmp_path / "settings"), PluginHost(folders, installed=False), folders)


def shown(made: Studio, folder: Path) -> Window:
    window = Window(made)
    window.resize(1280, 720)
    window.show()
    window.open(folder)
    assert window.desk is not None
    window.desk.go("train")
    return window


def ended(window: Window) -> None:
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def page_of(window: Window) -> TrainPage:
    assert window.desk is not None
    page = window.desk.stack.currentWidget()
    assert isinstance(page, TrainPage)
    return page


@pytest.fixture
def window(dressed: QApplication, tmp_path: Path) -> Iterator[Window]:
    del dressed
    made = house(tmp_path)
    session = small_project(made, tmp_path / "caps")
    dataset_of(session)
    session.close()
    window = shown(made, tmp_path / "caps")
    yield window
    ended(window)


@pytest.fixture
def wait(dressed: QApplication) -> Wait:
    def until(holds: Callable[[], object]) -> None:
        end = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < end, "it never held"
            dressed.processEvents()
            time.sleep(0.01)

    return until


def test_without_a_dataset_version_the_page_leads_to_one(
    dressed: QApplication, tmp_path: Path
) -> None:
    del dressed
    made = house(tmp_path)
    made.create(tmp_path / "bare", "Bare").close()
    window = shown(made, tmp_path / "bare")
    page = page_of(window)
    assert page.stack.currentWidget() is page.empty
    page.empty.button.click()
    assert window.desk is not None
    assert window.desk.stack.current_id == "dataset"
    ended(window)


def test_boxes_are_found_and_tags_are_classified(dressed: QApplication, tmp_path: Path) -> None:
    del dressed
    made = house(tmp_path)
    session = small_project(made, tmp_path / "boxes", boxes=True)
    dataset_of(session)
    session.close()
    window = shown(made, tmp_path / "boxes")
    page = page_of(window)
    assert page.setup.operation() == "train.detector"
    names = {one.value for one in page.setup._choices("architecture")}
    assert "fcos_small" in names
    assert "small_cnn" not in names
    ended(window)


def test_a_wrong_number_keeps_the_training_from_starting(window: Window) -> None:
    page = page_of(window)
    assert page.setup.operation() == "train.classifier"
    assert page.setup.ready()
    assert page.setup.form is not None
    page.setup.form.set_value("epochs", 0)
    assert not page.setup.ready()
    page.start()
    assert not page.presenter.runs()


def test_a_training_is_started_watched_and_leads_to_its_evaluation(
    window: Window, wait: Wait
) -> None:
    page = page_of(window)
    assert page.setup.form is not None
    page.setup.form.set_value("epochs", 2)
    page.setup.form.set_value("batch_size", 8)
    page.start()
    assert page.runs.rowCount() == 1
    wait(lambda: page.board.plots)
    wait(lambda: (view := page.verbs.view()) is not None and view.state == "finished")
    wait(lambda: page.panel.result.isVisible())
    assert {"loss", "learning_rate", "accuracy"} <= page.board.plots.keys()
    assert len(page.board.plots["loss"].lines[0].raw) == 4
    assert "Finished" in page.panel.state.text()
    assert "CPU" in page.panel.state.text() or "GPU" in page.panel.state.text()
    assert "Epoch 2 of 2" in page.panel.log.toPlainText()
    before = len(page.presenter.runs())
    page.start()
    assert len(page.presenter.runs()) == before, "a known training must not run again"
    page.evaluate()
    assert window.desk is not None
    there = window.desk.stack.currentWidget()
    assert isinstance(there, EvaluatePage)
    assert there.models.digest() == page._model


def test_a_training_is_paused_resumed_and_cancelled(window: Window, wait: Wait) -> None:
    page = page_of(window)
    verbs = {command.id: command for command in page.verbs.commands()}
    assert page.setup.form is not None
    page.setup.form.set_value("epochs", 5000)
    page.start()

    def state() -> str:
        view = page.verbs.view()
        return view.state if view is not None else ""

    wait(lambda: page.board.plots)
    assert not verbs["train.resume"].enabled()
    verbs["train.pause"].run()
    wait(lambda: state() == "paused")
    assert verbs["train.resume"].enabled()
    verbs["train.resume"].run()
    steps = len(page.board.plots["loss"].lines[0].raw)
    wait(lambda: len(page.board.plots["loss"].lines[0].raw) > steps)
    verbs["train.cancel"].run()
    wait(lambda: state() == "cancelled")
    assert not page.panel.result.isVisible()
