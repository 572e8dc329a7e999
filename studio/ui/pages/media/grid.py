"""The grid of thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.domain.labels import LabelSchema
from studio.domain.media import MediaItem
from studio.ui.item_models.media_model import (
    ItemRole,
    LabelsRole,
    MediaModel,
    Standing,
    StandingRole,
)
from studio.ui.pages.media.thumbnails import Thumbnails
from studio.ui.theme import current
from studio.ui.theme.icons import icon

SIDE = 128
_CAPTION = 24
_GAP = 8
_CHIPS = 5
_BADGE = 24
_STATE_ICONS = {
    "labelled": ("hourglass", "accent"),
    "approved": ("circle-check", "success"),
    "rejected": ("circle-x", "error"),
}


class _Cell(QStyledItemDelegate):
    """Draws one picture, its name, and a chip for each of its labels."""

    def __init__(self, thumbnails: Thumbnails, schema: LabelSchema, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.schema = schema

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option, index
        return QSize(SIDE + 2 * _GAP, SIDE + _CAPTION + 2 * _GAP)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        item = index.data(ItemRole)
        if not isinstance(item, MediaItem):
            return
        tokens = current.tokens()
        cell = QRect(option.rect).adjusted(2, 2, -2, -2)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(cell, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(cell, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 5, 5)
        area = QRect(cell.left() + _GAP - 2, cell.top() + _GAP - 2, SIDE, SIDE)
        self._picture(painter, area, item)
        self._chips(painter, area, index.data(LabelsRole) or ())
        standing = index.data(StandingRole)
        if isinstance(standing, Standing):
            _badges(painter, area, standing)
        painter.setPen(QColor(tokens.ink))
        caption = QRect(area.left(), area.bottom() + 4, SIDE, _CAPTION - 4)
        name = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, SIDE
        )
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()

    def _picture(self, painter: QPainter, area: QRect, item: MediaItem) -> None:
        drawn = self._thumbnails.get(item)
        if drawn is None:
            broken = self._thumbnails.broken(item)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(current.tokens().raised))
            painter.drawRoundedRect(area, 4, 4)
            side = 32
            spot = QRect(0, 0, side, side)
            spot.moveCenter(area.center())
            icon("photo-off" if broken else "photo", "quiet").paint(painter, spot)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(_fitted(drawn, area), drawn)

    def _chips(self, painter: QPainter, area: QRect, labels: tuple[str, ...]) -> None:
        left = area.left() + 4
        for id_ in labels[:_CHIPS]:
            label = self.schema.get(id_)  # type: ignore[arg-type]
            if label is None:
                continue
            number = str(self.schema.labels.index(label) + 1)
            metrics = painter.fontMetrics()
            chip = QRect(left, area.top() + 4, metrics.horizontalAdvance(number) + 10, 18)
            colour = QColor(label.colour)
            painter.setPen(QColor("#ffffff"))
            painter.setBrush(colour)
            painter.drawRoundedRect(chip, 9, 9)
            dark = colour.lightnessF() < 0.55
            painter.setPen(QColor("#ffffff" if dark else "#000000"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, number)
            left = chip.right() + 4


def _badges(painter: QPainter, area: QRect, standing: Standing) -> None:
    """Draw how far a picture is, and whether a comment waits, in its lower corners."""
    tokens = current.tokens()
    marks = [_STATE_ICONS[standing.state]] if standing.state in _STATE_ICONS else []
    marks += [("message", "warning")] if standing.open else []
    right = area.right() - 4
    for name, tint in marks:
        spot = QRect(right - _BADGE + 1, area.bottom() - _BADGE - 3, _BADGE, _BADGE)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(QColor(tokens.surface))
        painter.drawEllipse(spot)
        icon(name, tint).paint(painter, spot.adjusted(4, 4, -4, -4))
        right = spot.left() - 4


def _fitted(drawn: QPixmap, area: QRect) -> QRect:
    """Return where a picture stands in a square; small pictures are not blown up beyond 4×."""
    size = drawn.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    limit = drawn.size() * 4
    if size.width() > limit.width():
        size = limit
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(area.center())
    return place


class Grid(QListView):
    """Thumbnails in rows; Enter or a double click opens one.

    Parameters
    ----------
    model : MediaModel
        What is shown.
    thumbnails : Thumbnails
        Closed by the page.
    schema : LabelSchema
        Colours and numbers of the chips.
    """

    opened = Signal(object)
    """Carries the `MediaItem`."""
    chosen = Signal(list)
    """The selection changed; carries the first 100 chosen `MediaItem`s."""

    def __init__(self, model: MediaModel, thumbnails: Thumbnails, schema: LabelSchema) -> None:
        super().__init__()
        self._media = model
        self._cell = _Cell(thumbnails, schema, self)
        self.setModel(model)
        self.setItemDelegate(self._cell)
        self.setAccessibleName("Pictures")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(40)
        self.activated.connect(self._activated)
        self.selectionModel().selectionChanged.connect(self._selected)
        thumbnails.arrived.connect(self._arrived)

    def show_schema(self, schema: LabelSchema) -> None:
        """Draw chips by another schema."""
        self._cell.schema = schema
        self.viewport().update()

    def chosen_items(self) -> list[MediaItem]:
        """Return the chosen media, at most 100 of them."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes()[:100])
        return [item for row in rows if (item := self._media.item(row))]

    def _activated(self, index: QModelIndex) -> None:
        item = self._media.item(index.row())
        if item is not None:
            self.opened.emit(item)

    def _selected(self) -> None:
        self.chosen.emit(self.chosen_items())

    def _arrived(self) -> None:
        self.viewport().update()
