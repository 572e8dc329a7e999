from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.geometry import Box, Polygon, RotatedBox
from tests.fakes.drawn_things import labelled
from tests.fakes.media_work import Work, picture, real


def sheet(folder: Path, name: str, objects: str, head: str = "", picture_name: str = "") -> None:
    (folder / "Annotations").mkdir(exist_ok=True)
    (folder / "Annotations" / f"{name}.xml").write_text(
        f"{head}<annotation><filename>{picture_name or name + '.png'}</filename>"
        f"<size><width>40</width><height>30</height><depth>3</depth></size>{objects}</annotation>"
    )


def thing(label: str, a: object, b: object, c: object, d: object, more: str = "") -> str:
    return (
        f"<object><name>{label}</name>{more}<bndbox><ymax>{d}</ymax><xmin>{a}</xmin>"
        f"<ymin>{b}</ymin><xmax>{c}</xmax></bndbox></object>"
    )


def test_pixels_counted_from_one_become_edges(work: Work, data: Path) -> None:
    picture(data / "JPEGImages" / "a.png")
    sheet(data, "a", thing("cat", 1, 1, 40, 30))
    reading = work.read(data)
    assert reading.report.format == "voc"
    assert reading.shapes() == [("a", "cat", Box(0, 0, 40, 30), {})]


def test_a_zero_tells_that_edges_count_from_zero(work: Work, data: Path) -> None:
    picture(data / "JPEGImages" / "a.png")
    sheet(data, "a", thing("cat", 0, 5, 40, 30))
    reading = work.read(data)
    assert reading.shapes()[0][2] == Box(0, 5, 40, 30)
    assert "edges from 0" in reading.reasons


def test_attributes_survive_a_round_trip(work: Work, data: Path, tmp_path: Path) -> None:
    picture(data / "JPEGImages" / "sub" / "a.png")
    more = "<pose>Left</pose><truncated>1</truncated><difficult>1</difficult>"
    sheet(data, "a", thing("cat", 3, 4, 20, 21, more) + thing("dog", 2, 2, 2, 9))
    first = work.read(data)
    assert first.shapes()[0][3] == {"pose": "Left", "truncated": True, "difficult": True}
    work.write(first.labels, "voc", tmp_path / "out")
    again = work.read(tmp_path / "out")
    assert again.shapes() == first.shapes()
    assert not again.report.problems


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        (thing("cat", 5, 5, 5, 5), "single point"),
        (thing("cat", 9, 5, 3, 8), "inside out"),
        (thing("cat", "x", 5, 3, 8), "not made of numbers"),
        (thing("cat", "nan", 5, 3, 8), "not made of numbers"),
        (thing("", 1, 5, 3, 8), "no name"),
        (thing("cat", 100, 100, 120, 120), "outside the picture"),
        ("<object><name>cat</name></object>", "box is missing"),
    ],
)
def test_a_broken_box_is_reported_and_the_rest_is_taken(
    work: Work, data: Path, objects: str, words: str
) -> None:
    picture(data / "JPEGImages" / "a.png")
    sheet(data, "a", objects + thing("dog", 3, 3, 9, 9))
    reading = work.read(data)
    assert [shape[1] for shape in reading.shapes()] == ["dog"]
    assert words in reading.reasons


def test_missing_pictures_and_wrong_sizes_are_reported(work: Work, data: Path) -> None:
    picture(data / "JPEGImages" / "a.png", (20, 20))
    sheet(data, "a", thing("cat", 3, 3, 9, 9))
    sheet(data, "gone", thing("cat", 3, 3, 9, 9))
    reading = work.read(data)
    assert "“gone.png” is not there" in reading.reasons
    assert "speak of 40 × 30 px, but it has 20 × 20 px" in reading.reasons


def test_entities_are_refused_before_they_are_read(work: Work, data: Path) -> None:
    secret = data / "secret.txt"
    secret.write_text("do not tell")
    picture(data / "JPEGImages" / "a.png")
    picture(data / "JPEGImages" / "b.png")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    sheet(data, "a", thing("&e;", 3, 3, 9, 9), entity)
    sheet(data, "b", thing("dog", 3, 3, 9, 9))
    reading = work.read(data)
    assert [shape[1] for shape in reading.shapes()] == ["dog"]
    assert "broken or unsafe" in reading.reasons
    assert "do not tell" not in str(reading.items) + reading.reasons


@pytest.mark.real_data
def test_blood_cells_come_in_whole(work: Work) -> None:
    reading = work.read(real("bccd_voc"))
    assert (reading.report.pictures, reading.report.shapes) == (364, 4886)
    assert [problem.path[-10:] for problem in reading.report.problems] == [
        "_00338.xml",
        "_00343.xml",
    ]
    counts = [sum(s[1] == name for s in reading.shapes()) for name in ("RBC", "WBC", "Platelets")]
    assert counts == [4153, 372, 361]


@pytest.mark.parametrize("angle", [0.0, 30.0, -75.0])
def test_turned_boxes_come_back_and_nothing_is_lost(
    work: Work, data: Path, tmp_path: Path, angle: float
) -> None:
    ours = RotatedBox(40.5, 30.25, 20.0, 10.0, angle)
    labels = labelled(work, [("cat", ours, {"occluded": True, "pose": "Left"}, "")])
    files = work.write(labels, "voc_turned", tmp_path / "out")
    assert files.notes == ()
    (shape,) = work.read(tmp_path / "out").shapes()
    assert shape[3] == {"occluded": True, "pose": "Left"}
    for a, b in zip(ours.corners, shape[2].corners, strict=True):
        assert a == pytest.approx(b, abs=1e-9)


def test_a_polygon_becomes_a_box_and_that_is_told(work: Work, tmp_path: Path) -> None:
    region = Polygon((((5.0, 5.0), (25.0, 5.0), (25.0, 15.0)),))
    files = work.write(labelled(work, [("cat", region, {"mood": 1}, "")]), "voc", tmp_path / "out")
    assert any("become boxes" in note for note in files.notes)
    assert any("ttributes are left out" in note for note in files.notes)


@pytest.mark.parametrize("value", ["nan", "", "1e400", "x"])
def test_a_broken_turned_box_is_reported(work: Work, data: Path, value: str) -> None:
    picture(data / "JPEGImages" / "a.png")
    turned = "".join(f"<{key}>{value}</{key}>" for key in ("cx", "cy", "w", "h", "angle"))
    bad = f"<object><name>cat</name><robndbox>{turned}</robndbox></object>"
    sheet(data, "a", thing("dog", 1, 1, 9, 9) + bad)
    reading = work.read(data)
    assert [shape[1] for shape in reading.shapes()] == ["dog"]
    assert "turned box" in reading.reasons
