"""A person at the real window, with real workers behind it."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from studio import app, paths
from studio.services.session import Session
from studio.ui.desk import Page
from studio.ui.main import application
from studio.ui.window import Window

W = TypeVar("W", bound=QWidget)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform without a screen says so each time a window has a smallest size."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


class Person:
    """Clicks, types and waits, as a person does."""

    def __init__(self, window: Window) -> None:
        self.window = window

    @property
    def session(self) -> Session:
        assert self.window.desk is not None
        return self.window.desk.session

    def wait(self, there: Callable[[], bool], what: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            QApplication.processEvents()
            time.sleep(0.01)

    def settle(self, seconds: float = 0.3) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.005)

    def go(self, page: str) -> None:
        assert self.window.desk is not None
        self.window.desk.go(page)
        self.settle()

    def page(self, kind: type[W]) -> W:
        (found,) = [one for one in self.window.findChildren(kind) if one.isVisible()]
        return found

    def press(self, name: str) -> None:
        (page,) = [one for one in self.window.findChildren(Page) if one.isVisible()]
        buttons = [
            one
            for one in page.findChildren(QAbstractButton)
            if one.isVisible() and (one.accessibleName() or one.text()) == name
        ]
        assert buttons, f"there is no button “{name}” to be seen"
        self.wait(buttons[0].isEnabled, f"the button “{name}” to be free", 20)
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
        self.settle(0.1)

    def key(self, widget: QWidget, text: str) -> None:
        QTest.keyClicks(widget, text)
        self.settle(0.1)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(widget, start + (end - start) * share)
            self.settle(0.02)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)
        self.settle(0.1)

    def drop(self, *dropped: Path) -> None:
        wanted = self.window.wish_for(dropped)
        assert wanted is not None, f"nothing would happen to {dropped}"
        self.window.fulfil(wanted)

    def made(self, kind: str) -> int:
        return len(self.session.project.artefacts.of_kind(kind))


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Person]:
    del qapp
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    application("light")
    window = Window(app.studio())
    window.resize(1440, 900)
    window.show()
    yield Person(window)
    window.close()
    QApplication.processEvents()


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A folder a label, with the first pictures of each from the sample that ships."""
    folder = tmp_path / "digits"
    with zipfile.ZipFile(paths.resources() / "samples" / "digits.zip") as archive:
        names = sorted(n for n in archive.namelist() if n.endswith(".png"))
        for label in sorted({Path(name).parent.name for name in names}):
            mine = [name for name in names if Path(name).parent.name == label][:14]
            for name in mine:
                target = folder / label / Path(name).name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    return folder
