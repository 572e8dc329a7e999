"""`studio active` names the next picture without telling its arm, and says what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.ids import digest_of
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.domain.project import ArtefactRecord
from studio.domain.selecting import LabelQueue, Picked
from studio.storage.project_files import DiskProjectFiles

ROOT = Path(__file__).resolve().parents[2]
ITEMS = tuple(
    MediaItem(id=media_id(digest_of(str(n).encode())), name=f"{n}.png", width=10, height=10)
    for n in range(3)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("active") / "project"
    project = DiskProjectFiles().create(folder, "active")
    project.perform(AddMedia(items=ITEMS))
    picked = tuple(
        Picked(media=item.id, name=item.name, arm="control" if at else "chosen", score=0.5)
        for at, item in enumerate(ITEMS[1:])
    )
    queue = put_artefact(project.store, LabelQueue(strategy="margin", pool=3, pictures=picked))
    project.artefacts.add(
        ArtefactRecord(digest=queue, kind="label-queue", title="queue", created=1.0)
    )
    project.close()
    return folder


def studio(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "STUDIO_HOME": str(folder.parent / "settings"),
        "STUDIO_PROJECT": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "studio.cli", "active", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_next_picture_is_named_and_its_arm_is_not(folder: Path) -> None:
    done = studio(folder, "next", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["next"] == {"media": ITEMS[1].id, "name": "1.png"}
    assert (told["labelled"], told["total"]) == (0, 2)
    assert not any(word in done.stdout for word in ("arm", "chosen", "control", "score"))
    assert "1.png" in studio(folder, "next").stdout


def test_a_queue_needs_a_model(folder: Path) -> None:
    done = studio(folder, "queue", "--json")
    assert done.returncode != 0
    told = json.loads(done.stdout)
    assert "no trained model yet" in told["what_happened"]
    assert "studio train" in told["what_to_do"]
