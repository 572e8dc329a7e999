"""Draw a skeleton."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Box, Geometry, Joint, Point, Skeleton
from studio.domain.labels import Shape, SkeletonSpec
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import NO_LOOK, draw_shape, looks_of
from studio.ui.canvas.tools.dragged import DraggedTool
from studio.ui.canvas.tools.gestures import Pull
from studio.ui.canvas.tools.grips import draw_grips, grip_near
from studio.ui.canvas.tools.held_point import HeldPoint
from studio.ui.canvas.tools.tool import Stroke


class SkeletonTool(DraggedTool):
    """Drag a box that the joints are laid out in, then pull each to its place."""

    id = "skeleton"
    title = "Draw skeletons"
    icon = "skeleton"
    shortcut = "J"
    hint = (
        "Drag a box for the joints, then pull each to its place · Alt and a click makes one"
        " hidden, then not labelled"
    )
    _pull: Pull | None = None

    @property
    def busy(self) -> bool:
        """Whether a skeleton is drawn or a joint pulled."""
        return self._pull is not None or super().busy

    @property
    def held(self) -> tuple[Shape, ...]:
        """The skeleton whose joint is pulled."""
        return self._pull.before if self._pull else ()

    def shape_of(self, start: Point, end: Point, stroke: Stroke) -> Geometry | None:
        """Return the skeleton as it is laid out in the dragged box."""
        del stroke
        spec = self._spec()
        box = Box.spanning(start, end)
        return laid_out(spec, box) if spec and min(box.width, box.height) > 0 else None

    def press(self, stroke: Stroke) -> None:
        """Take a joint of the chosen skeleton, or begin a box."""
        shape = self._chosen()
        grip = None if shape is None else grip_near(shape.geometry, stroke)
        if shape is not None and grip is not None:
            if stroke.alt:
                self._otherwise(shape, stroke)
            else:
                self._pull = Pull(self.model, shape, grip, stroke.point)
                self.model.lift([shape.id])
            return
        if self.model.label is not None and self._spec() is None:
            self.model.refused.emit(
                "The label has no joints yet · name them where the label is edited"
            )
            return
        super().press(stroke)

    def drag(self, stroke: Stroke) -> None:
        """Pull the joint, or the box."""
        if self._pull is None:
            super().drag(stroke)
            return
        self._pull.drag(self, stroke)
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Make the edit."""
        if self._pull is None:
            super().release(stroke)
            return
        pull = self._pull
        pull.drag(self, stroke)
        self.cancel()
        self.model.change(pull.before, pull.after, pull.title)

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show whether a press takes a joint."""
        shape = self._chosen()
        if shape is not None and grip_near(shape.geometry, stroke) is not None:
            return Qt.CursorShape.PointingHandCursor
        return super().hover(stroke)

    def cancel(self) -> None:
        """Forget what is drawn or pulled."""
        if self._pull is not None:
            self._pull = None
            self.model.lift(())
        super().cancel()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the joints, and what is drawn or pulled."""
        super().paint(painter, frame)
        shape = self._chosen()
        if self._pull is not None and self._pull.after:
            shape = self._pull.after[0]
            look = looks_of(self.model.schema).get(shape.label, NO_LOOK)
            draw_shape(painter, frame, shape.geometry, look)
        if shape is not None:
            draw_grips(painter, frame, shape.geometry, self._pull.grip if self._pull else None)

    def _otherwise(self, shape: Shape, stroke: Stroke) -> None:
        grip = grip_near(shape.geometry, stroke)
        if grip is not None:
            point = HeldPoint(self.model)
            point.take(shape, grip)
            point.see_otherwise()

    def _chosen(self) -> Shape | None:
        """Return the chosen skeleton, if it is the only one and may be changed."""
        chosen = self.model.chosen()
        alone = len(chosen) == 1 and isinstance(chosen[0].geometry, Skeleton)
        return chosen[0] if alone and not chosen[0].locked else None

    def _spec(self) -> SkeletonSpec | None:
        label = self.model.schema.get(self.model.label) if self.model.label else None
        return label.skeleton if label and label.skeleton and label.skeleton.joints else None


def laid_out(spec: SkeletonSpec, box: Box) -> Skeleton:
    """Return a fresh skeleton in a box: as its label says, or in a circle.

    Parameters
    ----------
    spec : SkeletonSpec
        Of the label.
    box : Box
        On the picture, px.
    """
    count = len(spec.joints)
    turns = [2 * math.pi * at / count for at in range(count)]
    ring = [(0.5 + math.sin(turn) / 2, 0.5 - math.cos(turn) / 2) for turn in turns]
    return Skeleton(
        tuple(Joint(box.x0 + x * box.width, box.y0 + y * box.height) for x, y in spec.start or ring)
    )
