from __future__ import annotations

import contextlib
import io
import json
import warnings
from pathlib import Path

import pytest
from pycocotools.coco import COCO

from studio.domain.geometry import Box, Polygon
from tests.fakes.media_work import Work, picture, real

SQUARE = [2, 2, 12, 2, 12, 12, 2, 12]
OTHER = [20, 5, 30, 5, 25, 15]


def coco(folder: Path, annotations: list[dict[str, object]], **more: object) -> Path:
    picture(folder / "images" / "a.png")
    file = folder / "annotations" / "instances.json"
    file.parent.mkdir(exist_ok=True)
    document = {
        "images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 30}],
        "categories": [{"id": 90, "name": "cat"}, {"id": 3, "name": "dog"}],
        "annotations": [
            {"id": n, "image_id": 7, "category_id": 3} | one for n, one in enumerate(annotations, 1)
        ],
    }
    file.write_text(json.dumps(document | more))
    return file


def oracle(file: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file))


def test_boxes_outlines_and_crowds_are_read(work: Work, data: Path) -> None:
    mask = {"counts": [10, 20], "size": [30, 40]}
    coco(
        data,
        [
            {"bbox": [1, 2, 10.5, 4]},
            {"bbox": [2, 2, 10, 10], "segmentation": [SQUARE], "iscrowd": 1},
            {"bbox": [2, 2, 10, 10], "segmentation": mask, "iscrowd": 1},
            {"bbox": [3, 3, 5, 5], "segmentation": mask},
        ],
    )
    reading = work.read(data)
    assert reading.labels.label_schema.names == ["dog", "cat"]
    assert [shape[2].kind for shape in reading.shapes()] == ["box", "polygon", "box"]
    assert reading.shapes()[0][2] == Box(1, 2, 11.5, 6)
    assert reading.shapes()[1][3] == {"iscrowd": "1"}
    assert "run-length mask, is not taken" in reading.reasons
    assert "its box was taken (1 times)" in reading.reasons


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        ({"bbox": [1, 1, 0, 5]}, "no area"),
        ({"bbox": [1, 1, -3, 5]}, "no area"),
        ({"bbox": [1, float("nan"), 3, 5]}, "not made of numbers"),
        ({"bbox": [1, 1, 3]}, "not made of numbers"),
        ({"bbox": [1, 1, 1e300, 5]}, "not made of numbers"),
        ({"bbox": "wide"}, "not made of numbers"),
        ({"bbox": [1, 1, 3, 3], "category_id": 99}, "category is not in the file"),
        ({"bbox": [1, 1, 3, 3], "image_id": 99}, "belong to no picture"),
        ({"bbox": [500, 500, 3, 3]}, "outside the picture"),
    ],
)
def test_a_broken_annotation_is_reported_and_the_rest_is_taken(
    work: Work, data: Path, annotation: dict[str, object], words: str
) -> None:
    coco(data, [annotation, {"bbox": [3, 3, 5, 5]}])
    reading = work.read(data)
    assert reading.report.shapes == 1
    assert words in reading.reasons


def test_pycocotools_reads_what_was_written(work: Work, data: Path, tmp_path: Path) -> None:
    coco(data, [{"bbox": [1, 2, 10.5, 4]}, {"segmentation": [SQUARE, OTHER], "iscrowd": 0}])
    first = work.read(data)
    assert first.report.shapes == 3
    assert isinstance(first.shapes()[1][2], Polygon)
    work.write(first.labels, "coco", tmp_path / "out")
    read = oracle(tmp_path / "out" / "annotations" / "instances.json")
    found = read.loadAnns(read.getAnnIds())
    assert [one["bbox"] for one in found] == [[1, 2, 10.5, 4], [2, 2, 28, 13]]
    assert found[1]["segmentation"] == [SQUARE, OTHER]
    assert found[1]["area"] == 150
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pycocotools and NumPy 2
        mask = read.annToMask(found[1])
    assert mask.sum() == pytest.approx(150, abs=15)
    again = work.read(tmp_path / "out")
    assert [shape[:3] for shape in again.shapes()] == [shape[:3] for shape in first.shapes()]


@pytest.mark.parametrize("text", ["{", "[]", '{"images": 3, "annotations": []}', "\x00\xff"])
def test_what_is_not_coco_is_said_to_be_so(work: Work, data: Path, text: str) -> None:
    picture(data / "a.png")
    (data / "instances.json").write_text(text)
    from studio.errors import UnreadableLabels

    with pytest.raises(UnreadableLabels):
        work.read(data, "coco")


@pytest.mark.real_data
def test_one_picture_says_the_same_in_three_formats(work: Work) -> None:
    folder = real("yolo_keypoints_formats") / "assets"
    readings = [
        work.read(folder, "yolo"),
        work.read(folder, "voc"),
        work.read(folder / "annotations" / "coco_detection.json", "coco"),
    ]
    boxes = []
    for reading in readings:
        assert reading.report.shapes == 49
        shapes = [
            (label, *(round(edge) for edge in (g.x0, g.y0, g.x1, g.y1)))
            for _, label, g, _ in reading.shapes()
        ]
        boxes.append(sorted(shapes))
    assert boxes[0] == boxes[1] == boxes[2]
