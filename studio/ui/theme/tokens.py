"""Twelve colours a theme; everything that is drawn by the window takes its colour from here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal, TypeAlias

from studio.paths import resources

Theme: TypeAlias = Literal["light", "dark", "contrast"]
THEMES: tuple[Theme, ...] = ("light", "dark", "contrast")
GROUNDS = ("ground", "surface", "raised")
INKS = ("ink", "quiet", "accent", "success", "warning", "error")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of a theme, each `#rrggbb`; what each is for stands in the theme's file."""

    ground: str
    surface: str
    raised: str
    line: str
    ink: str
    quiet: str
    accent: str
    on_accent: str
    selection: str
    success: str
    warning: str
    error: str

    @property
    def dark(self) -> bool:
        """Whether light ink stands on a dark ground."""
        return luminance(self.ground) < luminance(self.ink)


TOKEN_NAMES = tuple(field.name for field in fields(Tokens))


@cache
def load(theme: Theme) -> Tokens:
    """Read a theme from `resources/themes`."""
    text = (resources() / "themes" / f"{theme}.toml").read_text(encoding="utf-8")
    return Tokens(**tomllib.loads(text)["colours"])


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0..1 (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two; `share` of 0 gives the one, 1 the other."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
