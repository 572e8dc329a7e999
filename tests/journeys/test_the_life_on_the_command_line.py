"""From a folder of pictures to a package that answers, by commands as a person types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """Types commands for a person with a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.project = home / "project"

    def studio(self, *words: str, code: int = 0) -> dict[str, object]:
        environment = os.environ | {
            "STUDIO_HOME": str(self.home / "settings"),
            "STUDIO_PROJECT": str(self.project),
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli", *words, "--json"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        found: dict[str, object] = json.loads(done.stdout) if done.stdout.strip() else {}
        return found


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def package(shell: Shell) -> dict[str, object]:
    """Walk from nothing to a package; the tests look at what came of it."""
    shell.studio("new", str(shell.project), "--sample", "digits")
    shell.studio("split", "--seed", "1")
    shell.studio("train", "--architecture", "small_cnn", "--epochs", "8", "--device", "cpu")
    shell.studio("evaluate")
    return shell.studio("package")


def test_the_package_is_verified(package: dict[str, object]) -> None:
    assert package["verified"] is True
    agreement = package["agreement"]
    assert isinstance(agreement, dict)
    assert agreement["share"] == 1.0


def test_the_package_runs_by_itself(package: dict[str, object]) -> None:
    folder = Path(str(package["folder"]))
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "runner.py"), "--selftest"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_changed_byte_is_refused(package: dict[str, object], tmp_path: Path) -> None:
    copy = tmp_path / "package"
    shutil.copytree(str(package["folder"]), copy)
    labels = copy / "labels.txt"
    labels.chmod(0o644)
    labels.write_bytes(labels.read_bytes().replace(b"7", b"1", 1))
    done = subprocess.run(
        [sys.executable, "-I", str(copy / "runner.py"), "--selftest"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "labels.txt" in done.stdout + done.stderr


def test_the_model_learnt_something(shell: Shell, package: dict[str, object]) -> None:
    report = shell.studio("evaluate")
    figures = report["figures"]
    assert isinstance(figures, dict)
    assert figures["accuracy"] > 0.9


def test_what_is_known_is_not_trained_again(shell: Shell, package: dict[str, object]) -> None:
    before = shell.studio("jobs", "list")["jobs"]
    shell.studio("train", "--architecture", "small_cnn", "--epochs", "8", "--device", "cpu")
    after = shell.studio("jobs", "list")["jobs"]
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert len(after) == len(before)


def test_a_picture_is_predicted(shell: Shell, package: dict[str, object], tmp_path: Path) -> None:
    shell.studio("export-labels", str(tmp_path / "out"), "--format", "coco")
    picture = next((tmp_path / "out").rglob("*.png"))
    answer = shell.studio("predict", str(picture))["pictures"]
    assert isinstance(answer, list)
    assert len(answer) == 1


def test_heat_maps_are_written(shell: Shell, package: dict[str, object], tmp_path: Path) -> None:
    shell.studio("explain", str(tmp_path / "heat"), "--param", "limit=4")
    assert len(list((tmp_path / "heat").glob("*.png"))) == 4


def test_a_missing_project_is_said_kindly(shell: Shell, tmp_path: Path) -> None:
    said = shell.studio("info", "--project", str(tmp_path / "nowhere"), code=3)
    assert said["what_happened"]
    assert said["what_to_do"]


def test_a_wrong_parameter_is_named(shell: Shell, package: dict[str, object]) -> None:
    said = shell.studio("train", "--param", "epochs=0", code=2)
    assert "epochs" in str(said["what_happened"])
    said = shell.studio("train", "--param", "epoch=3", code=2)
    assert "epoch" in str(said["what_happened"])


def test_the_pipeline_runs_once(shell: Shell, package: dict[str, object]) -> None:
    small = ["--param", "train.epochs=2", "--device", "cpu"]
    first = shell.studio("run", "classify", *small)
    assert int(str(first["ran"])) > 0
    second = shell.studio("run", "classify", *small)
    assert second["ran"] == 0
    third = shell.studio("run", "classify", "--param", "train.epochs=1", "--device", "cpu")
    nodes = third["nodes"]
    assert isinstance(nodes, dict)
    ran = {name for name, node in nodes.items() if node["state"] == "finished"}
    cached = {name for name, node in nodes.items() if node["state"] == "cached"}
    assert "train" in ran
    assert "split" in cached
    assert ran | cached == set(nodes)
