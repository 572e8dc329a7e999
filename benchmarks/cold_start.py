"""How long until the window can be used: a fresh process to the first painted window.

    python benchmarks/cold_start.py [--runs 5] [--project FOLDER]

The peer is a bare PySide6 window in a process of its own, started in the same run. The promise: a
usable window within 2 s, and torch never imported.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_BARE = """
import sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        print(time.time(), 0, flush=True)
        app.exit(0)
window = Window()
window.resize(1280, 800)
window.show()
sys.exit(app.exec())
"""

_STUDIO = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWindow():
            heavy = [m for m in ("torch", "onnxruntime", "sklearn") if m in sys.modules]
            print(time.time(), ",".join(heavy) or 0, flush=True)
            QTimer.singleShot(0, QApplication.closeAllWindows)
            QApplication.instance().removeEventFilter(self)
        return False
from studio.ui.main import application, run
from studio.app import studio
house = studio()
watch = Painted()
application(str(house.settings.get("theme"))).installEventFilter(watch)
folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
sys.exit(run(house, folder))
"""


def once(program: str, home: str, *arguments: str) -> tuple[float, str]:
    """Start a process; return seconds until its window was painted, and what it says it loaded."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "STUDIO_HOME": home}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    words = done.stdout.split()
    if len(words) < 2:
        raise SystemExit(f"The window never showed itself:\n{done.stderr}")
    return float(words[0]) - begun, words[1]


def main() -> int:
    """Measure in turns and print the ratio; returns 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--project", type=Path)
    chosen = parser.parse_args()
    opened = [str(chosen.project)] if chosen.project else []
    bare, studio, heavy = [], [], set()
    with tempfile.TemporaryDirectory() as home:
        once(_STUDIO, home, *opened)  # compiles the bytecode, which an installer does beforehand
        for _ in range(chosen.runs):
            bare.append(once(_BARE, home)[0])
            seconds, loaded = once(_STUDIO, home, *opened)
            studio.append(seconds)
            heavy.add(loaded)
    ours, theirs = statistics.median(studio), statistics.median(bare)
    print(f"bare PySide6 window {theirs:.2f} s, studio {ours:.2f} s: {ours / theirs:.2f}x")
    print(f"heavy libraries in the window's process: {', '.join(heavy - {'0'}) or 'none'}")
    return 0 if ours <= 2 and heavy == {"0"} else 1


if __name__ == "__main__":
    raise SystemExit(main())
