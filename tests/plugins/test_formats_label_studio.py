from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.domain.geometry import Box, Ellipse, Polyline, RotatedBox, Tag, mask_of
from tests.fakes.drawn_things import flat
from tests.fakes.media_work import Work, picture, plugins


def result(kind: str, name: str = "r1", label: str = "cat", **value: Any) -> dict[str, Any]:
    return {
        "id": name, "type": f"{kind}labels", "from_name": "label", "to_name": "image",
        "original_width": 40, "original_height": 30, "value": value | {f"{kind}labels": [label]},
    }  # fmt: skip


def task(folder: Path, *results: object, image: str = "/data/upload/3/a.png", **more: Any) -> Path:
    picture(folder / "a.png")
    whole = {"id": 1, "data": {"image": image}, "annotations": [{"result": list(results)}]} | more
    (folder / "export.json").write_text(json.dumps([whole]))
    return folder


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (result("rectangle", x=25, y=50, width=10, height=20), Box(10, 15, 14, 21)),
        (result("rectangle", x=35, y=70, width=-10, height=-20), Box(10, 15, 14, 21)),
        # Turned a quarter about (10, 15), what was to the right of it lies below.
        (result("rectangle", x=25, y=50, width=10, height=20, rotation=90),
         RotatedBox(7, 17, 4, 6, 90)),
        (result("ellipse", x=50, y=50, radiusX=10, radiusY=20, rotation=30),
         Ellipse(20, 15, 4, 6, 30)),
        (result("polygon", points=[[0, 0], [50, 50]], closed=False), Polyline(((0, 0), (20, 15)))),
    ],
)  # fmt: skip
def test_hundredths_and_turns_are_read(
    work: Work, data: Path, given: dict[str, Any], wanted: Any
) -> None:
    reading = work.read(task(data, given))
    assert reading.report.format == "label_studio"
    (shape,) = reading.shapes()
    assert type(shape[2]) is type(wanted)
    assert list(flat(shape[2])) == pytest.approx(list(flat(wanted)))


@pytest.mark.parametrize(
    "image",
    ["/data/upload/3/a.png", "/data/upload/3/1a2b3c4d-a.png", "/data/local-files/?d=some/a.png",
     "s3://bucket/some/a.png", "https://example.org/a.png?token=x", "C:\\photos\\a.png"],
)  # fmt: skip
def test_pictures_are_found_by_their_addresses(work: Work, data: Path, image: str) -> None:
    box = result("rectangle", x=25, y=50, width=10, height=20)
    assert work.read(task(data, box, image=image)).report.shapes == 1


def test_results_of_one_region_belong_together(work: Work, data: Path) -> None:
    box = result("rectangle", x=25, y=50, width=10, height=20)
    colour = {"id": "r1", "type": "choices", "from_name": "colour", "value": {"choices": ["red"]}}
    day = {"id": "t", "type": "choices", "from_name": "when", "value": {"choices": ["day"]}}
    relation = {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right"}
    stranger = {"id": "v", "type": "videorectangle", "value": {}}
    reading = work.read(task(data, box, colour, day, relation, stranger, None))
    shapes = {one[1]: one for one in reading.shapes()}
    assert shapes["cat"][3] == {"colour": "red"}
    assert isinstance(shapes["day"][2], Tag)
    assert "Relations between regions are left out: 1" in reading.reasons
    assert "“videorectangle” is left out" in reading.reasons
    assert "Result 6: it is no result" in reading.reasons


def test_one_opinion_is_taken_and_cancelled_ones_are_not(work: Work, data: Path) -> None:
    boxes = [result("rectangle", x=x, y=50, width=10, height=20) for x in (10, 25, 50)]
    opinions = [{"result": [one]} for one in boxes]
    opinions[0]["was_cancelled"] = True  # type: ignore[assignment]
    reading = work.read(task(data, annotations=opinions))
    assert [one[2].x0 for one in reading.shapes()] == [10]
    assert "Further annotations of the same picture are left out: 1" in reading.reasons


def test_a_brush_is_packed_as_its_makers_say() -> None:
    """Counted by hand: two values of one pixel's four bytes each, of 8 bits."""
    plugins()
    brush = importlib.import_module("studio_formats_label_studio.brush")
    mask = mask_of(np.array([[False, True]]))
    bits = f"{8:032b}" + "00111" + "0010" + "0011" + "0111" + "1111"
    bits += "1" + "00" + "011" + "00000000" + "1" + "00" + "011" + "11111111"
    bits += "0" * (-len(bits) % 8)
    wanted = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    assert brush.brush_of(mask, 2, 1) == wanted
    assert brush.mask_from_brush(wanted, 2, 1) == mask
    single = f"{8:032b}" + "00111" + "0010" + "0011" + "0111" + "1111" + "0" + "00" + "111"
    single += "00000000" * 4 + "11111111" * 4
    single += "0" * (-len(single) % 8)
    raw = [int(single[at : at + 8], 2) for at in range(0, len(single), 8)]
    assert brush.mask_from_brush(raw, 2, 1) == mask


@pytest.mark.parametrize("rle", [None, [], [1, 2], [300], ["a"], [255] * 40, [0] * 40])
def test_a_broken_brush_is_told(work: Work, data: Path, rle: object) -> None:
    good = result("rectangle", "r2", x=25, y=50, width=10, height=20)
    reading = work.read(task(data, result("brush", rle=rle, format="rle"), good))
    assert reading.report.shapes == 1
    assert "Region r1" in reading.reasons
