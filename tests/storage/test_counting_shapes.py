"""What stands in a layer is counted by the index as shape by shape."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box, Circle, Geometry, Points, Tag
from studio.domain.ids import digest_of
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.counting import statistics_of

ITEMS = tuple(
    MediaItem(id=media_id(digest_of(str(n).encode())), name=f"{n}.png", width=500, height=500)
    for n in range(5)
)
_ids = itertools.count()
geometries: st.SearchStrategy[Geometry] = st.one_of(
    st.builds(lambda w, h: Box(1, 1, 1 + w, 1 + h), *[st.floats(0.1, 400)] * 2),
    st.just(Tag()),
    st.just(Points(((3.0, 4.0),))),
    st.builds(lambda r: Circle(50, 50, r), st.floats(0.5, 50)),
)
shapes = st.builds(
    lambda label, geometry, attributes: Shape(
        id=ShapeId(f"s{next(_ids)}"), label=LabelId(label), geometry=geometry, attributes=attributes
    ),
    st.sampled_from("abc"),
    geometries,
    st.dictionaries(
        st.sampled_from(("state", "hidden")),
        st.one_of(st.booleans(), st.integers(0, 2)),
        max_size=2,
    ),
)


@settings(max_examples=15)
@given(st.lists(st.lists(shapes, max_size=4), min_size=5, max_size=5))
def test_the_index_counts_like_a_person(drawn: list[list[Shape]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = DiskProjectFiles().create(Path(folder) / "p", "counting")
        project.perform(AddMedia(items=ITEMS))
        for item, some in zip(ITEMS, drawn, strict=True):
            project.perform(SetShapes(media=item.id, after=tuple(some)))
        told = project.state.annotations.statistics()
        wanted = statistics_of([(m.id, some) for m, some in zip(ITEMS, drawn, strict=True)])
        empty = project.state.layer("nobody").statistics()
        project.close()
    assert (told.shapes, told.pictures) == (wanted.shapes, wanted.pictures)
    assert told.together == wanted.together
    assert told.kinds == wanted.kinds
    assert told.attributes == wanted.attributes
    for one, other in zip(told.labels, wanted.labels, strict=True):
        assert one[:4] == other[:4]
        assert one[4:] == pytest.approx(other[4:], rel=1e-6)
    assert (empty.shapes, empty.labels) == (0, ())
