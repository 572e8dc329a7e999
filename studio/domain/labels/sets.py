"""Labelled media as things that do not change any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import orjson

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.geometry import Tag
from studio.domain.ids import Digest
from studio.domain.labels.schema import LabelId, LabelSchema
from studio.domain.labels.shapes import Shape
from studio.domain.media import MediaItem, Problem
from studio.domain.objects import ObjectStore


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
