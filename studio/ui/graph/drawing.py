"""Shapes that several items of the canvas draw."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from studio.ui.graph.cards import Mark

SOCKET = 6.0
"""Radius of a socket, scene px."""
_REACH = 40.0


def socket_shape(mark: Mark, at: QPointF, radius: float = SOCKET) -> QPainterPath:
    """Return the outline of a socket: round, or with as many corners as its kind has."""
    path = QPainterPath()
    if mark.corners == 0:
        path.addEllipse(at, radius, radius)
        return path
    wide = radius * (1.25 if mark.corners < 5 else 1.1)
    corners = QPolygonF()
    for number in range(mark.corners):
        angle = math.radians(mark.turned) + 2 * math.pi * number / mark.corners
        corners.append(QPointF(at.x() + wide * math.cos(angle), at.y() + wide * math.sin(angle)))
    path.addPolygon(corners)
    path.closeSubpath()
    return path


def cable(begin: QPointF, end: QPointF) -> QPainterPath:
    """Return the way of a cable: it leaves to the right and arrives from the left."""
    reach = max(_REACH, abs(end.x() - begin.x()) / 2)
    path = QPainterPath(begin)
    path.cubicTo(QPointF(begin.x() + reach, begin.y()), QPointF(end.x() - reach, end.y()), end)
    return path
