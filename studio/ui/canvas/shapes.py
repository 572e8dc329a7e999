"""The shapes of the canvas, painted in slices into a pixmap that is larger than the view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from studio.domain.geometry import Box, Geometry
from studio.domain.labels import ShapeId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import (
    NO_LOOK,
    Look,
    Outline,
    draw_name,
    draw_path,
    looks_of,
    path_of,
    transform,
)
from studio.ui.canvas.model import CanvasModel

_MARGIN = 0.25
"""How far the pixmap reaches beyond the view on each side, as a share of the view."""
_SPECK = 3.0
"""Shapes smaller than this on screen are drawn as a speck, logical px."""
_CROWD = 1500
"""From so many shapes in view on, lines are thin and without a dark edge."""
_NAMED = 400
"""Up to so many shapes in view carry their names."""
_AT_ONCE = 32


class _Sheet(NamedTuple):
    """A painted pixmap and the frame it was painted for."""

    image: QImage
    frame: Frame
    """As if the pixmap were the widget."""
    revision: int

    def covers(self, frame: Frame, size: QSize, revision: int) -> bool:
        """Tell whether a view can be cut out of it as it is."""
        if self.revision != revision or abs(self.frame.zoom - frame.zoom) > 1e-9:
            return False
        x, y = self.frame.left - frame.left, self.frame.top - frame.top
        ratio = self.image.devicePixelRatio()
        wide, high = self.image.width() / ratio, self.image.height() / ratio
        return x >= 0 and y >= 0 and x + size.width() <= wide and y + size.height() <= high

    def stretches(self, frame: Frame, revision: int) -> bool:
        """Tell whether it is only the zoom that differs in kind."""
        return self.revision == revision and abs(self.frame.zoom - frame.zoom) > 1e-9


class ShapesLayer:
    """Paints the shapes of a model.

    Panning cuts another part out of the pixmap; zooming stretches it until a fresh one is ready.
    A fresh one is painted in slices, so that thousands of shapes never hold the hand up.

    Parameters
    ----------
    model : CanvasModel
        Whose shapes are drawn, all but those that a tool holds.
    """

    def __init__(self, model: CanvasModel) -> None:
        self._model = model
        self._sheet: _Sheet | None = None
        self._next: _Sheet | None = None
        self._steps: Iterator[None] | None = None
        self._revision = 0
        self._paths: dict[ShapeId, tuple[Geometry, object, Outline]] = {}

    def changed(self) -> None:
        """Paint anew: shapes, labels or choice are others now."""
        self._revision += 1

    def forget(self) -> None:
        """Drop what was painted: it was another picture's."""
        self._sheet = self._next = self._steps = None
        self._paths.clear()
        self.changed()

    def work(
        self, frame: Frame, size: QSize, ratio: float, seconds: float, moving: bool = False
    ) -> bool:
        """Paint on for at most so long; returns whether all is painted.

        Parameters
        ----------
        frame : Frame
            Where the picture stands in the view.
        size : QSize
            Of the view, logical px.
        ratio : float
            Device px for one logical px.
        seconds : float
            Time for this slice.
        moving : bool
            The hand still moves: a crowd is stretched while it zooms, and painted when it rests.
        """
        if self._sheet and self._sheet.covers(frame, size, self._revision):
            self._next = self._steps = None
            return True
        crowd = moving and len(self._model.table) > _CROWD
        if crowd and self._sheet and self._sheet.stretches(frame, self._revision):
            return True
        if self._next is None or not self._next.covers(frame, size, self._revision):
            self._begin(frame, size, ratio)
        assert self._steps is not None
        end = time.perf_counter() + seconds
        for _ in self._steps:
            if time.perf_counter() >= end:
                return False
        self._sheet, self._next, self._steps = self._next, None, None
        return True

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Lay what is painted over the picture, stretched if it was painted for another zoom."""
        if self._sheet is None:
            return
        image, old, _ = self._sheet
        ratio = image.devicePixelRatio()
        share = frame.zoom / old.zoom
        x, y = frame.left - old.left * share, frame.top - old.top * share
        if share == 1.0:
            painter.drawImage(QPointF(x, y), image)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        wide, high = image.width() / ratio * share, image.height() / ratio * share
        painter.drawImage(QRectF(x, y, wide, high), image)

    def _begin(self, frame: Frame, size: QSize, ratio: float) -> None:
        over = round(size.width() * _MARGIN), round(size.height() * _MARGIN)
        wide, high = size.width() + 2 * over[0], size.height() + 2 * over[1]
        image = QImage(
            round(wide * ratio), round(high * ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        self._next = _Sheet(image, frame.moved(*over), self._revision)
        self._steps = self._paint_all(image, self._next.frame, self._next.frame.seen(wide, high))

    def _paint_all(self, image: QImage, frame: Frame, seen: Box) -> Iterator[None]:
        """Paint everything; between two steps other work may be done."""
        table, lifted = self._model.table, self._model.lifted
        chosen = frozenset(self._model.selection)
        looks = looks_of(self._model.schema)
        rows = table.touching(seen)
        spans = (table.bounds[rows, 2:] - table.bounds[rows, :2]).max(1, initial=0) * frame.zoom
        # A point has no extent at any zoom, and is drawn as large as ever.
        tiny = (spans < _SPECK) & (spans > 0)
        specks, large = rows[tiny], rows[~tiny]
        plain = len(large) > _CROWD
        painter = QPainter(image)
        try:
            colours = {id_: look.colour for id_, look in looks.items()}
            for row in specks:
                shape = table.shapes[row]
                self._speck(painter, frame, table.bounds[row], colours.get(shape.label))
            yield
            painter.setTransform(transform(frame))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not plain)
            for number, row in enumerate(large):
                shape = table.shapes[row]
                if shape.id not in lifted:
                    look = looks.get(shape.label, NO_LOOK)
                    path = self._path(shape.id, shape.geometry, look)
                    draw_path(painter, path, look, shape.id in chosen, plain)
                if number % _AT_ONCE == _AT_ONCE - 1:
                    yield
            painter.resetTransform()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row in large if len(large) <= _NAMED else ():
                shape = table.shapes[row]
                if shape.id not in lifted:
                    draw_name(painter, frame, shape.geometry, looks.get(shape.label, NO_LOOK))
        finally:
            painter.end()

    @staticmethod
    def _speck(painter: QPainter, frame: Frame, edges: np.ndarray, colour: QColor | None) -> None:
        x, y = frame.to_widget((float(edges[0]), float(edges[1])))
        painter.fillRect(QRectF(x - 0.5, y - 0.5, 2, 2), colour or NO_LOOK.colour)

    def _path(self, id: ShapeId, geometry: Geometry, look: Look) -> Outline:  # noqa: A002
        kept = self._paths.get(id)
        if kept is None or kept[:2] != (geometry, look.bones):
            kept = self._paths[id] = (geometry, look.bones, path_of(geometry, look.bones))
        return kept[2]
