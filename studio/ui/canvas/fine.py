"""Shapes painted finely, one by one, in slices between two frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from studio.domain.geometry import Box, FloatArray, Geometry
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import (
    NO_LOOK,
    PROPOSED,
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
from studio.ui.canvas.table import ShapeTable

_SPECK = 3.0
"""Shapes smaller than this on screen are drawn as a speck, logical px."""
_PLAIN = 1500
"""From so many shapes in view on their lines are thin and hard-edged."""
_NAMED = 400
"""Up to so many shapes in view carry their names."""
_AT_ONCE = 32

_LookOf = Callable[[Shape], Look]


class FinePainting:
    """Paints the labels of a model, and over them its proposals, dashed and faint.

    Parameters
    ----------
    model : CanvasModel
        Whose shapes are painted, all but those that a tool holds.
    """

    def __init__(self, model: CanvasModel) -> None:
        self._model = model
        self._paths: dict[ShapeId, tuple[Geometry, object, Outline]] = {}

    def forget(self) -> None:
        """Drop the paths of shapes: they were another picture's."""
        self._paths.clear()

    def steps(self, image: QImage, frame: Frame, seen: Box) -> Iterator[None]:
        """Paint everything into an image; between two steps other work may be done."""
        looks = looks_of(self._model.schema)
        painter = QPainter(image)
        try:
            yield from self._layer(
                painter, frame, self._model.table, seen, lambda shape: _look(looks, shape)
            )
            yield from self._layer(
                painter, frame, self._model.proposals, seen,
                lambda shape: _look(looks, shape).proposed(shape.score), PROPOSED,
            )  # fmt: skip
        finally:
            painter.end()

    def _layer(
        self,
        painter: QPainter,
        frame: Frame,
        table: ShapeTable,
        seen: Box,
        look_of: _LookOf,
        opacity: float = 1.0,
    ) -> Iterator[None]:
        rows = table.touching(seen)
        painter.setOpacity(opacity)
        yield from self._painted(painter, frame, table, rows, look_of)
        # Names are read, whatever is under them.
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in self._shapes(table, rows) if len(rows) <= _NAMED else ():
            draw_name(painter, frame, shape.geometry, look_of(shape))

    def _shapes(self, table: ShapeTable, rows: Rows) -> Iterator[Shape]:
        lifted = self._model.lifted
        for row in rows.tolist():
            # Between two slices a row may have died, or the shape have got another one.
            shape = table.get(table.ids[row]) if row < len(table.ids) else None
            if shape is not None and shape.id not in lifted:
                yield shape

    def _painted(
        self, painter: QPainter, frame: Frame, table: ShapeTable, rows: Rows, look_of: _LookOf
    ) -> Iterator[None]:
        plain = len(rows) > _PLAIN
        chosen = frozenset(self._model.selection)
        edges = table.bounds[rows]
        spans = (edges[:, 2:] - edges[:, :2]).max(1, initial=0) * frame.zoom
        # A point has no extent at any zoom, and is drawn as large as ever.
        tiny = (spans < _SPECK) & (spans > 0)
        for shape in self._shapes(table, rows[tiny]):
            _speck(painter, frame, table.bounds[table.rows[shape.id]], look_of(shape))
        if len(rows) > _AT_ONCE:
            yield
        painter.setTransform(transform(frame))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not plain)
        for number, shape in enumerate(self._shapes(table, rows[~tiny])):
            look = look_of(shape)
            path = self._path(shape, look)
            draw_path(painter, path, look, shape.id in chosen, plain)
            if number % _AT_ONCE == _AT_ONCE - 1:
                yield
        painter.resetTransform()

    def _path(self, shape: Shape, look: Look) -> Outline:
        kept = self._paths.get(shape.id)
        if kept is None or kept[:2] != (shape.geometry, look.bones):
            path = path_of(shape.geometry, look.bones)
            kept = self._paths[shape.id] = (shape.geometry, look.bones, path)
        return kept[2]


def _look(looks: dict[LabelId, Look], shape: Shape) -> Look:
    return looks.get(shape.label, NO_LOOK)


def _speck(painter: QPainter, frame: Frame, edges: FloatArray, look: Look) -> None:
    x, y = frame.to_widget((float(edges[0]), float(edges[1])))
    painter.fillRect(QRectF(x - 0.5, y - 0.5, 2, 2), look.colour)
