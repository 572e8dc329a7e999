"""`studio quality` from a second annotator to what looks wrong, in commands of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.api.images import png
from studio.domain.geometry import Tag
from studio.domain.labels import (
    AnnotateMany,
    LabelSchema,
    SetSchema,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import AddMedia, MediaId, MediaItem
from studio.services.branching import layer_of
from studio.storage.project_files import DiskProjectFiles

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = extended(LabelSchema(), ["bright", "dark"])
PICTURES = 24
WRONG = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quality") / "project"
    project = DiskProjectFiles().create(folder, "quality")
    chance = np.random.default_rng(3)
    items, tags = [], []
    for number in range(PICTURES):
        level = 40 if number % 2 else 200
        coarse = chance.integers(-30, 30, (6, 6, 3)).repeat(12, 0).repeat(12, 1)
        digest = project.store.put(png((level + coarse).astype(np.uint8)))
        item = MediaItem(id=MediaId(digest), name=f"{number:02d}.png", width=72, height=72)
        label = SCHEMA.labels[(number + (number == WRONG)) % 2].id
        items.append(item)
        tags.append((item.id, (Shape(id=ShapeId(f"t{number}"), label=label, geometry=Tag()),)))
    project.perform(AddMedia(items=tuple(items)))
    project.perform(SetSchema(before=LabelSchema(), after=SCHEMA))
    project.perform(AnnotateMany(shapes=tuple(tags)))
    project.close()
    return folder


def quality(folder: Path, *words: str, code: int = 0) -> Any:
    environment = os.environ | {
        "STUDIO_HOME": str(folder.parent / "settings"),
        "STUDIO_PROJECT": str(folder),
        "COLUMNS": "200",
    }
    done = subprocess.run(
        [sys.executable, "-m", "studio.cli", "quality", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_a_second_annotator_is_checked_and_joined(folder: Path) -> None:
    assert "two people" in quality(folder, "agreement", "--json", code=2)["what_happened"]
    assert quality(folder, "honeypots", "--keep", "6", "--json")["checks"] == 6
    told = quality(folder, "assign", "Ada", "--count", "12", "--checks", "0.25", "--json")
    assert told["pictures"] >= 12
    assert quality(folder, "next", "Ada", "--json")["next"]["name"] == "00.png"
    _label_all(folder, "Ada")
    assert quality(folder, "next", "Ada", "--json")["next"] is None
    agreed = quality(folder, "agreement", "--json")
    assert agreed["people"] == ["Ada", "labels"]
    (pair,) = agreed["pairs"]
    right = pair["right"]
    # The picture under the wrong label is the one that the two see in two ways.
    assert right["value"] == pytest.approx(1 - 1 / pair["pictures"])
    assert right["low"] <= right["value"] <= right["high"]
    assert "Krippendorff" in quality(folder, "agreement")
    (score,) = quality(folder, "honeypots", "--json")["scores"]
    assert (score["annotator"], score["seen"]) == ("Ada", score["given"])
    joined = quality(folder, "consensus", "--json")
    assert len(joined["open"]) == 1
    assert joined["agreed"] == pair["pictures"] - 1


def test_shapes_are_counted(folder: Path) -> None:
    told = quality(folder, "statistics", "--json")
    assert (told["shapes"], told["pictures"]) == (PICTURES, PICTURES)
    assert "bright" in quality(folder, "statistics")
    assert (
        "Nobody" in quality(folder, "statistics", "--by", "Eve", "--json", code=3)["what_happened"]
    )


def test_what_looks_wrong_comes_first_and_copies_are_not_looked_for_twice(folder: Path) -> None:
    told = quality(folder, "label-errors", "--json")
    assert told["suspects"][0]["name"] == f"{WRONG:02d}.png"
    first = quality(folder, "duplicates", "--json")
    assert (first["pictures"], first["groups"]) == (PICTURES, [])
    again = quality(folder, "duplicates", "--json")
    assert again["result"] == first["result"]


def _label_all(folder: Path, name: str) -> None:
    """Label every picture of the queue as it should be."""
    project = DiskProjectFiles().open(folder)
    tags = tuple(
        (item.id, (Shape(id=ShapeId(f"a{n}"), label=SCHEMA.labels[n % 2].id, geometry=Tag()),))
        for n, item in enumerate(project.state.media)
    )
    project.perform(AnnotateMany(shapes=tags, layer=layer_of(name)))
    project.close()
