"""The shapes of the canvas, painted into a sheet that is larger than the view.

Panning cuts another part out of the sheet; zooming stretches it until a fresh one is ready. Few
shapes are painted finely, in slices between two frames; a crowd is drawn plainly on a thread of its
own, and an edit paints over its own place alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QRunnable, QSize, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter

from studio.domain.geometry import Box, FloatArray
from studio.domain.labels import ShapeId
from studio.ui.canvas.crowd import Crowd, drawn
from studio.ui.canvas.fine import FinePainting
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import faint, looks_of
from studio.ui.canvas.model import CanvasModel

_MARGIN = 0.25
"""How far the sheet reaches beyond the view on each side, as a share of the view."""
_CROWD = 1500
"""From so many shapes in view on they are a crowd."""
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
    def __init__(self, number: int, crowds: Sequence[Crowd], signals: _Signals) -> None:
        super().__init__()
        self._number = number
        self._crowds = crowds
        self._signals = signals

    def run(self) -> None:
        self._signals.drawn.emit(self._number, drawn(self._crowds))


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
        self._fine = FinePainting(model)
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
        self._fine.forget()
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
        return self._meeting(frame.seen(wide, high)) > _CROWD

    def _ask(self, frame: Frame, size: QSize, ratio: float) -> None:
        if self._asked is not None:
            return
        moved, wide, high = _room(frame, size)
        self._number += 1
        self._asked = self._number, moved, self._revision, ratio
        self._since = []
        size_px = round(wide * ratio), round(high * ratio)
        crowds = self._crowds(moved.seen(wide, high), moved, size_px, ratio)
        self._pool.start(_Drawing(self._number, crowds, self._signals))

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
        if self._meeting(place) > _PATCHED:
            return False
        fresh = _image(drawn(self._crowds(place, frame, (x1 - x0, y1 - y0), ratio)), ratio)
        painter = QPainter(sheet.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPointF(x0 / ratio, y0 / ratio), fresh)
        painter.end()
        return True

    def _meeting(self, seen: Box) -> int:
        """Return how many shapes of both layers may be seen in a place."""
        return len(self._model.table.meeting(seen)) + len(self._model.proposals.meeting(seen))

    def _crowds(
        self, seen: Box, frame: Frame, size: tuple[int, int], ratio: float
    ) -> tuple[Crowd, Crowd]:
        """Return labels and proposals as they are now."""
        looks, table = looks_of(self._model.schema), self._model.table
        labels = Crowd(
            table=table.still(),
            seen=seen,
            frame=frame,
            size=size,
            ratio=ratio,
            colours={id_: look.colour.rgba() for id_, look in looks.items()},
            dashes={id_: look.dashes for id_, look in looks.items()},
            chosen=table.rows_of(self._model.selection),
            left_out=table.rows_of(self._model.lifted),
        )
        table = self._model.proposals
        proposals = labels._replace(
            table=table.still(),
            colours={id_: faint(look.colour).rgba() for id_, look in looks.items()},
            dashes={id_: look.proposed(None).dashes for id_, look in looks.items()},
            chosen=table.rows_of(self._model.selection),
            left_out=table.rows_of(self._model.lifted),
        )
        return labels, proposals

    # --- a few, finely, in slices

    def _begin(self, frame: Frame, size: QSize, ratio: float) -> None:
        moved, wide, high = _room(frame, size)
        format_ = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(round(wide * ratio), round(high * ratio), format_)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        self._next = _Sheet(image, moved, self._revision)
        self._steps = self._fine.steps(image, moved, moved.seen(wide, high))


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
