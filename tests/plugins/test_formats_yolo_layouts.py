"""YOLO's poses and turned boxes, and rows that are mixed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.losses import keeps_of, losses
from studio.domain.geometry import Box, Geometry, Joint, Polygon, RotatedBox, Skeleton
from tests.fakes.drawn_things import KINDS, flat, labelled, place
from tests.fakes.media_work import Work, picture, plugins, real

quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
joints = st.tuples(place, st.sampled_from([1, 2])).map(lambda p: Joint(*p[0], p[1]))
skeletons = st.lists(joints, min_size=4, max_size=4).map(lambda js: Skeleton(tuple(js)))


def there_and_back(form: str, drawn: list[Geometry]) -> list[Geometry]:
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        labels = labelled(work, [("cat", geometry, {}, "") for geometry in drawn])
        files = work.write(labels, form, Path(folder) / "out")
        assert files.notes == ()
        again = work.read(Path(folder) / "out")
    assert again.reasons == ""
    assert again.report.format == form
    return [shape[2] for shape in again.shapes()]


@quick
@given(drawn=st.lists(skeletons, min_size=1, max_size=4))
def test_poses_come_back_with_what_is_hidden(drawn: list[Geometry]) -> None:
    for ours, theirs in zip(drawn, there_and_back("yolo_pose", drawn), strict=True):
        assert isinstance(theirs, Skeleton)
        assert list(flat(theirs)) == pytest.approx(list(flat(ours)), abs=1e-9)


@quick
@given(drawn=st.lists(KINDS["rotated_box"], min_size=1, max_size=4))
def test_turned_boxes_come_back(drawn: list[Geometry]) -> None:
    for ours, theirs in zip(drawn, there_and_back("yolo_obb", drawn), strict=True):
        assert isinstance(ours, RotatedBox)
        assert isinstance(theirs, RotatedBox)
        for a, b in zip(sorted(ours.corners), sorted(theirs.corners), strict=True):
            assert a == pytest.approx(b, abs=1e-6)


def test_a_row_of_five_numbers_is_a_box_among_outlines_and_that_is_said(tmp_path: Path) -> None:
    picture(tmp_path / "images/a.png")
    (tmp_path / "data.yaml").write_text("names: [cat]\n")
    (tmp_path / "labels").mkdir()
    rows = "0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.6 0.1 0.6 0.7\n"
    (tmp_path / "labels/a.txt").write_text(rows)
    reading = Work(tmp_path / "job").read(tmp_path)
    assert [type(shape[2]) for shape in reading.shapes()] == [Box, Polygon]
    assert "mixed" in reading.reasons


def test_a_pose_with_too_few_numbers_is_reported(tmp_path: Path) -> None:
    picture(tmp_path / "images/a.png")
    (tmp_path / "data.yaml").write_text("kpt_shape: [2, 3]\nnames: [cat]\n")
    (tmp_path / "labels").mkdir()
    rows = "0 .5 .5 .2 .2 .1 .1 2 .2 .2\n0 .5 .5 .3 .3 .4 .4 2 .6 .6 1\n"
    (tmp_path / "labels/a.txt").write_text(rows)
    reading = Work(tmp_path / "job").read(tmp_path)
    assert "not 10" in reading.reasons
    kinds = [shape[2].kind for shape in reading.shapes()]
    assert kinds == ["box", "skeleton"]
    assert reading.shapes()[1][2].joints[1] == Joint(24, 18, 1)


def test_holes_and_parts_are_told_and_become_rows_of_their_own(tmp_path: Path) -> None:
    def square(at: float, size: float) -> tuple[tuple[float, float], ...]:
        end = at + size
        return (at, at), (end, at), (end, end), (at, end)

    work = Work(tmp_path / "job")
    region = Polygon((square(5, 20), square(10, 5), square(40, 10)))
    labels = labelled(work, [("cat", region, {}, "")])
    keeps = keeps_of(plugins().format("yolo"))
    told = " ".join(map(str, losses(keeps, labels.label_schema, list(labels.read(work.store)))))
    assert "holes in polygons are filled".casefold() in told.casefold()
    assert "one polygon a part" in told
    work.write(labels, "yolo", tmp_path / "out")
    found = [shape[2] for shape in work.read(tmp_path / "out").shapes()]
    assert [list(flat(one)) for one in found] == [
        pytest.approx(list(flat(Polygon((ring,))))) for ring in (square(5, 20), square(40, 10))
    ]


def test_real_outlines_are_read(tmp_path: Path) -> None:
    folder = real("yolo_keypoints_formats") / "assets"
    rows = (folder / "labels/demo.txt").read_text().split("\n")
    picture(tmp_path / "demo.png")
    (tmp_path / "demo.txt").write_text("\n".join(rows))
    (tmp_path / "classes.txt").write_text((folder / "classes.txt").read_text())
    reading = Work(tmp_path / "job").read(tmp_path)
    assert reading.report.shapes + len(reading.report.problems) >= len([r for r in rows if r])


def test_scores_that_are_left_out_are_told(tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    labels = labelled(work, [("cat", Box(1, 2, 3, 4), {}, "")])
    (item,) = labels.read(work.store)
    sure = item.shapes[0].model_copy(update={"score": 0.5})
    items = [item.model_copy(update={"shapes": (sure,)})]
    for form, told in (("yolo", ["scores are left out"]), ("coco", []), ("studio", [])):
        keeps = keeps_of(plugins().format(form))
        assert [loss.what for loss in losses(keeps, labels.label_schema, items)] == told


def test_another_reader_sees_the_same_boxes(tmp_path: Path) -> None:
    from labelformat.formats.yolov8 import YOLOv8ObjectDetectionInput

    work = Work(tmp_path / "job")
    ours = [Box(10, 5, 30, 25.5), Box(0, 0, 97, 61)]
    labels = labelled(work, [("cat", box, {}, "") for box in ours])
    work.write(labels, "yolo", tmp_path / "out")
    (there,) = YOLOv8ObjectDetectionInput(tmp_path / "out/data.yaml", "train").get_labels()
    found = [(o.category.name, o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax)
             for o in there.objects]  # fmt: skip
    for one, box in zip(found, ours, strict=True):
        assert one[0] == "cat"
        assert one[1:] == pytest.approx((box.x0, box.y0, box.x1, box.y1))
