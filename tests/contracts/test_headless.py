"""The studio without a window: no Qt below the roof, no torch before a worker needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}} (taken away by the test)")
sys.meta_path.insert(0, Absent())
{code}
"""

QT = ("PySide6", "shiboken6", "pyqtgraph", "app_model", "superqt")
ENGINE = ("torch", "torchvision", "onnxruntime", "onnx", "sklearn")


def run_without(blocked: tuple[str, ...], code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCK.format(blocked=blocked, code=code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_services_work_where_qt_is_not_installed() -> None:
    run_without(QT, "import studio.services.session, studio.app, studio.worker, studio.cli")


def test_the_command_line_needs_neither_qt_nor_torch() -> None:
    code = "import sys; sys.argv=['studio','plugins','--json']\nfrom studio.cli import main\nmain()"
    run_without(QT + ENGINE, code)


def test_the_engine_room_needs_no_qt() -> None:
    run_without(QT, "import studio.engine.room, studio.engine.train, studio.engine.export")


@pytest.mark.parametrize("module", ["studio.ui.window", "studio.ui.main"])
def test_the_window_never_loads_torch_or_sql_by_itself(module: str) -> None:
    run_without(ENGINE, f"import {module}")


VISIT = """
import os, pathlib, tempfile
os.environ["QT_QPA_PLATFORM"] = "offscreen"
home = pathlib.Path(tempfile.mkdtemp())
os.environ["STUDIO_HOME"] = str(home / "home")
from studio.app import studio
from studio.ui.main import application
from studio.ui.window import PAGES, Window
app = application("light")
window = Window(studio())
window.show()
assert window.make(home / "project", "visit")
for page in PAGES:
    window.desk.go(page.id)
    app.processEvents()
window.close()
"""


def test_every_page_is_shown_without_torch() -> None:
    run_without(ENGINE, VISIT)


def test_taking_qt_away_is_noticed() -> None:
    with pytest.raises(AssertionError, match="taken away"):
        run_without(QT, "import PySide6")
