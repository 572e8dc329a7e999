"""A mask while it is painted: one byte for each pixel of the picture, drawn where it is seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.domain.geometry import Mask, Point, mask_of, pixels_of
from studio.domain.geometry.brushing import dabs
from studio.ui.canvas.frame import Frame

_ALPHA = 130
_WORD = 4
"""Rows of images are as long as a multiple of this, bytes."""


class PaintedMask:
    """The pixels of a mask under the brush.

    Pixels that nobody touches cost no memory until then, and only the window of the picture that
    holds pixels is drawn.

    Parameters
    ----------
    size : tuple of int, px
        Width and height of the picture.
    mask : Mask, optional
        What it begins with.
    """

    def __init__(self, size: tuple[int, int], mask: Mask | None = None) -> None:
        self._size = size
        stride = -(-size[0] // _WORD) * _WORD
        self._pixels = np.zeros((size[1], stride), np.uint8)
        self._image = QImage(
            self._pixels.data, size[0], size[1], stride, QImage.Format.Format_Indexed8
        )
        # Left, top, right and bottom of what was ever set.
        self._window = (size[0], size[1], 0, 0)
        if mask is not None and mask.width:
            self._set(pixels_of(mask), mask.left, mask.top, True)

    def cover(self, start: Point, end: Point, radii: tuple[float, float], adds: bool) -> None:
        """Set or clear the pixels on the way of the brush.

        Parameters
        ----------
        start, end : Point
            In px of the picture.
        radii : tuple of float, px
            Of the brush at both ends.
        adds : bool
            Whether it sets or clears.
        """
        for pixels, left, top in dabs(start, end, radii, self._size):
            self._set(pixels, left, top, adds)

    def mask(self) -> Mask:
        """Return what is painted by now."""
        x0, y0, x1, y1 = self._window
        if x0 >= x1:
            return Mask(0, 0, 0, 0, ())
        return mask_of(self._pixels[y0:y1, x0:x1] > 0, x0, y0)

    def paint(self, painter: QPainter, frame: Frame, colour: QColor) -> None:
        """Draw the pixels over the picture.

        Parameters
        ----------
        painter : QPainter
            In logical px of the widget.
        frame : Frame
            Where the picture stands.
        colour : QColor
            Of the label.
        """
        shown = painter.clipBoundingRect() if painter.hasClipping() else painter.viewport()
        shown = QRectF(shown)
        a = frame.to_picture((shown.left(), shown.top()))
        b = frame.to_picture((shown.right(), shown.bottom()))
        x0, y0 = max(self._window[0], int(a[0]) - 1), max(self._window[1], int(a[1]) - 1)
        x1, y1 = min(self._window[2], int(b[0]) + 2), min(self._window[3], int(b[1]) + 2)
        if x0 >= x1 or y0 >= y1:
            return
        self._image.setColorTable([0, _with_alpha(colour)])
        (left, top), (right, bottom) = frame.to_widget((x0, y0)), frame.to_widget((x1, y1))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(
            QRectF(left, top, right - left, bottom - top),
            self._image,
            QRectF(x0, y0, x1 - x0, y1 - y0),
        )

    def _set(self, pixels: np.ndarray, left: int, top: int, adds: bool) -> None:
        high, wide = pixels.shape
        there = self._pixels[top : top + high, left : left + wide]
        there[pixels] = 1 if adds else 0
        if adds:
            x0, y0, x1, y1 = self._window
            self._window = (
                min(x0, left),
                min(y0, top),
                max(x1, left + wide),
                max(y1, top + high),
            )


def _with_alpha(colour: QColor) -> int:
    tinted = QColor(colour)
    tinted.setAlpha(_ALPHA)
    return int(tinted.rgba())
