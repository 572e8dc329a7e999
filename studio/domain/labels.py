"""Labels: the schema a project agrees on, and the shapes people draw with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, NewType, Protocol, TypeAlias

import orjson
from pydantic import Field, field_validator

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.geometry import Geometry, Tag
from studio.domain.ids import Digest
from studio.domain.media import MediaId, MediaItem, Problem
from studio.domain.objects import ObjectStore

LabelId = NewType("LabelId", str)
"""Stable id of a label; renaming the label does not change it."""

ShapeId = NewType("ShapeId", str)

GeometryKind: TypeAlias = Literal["box", "polygon", "tag"]


class Label(Value):
    """A name that can be given to a thing on a picture or to the picture itself."""

    id: LabelId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    """Colour of its shapes, `#rrggbb`; data colours never follow the theme."""


class LabelSchema(Value):
    """The labels of a project, in the order in which models number them, from 0."""

    labels: tuple[Label, ...] = ()

    @field_validator("labels")
    @classmethod
    def _distinct(cls, labels: tuple[Label, ...]) -> tuple[Label, ...]:
        if len({label.id for label in labels}) != len(labels):
            raise ValueError("two labels share an id")
        if len({label.name for label in labels}) != len(labels):
            raise ValueError("two labels share a name")
        return labels

    def index(self, id: LabelId) -> int:  # noqa: A002
        """Return the number of a label, from 0; raises `KeyError`."""
        for number, label in enumerate(self.labels):
            if label.id == id:
                return number
        raise KeyError(id)

    def get(self, id: LabelId) -> Label | None:  # noqa: A002
        """Return the label with this id, or None."""
        return next((label for label in self.labels if label.id == id), None)

    def named(self, name: str) -> Label | None:
        """Return the label with this name, or None."""
        return next((label for label in self.labels if label.name == name), None)

    @property
    def names(self) -> list[str]:
        """Names in model order."""
        return [label.name for label in self.labels]


PALETTE: tuple[str, ...] = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
    "#ee8866", "#44bb99", "#bbcc33", "#77aadd", "#ffaabb", "#99ddff",
)  # fmt: skip
"""Colours told apart under the common colour blindnesses (Paul Tol, bright and light schemes)."""


def label_id(name: str) -> LabelId:
    """Make the id a label gets when it is first seen under a name: the same name, the same id."""
    slug = "".join(c if c.isalnum() else "_" for c in name.casefold())
    if slug and slug.isascii() and slug.strip("_"):
        return LabelId(slug)
    return LabelId("label_" + name.encode().hex())


def extended(schema: LabelSchema, names: Sequence[str]) -> LabelSchema:
    """Return a schema that also has labels of these names; known names are left alone."""
    labels = list(schema.labels)
    known = {label.name for label in labels}
    taken = {label.id for label in labels}
    for name in names:
        if name in known:
            continue
        fresh = label_id(name)
        while fresh in taken:
            fresh = LabelId(fresh + "_")
        labels.append(Label(id=fresh, name=name, colour=PALETTE[len(labels) % len(PALETTE)]))
        known.add(name)
        taken.add(fresh)
    return LabelSchema(labels=tuple(labels))


class Shape(Value):
    """One drawn thing: a geometry and the label it carries."""

    id: ShapeId
    label: LabelId
    geometry: Annotated[Geometry, Field(discriminator="kind")]
    attributes: dict[str, str] = {}
    """What a format said beyond the label, for example VOC's `difficult`; kept for export."""
    author: str = ""
    """Who drew it; `model:` and a digest for a machine's proposal."""

    @property
    def kind(self) -> GeometryKind:
        """Name of the geometry."""
        return self.geometry.kind


class Annotations(Protocol):
    """All shapes of a project, by the picture they stand on; later ones lie on top."""

    def of(self, media: MediaId) -> Sequence[Shape]:
        """Return the shapes of one picture, lowest first; empty for none."""

    def put(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Add shapes on top, or replace those whose id is already there in their place."""

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        """Take shapes away; ids that are not there are passed over."""

    def replace(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Set all shapes of one picture, lowest first."""

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        """Walk over the pictures that carry shapes."""

    def counts(self) -> Mapping[LabelId, int]:
        """Return how many shapes each label has."""


class HasAnnotations(Protocol):
    """The part of a project that edits of shapes need."""

    @property
    def annotations(self) -> Annotations:
        """The project's shapes."""


class HasSchema(Protocol):
    """The part of a project that edits of the schema need."""

    schema: LabelSchema


class SetShapes(Value):
    """Edit: the shapes of one picture change from `before` to `after`.

    Only shapes that differ need to be given: those in `before` alone are removed, those in `after`
    alone are added on top, those in both (by id) change in their place.
    """

    kind: ClassVar[str] = "shapes.set"
    media: MediaId
    before: tuple[Shape, ...] = ()
    after: tuple[Shape, ...] = ()
    title: str = "Change shapes"

    def do(self, project: HasAnnotations) -> None:
        """Bring about `after`."""
        self._swap(project, self.before, self.after)

    def undo(self, project: HasAnnotations) -> None:
        """Bring back `before`."""
        self._swap(project, self.after, self.before)

    def _swap(
        self, project: HasAnnotations, old: tuple[Shape, ...], new: tuple[Shape, ...]
    ) -> None:
        kept = {shape.id for shape in new}
        gone = [shape.id for shape in old if shape.id not in kept]
        if gone:
            project.annotations.remove(self.media, gone)
        if new:
            project.annotations.put(self.media, new)


class ReorderShapes(Value):
    """Edit: all shapes of one picture are given anew, with their order."""

    kind: ClassVar[str] = "shapes.reorder"
    media: MediaId
    before: tuple[Shape, ...]
    after: tuple[Shape, ...]
    title: str = "Change order"

    def do(self, project: HasAnnotations) -> None:
        """Bring about `after`."""
        project.annotations.replace(self.media, self.after)

    def undo(self, project: HasAnnotations) -> None:
        """Bring back `before`."""
        project.annotations.replace(self.media, self.before)


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

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return f"Add {sum(len(shapes) for _, shapes in self.shapes):,} shapes"

    def do(self, project: HasAnnotations) -> None:
        """Add the shapes."""
        for media, shapes in self.shapes:
            project.annotations.put(media, shapes)

    def undo(self, project: HasAnnotations) -> None:
        """Take them away."""
        for media, shapes in self.shapes:
            project.annotations.remove(media, [shape.id for shape in shapes])


class AnnotatedMedia(Value):
    """One picture with everything that was drawn on it."""

    media: MediaItem
    shapes: tuple[Shape, ...] = ()

    @property
    def tags(self) -> list[LabelId]:
        """Labels given to the picture as a whole."""
        return [shape.label for shape in self.shapes if isinstance(shape.geometry, Tag)]


class LabelSet(Artefact):
    """A frozen revision of media with their labels: what a dataset version is made of."""

    kind: ClassVar[str] = "labels"
    noun: ClassVar[str] = "labelled media"

    label_schema: LabelSchema
    items: Digest
    """Object with one `AnnotatedMedia` a line, as JSON."""
    media_count: int
    shape_count: int

    def layers(self) -> tuple[Layer, ...]:
        """The list of pictures."""
        return (Layer("items.jsonl", self.items, "application/jsonl"),)

    def references(self, store: ObjectStore) -> Iterator[Digest]:
        """The list of pictures, and every picture."""
        yield self.items
        for item in self.read(store):
            yield item.media.digest

    def read(self, store: ObjectStore) -> Iterator[AnnotatedMedia]:
        """Walk over the pictures in order."""
        for line in store.get(self.items).splitlines():
            yield AnnotatedMedia.model_validate(orjson.loads(line))

    @classmethod
    def write(
        cls, store: ObjectStore, schema: LabelSchema, items: Sequence[AnnotatedMedia]
    ) -> LabelSet:
        """Store the list of pictures and return the revision."""
        return cls(
            label_schema=schema,
            items=store.put(lines(items)),
            media_count=len(items),
            shape_count=sum(len(item.shapes) for item in items),
        )


class ImportReport(Artefact):
    """What came in, and what did not."""

    kind: ClassVar[str] = "import-report"
    noun: ClassVar[str] = "an import report"

    format: str
    pictures: int
    shapes: int
    problems: tuple[Problem, ...] = ()
    """Refused, changed and duplicate things; never fatal."""


def lines(items: Sequence[Value]) -> bytes:
    """Write values as JSON lines with sorted keys: equal values, equal bytes."""
    return b"".join(
        orjson.dumps(item.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS) + b"\n"
        for item in items
    )
