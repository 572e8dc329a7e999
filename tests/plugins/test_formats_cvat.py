"""CVAT: what goes out comes in again; tracks of real files; nothing hostile breaks it."""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.losses import keeps_of
from studio.domain.geometry import Box, Geometry, Joint, Polygon, RotatedBox, pixels_of
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


@quick
@given(
    said=st.dictionaries(
        st.sampled_from(["a", "occluded", "größe"]),
        st.booleans() | st.integers(-(10**8), 10**8) | st.floats(-99, 99) | st.just("wörd"),
    )
)
def test_attributes_no_label_declares_keep_their_types(said: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        work.write(labelled(work, [("cat", Box(1, 2, 5, 6), said, "")]), "cvat", Path(folder) / "o")
        (shape,) = work.read(Path(folder) / "o").shapes()
    assert shape[3] == said
    assert {name: type(value) for name, value in shape[3].items()} == {
        name: type(value) for name, value in said.items()
    }


def test_groups_are_written_as_the_whole_numbers_that_cvat_takes(tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    drawn: list[tuple[str, Geometry, dict[str, Any], str]] = [
        ("cat", Box(1 + n, 2, 5 + n, 6), {}, group)
        for n, group in enumerate(["track 1", "1", "track 1", "0", ""])
    ]
    work.write(labelled(work, drawn), "cvat", tmp_path / "out")
    boxes = fromstring((tmp_path / "out/annotations.xml").read_bytes()).findall("image/box")
    assert [box.get("group_id") for box in boxes] == ["2", "1", "2", "3", None]


def test_characters_that_xml_cannot_hold_do_not_break_the_file(tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    drawn = [("cat", Box(1, 2, 5, 6), {"note": "a\x0b\x00\ufffeb"}, "")]
    work.write(labelled(work, drawn), "cvat", tmp_path / "out")
    assert work.read(tmp_path / "out").shapes()[0][3] == {"note": "a\ufffd\ufffd\ufffdb"}


def test_joints_of_two_labels_may_have_one_name(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    entries = "".join(
        f"<label><name>{name}</name>{f'<parent>{above}</parent>' if above else ''}</label>"
        for name, above in [
            *(("man", ""), ("nose", "man"), ("chin", "man")),
            *(("dog", ""), ("nose", "dog"), ("nose", "")),
        ]
    )
    (tmp_path / "annotations.xml").write_text(
        f"<annotations><meta><task><labels>{entries}</labels></task></meta>"
        '<image id="0" name="a.png"><skeleton label="man">'
        '<points label="chin" points="3,4"/></skeleton></image></annotations>'
    )
    reading = Work(tmp_path / "job").read(tmp_path)
    labels = {one.name: one for one in reading.labels.label_schema.labels}
    joints = {name: one.skeleton.joints for name, one in labels.items() if one.skeleton}
    assert joints == {"man": ("nose", "chin"), "dog": ("nose",)}
    assert "nose" in labels
    assert reading.shapes()[0][2].joints == (Joint(0, 0, 0), Joint(3, 4, 2))


@quick
@given(st.data())
def test_no_damage_to_a_file_is_worse_than_a_report(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder) / "job")
        drawn = [("cat", data.draw(KINDS[kind]), {"a": 1}, "2") for kind in sorted(KINDS)]
        work.write(labelled(work, drawn), "cvat", Path(folder) / "out")
        file = Path(folder) / "out/annotations.xml"
        raw = file.read_text(encoding="utf-8")
        numerals = [m.span(1) for m in re.finditer(r'[ ;,"](-?[0-9.]+)[;,"]', raw)]
        wild = ["1e999", "-1", "", "nan", "9" * 30, "0", "x", "1e8", "٣", "0.5"]
        chosen = data.draw(st.lists(st.sampled_from(numerals), max_size=12, unique=True))
        for start, stop in sorted(chosen, reverse=True):
            raw = raw[:start] + data.draw(st.sampled_from(wild)) + raw[stop:]
        file.write_text(raw, encoding="utf-8")
        with contextlib.suppress(StudioError):
            work.read(Path(folder) / "out", "cvat")


def test_external_entities_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "annotations.xml").write_text(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations>&x;</annotations>'
    )
    with pytest.raises(StudioError, match="no CVAT file"):
        Work(tmp_path / "job").read(tmp_path, format="cvat")
