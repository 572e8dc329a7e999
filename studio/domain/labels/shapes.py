"""The shapes of a project and the edits that change them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, NamedTuple, NewType, Protocol, TypeAlias

from pydantic import Field

from studio.domain.artefacts import Value
from studio.domain.geometry import Geometry, GeometryKind
from studio.domain.labels.schema import AttributeValue, LabelId, LabelSchema
from studio.domain.labels.statistics import LayerStatistics
from studio.domain.media import MediaId

ShapeId = NewType("ShapeId", str)

LayerName: TypeAlias = str
"""Shapes are kept in layers that do not know each other."""

LABELS: LayerName = ""
"""The project's labels: what people agreed on, what is counted, exported and trained on."""
PROPOSALS: LayerName = "proposals"
"""What models proposed and nobody has accepted yet."""


class Shape(Value):
    """One drawn thing: a geometry and the label it carries."""

    id: ShapeId
    label: LabelId
    geometry: Annotated[Geometry, Field(discriminator="kind")]
    attributes: dict[str, AttributeValue] = {}
    """What it says beyond its label: as the label's `attributes` name it, or as a format had it,
    for example VOC's `difficult`."""
    author: str = ""
    """Who drew it; `model:` and a digest for a machine's proposal."""
    z: float = 0.0
    """Height: of two shapes the higher lies on top; of equals the one with the greater id."""
    group: str = ""
    """Shapes of one picture with the same group belong together; empty for none."""
    locked: bool = False
    """Whether it is kept from being changed by the hand."""
    score: float | None = None
    """How sure its model was, 0..1; None for what a person drew."""

    @property
    def kind(self) -> GeometryKind:
        """Name of the geometry."""
        return self.geometry.kind


class Annotations(Protocol):
    """All shapes of one layer, by the picture they stand on."""

    def of(self, media: MediaId) -> Sequence[Shape]:
        """Return the shapes of one picture, lowest first; empty for none."""

    def put(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Add shapes, or replace those whose id is already there."""

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        """Take shapes away; ids that are not there are passed over."""

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        """Walk over the pictures that carry shapes."""

    def labels(self, media: MediaId) -> Sequence[LabelId]:
        """Return the labels that occur on a picture, each once; costs the same for any number of
        shapes.
        """

    def counts(self) -> Mapping[LabelId, int]:
        """Return how many shapes each label has."""

    def heights(self, media: MediaId) -> tuple[float, float]:
        """Return the least and the greatest height on a picture; zeros where it has no shapes."""

    def statistics(self) -> LayerStatistics:
        """Count what stands in the layer."""


class ShapesChanged(NamedTuple):
    """News: shapes of one picture are others now."""

    layer: LayerName
    media: MediaId
    """Empty for all pictures of all layers."""
    put: tuple[Shape, ...]
    """Shapes that came or changed, as they are now."""
    removed: tuple[ShapeId, ...]


EVERYWHERE = ShapesChanged(LABELS, MediaId(""), (), ())
"""News after an edit of very many pictures: whoever shows shapes reads them again."""


class HasAnnotations(Protocol):
    """The part of a project that edits of shapes need."""

    @property
    def annotations(self) -> Annotations:
        """The project's labels: the layer `LABELS`."""

    def layer(self, name: LayerName) -> Annotations:
        """Return a layer; one that nobody has put shapes into is empty."""

    def layers(self) -> Sequence[LayerName]:
        """Return the names of layers that hold shapes, in order."""

    def copy_layer(self, source: LayerName, target: LayerName) -> None:
        """Put all shapes of a layer into another one, under the same ids."""

    def clear_layer(self, name: LayerName) -> None:
        """Take all shapes of a layer away."""


class HasSchema(Protocol):
    """The part of a project that edits of the schema need."""

    schema: LabelSchema


class SetShapes(Value):
    """Edit: some shapes of one picture change from `before` to `after`.

    Only shapes that differ need to be given: those in `before` alone are removed, those in `after`
    alone are added, those in both (by id) change.
    """

    kind: ClassVar[str] = "shapes.set"
    media: MediaId
    before: tuple[Shape, ...] = ()
    after: tuple[Shape, ...] = ()
    title: str = "Change shapes"
    layer: LayerName = LABELS

    def do(self, project: HasAnnotations) -> None:
        """Bring about `after`."""
        self._swap(project, self.before, self.after)

    def undo(self, project: HasAnnotations) -> None:
        """Bring back `before`."""
        self._swap(project, self.after, self.before)

    def _swap(
        self, project: HasAnnotations, old: tuple[Shape, ...], new: tuple[Shape, ...]
    ) -> None:
        shapes = project.layer(self.layer)
        kept = {shape.id for shape in new}
        gone = [shape.id for shape in old if shape.id not in kept]
        if gone:
            shapes.remove(self.media, gone)
        if new:
            shapes.put(self.media, new)


class SetSchema(Value):
    """Edit: the project's labels change."""

    kind: ClassVar[str] = "schema.set"
    before: LabelSchema
    after: LabelSchema
    title: str = "Change labels"

    def do(self, project: HasSchema) -> None:
        """Bring about `after`."""
        project.schema = self.after

    def undo(self, project: HasSchema) -> None:
        """Bring back `before`."""
        project.schema = self.before


class AnnotateMany(Value):
    """Edit: shapes arrive on many pictures at once, as from an import."""

    kind: ClassVar[str] = "shapes.many"
    shapes: tuple[tuple[MediaId, tuple[Shape, ...]], ...]
    layer: LayerName = LABELS

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return f"Add {sum(len(shapes) for _, shapes in self.shapes):,} shapes"

    def do(self, project: HasAnnotations) -> None:
        """Add the shapes."""
        layer = project.layer(self.layer)
        for media, shapes in self.shapes:
            layer.put(media, shapes)

    def undo(self, project: HasAnnotations) -> None:
        """Take them away."""
        layer = project.layer(self.layer)
        for media, shapes in self.shapes:
            layer.remove(media, [shape.id for shape in shapes])


class CopyLayer(Value):
    """Edit: a layer that was empty gets all shapes of another one, as a branch begins."""

    kind: ClassVar[str] = "layer.copy"
    source: LayerName
    target: LayerName

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return f"Begin “{self.target}”"

    def do(self, project: HasAnnotations) -> None:
        """Copy the shapes."""
        project.copy_layer(self.source, self.target)

    def undo(self, project: HasAnnotations) -> None:
        """Empty the layer again."""
        project.clear_layer(self.target)


class HasBranches(Protocol):
    """The part of a project that edits of branches need."""

    branches: tuple[str, ...]


class SetBranches(Value):
    """Edit: a branch begins or ends; one of them may hold no shape at all."""

    kind: ClassVar[str] = "branches.set"
    before: tuple[str, ...]
    after: tuple[str, ...]
    title: str = "Change branches"

    def do(self, project: HasBranches) -> None:
        """Bring about `after`."""
        project.branches = self.after

    def undo(self, project: HasBranches) -> None:
        """Bring back `before`."""
        project.branches = self.before
