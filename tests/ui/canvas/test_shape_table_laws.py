"""The packed table against the plainest one there is: a dict of shapes, walked in Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import (
    Box,
    Geometry,
    Polygon,
    Polyline,
    Tag,
    bounds,
    strands,
)
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.ui.canvas.table import ShapeTable

numbers = st.integers(0, 60).map(float)
points = st.tuples(numbers, numbers)
geometries: st.SearchStrategy[Geometry] = st.one_of(
    st.just(Tag()),
    st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), numbers, numbers, numbers, numbers),
    st.lists(points, min_size=3, max_size=5).map(lambda ring: Polygon((tuple(ring),))),
    st.lists(points, min_size=2, max_size=4).map(lambda line: Polyline(tuple(line))),
)
shapes = st.builds(
    Shape,
    id=st.sampled_from("abcdefgh").map(ShapeId),
    label=st.sampled_from(["cap", "nut"]).map(LabelId),
    geometry=geometries,
    z=st.sampled_from([0.0, 0.0, 1.0, -2.5]),
)
edits = st.lists(
    st.tuples(
        st.lists(shapes, max_size=4, unique_by=lambda shape: shape.id),
        st.lists(st.sampled_from("abcdefghz").map(ShapeId), max_size=3),
    ),
    max_size=8,
)


def placed(plain: dict[ShapeId, Shape]) -> list[Shape]:
    """Lowest first, without tags."""
    found = [shape for shape in plain.values() if not isinstance(shape.geometry, Tag)]
    return sorted(found, key=lambda shape: (shape.z, shape.id))


@given(edits, points, points)
@settings(max_examples=150)
def test_after_any_edits_the_table_says_what_a_dict_says(
    history: list[tuple[list[Shape], list[ShapeId]]],
    low: tuple[float, float],
    high: tuple[float, float],
) -> None:
    table, plain = ShapeTable(), dict[ShapeId, Shape]()
    for put, removed in history:
        gone = [id_ for id_ in removed if id_ not in {shape.id for shape in put}]
        table.apply(put, gone)
        for id_ in gone:
            plain.pop(id_, None)
        plain.update({shape.id: shape for shape in put})
    expected = placed(plain)
    assert list(table.shapes) == expected
    assert len(table) == len(expected)
    tagged = {one.id: one.label for one in plain.values() if isinstance(one.geometry, Tag)}
    assert table.tags == tagged
    band = Box.spanning(low, high)
    boxes = {shape.id: bounds(shape.geometry) for shape in expected}
    touching = [
        shape for shape in expected
        if (box := boxes[shape.id]) is not None
        and box.x0 <= band.x1 and box.x1 >= band.x0 and box.y0 <= band.y1 and box.y1 >= band.y0
    ]  # fmt: skip
    assert [table[row] for row in table.touching(band).tolist()] == touching
    inside = [
        shape for shape in touching
        if (box := boxes[shape.id]) is not None
        and box.x0 >= band.x0 and box.x1 <= band.x1 and box.y0 >= band.y0 and box.y1 <= band.y1
    ]  # fmt: skip
    assert table.inside(band) == inside
    assert sorted(table.ids_inside(band)) == sorted(shape.id for shape in inside)
    for shape in expected:
        rows = table.rows_of([shape.id])
        lines, owners = table.lines.of(rows)
        assert owners.tolist() == [0] * len(lines.lengths)
        wanted = strands(shape.geometry)
        assert lines.closed.tolist() == [closed for _, closed in wanted]
        for begin, length, (line, _) in zip(lines.starts, lines.lengths, wanted, strict=True):
            assert np.array_equal(lines.points[begin : begin + length], line)


def test_half_of_many_can_go_and_the_rest_is_packed_anew() -> None:
    many = [box(f"{at:04}", at) for at in range(1000)]
    table = ShapeTable(many)
    before = table.still()
    for start in range(0, 700, 7):
        table.apply([], [shape.id for shape in many[start : start + 7]])
    assert list(table.shapes) == many[700:]
    assert len(table.bounds) < 900
    # What a thread took with it before is all there.
    whole = Box(-1, -1, 3000, 3000)
    assert len(before.touching(whole)) == 1000
    assert len(before.lines.of(before.touching(whole))[0].lengths) == 1000
    assert [one.id for one in table.inside(whole)] == [one.id for one in many[700:]]


def test_shapes_laid_between_the_same_two_again_and_again_stay_in_order() -> None:
    table = ShapeTable([box("a", 0, 0.0), box("b", 0, 1.0)])
    height = 1.0
    for number in range(60):
        height /= 2
        table.apply([box(f"m{number:02}", 0, height)], [])
    rows = table.touching(Box(0, 0, 9, 9)).tolist()
    assert [table[row].z for row in rows] == sorted(shape.z for shape in table.shapes)
    assert [shape.z for shape in table.shapes] == sorted(shape.z for shape in table.shapes)


def box(name: str, at: float, z: float = 0.0) -> Shape:
    return Shape(id=ShapeId(name), label=LabelId("cap"), geometry=Box(at, at, at + 5, at + 5), z=z)
