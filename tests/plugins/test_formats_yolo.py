from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.geometry import Box, Polygon
from tests.fakes.media_work import Work, picture

NAMES = [
    "names: [cat, 'big dog', \"fish\"]\n",
    "names:\n  0: cat\n  1: 'big dog'  # barks\n  2: fish\nnc: 3\n",
    "train: images\nnames:\n- cat\n- big dog\n- fish\n",
    "names: {0: cat, 1: big dog, 2: fish}\n",
]


def yolo(folder: Path, lines: str, names: str = NAMES[0]) -> None:
    picture(folder / "images" / "train" / "a.png", (100, 50))
    (folder / "labels" / "train").mkdir(parents=True, exist_ok=True)
    (folder / "labels" / "train" / "a.txt").write_text(lines)
    (folder / "data.yaml").write_text(names)


@pytest.mark.parametrize("names", NAMES)
def test_names_are_read_in_every_spelling(work: Work, data: Path, names: str) -> None:
    yolo(data, "1 0.5 0.5 0.2 0.4\n", names)
    reading = work.read(data)
    assert reading.report.format == "yolo"
    assert reading.labels.label_schema.names == ["cat", "big dog", "fish"]
    (shape,) = reading.shapes()
    assert shape[1] == "big dog"
    assert shape[2] == Box(40, 15, 60, 35)


def test_outlines_scores_and_empty_files_are_read(work: Work, data: Path) -> None:
    yolo(data, "0 0.1 0.1 0.5 0.1 0.3 0.6\n\n2 0.5 0.5 0.2 0.4 0.75\n")
    picture(data / "images" / "train" / "empty.png")
    (data / "labels" / "train" / "empty.txt").write_text("")
    picture(data / "images" / "train" / "none.png")
    reading = work.read(data)
    assert len(reading.items) == 3
    outline, box = reading.shapes()
    assert outline[2] == Polygon((((10, 5), (50, 5), (30, 30)),))
    assert box[3] == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("7 0.5 0.5 0.1 0.1", "no label number 7"),
        ("-1 0.5 0.5 0.1 0.1", "no label number -1"),
        ("0 1.5 0.5 0.1 0.1", "outside of 0 to 1"),
        ("0 0.5 0.5 nan 0.1", "not finite"),
        ("0 0.5 0.5", "only 3 numbers"),
        ("cat 0.5 0.5 0.1 0.1", "not made of numbers"),
        ("0 0.5 0.5 0 0.1", "no area"),
        ("0 0.1 0.1 0.2 0.2 0.3 0.3 0.4", "neither a box nor an outline"),
    ],
)
def test_a_broken_line_is_reported_and_the_rest_is_taken(
    work: Work, data: Path, line: str, words: str
) -> None:
    yolo(data, f"0 0.5 0.5 0.2 0.2\n{line}\n")
    reading = work.read(data)
    assert reading.report.shapes == 1
    assert words in reading.reasons


def test_labels_without_a_picture_are_reported(work: Work, data: Path) -> None:
    yolo(data, "0 0.5 0.5 0.2 0.2\n")
    (data / "labels" / "train" / "gone.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (data / "notes.txt").write_text("buy milk")
    reading = work.read(data)
    assert [problem.path for problem in reading.report.problems] == ["labels/train/gone.txt"]


def test_boxes_beside_outlines_become_outlines_and_that_is_said(
    work: Work, data: Path, tmp_path: Path
) -> None:
    yolo(data, "0 0.1 0.1 0.5 0.1 0.3 0.6\n1 0.5 0.5 0.2 0.4\n")
    first = work.read(data)
    files = work.write(first.labels, "yolo", tmp_path / "out")
    assert "1 boxes became outlines" in " ".join(files.notes)
    again = work.read(tmp_path / "out")
    assert again.labels.label_schema.names == ["cat", "big dog", "fish"]
    assert {shape[2].kind for shape in again.shapes()} == {"polygon"}
