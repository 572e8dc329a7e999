"""Shaping: verbs that make shapes out of shapes, one edit a deed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.domain.geometry import Geometry, GeometryKind, Mask, Polygon, Polyline, Ring
from studio.domain.geometry.converting import converted, has_inside
from studio.domain.geometry.regions import Joining, joined, pieces, simplified, split
from studio.domain.ids import new_id
from studio.domain.labels import (
    PROPOSALS,
    AttributeValue,
    LayerName,
    SetShapes,
    Shape,
    ShapeId,
)
from studio.domain.media import MediaItem
from studio.domain.project import Batch, Project
from studio.errors import BadInput
from studio.services.labelling import Labelling

_JOINING_TITLES: dict[Joining, str] = {
    "union": "Unite shapes",
    "intersection": "Intersect shapes",
    "difference": "Subtract shapes",
    "symmetric_difference": "Exclude overlap of shapes",
}


class Shaping:
    """The verbs that change what shapes are made of.

    All take shapes of one picture as they are now, and return those that stand there afterwards.

    Parameters
    ----------
    project : Project
        Whose history takes the edits.
    labelling : Labelling
        Says in which layer the hand works.
    """

    def __init__(self, project: Project, labelling: Labelling) -> None:
        self._project = project
        self._labelling = labelling

    def convert(self, item: MediaItem, shapes: Sequence[Shape], kind: GeometryKind) -> list[Shape]:
        """Turn shapes into another kind of geometry.

        Raises
        ------
        BadInput
            If one of them cannot become that; none is changed then.
        """
        size = item.width, item.height

        def turned(shape: Shape) -> Geometry:
            found = converted(shape.geometry, kind, size)
            if found is None:
                raise BadInput(
                    f"A {words(shape.kind)} cannot become a {words(kind)}.",
                    "Choose shapes for which this makes sense, or another kind.",
                )
            return found

        return self._reshape(item, shapes, turned, f"Convert to {words(kind)}")

    def join(self, item: MediaItem, shapes: Sequence[Shape], how: Joining) -> list[Shape]:
        """Make one region of several; it keeps label, attributes and height of the first one.

        Parameters
        ----------
        item : MediaItem
            The picture.
        shapes : sequence of Shape
            At least two, the one to keep first; `difference` takes the others away from it.
        how : Joining
            Which region is left.

        Raises
        ------
        BadInput
            If there are too few, one has no inside, or nothing would be left.
        """
        if len(shapes) < 2:
            raise BadInput("There is nothing to join.", "Select two shapes or more.")
        self._need_inside(shapes)
        first, *others = shapes
        region = joined(how, first.geometry, [shape.geometry for shape in others])
        if region is None:
            raise BadInput(
                "Nothing would be left of these shapes.", "Delete them if that is what you want."
            )
        kept = first.model_copy(update={"geometry": region})
        # What was taken away from stays: cutting a hole for a cell does not remove the cell.
        gone = others if how != "difference" else []
        self._set(item, [first, *gone], [kept], _JOINING_TITLES[how])
        return [kept]

    def split(self, item: MediaItem, shape: Shape, line: Ring) -> list[Shape]:
        """Cut a shape along a line; the largest piece stays the shape, the others are new.

        Raises
        ------
        BadInput
            If it has no inside, or the line does not cross it.
        """
        self._need_inside([shape])
        parts = split(shape.geometry, line)
        if len(parts) < 2:
            raise BadInput(
                "The line does not cut the shape in two.", "Draw it from outside to outside."
            )
        return self._part(item, shape, parts, "Split shape")

    def separate(self, item: MediaItem, shape: Shape) -> list[Shape]:
        """Make a shape of each part of a polygon; the largest stays the shape.

        Raises
        ------
        BadInput
            If it is no polygon, or has one part only.
        """
        parts = pieces(shape.geometry) if isinstance(shape.geometry, Polygon) else []
        if len(parts) < 2:
            raise BadInput("The shape has one part only.", "Select a polygon with several parts.")
        return self._part(item, shape, parts, "Separate parts")

    def simplify(
        self, item: MediaItem, shapes: Sequence[Shape], tolerance: float = 1.0
    ) -> list[Shape]:
        """Leave out points of polygons and lines, no further off than `tolerance` px."""

        def fewer(shape: Shape) -> Geometry:
            if isinstance(shape.geometry, Polygon | Polyline):
                return simplified(shape.geometry, tolerance)
            return shape.geometry

        return self._reshape(item, shapes, fewer, "Simplify outline")

    def group(self, item: MediaItem, shapes: Sequence[Shape]) -> list[Shape]:
        """Let shapes belong together."""
        return self._update(item, shapes, "Group shapes", group=new_id("group"))

    def ungroup(self, item: MediaItem, shapes: Sequence[Shape]) -> list[Shape]:
        """Let shapes belong to no group any more."""
        return self._update(item, shapes, "Ungroup shapes", group="")

    def lock(self, item: MediaItem, shapes: Sequence[Shape], on: bool) -> list[Shape]:
        """Keep shapes from being changed by the hand, or no longer."""
        return self._update(item, shapes, "Lock shapes" if on else "Unlock shapes", locked=on)

    def describe(
        self, item: MediaItem, shapes: Sequence[Shape], name: str, value: AttributeValue | None
    ) -> list[Shape]:
        """Give shapes a value of an attribute; None takes it away.

        Raises
        ------
        BadInput
            If the label's attribute cannot have that value.
        """
        schema = self._project.state.schema
        after = []
        for shape in shapes:
            spec = next((s for s in schema.attributes_of(shape.label) if s.name == name), None)
            wrong = spec.fault(value) if spec is not None and value is not None else None
            if wrong is not None:
                raise BadInput(f"{wrong[0].upper()}{wrong[1:]}.", "Give another value.")
            said = {key: kept for key, kept in shape.attributes.items() if key != name}
            if value is not None:
                said[name] = value
            after.append(shape.model_copy(update={"attributes": said}))
        self._set(item, shapes, after, f"Set “{name}”")
        return after

    def accept(self, item: MediaItem, proposals: Sequence[Shape]) -> list[Shape]:
        """Take proposals of a model over into the labels; they keep their author and score."""
        if not proposals:
            return []
        top = self._top(item)
        taken = [
            shape.model_copy(update={"id": ShapeId(new_id("shape")), "z": top + at})
            for at, shape in enumerate(proposals)
        ]
        title = "Accept proposal" if len(taken) == 1 else f"Accept {len(taken):,} proposals"
        gone = SetShapes(media=item.id, before=tuple(proposals), title=title, layer=PROPOSALS)
        layer = self._labelling.layer
        come = SetShapes(media=item.id, after=tuple(taken), title=title, layer=layer)
        self._project.perform(Batch.of(title, [gone, come]))
        return taken

    def reject(self, item: MediaItem, proposals: Sequence[Shape]) -> None:
        """Take proposals away."""
        title = "Reject proposal" if len(proposals) == 1 else f"Reject {len(proposals):,} proposals"
        self._set(item, proposals, [], title, PROPOSALS)

    def _part(
        self, item: MediaItem, shape: Shape, parts: Sequence[Polygon | Mask], title: str
    ) -> list[Shape]:
        top = self._top(item)
        after = [shape.model_copy(update={"geometry": parts[0]})]
        for at, part in enumerate(parts[1:]):
            fresh = {"id": ShapeId(new_id("shape")), "geometry": part, "z": top + at}
            after.append(shape.model_copy(update=fresh))
        self._set(item, [shape], after, title)
        return after

    def _top(self, item: MediaItem) -> float:
        """Return a height above all shapes of a picture."""
        return self._project.state.layer(self._labelling.layer).heights(item.id)[1] + 1.0

    def _need_inside(self, shapes: Sequence[Shape]) -> None:
        for shape in shapes:
            if not has_inside(shape.geometry):
                raise BadInput(
                    f"A {words(shape.kind)} has no inside.", "Select boxes, polygons or masks."
                )

    def _reshape(
        self,
        item: MediaItem,
        shapes: Sequence[Shape],
        turn: Callable[[Shape], Geometry],
        title: str,
    ) -> list[Shape]:
        after = [shape.model_copy(update={"geometry": turn(shape)}) for shape in shapes]
        self._set(item, shapes, after, title)
        return after

    def _update(
        self, item: MediaItem, shapes: Sequence[Shape], title: str, **fields: str | bool
    ) -> list[Shape]:
        after = [shape.model_copy(update=fields) for shape in shapes]
        self._set(item, shapes, after, title)
        return after

    def _set(
        self,
        item: MediaItem,
        before: Sequence[Shape],
        after: Sequence[Shape],
        title: str,
        layer: LayerName | None = None,
    ) -> None:
        if tuple(before) != tuple(after):
            self._project.perform(
                SetShapes(
                    media=item.id,
                    before=tuple(before),
                    after=tuple(after),
                    title=title,
                    layer=self._labelling.layer if layer is None else layer,
                )
            )


def words(kind: GeometryKind) -> str:
    """Return the name of a kind as it stands in a sentence."""
    return {"rotated_box": "rotated box", "bezier": "Bezier curve", "points": "point set"}.get(
        kind, kind
    )
