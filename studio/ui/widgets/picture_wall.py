"""A wall of small pictures with captions, decoded off the GUI thread when first seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRunnable,
    QSize,
    Qt,
    QThreadPool,
    Signal,
)
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QListView, QWidget

from studio.api.images import Pixels
from studio.errors import StudioError
from studio.ui.widgets.picture_view import to_image

_SIDE = 112
_KEPT = 2000
_Index = QModelIndex | QPersistentModelIndex


class Tile(NamedTuple):
    """One picture of the wall."""

    key: str
    caption: str
    decode: Callable[[], Pixels]
    """Called off the GUI thread; may raise `StudioError`."""


class _Signals(QObject):
    ready = Signal(str, QImage)


class _Decode(QRunnable):
    def __init__(self, tile: Tile, signals: _Signals) -> None:
        super().__init__()
        self._tile = tile
        self._signals = signals

    def run(self) -> None:
        try:
            image = to_image(self._tile.decode())
        except StudioError:
            image = QImage()
        self._signals.ready.emit(self._tile.key, image)


class WallModel(QAbstractListModel):
    """The tiles, and the pictures decoded so far."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles: Sequence[Tile] = ()
        self._rows: dict[str, int] = {}
        self._pictures: dict[str, QPixmap] = {}
        self._asked: set[str] = set()
        self._blank = _tile(None)
        self._signals = _Signals(self)
        self._signals.ready.connect(self._arrived)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Replace all tiles."""
        self.beginResetModel()
        self._pool.clear()
        self._tiles = tiles
        self._rows = {tile.key: row for row, tile in enumerate(tiles)}
        self._asked.clear()
        self.endResetModel()

    def key(self, row: int) -> str:
        """Return the key of a tile."""
        return self._tiles[row].key

    def finish(self) -> None:
        """Wait for what is being decoded and drop the rest."""
        self._pool.clear()
        self._pool.waitForDone()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Count the tiles."""
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return caption or picture; asks for a picture that is not there yet."""
        if not index.isValid():
            return None
        tile = self._tiles[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return tile.caption
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tile.caption
        if role == Qt.ItemDataRole.DecorationRole:
            picture = self._pictures.get(tile.key)
            if picture is None and tile.key not in self._asked:
                self._asked.add(tile.key)
                self._pool.start(_Decode(tile, self._signals))
            return picture or self._blank
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(_SIDE + 20, _SIDE + 40)
        return None

    def _arrived(self, key: str, image: QImage) -> None:
        if len(self._pictures) > _KEPT:
            self._pictures.clear()
        self._pictures[key] = _tile(image)
        row = self._rows.get(key)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


def _tile(image: QImage | None) -> QPixmap:
    """Lay a picture in the middle of a square: all tiles are of one size, whatever they show."""
    square = QPixmap(_SIDE, _SIDE)
    square.fill(Qt.GlobalColor.transparent)
    if image is None or image.isNull():
        return square
    # Small pictures stay sharp-edged: their pixels are the data.
    small = max(image.width(), image.height()) * 3 < _SIDE
    smooth = Qt.TransformationMode.SmoothTransformation
    how = Qt.TransformationMode.FastTransformation if small else smooth
    fitted = image.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, how)
    painter = QPainter(square)
    left, top = (_SIDE - fitted.width()) // 2, (_SIDE - fitted.height()) // 2
    painter.drawImage(left, top, fitted)
    painter.end()
    return square


class PictureWall(QListView):
    """Shows tiles in rows; tells which one is looked at."""

    picked = Signal(str)
    """A tile became the current one; carries its key."""
    opened = Signal(str)
    """A tile was double-clicked or Enter was pressed on it; carries its key."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = WallModel(self)
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setGridSize(QSize(_SIDE + 24, _SIDE + 44))
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.selectionModel().currentChanged.connect(self._current)
        self.activated.connect(self._activated)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Replace all tiles and look at the first."""
        self._model.show_tiles(tiles)
        if tiles:
            self.setCurrentIndex(self._model.index(0))

    def current_key(self) -> str | None:
        """Return the key of the tile that is looked at, or None."""
        index = self.currentIndex()
        return self._model.key(index.row()) if index.isValid() else None

    def finish(self) -> None:
        """Wait for what is being decoded and drop the rest."""
        self._model.finish()

    def _current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.picked.emit(self._model.key(index.row()))

    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.key(index.row()))
