from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scenes import SIZE, render_pages, render_shell

from studio.ui.theme.tokens import THEMES, Theme, load
from studio.ui.window import PAGES

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_can_be_drawn_in_every_theme(
    qapp: QApplication, tmp_path: Path, theme: Theme
) -> None:
    for path in render_pages(tmp_path, theme, [page.id for page in PAGES], ["busy"]):
        pixels = np.asarray(Image.open(path).convert("RGB"))
        assert pixels.shape == (SIZE[1], SIZE[0], 3)
        colours = np.unique(pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32))
        assert len(colours) > 20, f"{path.name} is blank"


def test_a_theme_reaches_the_ground_of_the_window(qapp: QApplication, tmp_path: Path) -> None:
    for theme in THEMES:
        (path,) = render_pages(tmp_path, theme, ["media"], ["empty"])
        ground = Image.open(path).convert("RGB").getpixel((SIZE[0] - 4, 4))
        wanted = load(theme).ground
        assert ground == tuple(int(wanted[at : at + 2], 16) for at in (1, 3, 5))


def test_everything_around_the_pages_can_be_drawn(qapp: QApplication, tmp_path: Path) -> None:
    assert len(render_shell(tmp_path, "light", ratio=2)) >= 8
