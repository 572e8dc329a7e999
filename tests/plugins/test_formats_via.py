from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.domain.geometry import Box, Ellipse, Polygon, Tag
from tests.fakes.media_work import Work, picture

RECT = {"name": "rect", "x": 3, "y": 4, "width": 10, "height": 8}


def test_the_first_version_numbers_its_regions_and_closes_its_polygons(
    work: Work, data: Path
) -> None:
    picture(data / "a.png")
    ring = {"name": "polygon", "all_points_x": [1, 9, 5, 1], "all_points_y": [1, 1, 9, 1]}
    regions = {
        "0": {"shape_attributes": ring, "region_attributes": {"class": "cat"}},
        "1": {"shape_attributes": RECT, "region_attributes": {"what": "dog"}},
        "2": {"shape_attributes": RECT, "region_attributes": {}},
    }
    whole = {"a.png123": {"filename": "a.png", "size": 123, "regions": regions}}
    (data / "via.json").write_text(json.dumps(whole))
    reading = work.read(data)
    assert reading.report.format == "via"
    assert [one[1:3] for one in reading.shapes()] == [
        ("cat", Polygon((((1, 1), (9, 1), (5, 9)),))),
        ("dog", Box(3, 4, 13, 12)),
    ]
    assert "Region 3: it has no label" in reading.reasons


def test_ticks_and_turned_ellipses_are_read(work: Work, data: Path) -> None:
    picture(data / "a.png")
    form = {"name": "ellipse", "cx": 20, "cy": 15, "rx": 9, "ry": 4, "theta": 0.5235987755982988}
    attributes: dict[str, Any] = {"label": "cat", "seen": {"left": True, "right": False}}
    entry = {
        "filename": "a.png", "size": -1, "file_attributes": {"when": {"day": True}},
        "regions": [{"shape_attributes": form, "region_attributes": attributes}],
    }  # fmt: skip
    (data / "via.json").write_text(json.dumps({"_via_img_metadata": {"a": entry}}))
    tag, ellipse = work.read(data).shapes()
    assert isinstance(tag[2], Tag)
    assert tag[1] == "day"
    assert ellipse[2] == Ellipse(20, 15, 9, 4, pytest.approx(30))
    assert ellipse[3] == {"seen": "left"}


def test_tables_of_both_versions_are_read(work: Work, data: Path) -> None:
    picture(data / "a.png")
    form, said = json.dumps(RECT).replace('"', '""'), '{""name"": ""cat""}'
    for title in ("filename", "#filename"):
        head = f"{title},file_size,file_attributes,region_count,region_id,"
        head += "region_shape_attributes,region_attributes\n"
        (data / "v.csv").write_text(f'{head}a.png,12,"{{}}",1,0,"{form}","{said}"\n')
        assert [one[1:3] for one in work.read(data).shapes()] == [("cat", Box(3, 4, 13, 12))]


def test_stretches_of_a_film_are_named_in_version_3(work: Work, data: Path) -> None:
    picture(data / "a.png")
    whole = {
        "project": {"vid_list": ["1", "2"]},
        "attribute": {"1": {"aname": "kind", "options": {"0": "cat"}}},
        "file": {"1": {"fname": "a.png"}, "2": {"fname": "film.mp4"}},
        "metadata": {
            "a": {"vid": "1", "z": [], "xy": [2, 3, 4, 10, 8], "av": {"1": "0"}},
            "b": {"vid": "2", "z": [1.5, 3], "xy": [], "av": {"1": "0"}},
            "c": {"vid": "1", "z": [], "xy": [2, 3, 4], "av": {"1": "0"}},
            "d": {"vid": "9", "z": [], "xy": [1, 3, 4], "av": {"1": "0"}},
        },
        "view": {"1": {"fid_list": ["1"]}, "2": {"fid_list": ["2"]}},
    }
    (data / "via3.json").write_text(json.dumps(whole))
    reading = work.read(data)
    assert reading.report.format == "via3"
    assert [one[1:3] for one in reading.shapes()] == [("cat", Box(3, 4, 13, 12))]
    for words in ("stretch of a video", "wrong number of values", "belong to no picture"):
        assert words in reading.reasons
