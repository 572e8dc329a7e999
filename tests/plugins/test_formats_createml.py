from __future__ import annotations

import json
from pathlib import Path

from studio.domain.geometry import Box
from tests.fakes.media_work import Work, picture


def test_a_box_lies_around_its_centre_and_is_verified_with_its_picture(
    work: Work, data: Path
) -> None:
    picture(data / "a.png")
    picture(data / "b.png")
    place = {"x": 10, "y": 8, "width": 6, "height": 4}
    sheet = [
        {
            "image": "a.png",
            "verified": True,
            "annotations": [{"label": "cat", "coordinates": place}],
        },
        {"imagefilename": "b.png", "annotation": [{"label": "dog", "coordinates": place}, 3]},
    ]
    (data / "all.json").write_text(json.dumps(sheet))
    reading = work.read(data)
    assert reading.report.format == "createml"
    assert [one[2] for one in reading.shapes()] == [Box(7, 6, 13, 10)] * 2
    assert [one[3] for one in reading.shapes()] == [{"verified": True}, {}]
    assert "Shape 2: it is not a shape" in reading.reasons
    work.write(reading.labels, "createml", data / "out")
    again = json.loads((data / "out" / "annotations.json").read_text())
    assert [one["verified"] for one in again] == [True, False]
    assert again[0]["annotations"][0]["coordinates"] == place
    assert [one[3] for one in work.read(data / "out").shapes()] == [{"verified": True}, {}]
