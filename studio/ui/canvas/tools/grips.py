"""The grips of a shape on the screen: which one is near, and how it looks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import (
    Bezier,
    Ellipse,
    FloatArray,
    Geometry,
    Point,
    RotatedBox,
    Skeleton,
    bounds,
)
from studio.domain.geometry.grips import Grip, grips_of
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import HANDLE, draw_handle, draw_middle
from studio.ui.canvas.tools.tool import Stroke

_REACH = 2 * HANDLE
"""How near a grip must be to be taken, logical px."""
_ARM = 24.0
"""How far beyond a side the grip lies that turns the whole, logical px."""
_MANY = 500
"""From more grips on, those are left out that others hide."""
_FARTHEST = 2000
"""Cells of the size of a grip, that a screen may be wide or high."""
_SIDES = ("box", "axis", "rim")


class _Laid(NamedTuple):
    """The grips of a geometry as they lie at a zoom."""

    geometry: Geometry | None
    zoom: float
    grips: list[Grip]
    places: FloatArray
    """(N, 2) float64, px of the picture."""


_last: list[_Laid] = []
"""What was asked about last: of an outline of thousands of points the grips are made once, and not
for each movement of the pointer."""


def _laid(geometry: Geometry, frame: Frame) -> _Laid:
    if not _last or _last[0].geometry is not geometry or _last[0].zoom != frame.zoom:
        grips = list(grips_of(geometry, _ARM / frame.zoom))
        places = np.array([grip.place for grip in grips], np.float64).reshape(-1, 2)
        _last[:] = [_Laid(geometry, frame.zoom, grips, places)]
    return _last[0]


def grips_on(geometry: Geometry, frame: Frame) -> list[Grip]:
    """Return the grips of a geometry as they lie at a zoom."""
    return _laid(geometry, frame).grips


def grip_near(geometry: Geometry, stroke: Stroke) -> Grip | None:
    """Return the grip that a press would take, or None."""
    # On a small shape the grips leave room between them, so that it can still be moved.
    box = bounds(geometry)
    small = min(box.width, box.height) * stroke.frame.zoom / 4 if box else _REACH
    pointed = isinstance(geometry, Skeleton) or (box is not None and box.area == 0)
    reach = _REACH if pointed else min(_REACH, max(2.0, small))
    laid = _laid(geometry, stroke.frame)
    far = np.abs(laid.places - stroke.point).max(1, initial=0) * stroke.frame.zoom
    near = np.flatnonzero(far <= reach)
    return laid.grips[int(near[0])] if len(near) else None


def cursor_of(grip: Grip, geometry: Geometry) -> Qt.CursorShape:
    """Return the cursor that says what pulling a grip does."""
    if grip.kind == "turn":
        return Qt.CursorShape.CrossCursor
    turned = isinstance(geometry, RotatedBox | Ellipse) and geometry.angle != 0.0
    if grip.kind not in _SIDES or turned:
        return Qt.CursorShape.PointingHandCursor
    if grip.ring == 0:
        return Qt.CursorShape.SizeVerCursor
    if grip.at == 0:
        return Qt.CursorShape.SizeHorCursor
    falls = grip.ring == grip.at
    return Qt.CursorShape.SizeFDiagCursor if falls else Qt.CursorShape.SizeBDiagCursor


def draw_grips(painter: QPainter, frame: Frame, geometry: Geometry, held: Grip | None) -> None:
    """Draw all grips of a geometry, the one that is held stronger."""
    grips = _seen(_laid(geometry, frame), frame, held)
    for grip in grips:
        if (root := _root(geometry, grip)) is not None:
            _draw_arm(painter, frame, root, grip.place)
    for grip in grips:
        same = held is not None and _same(grip, held)
        if grip.kind == "middle":
            draw_middle(painter, frame, grip.place)
        elif grip.kind == "joint":
            _draw_ring(painter, frame, grip.place, same)
        elif grip.kind in ("turn", "in", "out", "face"):
            _draw_round(painter, frame, grip.place, same)
        else:
            draw_handle(painter, frame, grip.place, same)


def _seen(laid: _Laid, frame: Frame, held: Grip | None) -> list[Grip]:
    """Return the grips to be drawn: of very many that lie on one another, the first alone."""
    if len(laid.grips) <= _MANY:
        return laid.grips
    cells = np.floor((laid.places * frame.zoom + (frame.left, frame.top)) / HANDLE)
    # Beyond any screen a grip is not seen.
    near = np.flatnonzero((np.abs(cells) <= _FARTHEST).all(1))
    _, first = np.unique(cells[near], axis=0, return_index=True)
    grips = [laid.grips[place] for place in np.sort(near[first]).tolist()]
    return [*grips, held] if held is not None else grips


def _same(a: Grip, b: Grip) -> bool:
    return (a.kind, a.ring, a.at) == (b.kind, b.ring, b.at)


def _root(geometry: Geometry, grip: Grip) -> Point | None:
    """Return what a grip on an arm is fastened to."""
    if grip.kind in ("in", "out") and isinstance(geometry, Bezier):
        knot = geometry.knots[grip.at]
        return knot.x, knot.y
    if grip.kind == "turn":
        return next(one.place for one in grips_of(geometry) if (one.ring, one.at) == (0, -1))
    return None


def _draw_arm(painter: QPainter, frame: Frame, a: Point, b: Point) -> None:
    line = QLineF(QPointF(*frame.to_widget(a)), QPointF(*frame.to_widget(b)))
    painter.setPen(QPen(QColor("#ffffff"), 3))
    painter.drawLine(line)
    painter.setPen(QPen(QColor("#000000"), 1))
    painter.drawLine(line)


def _draw_ring(painter: QPainter, frame: Frame, point: Point, strong: bool) -> None:
    """Draw a grip through which one sees whether the joint is seen."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in (("#000000", 3.0), ("#ffbb00" if strong else "#ffffff", 1.5)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(QPointF(*frame.to_widget(point)), HANDLE + 3, HANDLE + 3)


def _draw_round(painter: QPainter, frame: Frame, point: Point, strong: bool) -> None:
    painter.setPen(QPen(QColor("#000000"), 1))
    painter.setBrush(QColor("#ffbb00" if strong else "#ffffff"))
    painter.drawEllipse(QPointF(*frame.to_widget(point)), HANDLE, HANDLE)
