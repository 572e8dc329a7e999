"""DOTA, MOT, Datumaro and label pictures: what goes out comes in again, or is told."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.domain.geometry import Box, RotatedBox, mask_of, pixels_of
from tests.fakes.drawn_things import KINDS, flat, labelled
from tests.fakes.media_work import Work, picture, real

quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CASES = [
    ("dota", "rotated_box", {"difficult": True}, ""),
    ("mot", "box", {"visibility": 0.25}, "track 7"),
    ("datumaro", "box", {"hard": True, "n": 3, "word": "a"}, "4"),
    ("datumaro", "polygon", {}, ""),
    ("datumaro", "polyline", {}, "2"),
    ("datumaro", "points", {}, ""),
    ("datumaro", "tag", {}, ""),
    ("masks", "mask", {}, ""),
]


@pytest.mark.parametrize(("form", "kind", "said", "group"), CASES)
@quick
@given(data=st.data())
def test_each_kind_comes_back(
    form: str, kind: str, said: dict[str, object], group: str, data: st.DataObject
) -> None:
    ours = data.draw(KINDS[kind])
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        labels = labelled(work, [("名前", ours, said, group)], "seq_000012.png")
        files = work.write(labels, form, Path(folder) / "out")
        again = work.read(Path(folder) / "out")
    assert again.report.format == form
    assert [note for note in files.notes if "Blanks" not in note] == []
    assert again.reasons == ""
    assert again.shapes()[0][1] == "名前"
    theirs = again.items[0].shapes[0]
    assert (theirs.attributes, theirs.group) == (said, group)
    if isinstance(ours, RotatedBox) and isinstance(theirs.geometry, RotatedBox):
        for a, b in zip(sorted(ours.corners), sorted(theirs.geometry.corners), strict=True):
            assert a == pytest.approx(b, abs=1e-6)
    else:
        assert list(flat(theirs.geometry)) == pytest.approx(list(flat(ours)), abs=1e-9)


def test_a_real_mot_sequence_counts_from_one(tmp_path: Path) -> None:
    reading = Work(tmp_path).read(real("format_samples/mot_dataset/mot_seq"))
    (shape,) = reading.shapes()
    # `0,4,4,8` begins one pixel left of the picture and is cut off at its edge.
    assert (shape[1], shape[2]) == ("label_2", Box(0, 3, 3, 11))


def test_real_turned_boxes_are_read(tmp_path: Path) -> None:
    lines = (real("yolo_keypoints_formats") / "assets/labelTxt/demo_obb.txt").read_text()
    picture(tmp_path / "images/demo_obb.png", (1200, 1200))
    (tmp_path / "labelTxt").mkdir()
    (tmp_path / "labelTxt/demo_obb.txt").write_text(lines)
    reading = Work(tmp_path / "job").read(tmp_path)
    assert reading.report.format == "dota"
    kinds = {shape[2].kind for shape in reading.shapes()}
    assert kinds == {"rotated_box"}
    count = len([line for line in lines.split("\n") if line.strip()])
    assert reading.report.shapes + reading.reasons.count("refused") == count


def test_colours_no_label_has_are_reported(tmp_path: Path) -> None:
    picture(tmp_path / "pictures/a.png", (6, 4))
    canvas = np.zeros((4, 6, 3), np.uint8)
    canvas[1:3, 1:4] = 200, 10, 20
    canvas[3, 5] = 1, 2, 3
    (tmp_path / "masks").mkdir()
    Image.fromarray(canvas).save(tmp_path / "masks/a.png")
    (tmp_path / "labelmap.txt").write_text("background:0,0,0::\ncat:200,10,20::\n")
    reading = Work(tmp_path / "job").read(tmp_path)
    (shape,) = reading.shapes()
    assert shape[2] == mask_of(canvas[..., 0] == 200, 0, 0)
    assert pixels_of(shape[2]).sum() == 6
    assert "1 pixels of colour #010203" in reading.reasons


def test_a_label_picture_of_another_size_is_told(tmp_path: Path) -> None:
    picture(tmp_path / "pictures/a.png", (6, 4))
    (tmp_path / "masks").mkdir()
    Image.fromarray(np.ones((3, 3), np.uint8)).save(tmp_path / "masks/a.png")
    (tmp_path / "labelmap.txt").write_text("background:0,0,0::\ncat:200,10,20::\n")
    assert "3 × 3 px" in Work(tmp_path / "job").read(tmp_path).reasons


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"type": "bbox", "label_id": 0, "bbox": [1, 2, 3]}, "pairs of numbers"),
        ({"type": "bbox", "label_id": 9, "bbox": [1, 2, 3, 4]}, "not in the file"),
        ({"type": "cuboid_3d", "label_id": 0}, "not read"),
        ({"type": "polygon", "label_id": True, "points": [1, 2]}, "not in the file"),
        ({"type": "polygon", "label_id": 0, "points": ["x", {}]}, "pairs of numbers"),
    ],
)
def test_a_broken_shape_is_reported_and_the_rest_taken(
    tmp_path: Path, entry: dict[str, object], words: str
) -> None:
    picture(tmp_path / "images/a.png")
    good = {"type": "bbox", "label_id": 0, "bbox": [1, 2, 3, 4]}
    sheet = {
        "categories": {"label": {"labels": [{"name": "cat"}]}},
        "items": [{"id": "a", "annotations": [entry, good, 3, None]}, 7],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/train.json").write_text(json.dumps(sheet))
    reading = Work(tmp_path / "job").read(tmp_path)
    assert [shape[2] for shape in reading.shapes()] == [Box(1, 2, 4, 6)]
    assert words in reading.reasons


def test_broken_lines_of_a_sequence_are_reported(tmp_path: Path) -> None:
    picture(tmp_path / "img1/000001.png")
    (tmp_path / "gt").mkdir()
    rows = "1,1,2,2,5,5,1,1,1\n1,x,2,2,5,5\n1,1,2,2,-5,5\n9,1,2,2,5,5\nnan,1,2,2,5,5\n"
    (tmp_path / "gt/gt.txt").write_text(rows)
    reading = Work(tmp_path / "job").read(tmp_path)
    assert reading.report.shapes == 1
    assert reading.reasons.count("line") == 3
    assert "without a picture" in reading.reasons
