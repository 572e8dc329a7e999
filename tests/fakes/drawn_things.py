"""Shapes of every kind on a small picture, for trips through formats."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from studio.domain.geometry import (
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    Tag,
    mask_of,
)
from studio.domain.labels import (
    AnnotatedMedia,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaItem, media_id
from tests.fakes.media_work import Work, pixels

SIZE = (97, 61)
NAMES = ["cat", "Großer Hund", "a: 'b' #c", "名前", '<&">, x']
share = st.floats(0, 1, allow_nan=False, width=32)
across = st.floats(1, 90, allow_nan=False).map(lambda value: round(value, 3))
down = st.floats(1, 55, allow_nan=False).map(lambda value: round(value, 3))
place = st.tuples(across, down)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(across), draw(down)
    return Box(x, y, x + 1 + 5 * draw(share), y + 1 + 5 * draw(share))


@st.composite
def outlines(draw: st.DrawFn) -> Polygon:
    x, y, w, h = draw(across) / 2, draw(down) / 2, 5 + 30 * draw(share), 5 + 20 * draw(share)
    return Polygon((((x, y), (x + w, y), (x + w, y + h), (x + w / 2, y + h / 2)),))


@st.composite
def turned(draw: st.DrawFn) -> RotatedBox:
    w, h = 2 + 30 * draw(share), 2 + 20 * draw(share)
    return RotatedBox(48, 30, w, h, draw(st.integers(-179, 179)))


@st.composite
def cuboids(draw: st.DrawFn) -> Cuboid:
    x, y, w, h = draw(across) / 3 + 10, draw(down) / 3 + 10, 3 + 9 * draw(share), 3 + draw(share)
    front = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return Cuboid(front, tuple((a + 3, b - 4) for a, b in front))


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    rows = draw(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=6))
    array = np.array(rows, np.bool_)
    array[0, 0] = True
    return mask_of(array, draw(st.integers(0, 80)), draw(st.integers(0, 50)))


def lines(fewest: int) -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    return st.lists(place, min_size=fewest, max_size=6, unique=True).map(tuple)


KINDS: dict[str, st.SearchStrategy[Geometry]] = {
    "box": boxes(),
    "rotated_box": turned(),
    "polygon": outlines(),
    "polyline": lines(2).map(Polyline),
    "points": lines(1).map(Points),
    "circle": st.floats(1, 20).map(lambda radius: Circle(48.5, 30.25, round(radius, 2))),
    "ellipse": st.tuples(st.floats(1, 20), st.floats(1, 20), st.integers(-89, 89)).map(
        lambda n: Ellipse(48.5, 30.25, round(n[0], 2), round(n[1], 2), n[2])
    ),
    "cuboid": cuboids(),
    "mask": masks(),
    "skeleton": lines(3).map(lambda ps: Skeleton(tuple(Joint(x, y) for x, y in ps[:3]))),
    "tag": st.just(Tag()),
}


def labelled(
    work: Work,
    drawn: Sequence[tuple[str, Geometry, dict[str, Any], str]],
    name: str = "päge one.png",
) -> LabelSet:
    """Return one picture with these shapes: label, geometry, attributes and group of each."""
    schema = extended(LabelSchema(), NAMES)
    digest = work.store.put(pixels(SIZE, 1))
    media = MediaItem(id=media_id(digest), name=name, width=SIZE[0], height=SIZE[1])
    shapes = []
    for number, (label_name, geometry, attributes, group) in enumerate(drawn):
        label = schema.named(label_name)
        assert label is not None
        shapes.append(
            Shape(
                id=ShapeId(f"{number:04d}"),
                label=label.id,
                geometry=geometry,
                attributes=attributes,
                group=group,
                z=float(number),
            )
        )
    return LabelSet.write(work.store, schema, [AnnotatedMedia(media=media, shapes=tuple(shapes))])


def flat(value: object) -> Iterator[float]:
    """Walk over all numbers of a geometry."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from flat(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from flat(one)
    elif isinstance(value, int | float):
        yield float(value)
