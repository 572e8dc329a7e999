"""The window: composition of its parts, and the verbs that pages and commands use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from studio.domain.jobs import JobId
from studio.errors import StudioError
from studio.ui.commands import tables
from studio.ui.commands.menus import Menus
from studio.ui.commands.palette import CommandPalette
from studio.ui.commands.registry import Registry
from studio.ui.desk import Command
from studio.ui.keymap import Keymap
from studio.ui.shell.crash_report import CrashReport, describe
from studio.ui.shell.deeds import Deeds
from studio.ui.shell.drops import DropTarget, Wish, wish
from studio.ui.shell.entrance import Entrance
from studio.ui.shell.history_panel import HistoryPanel
from studio.ui.shell.job_center import JobCenter
from studio.ui.shell.job_news import JobNews
from studio.ui.shell.message_list import MessageList
from studio.ui.shell.news import Level, News
from studio.ui.shell.opener import Opener
from studio.ui.shell.page_bar import PageEntry
from studio.ui.shell.panels import Panels
from studio.ui.shell.project_desk import ProjectDesk
from studio.ui.shell.status_bar import StatusBar
from studio.ui.shell.toasts import Toasts
from studio.ui.theme import current

_PAGES = "studio.ui.pages"
PAGES = (
    PageEntry("media", "Media", "photo", f"{_PAGES}.media.page:MediaPage"),
    PageEntry("label", "Label", "tag", f"{_PAGES}.label.page:LabelPage"),
    PageEntry("dataset", "Dataset", "database", f"{_PAGES}.dataset.page:DatasetPage"),
    PageEntry("pipeline", "Pipeline", "sitemap", f"{_PAGES}.pipeline.page:PipelinePage"),
    PageEntry("train", "Train", "chart-line", f"{_PAGES}.train.page:TrainPage"),
    PageEntry("evaluate", "Evaluate", "target", f"{_PAGES}.evaluate.page:EvaluatePage"),
    PageEntry("explain", "Explain", "bulb", f"{_PAGES}.explain.page:ExplainPage"),
    PageEntry("package", "Package", "package", f"{_PAGES}.package.page:PackagePage"),
    PageEntry("predict", "Predict", "sparkles", f"{_PAGES}.predict.page:PredictPage"),
    PageEntry("active", "Active", "school", f"{_PAGES}.active.page:ActivePage"),
    PageEntry("quality", "Quality", "certificate", f"{_PAGES}.quality.page:QualityPage"),
    PageEntry("video", "Video", "player-play", f"{_PAGES}.video.page:VideoPage"),
)
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Window(QMainWindow):
    """The one window of the studio.

    Parameters
    ----------
    opener : Opener
        The composed studio.
    pages : sequence of PageEntry
        In working order.
    """

    def __init__(self, opener: Opener, pages: Sequence[PageEntry] = PAGES) -> None:
        super().__init__()
        self.opener = opener
        self.pages = tuple(pages)
        self.desk: ProjectDesk | None = None
        self.to_import: tuple[Path, ...] = ()
        self.setWindowTitle("Visual AI studio")
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self.news = News(self)
        self.keymap = Keymap(opener.settings, self)
        self.registry = Registry(self, self.keymap)
        self.deeds = Deeds(self)
        self.panels = Panels(self)
        self.bottom = StatusBar()
        self.setStatusBar(self.bottom)
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.entrance = Entrance(self, self.deeds)
        self._stack.addWidget(self.entrance.view)
        self._toasts = Toasts(self._stack)
        self.palette_box = CommandPalette(self.registry, self)
        self._drops = DropTarget(self, self)
        self._menus = Menus(self.menuBar(), self.registry)
        self._connect()

    def _connect(self) -> None:
        deeds, give = self.deeds, self.registry.provide
        give("file", partial(tables.file_commands, deeds))
        give("edit", partial(tables.edit_commands, deeds))
        give("view", partial(tables.view_commands, deeds))
        give("go", partial(tables.go_commands, deeds, self.pages))
        give("help", partial(tables.help_commands, deeds))
        give("sample", self.entrance.commands)
        self.panels.put("messages", "Messages", _BOTTOM, MessageList(self.news))
        self.news.said.connect(self._toasts.show)
        self.registry.refused.connect(self.hint)
        self.bottom.jobs_wanted.connect(self.registry.action("view.jobs").trigger)
        self.opener.settings.changed.connect(self._setting_changed)
        self._show_device()
        self.entrance.view.first.setFocus()

    def as_widget(self) -> QWidget:
        """Return itself, as the parent of dialogs."""
        return self

    def commands(self) -> Sequence[Command]:
        """Return all commands that can be given now."""
        return self.registry.all()

    def show_palette(self) -> None:
        """Show the command palette."""
        self.palette_box.pop_up()

    def open(self, folder: Path) -> bool:
        """Open a project; says kindly why it cannot be, and returns whether it was."""
        try:
            session = self.opener.open(folder)
        except StudioError as error:
            self.fail(error)
            return False
        self.entrance.enter(session)
        return True

    def make(self, folder: Path, name: str) -> bool:
        """Make a project and open it; returns whether it could be made."""
        try:
            session = self.opener.create(folder, name)
        except StudioError as error:
            self.fail(error)
            return False
        self.entrance.enter(session)
        return True

    def take(self, desk: ProjectDesk) -> None:
        """Show an open project."""
        self.close_project()
        self.desk = desk
        self._stack.addWidget(desk.view)
        self._stack.setCurrentWidget(desk.view)
        center = JobCenter(desk)
        self.panels.put("jobs", "Jobs", _BOTTOM, center)
        self.panels.put("history", "History", _RIGHT, HistoryPanel(desk))
        self.registry.provide("job", center.commands)
        self.registry.provide("page", desk.stack.commands)
        news = JobNews(desk, self.show_job)
        news.changed.connect(self.bottom.show_jobs)
        desk.bridge.edited.connect(self._edited)
        name = desk.session.project.name
        self.setWindowTitle(f"{name} – Visual AI studio")
        self.bottom.show_project(name, "All changes saved")
        self.bottom.show_jobs(desk.session.runner.jobs())
        desk.go(self.pages[0].id)
        desk.stack.setFocus()

    def close_project(self) -> None:
        """Close the open project, if there is one, and show the welcome page."""
        desk, self.desk = self.desk, None
        if desk is None:
            return
        self.registry.provide("page", None)
        self.registry.provide("job", None)
        self.panels.remove("jobs")
        self.panels.remove("history")
        self._stack.setCurrentWidget(self.entrance.view)
        self._stack.removeWidget(desk.view)
        desk.close()
        self.setWindowTitle("Visual AI studio")
        self.bottom.show_project("", "")
        self.bottom.show_jobs(())
        self.hint("")
        self.registry.refresh()
        self.entrance.refresh()

    def toast(
        self,
        text: str,
        level: Literal["info", "success", "warning", "error"] = "info",
        action: Command | None = None,
    ) -> None:
        """Tell news in passing."""
        self.news.say(text, level, action)

    def hint(self, text: str) -> None:
        """Show what can be done now, at the right of the status bar."""
        self.bottom.show_hint(text)

    def fail(self, error: BaseException) -> None:
        """Show an error: what happened and what to do; a defect goes to the crash report."""
        if isinstance(error, StudioError):
            level: Level = "error"
            self.news.say(str(error), level)
        else:
            CrashReport(describe(error), self).show()

    def page_shown(self) -> None:
        """Offer the commands of the page that came into view."""
        self.registry.refresh()

    def show_job(self, job: str) -> None:
        """Show a job in the job centre."""
        self.panels.show("jobs")
        for center in self.findChildren(JobCenter):
            center.choose(JobId(job))

    def wish_for(self, paths: Sequence[Path]) -> Wish | None:
        """Decide what a drop would do now."""
        page = self.desk.stack.current_id if self.desk else ""
        return wish(paths, self.desk is not None, page)

    def fulfil(self, wanted: Wish) -> None:
        """Do what a drop asks for."""
        self.entrance.fulfil(wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the project first; jobs go on without the window."""
        self.opener.settings.changed.disconnect(self._setting_changed, missing_ok=True)
        self.close_project()
        super().closeEvent(event)

    def _edited(self) -> None:
        self.registry.refresh()

    def _setting_changed(self, key: str) -> None:
        app = QApplication.instance()
        if key == "theme" and isinstance(app, QApplication):
            current.put_on(app, str(self.opener.settings.get("theme")))
        if key == "device":
            self._show_device()

    def _show_device(self) -> None:
        device = str(self.opener.settings.get("device"))
        words = {"auto": "Fastest device", "cpu": "CPU", "cuda": "CUDA"}
        self.bottom.show_device(words.get(device, device))
