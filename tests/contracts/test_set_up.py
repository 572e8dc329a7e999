"""What a fresh machine gets: pins that exist, and no machine of ours in any file."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["window"], *extras["engine"], *extras["test"]]
    names = {re.split(r"[<>=!~; \[]", one)[0].lower().replace("_", "-") for one in wanted}
    pins = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    # The plain onnxruntime is for macOS only and shares its number with the GPU build.
    assert names - pins <= {"onnxruntime"}


def test_no_file_names_a_machine_or_a_package_index() -> None:
    pattern = re.compile(rb"/wor[k]/|/far[m]/|--(?:extra-)?index-[u]rl")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path.is_file() and pattern.search(path.read_bytes())
    ]
    assert found == []


def test_pyside_stays_below_the_release_that_aborts_python_311() -> None:
    pins = (ROOT / "constraints.txt").read_text().lower()
    version = re.search(r"^pyside6==(\d+)\.(\d+)", pins, re.M)
    assert version is not None
    assert (int(version[1]), int(version[2])) < (6, 12)
