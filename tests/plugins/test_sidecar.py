"""What a format cannot say is told before, kept beside it, and restored when it is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.api.losses import Keeps, adapted, keeps_of, losses
from studio.api.sidecar import SIDECAR
from studio.domain.geometry import Geometry, area
from studio.domain.labels import (
    AnnotatedMedia,
    AttributeSpec,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    SkeletonSpec,
    extended,
)
from studio.domain.media import MediaItem, media_id
from tests.domain.test_geometry_kinds import EVERY, SIZE
from tests.fakes.media_work import Work, pixels

WORDS = {"tag": "labels of whole pictures", "bezier": "curves", "points": "points",
         "rotated_box": "rotated boxes", "box": "boxes"}  # fmt: skip
WRITTEN = ("voc", "yolo", "coco", "studio")


def everything(work: Work) -> LabelSet:
    """One picture with a shape of every kind, each with attributes, group and label facts."""
    schema = extended(LabelSchema(), ["cat", "vehicle", "wheel"])
    cat, vehicle, wheel = schema.labels
    schema = LabelSchema(
        labels=(
            cat.model_copy(
                update={
                    "skeleton": SkeletonSpec(joints=("a", "b", "c", "d"), edges=((0, 1),)),
                    "attributes": (AttributeSpec(name="age", type="number"),),
                    "colour": "#123456",
                }
            ),
            vehicle,
            wheel.model_copy(update={"parent": vehicle.id}),
        )
    )
    media = MediaItem(
        id=media_id(work.store.put(pixels(SIZE, 1))), name="one.png", width=SIZE[0], height=SIZE[1]
    )
    shapes = tuple(
        Shape(
            id=ShapeId(str(number)),
            label=cat.id if number else wheel.id,
            geometry=geometry,
            attributes={"age": number / 2, "sure": True},
            group="pair" if number < 2 else "",
            author="Ada",
            locked=number == 3,
            z=float(number),
        )
        for number, geometry in enumerate(EVERY)
    )
    return LabelSet.write(work.store, schema, [AnnotatedMedia(media=media, shapes=shapes)])


def said(work: Work, labels: LabelSet) -> list[tuple[object, ...]]:
    (item,) = labels.read(work.store)
    names = {label.id: label.name for label in labels.label_schema.labels}
    return [
        (names[s.label], s.geometry, s.attributes, s.group, s.author, s.locked) for s in item.shapes
    ]


@pytest.mark.parametrize("form", WRITTEN)
def test_the_sidecar_restores_everything_that_the_format_lost(form: str, work: Work) -> None:
    labels = everything(work)
    folder = work.folder / "out"
    work.write(labels, form, folder, sidecar=True)
    reading = work.read(folder)
    again, report = reading.labels, reading.report
    assert said(work, again) == said(work, labels)
    assert not [one for one in report.problems if one.path == SIDECAR]
    facts = {
        label.name: (label.colour, label.attributes, label.skeleton, label.parent is None)
        for label in again.label_schema.labels
    }
    for label in labels.label_schema.labels:
        wanted = (label.colour, label.attributes, label.skeleton, label.parent is None)
        assert facts[label.name] == wanted


@pytest.mark.parametrize("form", WRITTEN[:3])
def test_a_changed_label_file_counts_more_than_the_sidecar(form: str, work: Work) -> None:
    folder = work.folder / "out"
    work.write(everything(work), form, folder, sidecar=True)
    endings = {".xml", ".txt", ".json"}
    file = next(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in endings and path.name not in (SIDECAR, "labelmap.txt", "classes.txt")
    )
    file.write_bytes(file.read_bytes() + b"\n")
    reading = work.read(folder)
    again, report = reading.labels, reading.report
    assert [one.reason for one in report.problems if one.path == SIDECAR]
    (item,) = again.read(work.store)
    assert not any(shape.author for shape in item.shapes)


@pytest.mark.parametrize("form", WRITTEN)
def test_without_a_sidecar_every_loss_was_named(form: str, work: Work) -> None:
    """What is neither kept nor named would be lost silently."""
    labels = everything(work)
    (item,) = labels.read(work.store)
    keeps = keeps_of(work.plugins.format(form))
    named = " ".join(loss.what for loss in losses(keeps, labels.label_schema, [item]))
    folder = work.folder / "out"
    work.write(labels, form, folder)
    if form == "studio":
        assert not named
        return
    again = work.read(folder).labels
    (back,) = again.read(work.store)
    kinds = {shape.kind for shape in back.shapes}
    for shape in item.shapes:
        if shape.kind not in kinds:
            assert WORDS.get(shape.kind, f"{shape.kind}s") in named
    assert ("attributes are left out" in named) == (form != "coco")
    assert "groups are left out" in named


def test_what_stands_in_for_a_kind_lies_where_it_was() -> None:
    item = AnnotatedMedia(
        media=MediaItem(id=media_id("sha256:00"), name="x", width=SIZE[0], height=SIZE[1]),  # type: ignore[arg-type]
        shapes=tuple(
            Shape(id=ShapeId(str(n)), label="cat", geometry=geometry)  # type: ignore[arg-type]
            for n, geometry in enumerate(EVERY)
        ),
    )
    (turned,) = adapted(Keeps(frozenset({"polygon"})), [item])
    assert {shape.kind for shape in turned.shapes} == {"polygon"}
    by_id = {shape.id: shape for shape in turned.shapes}
    for shape in item.shapes:
        if shape.kind in ("box", "rotated_box", "ellipse", "circle", "mask", "bezier"):
            geometry: Geometry = by_id[shape.id].geometry
            assert area(geometry) == pytest.approx(area(shape.geometry), rel=0.03)


@pytest.mark.parametrize(
    "text",
    [
        b"not json",
        b"[]",
        b'{"studio_labels": 1}',
        b'{"studio_labels": 99, "schema": {}, "pictures": [], "files": {}}',
        b'{"studio_labels": 1, "schema": {"labels": []}, "pictures": [],'
        b' "files": {"../../etc/passwd": "00"}}',
        b'{"studio_labels": 1, "schema": {"labels": []}, "pictures": [{"name": "one.png",'
        b' "shapes": [{"id": "1", "label": "x", "geometry": {"kind": "box", "x0": NaN}}]}],'
        b' "files": {}}',
    ],
)
def test_a_broken_sidecar_is_told_and_passed_over(text: bytes, work: Work) -> None:
    folder = work.folder / "out"
    work.write(everything(work), "coco", folder, sidecar=True)
    (folder / SIDECAR).write_bytes(text)
    reading = work.read(folder)
    again, report = reading.labels, reading.report
    assert [one.reason for one in report.problems if one.path == SIDECAR]
    assert again.shape_count > 0


def test_pictures_of_the_studio_s_own_format_that_are_gone_are_named(
    work: Work, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    work.write(everything(work), "studio", folder)
    (folder / "pictures" / "one.png").rename(folder / "pictures" / "two.png")
    report = work.read(folder).report
    assert any("not there" in one.reason for one in report.problems)
