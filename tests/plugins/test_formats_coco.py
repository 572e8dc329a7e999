from __future__ import annotations

import contextlib
import importlib
import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as oracle_mask
from pycocotools.coco import COCO

from studio.domain.geometry import Box, mask_of
from tests.fakes.media_work import Work, picture, plugins, real

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


def runs() -> Any:
    plugins().format("coco")
    return importlib.import_module("studio_formats_coco.runs")


def oracle(file: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file))


def test_boxes_outlines_and_crowds_are_read(work: Work, data: Path) -> None:
    mask = {"counts": [100, 20, 1080], "size": [30, 40]}
    broken = {"counts": [10, 20], "size": [30, 40]}
    coco(
        data,
        [
            {"bbox": [1, 2, 10.5, 4]},
            {"bbox": [2, 2, 10, 10], "segmentation": [SQUARE], "iscrowd": 1},
            {"bbox": [2, 2, 10, 10], "segmentation": mask, "iscrowd": 1},
            {"bbox": [3, 3, 5, 5], "segmentation": broken},
        ],
    )
    reading = work.read(data)
    assert reading.labels.label_schema.names == ["dog", "cat"]
    kinds = [shape[2].kind for shape in reading.shapes()]
    assert kinds == ["box", "polygon", "mask", "box"]
    assert reading.shapes()[0][2] == Box(1, 2, 11.5, 6)
    assert reading.shapes()[1][3] == reading.shapes()[2][3] == {"iscrowd": True}
    assert "do not fill its size (1 times)" in reading.reasons


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
    assert first.report.shapes == 2
    assert len(first.shapes()[1][2].rings) == 2
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


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.99))
@settings(max_examples=40, deadline=None)
def test_masks_are_packed_and_read_as_pycocotools_does(seed: int, share: float) -> None:
    pixels = np.random.default_rng(seed).random((30, 40)) < share
    if not pixels.any():
        return
    mask = mask_of(pixels)
    ours = runs().runs_of(mask, 40, 30)
    theirs = oracle_mask.encode(np.asfortranarray(pixels.astype(np.uint8)))
    assert ours["counts"] == theirs["counts"].decode()
    assert runs().mask_from(ours) == mask
    plain = {"size": [30, 40], "counts": runs()._unpacked(ours["counts"])}
    assert runs().mask_from(plain) == mask


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [3, 4], "counts": "~~~"},
        {"size": [3, 4], "counts": "oooooooooooooooooooooooooooo"},
        {"size": [3, 4], "counts": [1, -1, 12]},
        {"size": [10**6, 10**6], "counts": [10**12]},
        {"size": ["3", 4], "counts": [12]},
        {"size": [3, 4], "counts": [12]},
        {"counts": [12]},
    ],
)
def test_broken_masks_are_refused_with_a_reason(segmentation: object) -> None:
    assert isinstance(runs().mask_from(segmentation), str)


def test_key_points_come_back_with_their_joints(work: Work, data: Path, tmp_path: Path) -> None:
    file = coco(
        data,
        [{"bbox": [2, 2, 20, 20], "keypoints": [3, 3, 2, 9, 9, 1, 0, 0, 0], "num_keypoints": 2}],
    )
    sheet = json.loads(file.read_text())
    for category in sheet["categories"]:
        category |= {"keypoints": ["nose", "tail", "ear"], "skeleton": [[1, 2], [1, 3]]}
    file.write_text(json.dumps(sheet))
    first = work.read(data)
    kinds = [shape[2].kind for shape in first.shapes()]
    assert kinds == ["box", "skeleton"]
    (item,) = first.items
    assert item.shapes[0].group == item.shapes[1].group != ""
    spec = first.labels.label_schema.labels[0].skeleton
    assert spec is not None
    assert spec.edges == ((0, 1), (0, 2))
    work.write(first.labels, "coco", tmp_path / "out")
    read = oracle(tmp_path / "out" / "annotations" / "instances.json")
    (one,) = read.loadAnns(read.getAnnIds())
    assert one["keypoints"] == [3, 3, 2, 9, 9, 1, 0, 0, 0]
    assert one["num_keypoints"] == 2
    assert read.loadCats(1)[0]["skeleton"] == [[1, 2], [1, 3]]
    again = work.read(tmp_path / "out")
    assert [shape[:3] for shape in again.shapes()] == [shape[:3] for shape in first.shapes()]


@pytest.mark.real_data
def test_real_key_points_and_outlines_survive_a_round_trip(work: Work, tmp_path: Path) -> None:
    folder = real("yolo_keypoints_formats") / "assets" / "annotations"
    for name, kind in (("coco_keypoints", "skeleton"), ("coco_instance_segmentation", "polygon")):
        data, sheet = tmp_path / name, json.loads((folder / f"{name}.json").read_text())
        for image in sheet["images"]:
            # The pictures themselves do not lie beside these labels.
            picture(data / "images" / image["file_name"], (image["width"], image["height"]))
        (data / "annotations").mkdir()
        (data / "annotations" / "instances.json").write_text(json.dumps(sheet))
        first = work.read(data)
        assert kind in {shape[2].kind for shape in first.shapes()}
        work.write(first.labels, "coco", tmp_path / f"{name} again")
        again = work.read(tmp_path / f"{name} again")
        assert [shape[1:] for shape in again.shapes()] == [shape[1:] for shape in first.shapes()]
