"""The point of a shape that was last taken hold of: Delete removes it, arrows move it."""

from __future__ import annotations

import math

from studio.domain.geometry import Geometry, Skeleton
from studio.domain.geometry.grips import Grip, grips_of, seen_otherwise, without
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.model import CanvasModel

_FEWEST = {
    "polygon": "Three points are the fewest of a polygon",
    "polyline": "Two points are the fewest of a line",
    "bezier": "Two points are the fewest of a curve",
    "points": "This is the last point",
}
_ALL = " · click the shape elsewhere, then Delete removes all of it"


class HeldPoint:
    """A grip of the chosen shape, as long as that is still chosen and has it.

    Parameters
    ----------
    model : CanvasModel
        Takes the edits.
    """

    def __init__(self, model: CanvasModel) -> None:
        self._model = model
        self._held: tuple[ShapeId, Grip] | None = None
        self._walking = False

    @property
    def walking(self) -> bool:
        """Whether keys go from point to point."""
        return self._walking and self.grip() is not None

    def take(self, shape: Shape, grip: Grip) -> None:
        """Take hold of a grip with the pointer."""
        self._held, self._walking = (shape.id, grip), False

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._held, self._walking = None, False

    def grip(self) -> Grip | None:
        """Return the grip, if it is still there."""
        there = self._there()
        return there[1] if there else None

    def walk(self, shape: Shape, way: int) -> bool:
        """Take the next grip of a shape, or the first; returns whether it has any."""
        grips = list(grips_of(shape.geometry))
        if not grips:
            return False
        held = self.grip()
        names = [(grip.kind, grip.ring, grip.at) for grip in grips]
        known = held is not None and (held.kind, held.ring, held.at) in names
        at = names.index((held.kind, held.ring, held.at)) + way if held and known else 0
        self._held, self._walking = (shape.id, grips[at % len(grips)]), True
        return True

    def follow(self, grip: Grip) -> None:
        """Keep hold of a grip that was just moved; a middle has become the point after it."""
        there = self._shape()
        if there is None:
            return
        kind, at = ("point", grip.at + 1) if grip.kind == "middle" else (grip.kind, grip.at)
        for one in grips_of(there.geometry):
            if (one.kind, one.ring, one.at) == (kind, grip.ring, at):
                self._held = there.id, one

    def remove(self) -> bool:
        """Take the point away; returns whether there was one, so that its shape stays."""
        there = self._there()
        if there is None or there[1].kind != "point":
            self.let_go()
            return False
        shape, grip = there
        geometry = without(shape.geometry, grip)
        if geometry is None:
            self._model.refused.emit(_FEWEST.get(shape.kind, "") + _ALL)
            return True
        self.let_go()
        self._change(shape, geometry, "Delete point")
        return True

    def see_otherwise(self) -> bool:
        """Show a joint, hide it, or take its label away; returns whether there was one."""
        there = self._there()
        if there is None or not isinstance(there[0].geometry, Skeleton):
            return False
        shape, grip = there
        assert isinstance(shape.geometry, Skeleton)
        self._change(shape, seen_otherwise(shape.geometry, grip.at), "Change visibility of joint")
        return True

    def _change(self, shape: Shape, geometry: Geometry, title: str) -> None:
        after = shape.model_copy(update={"geometry": geometry})
        self._model.change([shape], [after], title)

    def _shape(self) -> Shape | None:
        if self._held is None or self._model.selection != (self._held[0],):
            return None
        return self._model.table.get(self._held[0])

    def _there(self) -> tuple[Shape, Grip] | None:
        shape = self._shape()
        if shape is None or self._held is None or shape.locked:
            return None
        held = self._held[1]
        for grip in grips_of(shape.geometry):
            if (grip.kind, grip.ring, grip.at) == (held.kind, held.ring, held.at):
                same = self._walking or math.dist(grip.place, held.place) < 1e-9
                return (shape, grip) if same or grip.kind == "turn" else None
        return None
