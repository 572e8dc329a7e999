from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.domain.geometry import (
    Box,
    Circle,
    Cuboid,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Tag,
    mask_area,
    pixels_of,
)
from studio.domain.geometry.filling import as_mask
from studio.domain.geometry.measure import box_iou
from tests.fakes.drawn_things import flat
from tests.fakes.media_work import Work, picture, pixels, real


def sheet(folder: Path, *shapes: dict[str, Any], **more: Any) -> Path:
    picture(folder / "a.png")
    whole = {"version": "5.0", "imagePath": "a.png", "imageData": None, "shapes": list(shapes)}
    (folder / "a.json").write_text(json.dumps(whole | more))
    return folder


def shape(kind: str | None, *points: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"label": "cat", "shape_type": kind, "points": [list(p) for p in points]} | more


@pytest.mark.parametrize(
    ("kind", "points", "wanted"),
    [
        ("rectangle", [(20, 15), (5, 3)], Box(5, 3, 20, 15)),
        ("rectangle", [(5, 15), (20, 3)], Box(5, 3, 20, 15)),
        ("rectangle", [(5, 3), (20, 3), (20, 15), (5, 15)], Box(5, 3, 20, 15)),
        ("circle", [(20, 15), (23, 19)], Circle(20, 15, 5)),
        ("line", [(1, 2), (3, 4)], Polyline(((1, 2), (3, 4)))),
        ("linestrip", [(1, 2), (3, 4), (5, 9)], Polyline(((1, 2), (3, 4), (5, 9)))),
        ("point", [(1, 2)], Points(((1, 2),))),
        ("points", [(1, 2), (4, 5)], Points(((1, 2), (4, 5)))),
        ("polygon", [(1, 2), (9, 2), (5, 9)], Polygon((((1, 2), (9, 2), (5, 9)),))),
        (None, [(1, 2), (9, 2), (5, 9)], Polygon((((1, 2), (9, 2), (5, 9)),))),
        ("rotation", [(10, 5), (10, 15), (4, 15), (4, 5)], RotatedBox(7, 10, 10, 6, 90)),
        ("oriented_rectangle", [(4, 5), (4, 15), (10, 15), (10, 5)], RotatedBox(7, 10, 6, 10, 0)),
        ("rotation", [(4, 5), (14, 5), (20, 15), (6, 25)],
         Polygon((((4, 5), (14, 5), (20, 15), (6, 25)),))),
        ("cuboid", [(5, 10), (15, 10), (15, 20), (5, 20), (8, 6), (18, 6), (18, 16), (8, 16)],
         Cuboid(((5, 10), (15, 10), (15, 20), (5, 20)), ((8, 6), (18, 6), (18, 16), (8, 16)))),
    ],
)  # fmt: skip
def test_each_kind_of_shape_is_read(
    work: Work, data: Path, kind: str | None, points: list[tuple[float, float]], wanted: Any
) -> None:
    (_, label, geometry, _) = work.read(sheet(data, shape(kind, *points))).shapes()[0]
    assert label == "cat"
    assert type(geometry) is type(wanted)
    assert list(flat(geometry)) == pytest.approx(list(flat(wanted)))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (shape("polygon", (1, 1), (2, 2)), "not made of 2 points"),
        (shape("rectangle", (1, 1)), "not made of 1 points"),
        (shape("spiral", (1, 1)), "knows no shape “spiral”"),
        (shape("circle", (5, 5), (5, 5)), "no area"),
        (shape("mask", (1, 1), (2, 2), mask="no picture"), "no readable picture"),
        (shape("polygon", (1, 1), (float("nan"), 2), (4, 4)), "not made of numbers"),
        (shape("rectangle", (500, 500), (600, 600)), "outside the picture"),
        (shape("rectangle", (1, 1), (5, 5), label=""), "no label"),
    ],
)
def test_a_broken_shape_is_reported_and_the_rest_is_taken(
    work: Work, data: Path, bad: dict[str, Any], words: str
) -> None:
    reading = work.read(sheet(data, bad, shape("rectangle", (1, 1), (5, 5))))
    assert words in reading.reasons
    assert [one[2] for one in reading.shapes()] == [Box(1, 1, 5, 5)]


def test_flags_groups_scores_and_more_are_kept(work: Work, data: Path) -> None:
    said = {
        "flags": {"occluded": True, "cut": False}, "group_id": 3, "score": 0.5,
        "description": "left one", "difficult": True, "attributes": {"colour": "red"},
    }  # fmt: skip
    folder = sheet(
        data, shape("rectangle", (1, 1), (5, 5), **said), flags={"day": True, "no": False}
    )
    reading = work.read(folder)
    tag, box = reading.items[0].shapes
    assert isinstance(tag.geometry, Tag)
    assert [one[1] for one in reading.shapes()] == ["day", "cat"]
    assert box.group == "3"
    assert box.score == 0.5
    assert box.attributes == {
        "occluded": True, "cut": False, "description": "left one", "difficult": True,
        "colour": "red",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["C:\\photos\\a.png", "..\\a.png", "/home/x/a.png", "gone.png", ""]
)
def test_pictures_are_found_under_strange_paths(work: Work, data: Path, path: str) -> None:
    reading = work.read(sheet(data, shape("rectangle", (1, 1), (5, 5)), imagePath=path))
    assert reading.reasons == ""
    assert reading.report.shapes == 1


def test_a_picture_inside_the_file_is_taken_where_there_is_none_beside_it(
    work: Work, data: Path
) -> None:
    inside = base64.b64encode(pixels((40, 30), 3)).decode()
    sheet(data, shape("rectangle", (1, 1), (5, 5)), imageData=inside)
    (data / "a.png").unlink()
    reading = work.read(data)
    assert reading.names == ["a.png"]
    assert reading.report.shapes == 1
    sheet(data, shape("rectangle", (1, 1), (5, 5)), imageData="AAAA")
    (data / "a.png").unlink()
    assert "1 shapes were left out" not in reading.reasons
    assert work.read(data).report.shapes == 0


@pytest.mark.real_data
def test_every_shape_of_the_primitives_is_read(work: Work) -> None:
    reading = work.read(real("labelme_examples") / "primitives", "labelme")
    assert reading.reasons == ""
    kinds = [one[2].kind for one in reading.shapes()]
    assert kinds == ["box", "circle", "box", "polygon", "polyline", "points", "polyline", "mask"]
    mask = reading.shapes()[-1][2]
    assert isinstance(mask, Mask)
    assert (mask.left, mask.top, mask.width, mask.height) == (417, 305, 100, 100)
    assert 7000 < mask_area(mask) < 10000


@pytest.mark.real_data
def test_boxes_are_those_that_labelme_itself_exported(work: Work) -> None:
    folder = real("labelme_examples") / "bbox_detection"
    ours = work.read(folder / "data_annotated", "labelme")
    theirs = work.read(folder / "data_dataset_voc", "voc")
    assert ours.reasons == ""
    mine = sorted((one[:2], tuple(flat(one[2]))) for one in ours.shapes())
    exported = sorted((one[:2], tuple(flat(one[2]))) for one in theirs.shapes())
    assert [key for key, _ in mine] == [key for key, _ in exported]
    assert len(mine) > 5
    for (_, a), (_, b) in zip(mine, exported, strict=True):
        assert a == pytest.approx(b, abs=1.01)


@pytest.mark.real_data
def test_regions_cover_what_labelme_itself_painted(work: Work) -> None:
    """A pixel has a class there where a polygon lies on it here."""
    folder = real("labelme_examples") / "semantic_segmentation"
    reading = work.read(folder / "data_annotated", "labelme")
    assert "refused" not in reading.reasons
    for item in reading.items:
        stem = Path(item.media.name).stem
        with Image.open(folder / "data_dataset_voc" / "SegmentationClass" / f"{stem}.png") as image:
            painted = np.asarray(image) != 0
        ours = np.zeros_like(painted)
        for one in item.shapes:
            mask = as_mask(one.geometry, item.media.width, item.media.height)
            if mask.width:
                ours[mask.top : mask.top + mask.height, mask.left : mask.left + mask.width] |= (
                    pixels_of(mask)
                )
        assert (ours & painted).sum() / (ours | painted).sum() > 0.97


@pytest.mark.real_data
def test_one_picture_says_the_same_in_x_anylabeling_and_in_coco(work: Work) -> None:
    folder = real("yolo_keypoints_formats") / "assets"
    ours = work.read(folder / "demo.json", "labelme")
    theirs = work.read(folder / "annotations" / "coco_detection.json", "coco")
    mine = [(one[1], list(flat(one[2]))) for one in ours.shapes()]
    exported = [(one[1], list(flat(one[2]))) for one in theirs.shapes()]
    # Their export is of another run of the same detector: most things are there, within a hair.
    alike = 0
    for label, edges in exported:
        same = np.array([box for name, box in mine if name == label]).reshape(-1, 4)
        alike += bool((box_iou(np.array([edges]), same) > 0.9).any())
    assert (len(mine), len(exported)) == (51, 49)
    assert alike >= 45, alike
    assert all(one.score is not None for one in ours.items[0].shapes)
    pose = work.read(real("yolo_keypoints_formats") / "examples/estimation/pose_estimation/sources")
    assert pose.reasons == ""
    assert {one.group for one in pose.items[0].shapes} >= {"0"}
