"""What tests of the window share: a dressed application, a window in memory, no leaks."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fakes.open_project import Opener, fill
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
from PySide6.QtWidgets import QApplication

from studio.ui.main import application
from studio.ui.shell.page_bar import PageEntry
from studio.ui.window import Window


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform without a screen says so each time a window has a smallest size."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's settings and cache out of tests."""
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """The application in the light theme."""
    del qapp
    return application("light")


@pytest.fixture(autouse=True)
def _no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a window behind; mostly a lambda that holds `self`."""
    before = set(map(id, QApplication.topLevelWidgets())) if QApplication.instance() else set()
    yield
    if QApplication.instance() is None:
        return
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [
        widget
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and widget.isVisible()
    ]
    names = [f"{type(widget).__name__} {widget.objectName()}" for widget in left]
    for widget in left:
        widget.close()
    assert not names, f"{request.node.name} left {names} open"


@pytest.fixture
def opener() -> Opener:
    """A studio in memory."""
    return Opener()


@pytest.fixture
def window(dressed: QApplication, opener: Opener) -> Iterator[Window]:
    """A shown window on the welcome page."""
    shown = Window(opener)
    shown.show()
    dressed.processEvents()
    yield shown
    shown.close()
    QThreadPool.globalInstance().waitForDone()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def project_window(window: Window, opener: Opener, tmp_path: Path) -> Window:
    """A window with an open project of 500 pictures, on the media page."""
    window.open(tmp_path / "caps")
    fill(opener.sessions[-1].project, 500)
    assert window.desk is not None
    window.desk.stack.show_page("media").arrive()
    return window


@pytest.fixture
def until(dressed: QApplication) -> Callable[[Callable[[], object]], None]:
    """Let the window work until something holds, for at most five seconds."""

    def wait(holds: Callable[[], object]) -> None:
        end = time.monotonic() + 5
        while not holds():
            assert time.monotonic() < end, "it never held"
            dressed.processEvents()
            time.sleep(0.005)

    return wait


BROKEN_PAGE = PageEntry("broken", "Broken", "bug", "studio.ui.pages.not_there:NotThere")
