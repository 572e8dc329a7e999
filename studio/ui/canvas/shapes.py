"""The shapes of the canvas, painted into a sheet that is larger than the view.

Panning cuts another part out of the sheet; zooming stretches it until a fresh one is ready. Few
shapes are painted finely, in slices between two frames; a crowd is drawn plainly on a thread of its
own, and an edit paints over its own place alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QRunnable, QSize, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter

from studio.domain.geometry import Box, FloatArray, Geometry
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.crowd import Crowd, drawn
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
from studio.ui.canvas.packed_lines import Rows

_MARGIN = 0.25
"""How far the sheet reaches beyond the view on each side, as a share of the view."""
_SPECK = 3.0
"""Shapes smaller than this on screen are drawn as a speck, logical px."""
_CROWD = 1500
"""From so many shapes in view on they are a crowd."""
_NAMED = 400
"""Up to so many shapes in view carry their names."""
_AT_ONCE = 32
_PATCHED = 2000
"""Up to so many shapes in the place of an edit, that place alone is painted again at once."""
_REACH = 6.0
"""How far the lines of a shape reach beyond its bounds, logical px."""


class _Sheet(NamedTuple):
    """A painted image and the frame it was painted for."""

    image: QImage
    frame: Frame
    """As if the image were the widget."""
    revision: int
    crowded: bool = False

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


class _Signals(QObject):
    drawn = Signal(int, object)


class _Drawing(QRunnable):
    def __init__(self, number: int, crowd: Crowd, signals: _Signals) -> None:
        super().__init__()
        self._number = number
        self._crowd = crowd
        self._signals = signals

    def run(self) -> None:
        self._signals.drawn.emit(self._number, drawn(self._crowd))


class ShapesLayer(QObject):
    """Paints the shapes of a model.

    Parameters
    ----------
    model : CanvasModel
        Whose shapes are drawn, all but those that a tool holds.
    """

    arrived = Signal()
    """A crowd was drawn."""

    def __init__(self, model: CanvasModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._sheet: _Sheet | None = None
        self._next: _Sheet | None = None
        self._steps: Iterator[None] | None = None
        self._revision = 0
        self._paths: dict[ShapeId, tuple[Geometry, object, Outline]] = {}
        self._chosen: tuple[ShapeId, ...] = ()
        self._number = 0
        self._asked: tuple[int, Frame, int, float] | None = None
        """Number, frame, revision and ratio of the crowd that is being drawn."""
        self._since: list[FloatArray] = []
        """Places that changed since that was begun."""
        self._signals = _Signals(self)
        self._signals.drawn.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def close(self) -> None:
        """Wait for what is being drawn."""
        self._asked = None
        self._pool.clear()
        self._pool.waitForDone()

    def redraw(self, bounds: FloatArray | None) -> None:
        """Paint anew: everything (None), or what lies within some bounds, (n, 4) px."""
        sheet = self._sheet
        if bounds is None or sheet is None or not sheet.crowded or sheet.revision != self._revision:
            self._revision += 1
            return
        if not len(bounds):
            return
        if self._asked is not None:
            self._since.append(bounds)
        if not self._patch(sheet, bounds):
            self._revision += 1

    def choice_changed(self) -> None:
        """Paint anew what is chosen now or was before."""
        chosen, known = self._model.selection, self._chosen
        self._chosen = chosen
        if abs(len(chosen) - len(known)) > _PATCHED:
            self.redraw(None)
            return
        changed = frozenset(chosen) ^ frozenset(known)
        if len(changed) > _PATCHED:
            self.redraw(None)
        elif changed:
            self.redraw(self._model.table.bounds[self._model.table.rows_of(changed)])

    def forget(self) -> None:
        """Drop what was painted: it was another picture's."""
        self._sheet = self._next = self._steps = self._asked = None
        self._paths.clear()
        self._revision += 1

    def work(
        self, frame: Frame, size: QSize, ratio: float, seconds: float, moving: bool = False
    ) -> bool:
        """Paint on for at most so long; returns whether no more slices are needed.

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
        many = len(self._model.table) > _CROWD
        if many and moving and self._sheet and self._sheet.stretches(frame, self._revision):
            return True
        if many and self._is_crowd(frame, size):
            self._next = self._steps = None
            self._ask(frame, size, ratio)
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

    def sharp(self, frame: Frame, size: QSize) -> bool:
        """Tell whether a view is painted as it is now, and not stretched from another one."""
        return self._sheet is not None and self._sheet.covers(frame, size, self._revision)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Lay what is painted over the picture, stretched if it was painted for another zoom."""
        if self._sheet is None:
            return
        image, old = self._sheet.image, self._sheet.frame
        ratio = image.devicePixelRatio()
        share = frame.zoom / old.zoom
        x, y = frame.left - old.left * share, frame.top - old.top * share
        if share == 1.0:
            painter.drawImage(QPointF(x, y), image)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        wide, high = image.width() / ratio * share, image.height() / ratio * share
        painter.drawImage(QRectF(x, y, wide, high), image)

    # --- a crowd, on a thread of its own

    def _is_crowd(self, frame: Frame, size: QSize) -> bool:
        _, wide, high = _room(frame, size)
        return self._model.table.count_touching(frame.seen(wide, high)) > _CROWD

    def _ask(self, frame: Frame, size: QSize, ratio: float) -> None:
        if self._asked is not None:
            return
        moved, wide, high = _room(frame, size)
        self._number += 1
        self._asked = self._number, moved, self._revision, ratio
        self._since = []
        size_px = round(wide * ratio), round(high * ratio)
        crowd = self._crowd(moved.seen(wide, high), moved, size_px, ratio)
        self._pool.start(_Drawing(self._number, crowd, self._signals))

    def _take(self, number: int, pixels: NDArray[np.uint32]) -> None:
        if self._asked is None or self._asked[0] != number:
            return
        _, frame, revision, ratio = self._asked
        self._asked = None
        sheet = _Sheet(_image(pixels, ratio), frame, revision, crowded=True)
        for bounds in self._since:
            if not self._patch(sheet, bounds):
                self._revision += 1
        self._since = []
        self._sheet = sheet
        self.arrived.emit()

    def _patch(self, sheet: _Sheet, bounds: FloatArray) -> bool:
        """Paint the place of an edit again; False where too much stands there."""
        ratio, scale = sheet.image.devicePixelRatio(), sheet.frame.zoom
        origin = np.array([sheet.frame.left, sheet.frame.top])
        low = np.floor((np.nanmin(bounds[:, :2], 0) * scale + origin - _REACH) * ratio)
        high = np.ceil((np.nanmax(bounds[:, 2:], 0) * scale + origin + _REACH) * ratio)
        x0, y0 = (max(0, int(edge)) for edge in low)
        x1 = min(sheet.image.width(), int(high[0]))
        y1 = min(sheet.image.height(), int(high[1]))
        if x0 >= x1 or y0 >= y1:
            return True
        frame = sheet.frame.moved(-x0 / ratio, -y0 / ratio)
        place = frame.seen((x1 - x0) / ratio, (y1 - y0) / ratio)
        if self._model.table.count_touching(place) > _PATCHED:
            return False
        fresh = _image(drawn(self._crowd(place, frame, (x1 - x0, y1 - y0), ratio)), ratio)
        painter = QPainter(sheet.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPointF(x0 / ratio, y0 / ratio), fresh)
        painter.end()
        return True

    def _crowd(self, seen: Box, frame: Frame, size: tuple[int, int], ratio: float) -> Crowd:
        looks, table = looks_of(self._model.schema), self._model.table
        return Crowd(
            table=table.still(),
            seen=seen,
            frame=frame,
            size=size,
            ratio=ratio,
            colours={id_: look.colour.rgba() for id_, look in looks.items()},
            chosen=table.rows_of(self._model.selection),
            left_out=table.rows_of(self._model.lifted),
        )

    # --- a few, finely, in slices

    def _begin(self, frame: Frame, size: QSize, ratio: float) -> None:
        moved, wide, high = _room(frame, size)
        format_ = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(round(wide * ratio), round(high * ratio), format_)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        self._next = _Sheet(image, moved, self._revision)
        self._steps = self._paint_all(image, moved, moved.seen(wide, high))

    def _paint_all(self, image: QImage, frame: Frame, seen: Box) -> Iterator[None]:
        """Paint everything; between two steps other work may be done."""
        rows = self._model.table.touching(seen)
        painter = QPainter(image)
        try:
            yield from self._painted(painter, frame, rows, plain=len(rows) > _CROWD)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            looks = looks_of(self._model.schema)
            for shape in self._shapes(rows) if len(rows) <= _NAMED else ():
                draw_name(painter, frame, shape.geometry, looks.get(shape.label, NO_LOOK))
        finally:
            painter.end()

    def _shapes(self, rows: Rows) -> Iterator[Shape]:
        lifted, table = self._model.lifted, self._model.table
        for row in rows.tolist():
            shape = table.get_row(row)
            if shape is not None and shape.id not in lifted:
                yield shape

    def _painted(self, painter: QPainter, frame: Frame, rows: Rows, plain: bool) -> Iterator[None]:
        """Paint rows; between two steps other work may be done."""
        table = self._model.table
        chosen = frozenset(self._model.selection)
        looks = looks_of(self._model.schema)
        edges = table.bounds[rows]
        spans = (edges[:, 2:] - edges[:, :2]).max(1, initial=0) * frame.zoom
        # A point has no extent at any zoom, and is drawn as large as ever.
        tiny = (spans < _SPECK) & (spans > 0)
        for shape in self._shapes(rows[tiny]):
            self._speck(painter, frame, table.bounds[table.rows[shape.id]], looks.get(shape.label))
        yield
        painter.setTransform(transform(frame))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not plain)
        for number, shape in enumerate(self._shapes(rows[~tiny])):
            look = looks.get(shape.label, NO_LOOK)
            path = self._path(shape.id, shape.geometry, look)
            draw_path(painter, path, look, shape.id in chosen, plain)
            if number % _AT_ONCE == _AT_ONCE - 1:
                yield
        painter.resetTransform()

    @staticmethod
    def _speck(painter: QPainter, frame: Frame, edges: FloatArray, look: Look | None) -> None:
        x, y = frame.to_widget((float(edges[0]), float(edges[1])))
        painter.fillRect(QRectF(x - 0.5, y - 0.5, 2, 2), (look or NO_LOOK).colour)

    def _path(self, id: ShapeId, geometry: Geometry, look: Look) -> Outline:  # noqa: A002
        kept = self._paths.get(id)
        if kept is None or kept[:2] != (geometry, look.bones):
            kept = self._paths[id] = (geometry, look.bones, path_of(geometry, look.bones))
        return kept[2]


def _image(pixels: NDArray[np.uint32], ratio: float) -> QImage:
    high, wide = pixels.shape
    format_ = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, wide, high, 4 * wide, format_).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _room(frame: Frame, size: QSize) -> tuple[Frame, int, int]:
    """Return the frame on a sheet that is larger than the view, and the sheet's size."""
    over = round(size.width() * _MARGIN), round(size.height() * _MARGIN)
    return frame.moved(*over), size.width() + 2 * over[0], size.height() + 2 * over[1]
