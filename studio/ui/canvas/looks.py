"""How a shape looks: colour, line style and number, so that labels differ by more than hue."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from studio.domain.geometry import (
    Bezier,
    Circle,
    Ellipse,
    Geometry,
    Point,
    Points,
    Polygon,
    Skeleton,
    bounds,
    strands,
)
from studio.domain.labels import LabelId, LabelSchema
from studio.ui.canvas.frame import Frame
from studio.ui.theme.tokens import contrast

_DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3))
"""Line styles in lengths of the pen's width; label n takes the n-th, over and over."""
_FILL_ALPHA, _CHOSEN_ALPHA = 28, 64
_DOT, _CHOSEN_DOT = 7.0, 9.0
"""Across a point, logical px."""
_LONG = 2000
"""A region of so many points, as of a mask's pixels, is drawn hard: smooth it takes 20 times as
long, and its edge is made of steps anyway."""
_PROPOSED_DASHES = (3.0, 3.0)
PROPOSED = 0.65
"""How much a model's proposal covers what is under it, 0..1."""
HANDLE = 4.0
"""Half the side of a handle, logical px."""


class Look(NamedTuple):
    """Appearance of one label."""

    name: str
    number: int
    """From 1, the digit that chooses the label."""
    colour: QColor
    dashes: tuple[float, ...]
    bones: tuple[tuple[int, int], ...] = ()
    """Which joints of its skeletons are joined by a line."""

    @property
    def ink(self) -> QColor:
        """Black or white, whichever is read on the colour."""
        ground = self.colour.name()
        return QColor(max("#000000", "#ffffff", key=lambda ink: contrast(ink, ground)))

    def pen(self, width: float) -> QPen:
        """Return a pen of so many logical px at any zoom."""
        pen = QPen(self.colour, width)
        pen.setCosmetic(True)
        if self.dashes:
            pen.setDashPattern(list(self.dashes))
        return pen

    def proposed(self, score: float | None) -> Look:
        """Return the look of a model's proposal, which says how sure the model is."""
        name = self.name if score is None else f"{self.name} {score:.0%}"
        return self._replace(name=name, dashes=_PROPOSED_DASHES)

    def fill(self, chosen: bool) -> QColor:
        """Return the faint colour of the inside."""
        colour = QColor(self.colour)
        colour.setAlpha(_CHOSEN_ALPHA if chosen else _FILL_ALPHA)
        return colour


def looks_of(schema: LabelSchema) -> dict[LabelId, Look]:
    """Return the look of every label."""
    return {
        label.id: Look(
            label.name,
            at + 1,
            QColor(label.colour),
            _DASHES[at % len(_DASHES)],
            label.skeleton.edges if label.skeleton else (),
        )
        for at, label in enumerate(schema.labels)
    }


NO_LOOK = Look("", 0, QColor("#888888"), ())
"""Of a label that is gone."""


def faint(colour: QColor) -> QColor:
    """Return a label's colour for proposals that are drawn as a crowd: premultiplied."""
    parts = (colour.red(), colour.green(), colour.blue(), 255)
    return QColor(*(round(PROPOSED * part) for part in parts))


class Outline(NamedTuple):
    """What is drawn of a geometry, in px of the picture."""

    region: QPainterPath
    """Closed lines, filled by the even-odd rule."""
    lines: QPainterPath
    """Open lines, never filled."""
    dots: tuple[tuple[float, float, bool], ...] = ()
    """Points: x, y, and whether it is there but hidden."""


def path_of(geometry: Geometry, bones: tuple[tuple[int, int], ...] = ()) -> Outline:
    """Return what is drawn of a geometry.

    Parameters
    ----------
    geometry : Geometry
        In px of the picture.
    bones : tuple of (int, int)
        Which joints of a skeleton are joined by a line.
    """
    region, lines = QPainterPath(), QPainterPath()
    if isinstance(geometry, Skeleton):
        joints = geometry.joints
        for a, b in bones:
            if max(a, b) < len(joints) and joints[a].visibility and joints[b].visibility:
                lines.moveTo(joints[a].x, joints[a].y)
                lines.lineTo(joints[b].x, joints[b].y)
        dots = tuple((one.x, one.y, one.visibility == 1) for one in joints if one.visibility)
        return Outline(region, lines, dots)
    if isinstance(geometry, Points):
        return Outline(region, lines, tuple((x, y, False) for x, y in geometry.points))
    if isinstance(geometry, Circle | Ellipse | Bezier):
        return _curved(geometry)
    for points, closed in strands(geometry):
        path = region if closed else lines
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
        if closed:
            path.closeSubpath()
    return Outline(region, lines)


def _curved(geometry: Circle | Ellipse | Bezier) -> Outline:
    """Return a path of curves, which is smooth at every zoom."""
    path = QPainterPath()
    if isinstance(geometry, Circle):
        path.addEllipse(QPointF(geometry.cx, geometry.cy), geometry.radius, geometry.radius)
    elif isinstance(geometry, Ellipse):
        path.addEllipse(QPointF(0, 0), geometry.rx, geometry.ry)
        turn = QTransform().translate(geometry.cx, geometry.cy).rotate(geometry.angle)
        path = turn.map(path)
    elif geometry.knots:
        knots = geometry.knots
        path.moveTo(knots[0].x, knots[0].y)
        for a, b in pairwise((*knots, knots[0]) if geometry.closed else knots):
            path.cubicTo(a.out_x, a.out_y, b.in_x, b.in_y, b.x, b.y)
        if not geometry.closed:
            return Outline(QPainterPath(), path)
        path.closeSubpath()
    return Outline(path, QPainterPath())


def transform(frame: Frame) -> QTransform:
    """Return the frame as Qt writes it."""
    return QTransform(frame.zoom, 0, 0, frame.zoom, frame.left, frame.top)


def draw_path(
    painter: QPainter, path: Outline, look: Look, chosen: bool, plain: bool = False
) -> None:
    """Draw one outline; the painter is transformed to px of the picture.

    Parameters
    ----------
    painter : QPainter
        Its pen and brush are changed.
    path : Outline
        In px of the picture.
    look : Look
        Of its label.
    chosen : bool
        Chosen shapes are stronger.
    plain : bool
        Leave out the dark edge that sets the line off from the picture; for crowds.
    """
    fill = look.fill(chosen)
    if plain:
        _stroke(painter, path, look.pen(2.5 if chosen else 1.0), fill)
    else:
        edge = QPen(QColor(0, 0, 0, 150), 4.5 if chosen else 3.0)
        edge.setCosmetic(True)
        _stroke(painter, path, edge, fill)
        _stroke(painter, path, look.pen(2.5 if chosen else 1.5), None)
    for x, y, hidden in path.dots:
        size = _CHOSEN_DOT if chosen else _DOT
        _dot(painter, x, y, QColor("#000000"), size + (0 if plain else 2))
        _dot(painter, x, y, look.colour, size)
        if hidden:
            _dot(painter, x, y, QColor("#000000"), size - 3)


def _stroke(painter: QPainter, path: Outline, pen: QPen, fill: QColor | None) -> None:
    painter.setPen(pen)
    if not path.region.isEmpty():
        smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
        short = path.region.elementCount() <= _LONG
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth and short)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        painter.drawPath(path.region)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    if not path.lines.isEmpty():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path.lines)


def _dot(painter: QPainter, x: float, y: float, colour: QColor, across: float) -> None:
    pen = QPen(colour, across)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoint(QPointF(x, y))


def draw_shape(
    painter: QPainter, frame: Frame, geometry: Geometry, look: Look, chosen: bool = True
) -> None:
    """Draw a shape that a tool holds; the painter is not transformed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(transform(frame), True)
    draw_path(painter, path_of(geometry, look.bones), look, chosen)
    painter.restore()


def draw_name(painter: QPainter, frame: Frame, geometry: Geometry, look: Look) -> None:
    """Write number and name at the top left of a shape, or the number alone where it is small."""
    box = bounds(geometry)
    if box is None or not look.number:
        return
    metrics = painter.fontMetrics()
    wide = box.width * frame.zoom
    text = f"{look.number} {look.name}"
    if metrics.horizontalAdvance(text) + 8 > max(wide, 96):
        text = str(look.number)
    if wide < 16:
        return
    x, y = frame.to_widget(_top_of(geometry))
    high = metrics.height() + 2
    place = QRectF(
        x - 1, y - high if y - high >= 0 else y, metrics.horizontalAdvance(text) + 8, high
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour)
    painter.drawRoundedRect(place, 2, 2)
    painter.setPen(look.ink)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _top_of(geometry: Geometry) -> Point:
    """Return where the name of a shape is fastened: on its outline, as high and left as can be."""
    if isinstance(geometry, Polygon):
        return min(geometry.rings[0], key=lambda point: (point[1], point[0]))
    box = bounds(geometry)
    return (0.0, 0.0) if box is None else (box.x0, box.y0)


def draw_handle(painter: QPainter, frame: Frame, point: Point, strong: bool = False) -> None:
    """Draw a handle that can be taken hold of."""
    x, y = frame.to_widget(point)
    painter.setPen(QPen(QColor("#000000"), 1))
    painter.setBrush(QColor("#ffbb00" if strong else "#ffffff"))
    painter.drawRect(QRectF(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE))


def draw_middle(painter: QPainter, frame: Frame, point: Point) -> None:
    """Draw the small mark in the middle of an edge, where a point can be put in."""
    x, y = frame.to_widget(point)
    painter.setPen(QPen(QColor("#000000"), 1))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(QPointF(x, y), 3, 3)
