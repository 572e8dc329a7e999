from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.domain.geometry import Box
from tests.fakes.media_work import Work, picture, real


def asset(path: str, *regions: object) -> dict[str, object]:
    return {
        "asset": {"path": path, "name": "x", "size": {"width": 40, "height": 30}},
        "regions": regions,
    }


def region(left: float, *tags: str) -> dict[str, object]:
    box = {"left": left, "top": 2, "width": 5, "height": 6}
    return {"id": f"r{left}", "type": "RECTANGLE", "tags": tags, "boundingBox": box}


def test_percent_encoded_addresses_and_several_labels_are_read(work: Work, data: Path) -> None:
    picture(data / "my cat #1.png")
    assets = {
        "1": asset("file:C%3A/Users/me/my%20cat%20%231.png", region(1, "cat", "pet"), region(9)),
        "2": asset("file:film.mp4#t=3.5", region(1, "cat")),
    }
    (data / "e.json").write_text(json.dumps({"tags": [{"name": "pet"}], "assets": assets}))
    reading = work.read(data)
    assert reading.report.format == "vott"
    assert reading.labels.label_schema.names == ["pet", "cat"]
    assert [one[1:3] for one in reading.shapes()] == [
        ("cat", Box(1, 2, 6, 8)),
        ("pet", Box(1, 2, 6, 8)),
    ]
    assert {one.group for one in reading.items[0].shapes} == {"r1"}
    assert "Region 2: it has no label" in reading.reasons
    assert "frame of a video" in reading.reasons


def test_files_of_single_assets_are_read_beside_their_project(work: Work, data: Path) -> None:
    picture(data / "a.png")
    (data / "p.vott").write_text(json.dumps({"assets": {"1": {"path": "file:a.png"}}}))
    one = asset("file:a.png", region(1, "cat"))
    (data / "1-asset.json").write_text(json.dumps(one))
    assert work.read(data).report.shapes == 1


@pytest.mark.real_data
def test_real_projects_are_read(work: Work) -> None:
    reading = work.read(real("format_samples") / "vott_json_dataset" / "dataset")
    assert reading.report.format == "vott"
    assert reading.labels.label_schema.names == ["animal", "dog", "person"]
    # The pictures of the sample are smaller than its boxes, and all the same.
    assert "5 × 5 px" not in reading.reasons or reading.report.pictures > 0
    assert "it has no label" in reading.reasons
