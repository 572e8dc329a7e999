from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from studio.errors import NotFound
from studio.ui.theme import current
from studio.ui.theme.icons import icon
from studio.ui.theme.palette import palette
from studio.ui.theme.tokens import THEMES, contrast, load, mixed


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_mixing_ends_at_both_colours() -> None:
    assert mixed("#102030", "#ffffff", 0) == "#102030"
    assert mixed("#102030", "#ffffff", 1) == "#ffffff"


@pytest.mark.parametrize("theme", THEMES)
def test_palette_takes_its_colours_from_the_tokens(theme: str, dressed: QApplication) -> None:
    tokens = load(theme)  # type: ignore[arg-type]
    made = palette(tokens)
    assert made.color(QPalette.ColorRole.Window) == QColor(tokens.ground)
    assert made.color(QPalette.ColorRole.WindowText) == QColor(tokens.ink)
    disabled = made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled != made.color(QPalette.ColorRole.Text)


def test_a_theme_dresses_the_whole_application(dressed: QApplication) -> None:
    current.put_on(dressed, "dark")
    assert dressed.palette().color(QPalette.ColorRole.Window) == QColor(load("dark").ground)
    assert dressed.font().family() == "Inter"
    current.put_on(dressed, "light")
    assert dressed.palette().color(QPalette.ColorRole.Window) == QColor(load("light").ground)


def _ink(drawn: QIcon) -> set[str]:
    image = drawn.pixmap(QSize(16, 16), 2.0).toImage()
    assert image.width() == 32, "an icon is drawn in device pixels"
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


def test_icons_follow_the_theme_without_being_made_again(dressed: QApplication) -> None:
    drawn = icon("square")
    assert load("light").ink in _ink(drawn)
    current.put_on(dressed, "dark")
    assert load("dark").ink in _ink(drawn)
    current.put_on(dressed, "light")


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(NotFound, match="no-such-icon"):
        icon("no-such-icon")
