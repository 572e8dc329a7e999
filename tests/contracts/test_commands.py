"""Every command is in the palette, has words of its own, and no two share a key."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fakes.open_project import Opener, fill
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from studio.paths import resources
from studio.ui.commands.registry import MENUS, clashes
from studio.ui.desk import Command
from studio.ui.main import application
from studio.ui.window import PAGES, Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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


def commands_of(window: Window, page: str) -> list[Command]:
    assert window.desk is not None
    window.desk.go(page)
    return window.registry.all()


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_no_two_commands_share_a_key(window: Window, page: str) -> None:
    assert not clashes(commands_of(window, page))


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_commands_are_written_as_the_house_writes(window: Window, page: str) -> None:
    ids: set[str] = set()
    for command in commands_of(window, page):
        assert command.id not in ids, f"{command.id} stands twice"
        ids.add(command.id)
        room, _, verb = command.id.partition(".")
        assert room, command.id
        assert verb, command.id
        assert command.title, command.id
        assert command.title[0].isupper(), command.title
        assert not command.title.endswith((":", ".")), command.title
        assert command.menu in ("", *MENUS), command.menu
        if command.shortcut:
            assert not QKeySequence(command.shortcut).isEmpty(), command.shortcut
        if command.icon:
            assert (resources() / "icons" / f"{command.icon}.svg").is_file(), command.icon
        if not command.enabled():
            assert command.why_not, f"{command.id} is disabled and does not say why"


def test_every_command_is_in_the_palette(window: Window) -> None:
    titles = {c.title for c in commands_of(window, "media") if c.id != "view.palette"}
    window.show()
    window.palette_box.pop_up()
    assert set(window.palette_box.titles()) == titles
    window.palette_box.close_up()


def test_every_page_has_its_number(window: Window) -> None:
    for number, page in enumerate(PAGES, 1):
        expected = f"Ctrl+{number % 10}" if number <= 10 else ""
        assert window.registry.command(f"go.{page.id}").shortcut == expected
