"""What the select tool does with what it holds: each gesture turns shapes into others."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.geometry import Box, Point, bounds
from studio.domain.geometry.borders import points_at
from studio.domain.geometry.grips import Grip, pulled
from studio.domain.labels import Shape
from studio.ui.canvas.model import CanvasModel, clipped, shifted
from studio.ui.canvas.tools.tool import Stroke, Tool

_TITLES = {
    "point": "Move point",
    "middle": "Add point",
    "turn": "Turn shape",
    "joint": "Move joint",
    "in": "Bend curve",
    "out": "Bend curve",
}
_FREE = ("turn", "in", "out")
"""Grips that may leave the picture, and snap to nothing."""


class Gesture:
    """Shapes that are held, as they were and as they would be.

    Parameters
    ----------
    before : sequence of Shape
        As they were.
    title : str
        Words for the Edit menu.
    """

    def __init__(self, before: Sequence[Shape], title: str) -> None:
        self.before = tuple(before)
        self.after: tuple[Shape, ...] = ()
        self.title = title

    def drag(self, tool: Tool, stroke: Stroke) -> None:
        """Follow the pointer."""

    def step(self, model: CanvasModel, dx: float, dy: float) -> None:
        """Go a step of so many px, as an arrow key asks for."""


class Move(Gesture):
    """Shapes are moved as they are.

    Parameters
    ----------
    before : sequence of Shape
        As they were.
    start : Point
        Where the pointer took hold, px.
    """

    def __init__(self, before: Sequence[Shape], start: Point = (0.0, 0.0)) -> None:
        super().__init__(before, titled("Move", before))
        self._start = start
        self._offset = (0.0, 0.0)

    def drag(self, tool: Tool, stroke: Stroke) -> None:
        """Follow the pointer; a corner of what is moved may snap."""
        dx, dy = stroke.point[0] - self._start[0], stroke.point[1] - self._start[1]
        pull = self._snapped(tool, stroke, dx, dy)
        self.after = tuple(shifted(self.before, dx + pull[0], dy + pull[1], tool.model.size))

    def _snapped(self, tool: Tool, stroke: Stroke, dx: float, dy: float) -> Point:
        """Return the least further way that brings a corner of the bounds onto something."""
        boxes = [box for shape in self.before if (box := bounds(shape.geometry)) is not None]
        tool.mark = None
        if stroke.ctrl or not boxes:
            return 0.0, 0.0
        avoid, best = {shape.id for shape in self.before}, None
        xs = min(b.x0 for b in boxes) + dx, max(b.x1 for b in boxes) + dx
        ys = min(b.y0 for b in boxes) + dy, max(b.y1 for b in boxes) + dy
        for corner in ((x, y) for x in xs for y in ys):
            land = tool.model.snapping.snapped(
                corner, stroke.frame.zoom, tool.model.table, tool.model.size, avoid
            )
            if land is not None:
                way = land[0] - corner[0], land[1] - corner[1]
                if best is None or _far(way) < _far(best):
                    best, tool.mark = way, land
        return best or (0.0, 0.0)

    def step(self, model: CanvasModel, dx: float, dy: float) -> None:
        """Go a step."""
        self._offset = self._offset[0] + dx, self._offset[1] + dy
        self.after = tuple(shifted(self.before, *self._offset, model.size))


class Pull(Gesture):
    """One grip of a shape is pulled, and with shared borders the same point of its neighbours.

    Parameters
    ----------
    model : CanvasModel
        Knows the neighbours.
    shape : Shape
        As it was.
    grip : Grip
        One of its grips.
    start : Point, optional
        Where the pointer took hold, px; the grip's place if none is given.
    """

    def __init__(
        self, model: CanvasModel, shape: Shape, grip: Grip, start: Point | None = None
    ) -> None:
        title = _TITLES.get(grip.kind, f"Resize {shape.kind.replace('_', ' ')}")
        held: list[tuple[Shape, tuple[Grip, ...]]] = [(shape, (grip,))]
        if model.snapping.shared and grip.kind == "point":
            x, y = grip.place
            near = model.table.touching(Box(x - 1, y - 1, x + 1, y + 1)).tolist()
            others = (
                one
                for one in map(model.table.__getitem__, near)
                if one.id != shape.id and not one.locked
            )
            sharing = ((one, tuple(points_at(one.geometry, grip.place))) for one in others)
            held += [(one, grips) for one, grips in sharing if grips]
        super().__init__([one for one, _ in held], title)
        self.grip = grip
        self._held = held
        self._start = start or grip.place
        self._offset = (0.0, 0.0)

    def drag(self, tool: Tool, stroke: Stroke) -> None:
        """Follow the pointer; points snap."""
        dx, dy = stroke.point[0] - self._start[0], stroke.point[1] - self._start[1]
        to = self.grip.place[0] + dx, self.grip.place[1] + dy
        if self.grip.kind not in _FREE:
            avoid = {shape.id for shape in self.before}
            to = tool.place(stroke._replace(point=to), avoid)
        self._pull(to, stroke.shift)

    def step(self, model: CanvasModel, dx: float, dy: float) -> None:
        """Go a step."""
        self._offset = self._offset[0] + dx, self._offset[1] + dy
        to = self.grip.place[0] + self._offset[0], self.grip.place[1] + self._offset[1]
        self._pull(to if self.grip.kind in _FREE else clipped(to, model.size), False)

    def _pull(self, to: Point, even: bool) -> None:
        changed = []
        for shape, grips in self._held:
            geometry = shape.geometry
            for grip in grips:
                geometry = pulled(geometry, grip, to, even)
            changed.append(shape.model_copy(update={"geometry": geometry}))
        self.after = tuple(changed)


def titled(verb: str, shapes: Sequence[Shape]) -> str:
    """Return words for the Edit menu."""
    return f"{verb} shape" if len(shapes) == 1 else f"{verb} {len(shapes):,} shapes"


def _far(way: Point) -> float:
    return max(abs(way[0]), abs(way[1]))
