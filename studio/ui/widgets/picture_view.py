"""A picture with boxes over it, fitted to the room there is; for looking, not for drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.api.images import Pixels


class Marked(NamedTuple):
    """A box on the picture."""

    box: tuple[float, float, float, float]
    """x0, y0, x1, y1 in px of the picture."""
    text: str
    colour: str
    dashed: bool = False
    """Truth is drawn solid, what a model said dashed, so that colour alone need not tell."""


def to_image(pixels: Pixels) -> QImage:
    """Copy (H, W, 3) uint8 RGB pixels into a `QImage`."""
    rgb = np.ascontiguousarray(pixels)
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class PictureView(QWidget):
    """Shows one picture, as large as fits, with boxes over it.

    Parameters
    ----------
    name : str
        What a screen reader calls it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._marks: Sequence[Marked] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    def sizeHint(self) -> QSize:
        """Ask for a comfortable size."""
        return QSize(480, 360)

    def show_picture(self, pixels: Pixels | None, marks: Sequence[Marked] = ()) -> None:
        """Show another picture, or nothing.

        Parameters
        ----------
        pixels : (H, W, 3) uint8 or None
            RGB.
        marks : sequence of Marked
            Boxes in px of the picture.
        """
        self._image = None if pixels is None else to_image(pixels)
        self._marks = marks
        self.setAccessibleDescription(", ".join(mark.text for mark in marks))
        self.update()

    def picture_area(self) -> QRectF:
        """Return where the picture lies inside the widget, logical px."""
        if self._image is None:
            return QRectF()
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        size = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture and its boxes."""
        del event
        if self._image is None:
            return
        painter = QPainter(self)
        area = self.picture_area()
        scale = area.width() / self._image.width()
        # Small pictures stay sharp-edged: their pixels are the data.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 3)
        painter.drawImage(area, self._image)
        for mark in self._marks:
            self._draw(painter, mark, area, scale)
        painter.end()

    @staticmethod
    def _draw(painter: QPainter, mark: Marked, area: QRectF, scale: float) -> None:
        x0, y0, x1, y1 = (edge * scale for edge in mark.box)
        box = QRectF(QPointF(x0, y0) + area.topLeft(), QPointF(x1, y1) + area.topLeft())
        style = Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor("#000000"), 3))
        painter.drawRect(box)
        painter.setPen(QPen(QColor(mark.colour), 1.5, style))
        painter.drawRect(box)
        if not mark.text:
            return
        metrics = painter.fontMetrics()
        label = QRectF(
            box.left(), box.top() - metrics.height() - 2,
            metrics.horizontalAdvance(mark.text) + 8, metrics.height() + 2,
        )  # fmt: skip
        label.moveTop(max(area.top(), label.top()))
        painter.fillRect(label, QColor(0, 0, 0, 190))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, mark.text)
