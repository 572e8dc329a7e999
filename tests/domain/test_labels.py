"""Label schemas, and label sets that are the same bytes when they say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.geometry import Box, Tag
from studio.domain.ids import digest_of
from studio.domain.labels import (
    AnnotatedMedia,
    Label,
    LabelId,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    extended,
    label_id,
)
from studio.domain.media import MediaId, MediaItem
from tests.fakes.objects import MemoryObjects

names = st.text(min_size=1, max_size=12)


@given(st.lists(names), st.lists(names))
def test_a_schema_grows_and_never_changes_what_it_had(first: list[str], then: list[str]) -> None:
    schema = extended(LabelSchema(), first)
    grown = extended(schema, then)
    assert grown.labels[: len(schema.labels)] == schema.labels
    assert set(grown.names) == set(first) | set(then)
    assert extended(grown, first + then) == grown
    for number, label in enumerate(grown.labels):
        assert grown.index(label.id) == number
        assert grown.get(label.id) == grown.named(label.name) == label


@given(names)
def test_the_same_name_gets_the_same_id(name: str) -> None:
    assert label_id(name) == label_id(name)
    assert extended(LabelSchema(), [name]).labels[0].id == label_id(name)


def test_two_labels_never_share_a_name_or_an_id() -> None:
    one = Label(id=LabelId("a"), name="A", colour="#000000")
    for other in (one.model_copy(update={"id": "b"}), one.model_copy(update={"name": "B"})):
        with pytest.raises(ValidationError):
            LabelSchema(labels=(one, other))


def test_equal_label_sets_have_equal_digests() -> None:
    store = MemoryObjects()
    media = MediaItem(id=MediaId(digest_of(b"x")), name="x.png", width=4, height=4)
    shapes = (
        Shape(id=ShapeId("1"), label=LabelId("cap"), geometry=Box(0, 0, 2, 2)),
        Shape(id=ShapeId("2"), label=LabelId("nut"), geometry=Tag()),
    )
    items = [AnnotatedMedia(media=media, shapes=shapes)]
    made = [LabelSet.write(store, extended(LabelSchema(), ["cap"]), items) for _ in range(2)]
    digests = {put_artefact(store, one) for one in made}
    assert len(digests) == 1
    read = get_artefact(store, digests.pop(), LabelSet)
    assert list(read.read(store)) == items
    assert items[0].tags == ["nut"]
    assert list(read.references(store)) == [read.items, media.digest]
    assert (read.media_count, read.shape_count) == (1, 2)
