"""Choose shapes, move them, and change their form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import Box, Point, Polygon, bounds
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import (
    HANDLE,
    NO_LOOK,
    draw_handle,
    draw_middle,
    draw_shape,
    looks_of,
)
from studio.ui.canvas.model import clipped, shifted
from studio.ui.canvas.tools.grips import Grip, grips_of, pulled, without
from studio.ui.canvas.tools.tool import Stroke, Tool

_REACH = 2 * HANDLE
"""How near a grip must be to be taken, logical px."""
_SLIP = 3.0
"""A drag shorter than this is a click, logical px."""
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FEWEST_POINTS = (
    "Three points are the fewest of a polygon · click inside it, then Delete removes all of it"
)
_NUDGE, _FAR_NUDGE = 1.0, 10.0


class SelectTool(Tool):
    """Click, drag, or pull a grip."""

    id = "select"
    title = "Select and change"
    icon = "pointer"
    shortcut = "V"
    hint = "Click to select, drag to move · arrows move by 1 px, with Shift by 10"
    cursor = Qt.CursorShape.ArrowCursor

    _doing: Literal["", "move", "pull", "band", "nudge"] = ""
    _start: Point = (0.0, 0.0)
    _began = False
    _before: Sequence[Shape] = ()
    _after: Sequence[Shape] = ()
    _grip: Grip | None = None
    _point: tuple[ShapeId, Grip] | None = None
    _band: Box | None = None
    _kept: tuple[ShapeId, ...] = ()
    _offset: Point = (0.0, 0.0)

    @property
    def busy(self) -> bool:
        """Whether something is held."""
        return bool(self._doing)

    @property
    def held(self) -> Sequence[Shape]:
        """The shapes that are moved or pulled."""
        return self._before

    def press(self, stroke: Stroke) -> None:
        """Take hold of a grip, a shape, or nothing."""
        self.finish()
        self._start, self._began = stroke.point, False
        grip = self._grip_at(stroke)
        self._point = None
        if grip is not None:
            shape = self.model.chosen()[0]
            self._doing, self._grip, self._before = "pull", grip, [shape]
            if grip.kind == "point":
                self._point = (shape.id, grip)
                if stroke.alt:
                    self._doing = ""
                    self._remove_point()
            self.repaint()
            return
        shape_at = self.model.table.at(stroke.point, _SLIP / stroke.frame.zoom)
        if shape_at is None:
            self._doing = "band"
            self._kept = self.model.selection if stroke.shift else ()
            return
        if stroke.shift:
            self.model.toggle(shape_at.id)
            return
        if shape_at.id not in self.model.selection:
            self.model.select([shape_at.id])
        self._doing, self._before = "move", self.model.chosen()

    def drag(self, stroke: Stroke) -> None:
        """Move, pull or stretch the band."""
        if not self._doing or (not self._began and stroke.near(self._start, _SLIP)):
            return
        if not self._began and self._doing in ("move", "pull"):
            self.model.lift(shape.id for shape in self._before)
        self._began = True
        dx, dy = stroke.point[0] - self._start[0], stroke.point[1] - self._start[1]
        if self._doing == "move":
            self._after = shifted(self._before, dx, dy, self.model.size)
        elif self._doing == "pull" and self._grip is not None:
            shape = self._before[0]
            place = self._grip.place
            to = clipped((place[0] + dx, place[1] + dy), self.model.size)
            geometry = pulled(shape.geometry, self._grip, to)
            self._after = [shape.model_copy(update={"geometry": geometry})]
        elif self._doing == "band":
            self._band = Box.spanning(self._start, stroke.point)
            inside = [shape.id for shape in self.model.table.inside(self._band)]
            self.model.select([*self._kept, *inside])
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Make the edit."""
        self.drag(stroke)
        doing, began = self._doing, self._began
        before, after, grip = self._before, self._after, self._grip
        if doing == "band" and not began:
            self.model.select(self._kept)
        self._let_go()
        if began and doing == "move":
            self.model.change(before, after, _title("Move", before))
        elif began and doing == "pull" and grip is not None:
            done = {"box": "Resize box", "point": "Move point", "middle": "Add point"}
            self.model.change(before, after, done[grip.kind])
            self._follow(grip)

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show what a press would take."""
        grip = self._grip_at(stroke)
        if grip is None:
            over = self.model.table.at(stroke.point, _SLIP / stroke.frame.zoom)
            return Qt.CursorShape.SizeAllCursor if over else self.cursor
        if grip.kind != "box":
            return Qt.CursorShape.PointingHandCursor
        if grip.ring == 0:
            return Qt.CursorShape.SizeVerCursor
        if grip.at == 0:
            return Qt.CursorShape.SizeHorCursor
        falls = grip.ring == grip.at
        return Qt.CursorShape.SizeFDiagCursor if falls else Qt.CursorShape.SizeBDiagCursor

    def key(self, key: int, shift: bool) -> bool:
        """Arrows nudge what is chosen, Delete removes a chosen point."""
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            point = self._point
            self.put_down()
            self._point = point
            return self._remove_point()
        step = _ARROWS.get(key)
        if step is None or not self.model.selection or self._doing not in ("", "nudge"):
            return False
        if not self._doing:
            self._doing, self._before, self._offset = "nudge", self.model.chosen(), (0.0, 0.0)
            self.model.lift(self.model.selection)
        far = _FAR_NUDGE if shift else _NUDGE
        self._offset = (self._offset[0] + step[0] * far, self._offset[1] + step[1] * far)
        self._after = shifted(self._before, *self._offset, self.model.size)
        self.repaint()
        return True

    def key_up(self, key: int) -> None:
        """End a nudge: however long the key was held, it is one edit."""
        if key in _ARROWS:
            self.finish()

    def finish(self) -> None:
        """Make the edit of a nudge, also when its key comes up elsewhere."""
        if self._doing == "nudge":
            before, after = self._before, self._after
            self._let_go()
            self.model.change(before, after, _title("Move", before))

    def cancel(self) -> None:
        """Lay everything back where it was."""
        if self._doing == "band":
            self.model.select(self._kept)
        self._point = None
        self._let_go()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what is held, the grips of a single shape, and the band."""
        looks = looks_of(self.model.schema)
        for shape in self._after:
            draw_shape(painter, frame, shape.geometry, looks.get(shape.label, NO_LOOK))
        chosen = list(self._after) or self.model.chosen()
        if len(chosen) == 1:
            self._paint_grips(painter, frame, chosen[0])
        if self._band is not None:
            a = frame.to_widget((self._band.x0, self._band.y0))
            b = frame.to_widget((self._band.x1, self._band.y1))
            painter.setPen(QPen(QColor("#000000"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(255, 255, 255, 50))
            painter.drawRect(QRectF(QPointF(*a), QPointF(*b)))

    def _paint_grips(self, painter: QPainter, frame: Frame, shape: Shape) -> None:
        there = self.busy or self._polygon_of_point() is not None
        held = self._point[1] if there and self._point and self._point[0] == shape.id else None
        for grip in grips_of(shape.geometry):
            if grip.kind == "middle":
                draw_middle(painter, frame, grip.place)
            else:
                same = held is not None and grip[2:] == held[2:]
                draw_handle(painter, frame, grip.place, same)

    def _grip_at(self, stroke: Stroke) -> Grip | None:
        if len(self.model.selection) != 1:
            return None
        shape = self.model.table.get(self.model.selection[0])
        if shape is None:
            return None
        # On a small shape the grips leave room between them, so that it can still be moved.
        box = bounds(shape.geometry)
        small = min(box.width, box.height) * stroke.frame.zoom / 4 if box else 0.0
        reach = min(_REACH, max(2.0, small))
        near = (grip for grip in grips_of(shape.geometry) if stroke.near(grip.place, reach))
        return next(near, None)

    def _polygon_of_point(self) -> tuple[Shape, Polygon] | None:
        """Return what the chosen point belongs to, if that is still chosen and has it there."""
        if self._point is None or self.model.selection != (self._point[0],):
            return None
        id_, grip = self._point
        shape = self.model.table.get(id_)
        if shape is None or not isinstance(shape.geometry, Polygon):
            return None
        rings = shape.geometry.rings
        here = rings[grip.ring][grip.at : grip.at + 1] if grip.ring < len(rings) else ()
        return (shape, shape.geometry) if here == (grip.place,) else None

    def _remove_point(self) -> bool:
        """Take the chosen point away; returns whether there was one, so that its shape stays."""
        held, point = self._polygon_of_point(), self._point
        if held is None or point is None:
            self._point = None
            return False
        shape, polygon = held
        geometry = without(polygon, point[1])
        if geometry is None:
            self.model.refused.emit(_FEWEST_POINTS)
            return True
        self._point = None
        after = shape.model_copy(update={"geometry": geometry})
        self.model.change([shape], [after], "Delete point")
        return True

    def _follow(self, grip: Grip) -> None:
        """Keep hold of a point that was just moved."""
        shape = self.model.table.get(self._point[0]) if self._point else None
        if self._point and shape is not None and isinstance(shape.geometry, Polygon):
            place = shape.geometry.rings[grip.ring][grip.at]
            self._point = (shape.id, grip._replace(place=place))

    def _let_go(self) -> None:
        self._doing, self._began, self._grip, self._band = "", False, None, None
        self._before, self._after, self._kept = (), (), ()
        self.model.lift(())
        self.repaint()


def _title(verb: str, shapes: Sequence[Shape]) -> str:
    return f"{verb} shape" if len(shapes) == 1 else f"{verb} {len(shapes):,} shapes"
