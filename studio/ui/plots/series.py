"""Colours and dashes that tell lines of data apart; they never stand for a state of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.ui.theme.tokens import Tokens, contrast, mixed

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8c6bb1", "#7f7f7f")
"""Told apart by colour-blind people too (Okabe and Ito 2008), with two more."""
DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
MARKS = ("━━", "╍╍", "┅┅", "━╍")
"""Each dash as text, for the legend."""
_LEAST_CONTRAST = 3.0


def colour(number: int, tokens: Tokens) -> str:
    """Return the colour of a series, moved to the ink until it stands out from the ground."""
    base = COLOURS[number % len(COLOURS)]
    for share in range(11):
        shade = mixed(base, tokens.ink, share / 10)
        if contrast(shade, tokens.surface) >= _LEAST_CONTRAST:
            return shade
    return tokens.ink
