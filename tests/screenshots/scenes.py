"""Render every page, in every theme, empty, busy and full, to PNG files to be looked at.

    python tests/screenshots/scenes.py FOLDER [page ...] [--theme light] [--ratio 2]

The pictures are drawn without a screen. They are for people: each change of the window is looked at
against the checklist of the house before it is kept.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fakes.open_project import Opener, Project, fill  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent  # noqa: E402
from PySide6.QtGui import QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from studio.domain.artefacts import put_artefact  # noqa: E402
from studio.domain.datasets import DatasetVersion, Leak, SplitPlan, deal  # noqa: E402
from studio.domain.geometry import Box, Polygon, Tag  # noqa: E402
from studio.domain.jobs import JobExit, Progressed  # noqa: E402
from studio.domain.labels import AnnotatedMedia, SetShapes, Shape, ShapeId  # noqa: E402
from studio.domain.media import Problem  # noqa: E402
from studio.domain.project import ArtefactRecord  # noqa: E402
from studio.errors import StudioError  # noqa: E402
from studio.ui.main import application  # noqa: E402
from studio.ui.pages.label.page import LabelPage  # noqa: E402
from studio.ui.pages.media.page import MediaPage  # noqa: E402
from studio.ui.shell.crash_report import CrashReport, describe  # noqa: E402
from studio.ui.shell.new_project import NewProject  # noqa: E402
from studio.ui.shell.shortcuts_sheet import About, ShortcutsSheet  # noqa: E402
from studio.ui.theme.tokens import THEMES, Theme  # noqa: E402
from studio.ui.window import PAGES, Window  # noqa: E402

STATES = ("empty", "busy", "full")
SIZE = (1280, 720)
FULL = 10_000


def settle(app: QApplication, seconds: float = 0.3) -> None:
    """Let the window work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def label_some(project: Project) -> None:
    """Tag pictures and leave some edits in the history."""
    items, labels = project.state.media.items, project.state.schema.labels
    for number in range(40):
        label = labels[number % len(labels)]
        shape = Shape(id=ShapeId(f"s{number}"), label=label.id, geometry=Tag())
        edit = SetShapes(media=items[number].id, after=(shape,), title=f"Tag as {label.name}")
        project.perform(edit)


def run_jobs(session: SimpleNamespace) -> None:
    """Put jobs in all kinds of states."""
    runner = session.runner
    done = JobExit(state="finished", seconds=12)
    failed = JobExit(
        state="failed",
        what_happened="The device had no room for a batch of 512.",
        what_to_do="Use a smaller batch size.",
        seconds=3,
    )
    runner.put("job-1", "Import bottle caps", "finished", Progressed(done=10, total=10), done)
    runner.put("job-2", "Train ResNet-18", "failed", None, failed)
    runner.put("job-3", "Train MobileNet", "lost", Progressed(done=20, total=100, unit="steps"))
    progress = Progressed(done=450, total=1000, unit="steps", seconds_left=142)
    runner.put("job-4", "Train small CNN", "running", progress)
    for number in range(1, 5):
        session.project.events.job_changed.emit(f"job-{number}")


def draw_some(project: Project) -> None:
    """Draw boxes and a polygon on the first picture."""
    item, labels = project.state.media.items[0], project.state.schema.labels
    ring = ((30.0, 34.0), (52.0, 30.0), (66.0, 44.0), (48.0, 55.0), (32.0, 50.0))
    drawn = (
        Shape(id=ShapeId("d0"), label=labels[0].id, geometry=Box(8, 16, 44, 42)),
        Shape(id=ShapeId("d1"), label=labels[1].id, geometry=Box(50, 6, 74, 24)),
        Shape(id=ShapeId("d2"), label=labels[2].id, geometry=Polygon((ring,))),
    )
    project.perform(SetShapes(media=item.id, after=drawn, title="Draw"))


def make_versions(project: Project) -> None:
    """Put two dataset versions into a project, one with leaks."""
    state = project.state
    items = [
        AnnotatedMedia(media=item, shapes=tuple(state.annotations.of(item.id)))
        for item in state.media.items[:400]
    ]
    leak = Leak(
        reason="near duplicate",
        first="caps/000012.png",
        first_split="train",
        second="caps/000077.png",
        second_split="test",
    )
    for seed, leaks in ((0, ()), (7, (leak, leak))):
        plan = SplitPlan(seed=seed)
        dealt = deal(items, plan)
        version = DatasetVersion.write(project.store, state.schema, plan, dealt, leaks)
        record = ArtefactRecord(
            digest=put_artefact(project.store, version),
            kind=DatasetVersion.kind,
            title="280 train · 60 val · 60 test",
            created=1_700_000_000.0 + seed,
        )
        project.artefacts.add(record)


def page_scene(window: Window, opener: Opener, page: str, state: str, folder: Path) -> QWidget:
    """Bring one page into one state."""
    window.open(folder)
    session = opener.sessions[-1]
    if state != "empty":
        fill(session.project, FULL if state == "full" else 300)
        label_some(session.project)
        if page == "label":
            draw_some(session.project)
        if page == "dataset":
            make_versions(session.project)
    assert window.desk is not None
    if state == "busy":
        run_jobs(session)
        window.panels.show("jobs")
        window.toast("Brought in 300 pictures; 2 were refused.", "warning")
    window.desk.go(page)
    shown = window.desk.stack.currentWidget()
    shown.arrive()  # type: ignore[attr-defined]
    if isinstance(shown, MediaPage) and state == "busy":
        shown.banner.say("Importing “caps” · 12 s left", 40)
    if isinstance(shown, LabelPage) and state == "full":
        shown.model.select([ShapeId("d2")])
    if isinstance(shown, MediaPage) and state == "full":
        shown.grid.setCurrentIndex(shown.model.index(2))
        problems = [Problem(path="caps/broken.jpg", reason="It is cut short.")]
        problems += [
            Problem(path="caps/2.png", reason="Same bytes as 1.png.", severity="duplicate")
        ]
        shown.problems.say(problems)
    return window


def _welcome(window: Window, opener: Opener) -> QWidget:
    opener.recents = [
        SimpleNamespace(name="Bottle caps", folder="~/Visual AI projects/caps", exists=True),
        SimpleNamespace(name="Blood cells", folder="~/Visual AI projects/cells", exists=True),
        SimpleNamespace(name="Old one", folder="/media/stick/old", exists=False),
    ]
    window.entrance.refresh()
    return window


def _locked(window: Window, opener: Opener) -> QWidget:
    window.open(Path("locked"))
    return _welcome(window, opener)


def _palette(window: Window, opener: Opener) -> QWidget:
    del opener
    window.palette_box.pop_up()
    return window


def _shell_parts(window: Window) -> Iterator[tuple[str, QWidget]]:
    defect = ZeroDivisionError("division by zero")
    yield "crash", CrashReport(describe(defect), window)
    yield "new_project", NewProject("Bottle caps", window)
    yield "shortcuts", ShortcutsSheet(window.registry.all, window.keymap, window)
    yield "about", About(window)
    try:
        from studio.services.settings import SETTINGS
        from studio.ui.shell.settings_dialog import SettingsDialog
    except ImportError:
        return
    yield "settings", SettingsDialog(window.opener.settings, tuple(SETTINGS), window)


SHELL: dict[str, Callable[[Window, Opener], QWidget]] = {
    "welcome": lambda window, opener: window,
    "welcome_full": _welcome,
    "welcome_error": _locked,
    "palette": _palette,
}


def take(widget: QWidget, path: Path, ratio: float) -> Path:
    """Draw a widget at a ratio of device pixels."""
    drawn = QPixmap(widget.size() * ratio)
    drawn.setDevicePixelRatio(ratio)
    widget.render(drawn)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not drawn.save(str(path)):
        raise StudioError(f"{path} could not be written.")
    return path


def _window(opener: Opener) -> Window:
    window = Window(opener)
    window.resize(*SIZE)
    window.show()
    return window


def _end(window: Window) -> None:
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def render_pages(
    out: Path, theme: Theme, pages: Sequence[str], states: Sequence[str] = STATES, ratio: float = 1
) -> list[Path]:
    """Draw pages in all states; returns the files."""
    app = application(theme)
    files = []
    with tempfile.TemporaryDirectory() as home:
        for page in pages:
            for state in states:
                opener = Opener()
                opener.settings.values["theme"] = theme
                window = _window(opener)
                page_scene(window, opener, page, state, Path(home) / "caps")
                settle(app, 1.5 if page == "dataset" else 0.3)
                files.append(take(window, out / f"{page}_{state}_{theme}.png", ratio))
                _end(window)
    return files


def render_shell(out: Path, theme: Theme, ratio: float = 1) -> list[Path]:
    """Draw everything around the pages; returns the files."""
    app = application(theme)
    files = []
    for name, scene in SHELL.items():
        opener = Opener()
        window = _window(opener)
        scene(window, opener)
        settle(app, 0.1)
        files.append(take(window, out / f"shell_{name}_{theme}.png", ratio))
        _end(window)
    window = _window(Opener())
    for name, dialog in _shell_parts(window):
        dialog.show()
        settle(app, 0.05)
        files.append(take(dialog, out / f"shell_{name}_{theme}.png", ratio))
        dialog.close()
    _end(window)
    return files


def main(arguments: Sequence[str]) -> None:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(description="Render the window to be looked at.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="*", default=[*(page.id for page in PAGES), "shell"])
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--ratio", type=float, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        os.environ["STUDIO_HOME"] = home
        for theme in chosen.theme or THEMES:
            pages = [page for page in chosen.pages if page != "shell"]
            render_pages(chosen.folder, theme, pages, ratio=chosen.ratio)
            if "shell" in chosen.pages:
                render_shell(chosen.folder, theme, ratio=chosen.ratio)


if __name__ == "__main__":
    main(sys.argv[1:])
