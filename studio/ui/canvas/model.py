"""What is on the canvas and what is chosen; every change goes as one edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from psygnal import Signal

from studio.domain.geometry import Geometry, Point, Polygon, Tag, bounds, fault, moved
from studio.domain.geometry.converting import converted, kinds_from
from studio.domain.labels import LABELS, PROPOSALS, Label, LabelId, LabelSchema, Shape, ShapeId
from studio.domain.media import MediaItem
from studio.ui.canvas.shape_edits import ShapeEdits
from studio.ui.canvas.shown_layer import ShownLayer
from studio.ui.canvas.sight import Sight, SureSight
from studio.ui.canvas.snapping import Snapping

LOCKED = "The shape is locked · unlock it first to change it"
_MANY = 1_000
"""From so many chosen shapes on, it is quicker to walk over all in order than to sort."""
_PASTE_SHIFT = 10.0
"""How far a copy is laid beside its original, px."""


class CanvasModel:
    """The state of the canvas; knows no Qt.

    Parameters
    ----------
    labelling : ShapeEdits
        Makes the edits.
    """

    changed = Signal()
    """Shapes, labels or picture are others now."""
    selected = Signal()
    """Other shapes are chosen."""
    redrawn = Signal(object)
    """Shapes look otherwise within some bounds, (n, 4) float64 px, or everywhere (None)."""
    wanting = Signal()
    """A shape was drawn, but there is no label to give it."""
    refused = Signal(str)
    """What the hand asked for cannot be; carries why."""

    touched = Signal()
    """Another proposal is pointed at on the canvas, or none any more."""
    judged = Signal(bool)
    """The proposal that is pointed at shall be taken over, or rejected."""

    def __init__(self, labelling: ShapeEdits) -> None:
        self._labelling = labelling
        self.sight = Sight()
        self._labels = ShownLayer(labelling, self.sight)
        self.sure = SureSight(self.sight)
        self._proposals = ShownLayer(labelling, self.sure)
        self.table, self.proposals = self._labels.table, self._proposals.table
        """The shapes of the picture in the layer at hand, and what models propose beside them."""
        self.sight.changed.connect(self._look_again)
        self.sure.changed.connect(self._proposals_again)
        self.item: MediaItem | None = None
        self.schema = LabelSchema()
        self.label: LabelId | None = None
        self.selection: tuple[ShapeId, ...] = ()
        self._touched: ShapeId | None = None
        self.lifted: frozenset[ShapeId] = frozenset()
        """Shapes that a tool holds, and draws itself."""
        self.clipboard: tuple[Shape, ...] = ()
        self.snapping = Snapping()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, px."""
        return (self.item.width, self.item.height) if self.item else (0, 0)

    def show(self, item: MediaItem | None, schema: LabelSchema) -> None:
        """Show a picture; choosing the one that is shown takes up what changed meanwhile."""
        media = item.id if item else None
        if media is None or self.item is None or media != self.item.id:
            self.select(())
        layer = self._labelling.layer
        # Beside the labels, what models propose for them.
        beside = media if layer == LABELS else None
        bones = {one.id: one.skeleton.edges for one in schema.labels if one.skeleton}
        news = [
            self._labels.follow(media, layer, bones),
            self._proposals.follow(beside, PROPOSALS, bones),
        ]
        self.table, self.proposals = self._labels.table, self._proposals.table
        anew = any(one.anew for one in news) or schema != self.schema
        if not (anew or self.lifted or any(one.known for one in news)) and item == self.item:
            return
        self.item, self.schema = item, schema
        if anew:
            self.redrawn.emit(None)
        for bounds_ in () if anew else chain.from_iterable(one.touched for one in news):
            self.redrawn.emit(bounds_)
        self.lay_back()
        if self.label is None or schema.get(self.label) is None:
            self.label = schema.labels[0].id if schema.labels else None
        if any(id_ not in self.table.rows for id_ in self.selection):
            self.select([id_ for id_ in self.selection if id_ in self.table.rows])
        self.changed.emit()

    def close(self) -> None:
        """Hear no more news."""
        self._labels.close()
        self._proposals.close()

    def _look_again(self) -> None:
        self.table.look_again()
        self.proposals.look_again()
        self.select([shape.id for shape in self.chosen() if self.sight.sees(shape)])
        self.redrawn.emit(None)
        self.changed.emit()

    def _proposals_again(self) -> None:
        self.proposals.look_again()
        self.redrawn.emit(None)

    @property
    def proposal(self) -> Shape | None:
        """The proposal that is pointed at."""
        return None if self._touched is None else self.proposals.get(self._touched)

    def touch(self, id: ShapeId | None) -> None:  # noqa: A002
        """Point at a proposal, or at none."""
        if id != self._touched:
            self._touched = id
            if id is not None:
                self.select(())
            self.touched.emit()

    def select(self, ids: Iterable[ShapeId]) -> None:
        """Choose shapes."""
        chosen = tuple(dict.fromkeys(ids))
        if chosen != self.selection:
            self.selection = chosen
            self.selected.emit()

    def toggle(self, id: ShapeId) -> None:  # noqa: A002
        """Choose one shape in addition, or no longer."""
        left = [other for other in self.selection if other != id]
        self.select(left if id in self.selection else [*self.selection, id])

    def select_all(self) -> None:
        """Choose every shape of the picture that is seen."""
        shapes = self.table.shapes
        if self.sight:
            shapes = tuple(shape for shape in shapes if self.sight.sees(shape))
        self.select([shape.id for shape in shapes])

    def chosen(self) -> list[Shape]:
        """Return the chosen shapes, lowest first."""
        if len(self.selection) > _MANY:
            wanted = frozenset(self.selection)
            return [shape for shape in self.table.shapes if shape.id in wanted]
        found = (self.table.get(id_) for id_ in self.selection)
        living = (shape for shape in found if shape is not None)
        return sorted(living, key=lambda shape: (shape.z, shape.id))

    def lift(self, ids: Iterable[ShapeId]) -> None:
        """Let a tool draw these shapes itself; an empty list lays them back."""
        lifted = frozenset(ids)
        if lifted != self.lifted:
            both = self.table.rows_of(lifted | self.lifted)
            self.lifted = lifted
            self.redrawn.emit(self.table.bounds[both])
            self.changed.emit()

    def lay_back(self) -> None:
        """Lay lifted shapes back without a word of it."""
        if self.lifted:
            rows, self.lifted = self.table.rows_of(self.lifted), frozenset()
            self.redrawn.emit(self.table.bounds[rows])

    def draw(self, geometry: Geometry) -> Shape | None:
        """Add a shape with the current label and choose it; nothing if it has no area."""
        if self.item is None or fault(geometry, *self.size) is not None:
            return None
        if self.label is None:
            self.wanting.emit()
            return None
        allowed = self._allowed(geometry)
        if allowed is None:
            return None
        shape = self._labelling.add(self.item.id, self.label, allowed)
        self.show(self.item, self.schema)
        self.select([shape.id])
        return shape

    def _allowed(self, geometry: Geometry) -> Geometry | None:
        """Return a geometry as a kind the current label is drawn as; None if it can be none."""
        named = None if self.label is None else self.schema.get(self.label)
        if named is None or not named.kinds or geometry.kind in named.kinds:
            return geometry
        able = [kind for kind in named.kinds if kind in kinds_from(geometry)]
        for kind in able:
            turned = converted(geometry, kind, self.size)
            if turned is not None and fault(turned, *self.size) is None:
                was = geometry.kind.replace("_", " ")
                self.refused.emit(f"{drawn_as(named)}: the {was} became one")
                return turned
        self.refused.emit(drawn_as(named))
        return None

    def with_group(self, shape: Shape) -> list[ShapeId]:
        """Return a shape and those that are seen and belong to the same group, it first."""
        if not shape.group:
            return [shape.id]
        seen = self.sight.sees
        others = (one for one in self.table.shapes if one.group == shape.group and seen(one))
        return list(dict.fromkeys([shape.id, *(one.id for one in others)]))

    def change(self, before: Sequence[Shape], after: Sequence[Shape], title: str) -> bool:
        """Turn shapes into others of the same ids, unless one is locked or cannot stand there."""
        if any(shape.locked for shape in before):
            self.refused.emit(LOCKED)
            return False
        if self.item is None or any(
            fault(new.geometry, *self.size) and not fault(old.geometry, *self.size)
            for old, new in zip(before, after, strict=True)
        ):
            return False
        self._labelling.change(self.item.id, before, after, title)
        self.show(self.item, self.schema)
        return True

    def move(self, dx: float, dy: float) -> None:
        """Move what is chosen; at the edge of the picture it stops."""
        before = self.chosen()
        after = shifted(before, dx, dy, self.size)
        self.change(before, after, "Move shape" if len(before) == 1 else "Move shapes")

    def relabel(self, label: LabelId) -> None:
        """Make a label the current one, and give it to what is chosen."""
        self.label = label
        before = [shape for shape in self.chosen() if shape.label != label and not shape.locked]
        named = self.schema.get(label)
        if before and named is not None:
            after = [shape.model_copy(update={"label": label}) for shape in before]
            self.change(before, after, f"Change label to “{named.name}”")
        self.changed.emit()

    def delete(self) -> None:
        """Delete what is chosen, but for locked shapes."""
        gone = [shape for shape in self.chosen() if not shape.locked]
        if self.selection and not gone:
            self.refused.emit(LOCKED)
        if self.item is not None and gone:
            self._labelling.delete(self.item.id, gone)
            self.show(self.item, self.schema)

    def copy(self) -> None:
        """Keep copies of what is chosen, also for other pictures."""
        self.clipboard = tuple(self.chosen()) or self.clipboard

    def paste(self) -> None:
        """Lay down what was copied: in its place on another picture, beside it on the same."""
        self._lay(self.clipboard)

    def duplicate(self) -> None:
        """Copy what is chosen beside itself; the clipboard stays as it is."""
        self._lay(tuple(self.chosen()))

    def _lay(self, shapes: Sequence[Shape]) -> None:
        if self.item is None or not shapes:
            return
        there = {shape.geometry for shape in self.table.shapes}
        step = 0.0
        while any(moved(shape.geometry, step, step) in there for shape in shapes):
            step += _PASTE_SHIFT
        copies = [
            shape
            for shape in shifted(shapes, step, step, self.size)
            if fault(shape.geometry, *self.size) is None
        ]
        laid = self._labelling.paste(self.item.id, copies, (0.0, 0.0))
        self.show(self.item, self.schema)
        self.select(shape.id for shape in laid)


def drawn_as(label: Label) -> str:
    """Say what a label may be drawn as."""
    kinds = [kind.replace("_", " ") for kind in label.kinds]
    listed = " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
    return f"“{label.name}” is drawn as {listed}"


def shifted(shapes: Sequence[Shape], dx: float, dy: float, size: tuple[int, int]) -> list[Shape]:
    """Move shapes together, no further than the edge of the picture.

    Parameters
    ----------
    shapes : sequence of Shape
        What moves.
    dx, dy : float, px
        How far right and down.
    size : tuple of int, px
        Width and height of the picture.
    """
    boxes = [box for shape in shapes if (box := bounds(shape.geometry)) is not None]
    if boxes:
        dx = _held(dx, min(b.x0 for b in boxes), max(b.x1 for b in boxes), size[0])
        dy = _held(dy, min(b.y0 for b in boxes), max(b.y1 for b in boxes), size[1])
    return [
        shape.model_copy(update={"geometry": moved(shape.geometry, dx, dy)}) for shape in shapes
    ]


def _held(step: float, low: float, high: float, end: float) -> float:
    # What reaches outside already is not pulled in by a move.
    return max(min(step, max(0.0, end - high)), min(0.0, -low))


def clipped(point: Point, size: tuple[int, int]) -> Point:
    """Return the nearest point on the picture."""
    return min(max(point[0], 0.0), float(size[0])), min(max(point[1], 0.0), float(size[1]))


def words(geometry: Geometry) -> str:
    """Say what a geometry is and where, for the list and for screen readers."""
    box = bounds(geometry)
    if box is None or isinstance(geometry, Tag):
        return "whole picture"
    place = f"{box.width:.0f} × {box.height:.0f} px at {box.x0:.0f}, {box.y0:.0f}"
    if isinstance(geometry, Polygon):
        return f"polygon of {sum(map(len, geometry.rings))} points, {place}"
    return f"{geometry.kind.replace('_', ' ')}, {place}"
