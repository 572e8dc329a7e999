"""The confusion matrix: truth against prediction, each cell a door to its pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import current
from studio.ui.theme.tokens import mixed

_KEYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(QWidget):
    """Counts as cells whose ground is darker the larger their share of the row is."""

    cell_clicked = Signal(int, int)
    """A cell was clicked, or Enter pressed on it; carries row (truth) and column (prediction)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides = ("Truth", "Prediction")
        self._counts: Sequence[Sequence[int]] = ()
        self._rows: Sequence[str] = ()
        self._columns: Sequence[str] = ()
        self._cell = (0, 0)
        self.setAccessibleName("Confusion matrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 240)
        self.setMouseTracking(True)
        current.wardrobe().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for room by the number of cells."""
        side = 120 + 44 * max(3, len(self._counts))
        return QSize(side, side)

    def show_matrix(
        self,
        counts: Sequence[Sequence[int]],
        rows: Sequence[str],
        columns: Sequence[str],
        sides: tuple[str, str] = ("Truth", "Prediction"),
    ) -> None:
        """Show other counts.

        Parameters
        ----------
        counts : R rows of C int
            Row r, column c: how often truth r was called c.
        rows, columns : sequence of str
            Names, R and C of them.
        sides : (str, str)
            What rows and columns are.
        """
        self._sides = sides
        self._counts, self._rows, self._columns = counts, rows, columns
        self._cell = (0, 0)
        self._describe()
        self.updateGeometry()
        self.update()

    @property
    def cell(self) -> tuple[int, int]:
        """Row and column of the current cell."""
        return self._cell

    def _grid(self) -> QRectF:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in self._rows), default=0)
        left = min(140, widest + 28)
        top = 2 * metrics.height() + 12
        return QRectF(left, top, max(1, self.width() - left - 4), max(1, self.height() - top - 4))

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        grid = self._grid()
        if not self._counts or not grid.contains(point):
            return None
        column = int((point.x() - grid.left()) / grid.width() * len(self._columns))
        row = int((point.y() - grid.top()) / grid.height() * len(self._rows))
        return min(row, len(self._rows) - 1), min(column, len(self._columns) - 1)

    def _rect(self, row: int, column: int) -> QRectF:
        grid = self._grid()
        width, height = grid.width() / len(self._columns), grid.height() / len(self._rows)
        return QRectF(grid.left() + column * width, grid.top() + row * height, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, names and the frame of the current cell."""
        del event
        if not self._counts:
            return
        painter = QPainter(self)
        self._paint_names(painter)
        for row, counts in enumerate(self._counts):
            total = sum(counts) or 1
            for column, count in enumerate(counts):
                self._paint_cell(painter, row, column, count, count / total)
        if self.hasFocus():
            pen = QPen(QColor(current.tokens().ink), 2)
            painter.setPen(pen)
            painter.drawRect(self._rect(*self._cell).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_cell(
        self, painter: QPainter, row: int, column: int, count: int, share: float
    ) -> None:
        tokens = current.tokens()
        rect = self._rect(row, column)
        right = self._rows[row] == self._columns[column]
        ground = mixed(tokens.surface, tokens.accent if right else tokens.error, share**0.6 * 0.85)
        painter.fillRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), QColor(ground))
        if not count:
            return
        strong = share**0.6 > 0.55
        painter.setPen(QColor(tokens.on_accent if strong else tokens.ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{count:,}")

    def _paint_names(self, painter: QPainter) -> None:
        tokens = current.tokens()
        grid = self._grid()
        metrics = self.fontMetrics()
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(
            QRectF(grid.left(), 0, grid.width(), metrics.height() + 2),
            Qt.AlignmentFlag.AlignCenter,
            self._sides[1],
        )
        painter.save()
        painter.translate(metrics.height(), grid.center().y())
        painter.rotate(-90)
        painter.drawText(
            QRectF(-grid.height() / 2, -metrics.height(), grid.height(), metrics.height() + 2),
            Qt.AlignmentFlag.AlignCenter,
            self._sides[0],
        )
        painter.restore()
        painter.setPen(QColor(tokens.ink))
        for row, name in enumerate(self._rows):
            rect = self._rect(row, 0)
            room = grid.left() - metrics.height() - 10
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room))
            place = QRectF(metrics.height() + 4, rect.top(), room, rect.height())
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, right, text)
        for column, name in enumerate(self._columns):
            rect = self._rect(0, column)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()) - 2)
            place = QRectF(rect.left(), metrics.height() + 6, rect.width(), metrics.height() + 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._cell_at(event.position().toPoint())
        if cell is not None:
            self._move_to(cell)
            self.cell_clicked.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say in words what the cell under the pointer means."""
        cell = self._cell_at(event.position().toPoint())
        self.setToolTip("" if cell is None else self._words(cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between cells, Enter opens one."""
        step = _KEYS.get(Qt.Key(event.key()))
        if step is not None and self._counts:
            row = min(max(self._cell[0] + step[0], 0), len(self._rows) - 1)
            column = min(max(self._cell[1] + step[1], 0), len(self._columns) - 1)
            self._move_to((row, column))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._counts:
                self.cell_clicked.emit(*self._cell)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which cell the keyboard stands on."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it again."""
        super().focusOutEvent(event)
        self.update()

    def _move_to(self, cell: tuple[int, int]) -> None:
        self._cell = cell
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self._words(self._cell) if self._counts else "")

    def _words(self, cell: tuple[int, int]) -> str:
        count = self._counts[cell[0]][cell[1]]
        plain = self._sides == ("Truth", "Prediction")
        first, second = (side.lower() if plain else side for side in self._sides)
        return f"{count:,} × {first} {self._rows[cell[0]]}, {second} {self._columns[cell[1]]}"
