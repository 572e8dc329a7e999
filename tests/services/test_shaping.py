"""Shapes out of shapes: each deed is one edit, and undone it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.domain.geometry import Box, Circle, Mask, Points, Polygon, area
from studio.domain.ids import digest_of
from studio.domain.labels import (
    PROPOSALS,
    AttributeSpec,
    LabelId,
    SetShapes,
    Shape,
    ShapeId,
)
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.errors import BadInput
from studio.services.labelling import Labelling
from studio.services.shaping import Shaping
from tests.fakes.project import MemoryProject

ITEM = MediaItem(id=media_id(digest_of(b"one")), name="one.png", width=100, height=80)


@pytest.fixture
def project() -> MemoryProject:
    project = MemoryProject()
    project.perform(AddMedia(items=(ITEM,)))
    Labelling(project).add_label("cell")
    return project


@pytest.fixture
def shaping(project: MemoryProject) -> Shaping:
    return Shaping(project, Labelling(project))


def draw(project: MemoryProject, *geometries: object) -> list[Shape]:
    labelling = Labelling(project)
    return [labelling.add(ITEM.id, LabelId("cell"), one) for one in geometries]  # type: ignore[arg-type]


def now(project: MemoryProject) -> list[Shape]:
    return list(project.state.annotations.of(ITEM.id))


def test_shapes_are_converted_and_come_back(project: MemoryProject, shaping: Shaping) -> None:
    before = draw(project, Box(10, 10, 30, 30), Circle(60, 40, 10))
    after = shaping.convert(ITEM, before, "polygon")
    assert [shape.kind for shape in after] == ["polygon", "polygon"]
    assert now(project) == after
    project.undo()
    assert now(project) == before


def test_what_cannot_be_converted_changes_nothing(project: MemoryProject, shaping: Shaping) -> None:
    shapes = draw(project, Box(10, 10, 30, 30), Points(((5, 5),)))
    with pytest.raises(BadInput, match="point set"):
        shaping.convert(ITEM, shapes, "mask")
    assert now(project) == shapes


def test_the_first_shape_keeps_its_name_when_shapes_are_united(
    project: MemoryProject, shaping: Shaping
) -> None:
    a, b = draw(project, Box(10, 10, 30, 30), Box(20, 20, 40, 40))
    (one,) = shaping.join(ITEM, [a, b], "union")
    assert (one.id, area(one.geometry)) == (a.id, 700)
    assert now(project) == [one]
    project.undo()
    assert now(project) == [a, b]


def test_a_hole_is_cut_and_the_cutter_stays(project: MemoryProject, shaping: Shaping) -> None:
    a, b = draw(project, Box(10, 10, 30, 30), Box(15, 15, 20, 20))
    (ring,) = shaping.join(ITEM, [a, b], "difference")
    assert area(ring.geometry) == 375
    assert {shape.id for shape in now(project)} == {a.id, b.id}


def test_a_shape_is_split_and_its_parts_are_separated(
    project: MemoryProject, shaping: Shaping
) -> None:
    (whole,) = draw(project, Box(10, 10, 30, 30))
    large, small = shaping.split(ITEM, whole, ((15, 0), (15, 60)))
    assert (large.id, area(large.geometry), area(small.geometry)) == (whole.id, 300, 100)
    (far,) = draw(project, Box(60, 60, 70, 70))
    (both,) = shaping.join(ITEM, [large, far], "union")
    assert len(shaping.separate(ITEM, both)) == 2


@pytest.mark.parametrize(
    "deed",
    [
        lambda shaping, shapes: shaping.join(ITEM, shapes[:1], "union"),
        lambda shaping, shapes: shaping.join(ITEM, shapes, "union"),
        lambda shaping, shapes: shaping.join(ITEM, [shapes[0], shapes[0]], "difference"),
        lambda shaping, shapes: shaping.split(ITEM, shapes[0], ((0, 0), (0, 5))),
        lambda shaping, shapes: shaping.separate(ITEM, shapes[0]),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    project: MemoryProject, shaping: Shaping, deed: Callable[[Shaping, list[Shape]], object]
) -> None:
    shapes = draw(project, Box(10, 10, 30, 30), Points(((5, 5),)))
    with pytest.raises(BadInput):
        deed(shaping, shapes)
    assert now(project) == shapes


def test_shapes_are_grouped_and_locked(project: MemoryProject, shaping: Shaping) -> None:
    shapes = draw(project, Box(10, 10, 30, 30), Box(40, 40, 50, 50))
    grouped = shaping.group(ITEM, shapes)
    assert len({shape.group for shape in grouped}) == 1
    assert grouped[0].group
    assert all(shape.locked for shape in shaping.lock(ITEM, grouped, on=True))
    assert [shape.group for shape in shaping.ungroup(ITEM, now(project))] == ["", ""]


def test_attributes_keep_to_what_the_label_allows(project: MemoryProject, shaping: Shaping) -> None:
    spec = AttributeSpec(name="stage", type="choice", choices=("ring", "schizont"))
    label = project.state.schema.labels[0].model_copy(update={"attributes": (spec,)})
    Labelling(project).redefine_label(label)
    shapes = draw(project, Box(10, 10, 30, 30))
    (said,) = shaping.describe(ITEM, shapes, "stage", "ring")
    assert said.attributes == {"stage": "ring"}
    with pytest.raises(BadInput, match="no choice"):
        shaping.describe(ITEM, [said], "stage", "egg")
    assert shaping.describe(ITEM, [said], "stage", None)[0].attributes == {}


def test_proposals_become_labels_only_when_accepted(
    project: MemoryProject, shaping: Shaping
) -> None:
    proposals = [
        Shape(
            id=ShapeId(f"p{n}"),
            label=LabelId("cell"),
            geometry=Box(n, n, n + 10, n + 10),
            author="model:abc",
            score=0.9,
            z=float(n),
        )
        for n in range(3)
    ]
    project.perform(SetShapes(media=ITEM.id, after=tuple(proposals), layer=PROPOSALS))
    assert now(project) == []
    (taken,) = shaping.accept(ITEM, proposals[:1])
    assert (taken.author, taken.score) == ("model:abc", 0.9)
    assert now(project) == [taken]
    shaping.reject(ITEM, proposals[1:2])
    left = project.state.layer(PROPOSALS)
    assert list(left.of(ITEM.id)) == [proposals[2]]
    project.undo()
    project.undo()
    assert list(left.of(ITEM.id)) == proposals
    assert now(project) == []


def test_simplifying_leaves_the_corners(project: MemoryProject, shaping: Shaping) -> None:
    top = [(float(x), 10.0) for x in range(10, 31)]
    ring = (*top, (30.0, 30.0), (10.0, 30.0))
    (shape,) = draw(project, Polygon((ring,)))
    (fewer,) = shaping.simplify(ITEM, [shape])
    assert isinstance(fewer.geometry, Polygon)
    assert len(fewer.geometry.rings[0]) == 4


def test_masks_stay_masks(project: MemoryProject, shaping: Shaping) -> None:
    a, b = draw(project, Box(10, 10, 30, 30), Box(20, 20, 40, 40))
    (mask,) = shaping.convert(ITEM, [a], "mask")
    (one,) = shaping.join(ITEM, [mask, b], "union")
    assert isinstance(one.geometry, Mask)
    assert area(one.geometry) == 700
