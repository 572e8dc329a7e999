"""Keys that tools share."""

from __future__ import annotations

from PySide6.QtCore import Qt

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ENDS: tuple[int, ...] = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
TAKES_BACK: tuple[int, ...] = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_NEAR, _FAR = 1.0, 10.0


def step_of(key: int, shift: bool) -> tuple[float, float]:
    """Return how far an arrow key goes, px of the picture: ten with Shift, else one."""
    x, y = ARROWS[key]
    far = _FAR if shift else _NEAR
    return x * far, y * far
