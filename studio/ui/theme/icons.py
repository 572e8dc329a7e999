"""Icons: one family of SVGs, drawn in the colour of the theme at the moment of painting.

Because the tint is taken while painting, a change of theme needs no new icons.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.errors import NotFound
from studio.paths import resources
from studio.ui.theme import current
from studio.ui.theme.tokens import mixed


@cache
def _source(name: str) -> str:
    path = resources() / "icons" / f"{name}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound(
            f"There is no icon “{name}”.", f"Add {path.name} to {path.parent}."
        ) from error


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawn = _source(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(drawn.encode()))


class _TintedEngine(QIconEngine):
    """Draws one SVG in a token of the theme in use."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def _colour(self, mode: QIcon.Mode) -> str:
        tokens = current.tokens()
        if mode == QIcon.Mode.Disabled:
            return mixed(tokens.quiet, tokens.ground, 0.4)
        return str(getattr(tokens, self._token))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into a square in the middle of `rect`."""
        del state
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        _renderer(self._name, self._colour(mode)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw at a size in device pixels."""
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return drawn

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Draw at a size in logical pixels, for a screen of this scale."""
        drawn = self.pixmap((QSizeF(size) * scale).toSize(), mode, state)
        drawn.setDevicePixelRatio(scale)
        return drawn

    def clone(self) -> QIconEngine:
        """Make another engine for a detached copy of the icon."""
        return _engine(self._name, self._token)


_engines: list[QIconEngine] = []


def _engine(name: str, token: str) -> QIconEngine:
    # C++ owns the engine, but its Python half must outlive every copy of the icon.
    engine = _TintedEngine(name, token)
    _engines.append(engine)
    return engine


@cache
def icon(name: str, token: str = "ink") -> QIcon:
    """Return an icon that follows the theme.

    Parameters
    ----------
    name : str
        Of a file in `resources/icons`, without `.svg`.
    token : str
        The colour it is drawn in; see `studio.ui.theme.tokens.Tokens`.

    Raises
    ------
    NotFound
        If there is no such file.
    """
    _source(name)
    return QIcon(_engine(name, token))


def pixmap(name: str, side: int, token: str, ratio: float) -> QPixmap:
    """Draw an icon once, for a label.

    Parameters
    ----------
    side : int
        Logical px.
    ratio : float
        Device pixels for each logical pixel.
    """
    return icon(name, token).pixmap(QSize(side, side), ratio)
