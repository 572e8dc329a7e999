from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box, Geometry, Polygon
from studio.domain.labels import AnnotatedMedia, LabelSchema, LabelSet, Shape, ShapeId, extended
from studio.domain.media import MediaItem, media_id
from tests.fakes.media_work import Work, pixels

SIZE = (97, 61)
NAMES = ["cat", "Großer Hund", "a: 'b' #c", "名前", '<&">']
edges = st.integers(0, 60)
share = st.floats(0, 60, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def boxes(draw: st.DrawFn, along: st.SearchStrategy[float]) -> Box:
    a, b = sorted((draw(along), draw(along)))
    c, d = sorted((draw(along), draw(along)))
    return Box(a, c, max(b, a + 1), max(d, c + 1))


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    x, y = draw(st.floats(1, 30)), draw(st.floats(1, 20))
    w, h = draw(st.floats(1, 30)), draw(st.floats(1, 30))
    return Polygon((((x, y), (x + w, y), (x + w, y + h), (x + w / 2, y + h / 2)),))


def labelled(work: Work, drawn: list[tuple[str, Geometry]]) -> LabelSet:
    schema = extended(LabelSchema(), NAMES)
    digest = work.store.put(pixels(SIZE, 1))
    media = MediaItem(id=media_id(digest), name="päge one.png", width=SIZE[0], height=SIZE[1])
    shapes = []
    for number, (name, geometry) in enumerate(drawn):
        label = schema.named(name)
        assert label is not None
        shapes.append(Shape(id=ShapeId(str(number)), label=label.id, geometry=geometry))
    return LabelSet.write(work.store, schema, [AnnotatedMedia(media=media, shapes=tuple(shapes))])


def numbers(geometry: Geometry) -> list[float]:
    match geometry:
        case Box(x0, y0, x1, y1):
            return [x0, y0, x1, y1]
        case Polygon(rings):
            return [n for ring in rings for point in ring for n in point]
        case _:
            return []


names = st.sampled_from(NAMES)
whole = boxes(edges).filter(lambda box: box.width > 1 or box.height > 1)
broken = boxes(share).filter(lambda box: box.width > 1 or box.height > 1)


@pytest.mark.parametrize("form", ["voc", "yolo", "coco"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(st.tuples(names, st.one_of(whole, broken)), min_size=1, max_size=6))
def test_boxes_come_back_as_they_went(form: str, drawn: list[tuple[str, Geometry]]) -> None:
    come_back(form, drawn)


@pytest.mark.parametrize("form", ["yolo", "coco"])
@settings(max_examples=25, deadline=None)
@given(drawn=st.lists(st.tuples(names, polygons()), min_size=1, max_size=6))
def test_outlines_come_back_as_they_went(form: str, drawn: list[tuple[str, Geometry]]) -> None:
    come_back(form, drawn)


def come_back(form: str, drawn: list[tuple[str, Geometry]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        labels = labelled(work, drawn)
        files = work.write(labels, form, Path(folder) / "out")
        again = work.read(Path(folder) / "out")
    assert files.notes == ()
    assert again.reasons == ""
    assert again.report.format == form
    assert [shape[1] for shape in again.shapes()] == [name for name, _ in drawn]
    for shape, (_, geometry) in zip(again.shapes(), drawn, strict=True):
        assert type(shape[2]) is type(geometry)
        assert numbers(shape[2]) == pytest.approx(numbers(geometry), abs=1e-9)
        if form == "voc" and all(n == int(n) for n in numbers(geometry)):
            assert shape[2] == geometry
