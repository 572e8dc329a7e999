"""The way into a project: the welcome page, samples, and what was dropped."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.paths import data_folder
from studio.ui.desk import Command
from studio.ui.shell.deeds import Deeds
from studio.ui.shell.drops import PROJECT_MARK, Wish
from studio.ui.shell.frame import Frame
from studio.ui.shell.project_desk import ProjectDesk
from studio.ui.shell.welcome import Welcome

if TYPE_CHECKING:
    from studio.services.session import Session

_SAMPLES = (
    ("digits", "Handwritten digits, for classification", "school"),
    ("scenes", "Generated scenes, for detection", "shape"),
)


class Entrance(QObject):
    """Leads into projects.

    Parameters
    ----------
    window : Frame
        Which takes the opened project.
    deeds : Deeds
        What its buttons do.
    """

    _made = Signal(str, object)

    def __init__(self, window: Frame, deeds: Deeds) -> None:
        super().__init__(window.as_widget())
        self._window = window
        self._deeds = deeds
        ways = (
            Command("project.new", "New project", deeds.new_project, "Ctrl+Shift+N", "folder-plus"),
            Command("project.open", "Open project", deeds.open_project, "Ctrl+O", "folder-open"),
        )
        self._samples = [
            Command(f"sample.{name}", title, partial(self.open_sample, name), "", picture)
            for name, title, picture in _SAMPLES
        ]
        self.view = Welcome(ways, self._samples)
        self.view.chosen.connect(self._chosen)
        self._made.connect(self._sample_made)
        self.refresh()

    def commands(self) -> list[Command]:
        """The samples, for the palette and the menu."""
        return [
            Command(
                c.id, f"Open sample {c.title[:1].lower()}{c.title[1:]}", c.run, "", c.icon, "Help"
            )
            for c in self._samples
        ]

    def refresh(self) -> None:
        """List the recent projects again."""
        self.view.show_recent(self._window.opener.projects.recent())

    def enter(self, session: Session) -> None:
        """Show an opened project, and import what was waiting for it."""
        window = self._window
        window.take(ProjectDesk(session, window, window.pages))
        if session.project.recovered:
            window.toast(
                f"The studio did not close properly last time. {session.project.recovered:,} "
                "changes were brought back; nothing is lost.",
                "success",
            )
        waiting, window.to_import = window.to_import, ()
        if waiting and window.desk:
            window.desk.go("media", bring=[str(path) for path in waiting])

    def open_sample(self, name: str) -> None:
        """Open a sample project, making it first if need be."""
        folder = data_folder() / "samples" / name
        if (folder / PROJECT_MARK).exists():
            self._window.open(folder)
            return
        self._window.toast("Making the sample project; this takes a few seconds.")
        threading.Thread(target=self._make, args=(name, folder), name="sample").start()

    def _make(self, name: str, folder: Path) -> None:
        from studio.services.samples import Samples

        try:
            Samples(self._window.opener.create).create(name, folder).close()
        except StudioError as error:
            self._made.emit(str(folder), error)
        else:
            self._made.emit(str(folder), None)

    def _sample_made(self, folder: str, error: StudioError | None) -> None:
        if error is not None:
            self._window.fail(error)
        else:
            self._window.open(Path(folder))

    def _chosen(self, folder: str) -> None:
        self._window.open(Path(folder))

    def fulfil(self, wanted: Wish) -> None:
        """Do what a drop asks for."""
        window = self._window
        if wanted.kind == "open":
            window.open(wanted.paths[0])
        elif window.desk is None:
            self._deeds.ask_for_project(wanted.paths[0].stem, wanted.paths)
        else:
            if wanted.kind == "predict":
                window.desk.go("predict", path=str(wanted.paths[0]))
            else:
                window.desk.go("media", bring=[str(path) for path in wanted.paths])
