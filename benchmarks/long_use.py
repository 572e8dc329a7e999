"""A day of labelling in minutes: random gestures on the real Label page, watching the memory.

    python benchmarks/long_use.py [--gestures 14400] [--seed 0]

A person makes a gesture about every two seconds, so 14,400 of them are eight hours. Each is a real
press, drag, key or command on the page of a project on disk. Printed are the resident memory and
the number of living Qt objects after each tenth of the way, and how they grow over the second half,
by a straight line. There is no peer to hold it against: the measure is that both stay flat.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
import psutil
import shiboken6
from fakes.label_hand import SHIFT, Hand
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from studio.app import studio
from studio.services.samples import Samples
from studio.ui.main import application
from studio.ui.pages.label.page import LabelPage
from studio.ui.window import Window

_HELD = (
    Qt.KeyboardModifier.NoModifier, SHIFT, Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip
_KEYS = (
    Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_Left,
    Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Backspace, Qt.Key.Key_Space,
)  # fmt: skip
_COMMANDS = (
    "label.next", "label.previous", "label.fit", "label.nearer", "label.farther", "label.copy",
    "label.paste", "label.duplicate", "label.all", "label.delete", "label.front", "label.back",
    "label.to_polygon", "label.to_mask", "label.to_box", "label.join_union", "label.group",
    "label.ungroup", "label.use_1", "label.use_2", "label.simplify", "label.full",
)  # fmt: skip


def living() -> int:
    """Count the Qt objects that Python knows and that still live."""
    gc.collect()
    return sum(
        isinstance(one, QObject) and shiboken6.isValid(one)
        for one in gc.get_objects()
        if type(one).__module__ != "builtins"
    )


def gestures(page: LabelPage, hand: Hand, chance: random.Random) -> Callable[[], None]:
    """Return a deed that makes one random gesture."""
    commands = {command.id: command for command in page.commands()}
    tools = [id_ for id_ in page.canvas.tools if id_ != "prompt"]

    def place() -> tuple[float, float]:
        wide, high = page.model.size
        return chance.uniform(-5, wide + 5), chance.uniform(-5, high + 5)

    def gesture() -> None:
        what = chance.random()
        if what < 0.15:
            page.canvas.take_tool(chance.choice(tools))
        elif what < 0.5:
            hand.drag(place(), place(), chance.choice(_HELD))
        elif what < 0.65:
            hand.click(*place())
        elif what < 0.8:
            hand.press(chance.choice(_KEYS), chance.choice(_HELD[:2]))
        elif what < 0.9:
            command = commands[chance.choice(_COMMANDS)]
            if command.enabled():
                command.run()
        elif what < 0.95:
            page.desk.session.project.undo()
        else:
            page.desk.session.project.redo()

    return gesture


def measure(count: int, seed: int) -> None:
    """Make gestures and print what they leave behind."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STUDIO_HOME"] = f"{folder}/home"
        app = application("light")
        Samples(studio().create).create("scenes", Path(folder) / "scenes").close()
        window = Window(studio())
        window.resize(1280, 800)
        window.show()
        window.open(Path(folder) / "scenes")
        assert window.desk is not None
        window.desk.go("label")
        page = window.desk.stack.currentWidget()
        assert isinstance(page, LabelPage)
        hand, chance = Hand(page), random.Random(seed)
        gesture = gestures(page, hand, chance)
        rows: list[tuple[int, float, int]] = []
        begun = time.monotonic()
        for number in range(1, count + 1):
            gesture()
            # A crowd that only grows would measure itself: a picture is cleared now and then.
            if len(page.model.table) > 300:
                page.model.select_all()
                page.model.delete()
            if number % 10 == 0:
                app.processEvents()
            if number % max(1, count // 10) == 0:
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                memory = psutil.Process().memory_info().rss / 2**20
                rows.append((number, memory, living()))
                took = time.monotonic() - begun
                print(f"{number:>7,} gestures  {memory:7.1f} MiB  {rows[-1][2]:>6,} Qt objects  "
                      f"{took:5.0f} s", flush=True)  # fmt: skip
        late = np.array(rows[len(rows) // 2 :], np.float64)
        hours = late[:, 0] / 1800
        for at, unit in ((1, "MiB"), (2, "Qt objects")):
            slope = np.polyfit(hours, late[:, at], 1)[0]
            print(f"growth over the second half: {slope:+.2f} {unit} an hour of work")
        window.close()
        del app


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--gestures", type=int, default=14_400)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    assert QApplication.instance() is None
    measure(given.gestures, given.seed)


if __name__ == "__main__":
    main()
