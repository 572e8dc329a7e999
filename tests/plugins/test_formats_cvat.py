"""CVAT: what goes out comes in again; tracks of real files; nothing hostile breaks it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.losses import keeps_of
from studio.domain.geometry import Box, Polygon, RotatedBox, pixels_of
from studio.errors import StudioError
from tests.fakes.drawn_things import KINDS, NAMES, flat, labelled
from tests.fakes.media_work import Work, picture, plugins, real

quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", sorted(keeps_of(plugins().format("cvat")).geometries))
@quick
@given(data=st.data(), names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
def test_each_kind_comes_back(kind: str, data: st.DataObject, names: list[str]) -> None:
    group = data.draw(st.sampled_from(["", "7"]))
    said = {"occluded": True, "colour": 'red <"&'}
    drawn = [(name, data.draw(KINDS[kind]), said, group) for name in names]
    if kind == "tag":
        drawn = drawn[:1]
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        work.write(labelled(work, drawn), "cvat", Path(folder) / "out")
        again = work.read(Path(folder) / "out")
    assert again.report.format == "cvat"
    shapes = [shape for item in again.items for shape in item.shapes]
    assert [(s[1], s[3]) for s in again.shapes()] == [(d[0], said) for d in drawn]
    for theirs, (_, ours, _, _) in zip(shapes, drawn, strict=True):
        assert theirs.group == group
        if isinstance(ours, RotatedBox) and isinstance(theirs.geometry, RotatedBox):
            for a, b in zip(ours.corners, theirs.geometry.corners, strict=True):
                assert a == pytest.approx(b, abs=1e-6)
        elif kind == "ellipse":
            assert list(flat(theirs.geometry))[:4] == pytest.approx(list(flat(ours))[:4])
        else:
            assert list(flat(theirs.geometry)) == pytest.approx(list(flat(ours)), abs=1e-9)


def test_holes_become_masks(tmp_path: Path) -> None:
    ring = ((5.0, 5.0), (45.0, 5.0), (45.0, 45.0), (5.0, 45.0))
    hole = ((15.0, 15.0), (25.0, 15.0), (25.0, 25.0), (15.0, 25.0))
    work = Work(tmp_path / "job")
    labels = labelled(work, [("cat", Polygon((ring, hole)), {}, "")])
    files = work.write(labels, "cvat", tmp_path / "out")
    assert any("become masks" in note for note in files.notes)
    mask = work.read(tmp_path / "out").shapes()[0][2]
    assert pixels_of(mask).sum() == 40 * 40 - 10 * 10


def test_tracks_of_a_real_video_stand_on_its_frames(tmp_path: Path) -> None:
    text = (real("format_samples/cvat_dataset/for_video") / "annotations.xml").read_text()
    for number in (10, 13, 16):
        picture(tmp_path / f"in/images/frame_{number:06}.png", (25, 20))
    (tmp_path / "in/annotations.xml").write_text(text)
    reading = Work(tmp_path / "job").read(tmp_path / "in")
    found = [(name, label, geometry.kind) for name, label, geometry, _ in reading.shapes()]
    assert found == [
        ("frame_000010", "II", "box"),
        ("frame_000010", "klhg", "points"),
        ("frame_000013", "II", "polyline"),
    ]
    box = reading.shapes()[0]
    assert box[2] == Box(3, 4, 10, 5)
    assert box[3] == {"occluded": True}


def test_types_of_attributes_of_a_real_file_are_kept(tmp_path: Path) -> None:
    reading = Work(tmp_path).read(real("format_samples/cvat_dataset/for_images/export_task"))
    boxes = [shape for shape in reading.shapes() if shape[2].kind == "box"]
    assert boxes[0][3] == {"occluded": True, "a1": True, "a2": "v3", "a3": "0003", "a4": 2.4}
    assert "no label" in reading.reasons


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ('<box label="a" xtl="nan" ytl="0" xbr="4" ybr="4"/>', "not made of numbers"),
        ('<box label="a" xtl="9" ytl="9" xbr="4" ybr="4"/>', "a"),
        ('<polygon label="a" points="1,2;3"/>', "not made of numbers"),
        ('<mask label="a" left="0" top="0" width="99999" height="99999" rle="1"/>', "no bearable"),
        ('<mask label="a" left="0" top="0" width="2" height="2" rle="1,2"/>', "cover 3 pixels"),
        ('<mask label="a" left="0" top="0" width="2" height="2" rle="-1,5"/>', "no bearable"),
        ('<skeleton label="a"/>', "no joints"),
        ('<box xtl="0" ytl="0" xbr="4" ybr="4"/>', "no label"),
    ],
)
def test_a_broken_shape_is_reported_and_the_rest_taken(
    tmp_path: Path, shape: str, words: str
) -> None:
    picture(tmp_path / "a.png")
    good = '<box label="good" xtl="1" ytl="2" xbr="4" ybr="5"/>'
    text = f'<annotations><image id="0" name="a.png">{shape}{good}</image></annotations>'
    (tmp_path / "annotations.xml").write_text(text)
    reading = Work(tmp_path / "job").read(tmp_path)
    assert [shape[1] for shape in reading.shapes()] == ["good"]
    assert words in reading.reasons


def test_external_entities_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "annotations.xml").write_text(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations>&x;</annotations>'
    )
    with pytest.raises(StudioError, match="no CVAT file"):
        Work(tmp_path / "job").read(tmp_path, format="cvat")
