from __future__ import annotations

import re
from itertools import product

import pytest

from studio.paths import resources
from studio.ui.theme.sheet import sheet
from studio.ui.theme.tokens import GROUNDS, INKS, THEMES, TOKEN_NAMES, Theme, contrast, load


def test_a_theme_has_twelve_colours() -> None:
    assert len(TOKEN_NAMES) == 12


@pytest.mark.parametrize(("theme", "ink", "ground"), list(product(THEMES, INKS, GROUNDS)))
def test_every_ink_can_be_read_on_every_ground(theme: Theme, ink: str, ground: str) -> None:
    tokens = load(theme)
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize(("theme", "ground"), list(product(THEMES, GROUNDS)))
def test_every_line_can_be_seen_on_every_ground(theme: Theme, ground: str) -> None:
    tokens = load(theme)
    assert contrast(tokens.line, getattr(tokens, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_selection_and_on_accent_can_be_read(theme: Theme) -> None:
    tokens = load(theme)
    assert contrast(tokens.ink, tokens.selection) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_sheet_takes_every_colour_from_the_theme(theme: Theme) -> None:
    assert "$" not in sheet(load(theme))


def test_no_widget_sets_a_sheet_of_its_own() -> None:
    root = resources().parent / "studio" / "ui"
    setters = [
        path.name for path in root.rglob("*.py") if "setStyleSheet(" in path.read_text("utf-8")
    ]
    assert setters == ["current.py"]


def test_icons_are_of_one_family_and_take_the_colour_of_the_text() -> None:
    folder = resources() / "icons"
    assert (folder / "LICENSE.txt").read_text("utf-8").startswith("MIT License")
    for path in folder.glob("*.svg"):
        drawn = path.read_text("utf-8")
        assert 'viewBox="0 0 24 24"' in drawn, path.name
        assert "currentColor" in drawn, path.name
        assert not re.search(r"#[0-9a-fA-F]{6}", drawn), path.name


def test_fonts_lie_beside_their_licence() -> None:
    folder = resources() / "fonts"
    assert "OFL-1.1" in (folder / "LICENSE.txt").read_text("utf-8")
    assert list(folder.glob("*.otf"))
