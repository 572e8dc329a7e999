"""The test command: style, types and contracts first, then the tests, lane by lane.

python3 main.py test                 everything
python3 main.py test tests/storage   only these tests, in the lane without a screen
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]


def environment(**extra: str) -> dict[str, str]:
    """Return the environment of the lanes: no screen, no surprises, one thread a worker."""
    return os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(HERE),
        "OMP_NUM_THREADS": "1",
        **extra,
    }


def say(text: str) -> None:
    """Tell the person what is going on."""
    print(text, flush=True)  # noqa: T201


def run(title: str, command: list[str], **extra: str) -> bool:
    """Run one lane; returns whether it passed."""
    say(f"\n== {title}")
    begun = time.monotonic()
    code = subprocess.run(command, cwd=HERE, env=environment(**extra), check=False).returncode
    word = "FAILED" if code else "passed"
    say(f"== {title}: {word} in {time.monotonic() - begun:.0f} s")
    return not code


def xvfb(command: list[str]) -> list[str]:
    """Wrap a command so that it finds a virtual screen."""
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    return [*screen, *command]


def main(arguments: list[str]) -> int:
    """Run all lanes, or pytest on what was named; returns 0 if all passed."""
    if arguments:
        return 0 if run("chosen tests", [PYTHON, "-m", "pytest", "-q", *arguments]) else 1
    tools = Path(PYTHON).parent
    passed = [
        run("ruff", [PYTHON, "-m", "ruff", "check", "."]),
        run("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        run("mypy", [PYTHON, "-m", "mypy"]),
        run("contracts", [str(tools / "lint-imports")]),
        run("tests", [*PYTEST, "-m", "not xvfb"]),
    ]
    if shutil.which("xvfb-run"):
        lane = [PYTHON, "-m", "pytest", "-q", "-m", "xvfb"]
        passed.append(run("tests on a virtual screen", xvfb(lane), QT_QPA_PLATFORM="xcb"))
    elif sys.platform == "linux":
        say("== no xvfb-run: the tests on a virtual screen did not run")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
