"""Choose shapes, move them, and change their form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import Box, Point
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import NO_LOOK, draw_shape, looks_of
from studio.ui.canvas.model import LOCKED, CanvasModel
from studio.ui.canvas.tools.gestures import Gesture, Move, Pull
from studio.ui.canvas.tools.grips import cursor_of, draw_grips, grip_near
from studio.ui.canvas.tools.held_point import HeldPoint
from studio.ui.canvas.tools.keys import ARROWS, step_of
from studio.ui.canvas.tools.tool import Stroke, Tool

_SLIP = 3.0
"""A drag shorter than this is a click, logical px."""


_VERDICTS = {
    Qt.Key.Key_Return: True, Qt.Key.Key_Enter: True, Qt.Key.Key_Delete: False,
    Qt.Key.Key_Backspace: False,
}  # fmt: skip
"""Whether a key takes the proposal over that is pointed at."""


class SelectTool(Tool):
    """Click, drag, or pull a grip."""

    id = "select"
    title = "Select and change"
    icon = "pointer"
    shortcut = "V"
    hint = (
        "Drag to move, arrows by 1 px, with Shift by 10 · Tab: next shape, Enter: its points ·"
        " Alt and a click removes a point, hides a joint or takes one of a group"
    )
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, model: CanvasModel, repaint: object) -> None:
        super().__init__(model, repaint)  # type: ignore[arg-type]
        self.point = HeldPoint(model)
        self._start: Point = (0.0, 0.0)
        self._began = False
        self._gesture: Gesture | None = None
        self._nudging = False
        self._banding = False
        self._band: Box | None = None
        self._kept: tuple[ShapeId, ...] = ()

    @property
    def busy(self) -> bool:
        """Whether something is held."""
        return self._gesture is not None or self._banding or self.point.walking

    @property
    def held(self) -> Sequence[Shape]:
        """The shapes that are moved or pulled."""
        return self._gesture.before if self._gesture else ()

    def press(self, stroke: Stroke) -> None:
        """Take hold of a grip, a shape, or nothing."""
        self.finish()
        self._start, self._began = stroke.point, False
        self.point.let_go()
        if self._press_grip(stroke):
            return
        reach = _SLIP / stroke.frame.zoom
        shape = self.model.table.at(stroke.point, reach)
        proposal = None if shape is not None else self.model.proposals.at(stroke.point, reach)
        self.model.touch(None if proposal is None else proposal.id)
        if proposal is not None:
            self.repaint()
            return
        if shape is None:
            self._banding = True
            self._kept = self.model.selection if stroke.shift else ()
            return
        if stroke.shift:
            self.model.toggle(shape.id)
            return
        if stroke.alt:
            self.model.select([shape.id])
        elif shape.id not in self.model.selection:
            self.model.select(self.model.with_group(shape))
        free = [one for one in self.model.chosen() if not one.locked]
        self._gesture = Move(free, stroke.point) if free else None

    def _press_grip(self, stroke: Stroke) -> bool:
        """Pull the grip under the pointer; with Alt remove a point, or show a joint otherwise."""
        shape = self._single()
        grip = None if shape is None else grip_near(shape.geometry, stroke)
        if shape is None or grip is None:
            return False
        self.point.take(shape, grip)
        if not (stroke.alt and (self.point.see_otherwise() or self.point.remove())):
            self._gesture = Pull(self.model, shape, grip, stroke.point)
        self.repaint()
        return True

    def drag(self, stroke: Stroke) -> None:
        """Move, pull or stretch the band."""
        if not self.busy or (not self._began and stroke.near(self._start, _SLIP)):
            return
        if self._gesture is not None:
            if not self._began:
                self.model.lift(shape.id for shape in self._gesture.before)
            self._gesture.drag(self, stroke)
        elif self._banding:
            self._band = Box.spanning(self._start, stroke.point)
            inside = self.model.table.ids_inside(self._band)
            self.model.select([*self._kept, *inside])
        self._began = True
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Make the edit."""
        self.drag(stroke)
        gesture, began = self._gesture, self._began
        if self._banding and not began:
            self.model.select(self._kept)
        self._let_go()
        if began and gesture is not None:
            self._make(gesture)

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show what a press would take."""
        shape = self._single()
        grip = None if shape is None else grip_near(shape.geometry, stroke)
        if shape is not None and grip is not None:
            return cursor_of(grip, shape.geometry)
        reach = _SLIP / stroke.frame.zoom
        over = self.model.table.at(stroke.point, reach)
        if over is None and self.model.proposals.at(stroke.point, reach) is not None:
            return Qt.CursorShape.PointingHandCursor
        moves = over is not None and not over.locked
        return Qt.CursorShape.SizeAllCursor if moves else self.cursor

    def key(self, key: int, shift: bool) -> bool:
        """Arrows nudge, Tab walks, Enter takes a point, Delete removes it."""
        if self.model.proposal is not None and not self.model.selection and key in _VERDICTS:
            self.model.judged.emit(_VERDICTS[Qt.Key(key)])
            return True
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.finish()
            self._let_go()
            return self.point.remove()
        if key in ARROWS:
            return self._nudge(*step_of(key, shift))
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shape = self._single()
            return shape is not None and self._walk(self.point.walk(shape, -1 if shift else 1))
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            back = shift or key == Qt.Key.Key_Backtab
            return self._walk(self._next(-1 if back else 1))
        if key == Qt.Key.Key_Period:
            return self.point.see_otherwise()
        return False

    def _walk(self, done: bool) -> bool:
        self.finish()
        self.repaint()
        return done

    def _next(self, way: int) -> bool:
        """Choose the next shape; past the last one the key is left to the window."""
        self.finish()
        chosen = self.model.selection
        shapes = [one for one in self.model.table.shapes if self.model.sight.sees(one)]
        if self.point.walking and (shape := self._single()) is not None:
            return self.point.walk(shape, way)
        last = self.model.table.get(chosen[-1]) if chosen else None
        place = None if last is None else shapes.index(last)
        following = (0 if way > 0 else len(shapes) - 1) if place is None else place + way
        if not 0 <= following < len(shapes):
            return False
        self.model.select([shapes[following].id])
        return True

    def _nudge(self, dx: float, dy: float) -> bool:
        if self._gesture is not None and not self._nudging:
            return False
        if self._gesture is None:
            free = [shape for shape in self.model.chosen() if not shape.locked]
            if not free:
                if self.model.selection:
                    self.model.refused.emit(LOCKED)
                return bool(self.model.selection)
            walked = self.point.grip() if self.point.walking else None
            self._gesture = Move(free) if walked is None else Pull(self.model, free[0], walked)
            self._nudging = True
            self.model.lift(shape.id for shape in self._gesture.before)
        self._gesture.step(self.model, dx, dy)
        self.repaint()
        return True

    def key_up(self, key: int) -> None:
        """End a nudge: however long the key was held, it is one edit."""
        if key in ARROWS:
            self.finish()

    def finish(self) -> None:
        """Make the edit of a nudge, also when its key comes up elsewhere."""
        if self._nudging and self._gesture is not None:
            gesture = self._gesture
            self._let_go()
            self._make(gesture)

    def _make(self, gesture: Gesture) -> None:
        done = self.model.change(gesture.before, gesture.after, gesture.title)
        if done and isinstance(gesture, Pull):
            self.point.follow(gesture.grip)

    def cancel(self) -> None:
        """Lay everything back where it was."""
        if self._banding:
            self.model.select(self._kept)
        self.point.let_go()
        self._let_go()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what is held, the grips of a single shape, and the band."""
        looks = looks_of(self.model.schema)
        if (proposal := self.model.proposal) is not None and not self.model.selection:
            look = looks.get(proposal.label, NO_LOOK)
            draw_shape(painter, frame, proposal.geometry, look)
        after = self._gesture.after if self._gesture else ()
        for shape in after:
            draw_shape(painter, frame, shape.geometry, looks.get(shape.label, NO_LOOK))
        shown = after[0] if after and isinstance(self._gesture, Pull) else None
        if shown is None and len(after) <= 1:
            shown = after[0] if after else self._single()
        if shown is not None:
            held = self._gesture.grip if isinstance(self._gesture, Pull) else self.point.grip()
            draw_grips(painter, frame, shown.geometry, held)
        if self._band is not None:
            a = frame.to_widget((self._band.x0, self._band.y0))
            b = frame.to_widget((self._band.x1, self._band.y1))
            painter.setPen(QPen(QColor("#000000"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(255, 255, 255, 50))
            painter.drawRect(QRectF(QPointF(*a), QPointF(*b)))

    def _single(self) -> Shape | None:
        """Return the only chosen shape, if there is one that may be changed."""
        if len(self.model.selection) != 1:
            return None
        shape = self.model.table.get(self.model.selection[0])
        return None if shape is None or shape.locked else shape

    def _let_go(self) -> None:
        self._gesture, self._nudging, self._began = None, False, False
        self._banding, self._band, self._kept, self.mark = False, None, (), None
        self.model.lift(())
        self.repaint()
