"""A window killed while somebody labels loses nothing but the gesture in progress."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from studio.storage.project_files import DiskProjectFiles
from tests.storage.gestures import prepare

KILLS = 100 if os.environ.get("STUDIO_LONG") else 10
ROOT = Path(__file__).resolve().parents[2]


def _label_and_kill(folder: Path, seed: int, seconds: float) -> list[str]:
    """Return the ids of the shapes whose edits were acknowledged before the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.gestures", str(folder), str(seed)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert process.stdout is not None
    told: list[str] = []
    first = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):
                told.append(line.strip())
            first.set()
        first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert first.wait(60)
        time.sleep(seconds)
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()
    assert told, "the labelling process told nothing"
    return told


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    files = DiskProjectFiles()
    project = files.create(folder, "Killed")
    prepare(project)
    project.close()
    chance = random.Random(7)
    acknowledged: set[str] = set()
    total = 0
    for kill in range(KILLS):
        told = _label_and_kill(folder, kill, chance.uniform(0, 0.12))
        acknowledged |= set(told)
        project = files.open(folder)
        shapes = {s.id for _, shapes in project.state.annotations.all() for s in shapes}
        assert acknowledged <= shapes
        # At most the one gesture that was under way came on top.
        assert len(shapes - acknowledged) <= 1
        assert project.recovered <= 1
        total = len(project.history.titles)
        assert total == len(shapes) + 3
        acknowledged |= shapes
        project.close()
    assert total > KILLS
