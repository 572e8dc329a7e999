"""The theme in use: put on once for the whole application."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.api.job_folder import replace_file
from studio.paths import cache_folder, resources
from studio.ui.theme.palette import palette
from studio.ui.theme.sheet import sheet
from studio.ui.theme.tokens import Theme, Tokens, load

FAMILY = "Inter"


class _Wardrobe(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = load("light")
        self.theme: Theme = "light"


_worn: list[_Wardrobe] = []


def wardrobe() -> _Wardrobe:
    """Return the one object that knows the theme; its `changed` tells of another one."""
    if not _worn:
        _worn.append(_Wardrobe())
    return _worn[0]


def tokens() -> Tokens:
    """Return the colours in use."""
    return wardrobe().tokens


def resolve(choice: str) -> Theme:
    """Turn the setting (`light`, `dark`, `contrast` or `system`) into a theme."""
    if choice == "dark":
        return "dark"
    if choice == "contrast":
        return "contrast"
    if choice == "light":
        return "light"
    hints = QGuiApplication.styleHints()
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


def load_fonts() -> str:
    """Load the bundled font; returns its family, or the system's where it cannot be read."""
    for path in sorted((resources() / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    has = FAMILY in QFontDatabase.families()
    return FAMILY if has else QApplication.font().family()


def _drawing(name: str, colour: str) -> str:
    """Write an icon in this colour to the cache, for the sheet, which cannot tint."""
    path = cache_folder() / "theme" / f"{name}-{colour[1:]}.svg"
    if not path.exists():
        source = (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, source.replace("currentColor", colour).encode())
        except OSError:
            return ""
    return path.as_posix()


def put_on(app: QApplication, choice: str) -> None:
    """Dress the application: native colour scheme, palette and the one style sheet.

    Parameters
    ----------
    app : QApplication
        Its font and style are set at the first call.
    choice : str
        `light`, `dark`, `contrast` or `system`.
    """
    worn = wardrobe()
    if app.property("dressed") is None:
        app.setStyle("Fusion")
        font = QFont(load_fonts())
        font.setPixelSize(13)
        app.setFont(font)
        app.setProperty("dressed", True)
    hints = app.styleHints()
    if choice == "system":
        hints.unsetColorScheme()
    worn.theme = resolve(choice)
    worn.tokens = load(worn.theme)
    if choice != "system":
        dark = worn.tokens.dark
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    app.setPalette(palette(worn.tokens))
    app.setStyleSheet(
        sheet(
            worn.tokens,
            _drawing("chevron-down", worn.tokens.ink),
            _drawing("check", worn.tokens.on_accent),
        )
    )
    worn.changed.emit()
