from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from fakes.open_project import Opener, fill
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from studio.domain.labels import Label, LabelId, LabelSchema, SetSchema
from studio.errors import BadInput
from studio.ui.desk import Command
from studio.ui.shell.crash_report import CrashReport, Hook
from studio.ui.shell.page_bar import PageEntry
from studio.ui.window import Window


def _add_label(project: object, name: str) -> None:
    before = project.state.schema  # type: ignore[attr-defined]
    label = Label(id=LabelId(name), name=name, colour="#4477aa")
    after = LabelSchema(labels=(*before.labels, label))
    project.perform(  # type: ignore[attr-defined]
        SetSchema(before=before, after=after, title=f"Add label {name}")
    )


def test_a_project_opens_on_its_media_and_closes_again(
    window: Window, opener: Opener, tmp_path: Path
) -> None:
    assert window.open(tmp_path / "caps")
    assert window.desk is not None
    assert window.desk.stack.current_id == "media"
    assert "Bottle caps" in window.windowTitle()
    window.close_project()
    assert opener.sessions[0].project.closed
    assert window.desk is None


def test_a_locked_project_is_refused_kindly(window: Window, tmp_path: Path) -> None:
    assert not window.open(tmp_path / "locked")
    assert window.news.messages[-1].level == "error"
    assert "Close it there first." in window.news.messages[-1].text
    assert window.desk is None


def test_a_page_that_cannot_be_loaded_is_named_in_its_place(
    dressed: QApplication, opener: Opener, tmp_path: Path
) -> None:
    pages = (PageEntry("broken", "Broken", "bug", "studio.ui.pages.not_there:NotThere"),)
    window = Window(opener, pages)
    window.open(tmp_path / "caps")
    assert window.desk is not None
    texts = [label.text() for label in window.desk.stack.findChildren(QLabel)]
    assert "The page “Broken” could not be loaded" in texts
    window.close()


def test_undo_carries_the_title_of_the_edit(project_window: Window, opener: Opener) -> None:
    project = opener.sessions[-1].project
    undo = project_window.registry.action("edit.undo")
    assert undo.text() == "Undo"
    _add_label(project, "gear")
    assert undo.text() == "Undo add label gear"
    undo.trigger()
    assert project.history.undo_title is None
    assert project_window.registry.action("edit.redo").text() == "Redo add label gear"


def test_a_refused_command_says_why(window: Window) -> None:
    window.registry.action("edit.undo").trigger()
    assert "nothing to undo" in window.bottom._hint.text()


def test_the_palette_finds_runs_and_gives_the_focus_back(project_window: Window) -> None:
    box = project_window.palette_box
    project_window.activateWindow()
    box.pop_up()
    QTest.keyClicks(box.line, "dark")
    assert box.titles()[0] == "Dark theme"
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert project_window.opener.settings.get("theme") == "dark"
    project_window.opener.settings.set("theme", "light")


def test_the_palette_says_why_something_cannot_be_done(window: Window) -> None:
    window.palette_box.pop_up()
    QTest.keyClicks(window.palette_box.line, "undo")
    row = window.palette_box.list.topLevelItem(0)
    assert row is not None
    assert row.text(1) == "There is nothing to undo."
    QTest.keyClick(window.palette_box.line, Qt.Key.Key_Escape)


def test_the_history_goes_back_to_a_line(project_window: Window, opener: Opener) -> None:
    from studio.ui.shell.history_panel import HistoryPanel

    project = opener.sessions[-1].project
    for name in ("one", "two", "three"):
        _add_label(project, name)
    panel = project_window.findChild(HistoryPanel)
    assert panel is not None
    assert panel.list.count() == 3
    panel.list.setCurrentRow(2)
    panel.list.itemActivated.emit(panel.list.currentItem())
    assert project.history.titles == ["Add label one"]


def test_a_toast_offers_its_action_and_stays_in_the_list(window: Window) -> None:
    done: list[str] = []
    window.toast("Brought in", "success", Command("x.y", "Look", lambda: done.append("looked")))
    assert window._toasts.count() == 1
    message = window.news.messages[-1]
    assert message.action is not None
    message.action.run()
    assert done == ["looked"]


def test_a_defect_goes_to_the_crash_report_and_an_error_to_a_toast(window: Window) -> None:
    window.fail(BadInput("It is no picture.", "Choose another."))
    assert window.news.messages[-1].text == "It is no picture. Choose another."
    window.fail(ZeroDivisionError("by zero"))
    reports = window.findChildren(CrashReport)
    assert len(reports) == 1
    reports[0].copy()
    assert "ZeroDivisionError" in QApplication.clipboard().text()
    reports[0].close()


def test_the_hook_brings_errors_of_threads_to_the_window(
    dressed: QApplication, until: Callable[[Callable[[], object]], None]
) -> None:
    import threading

    caught: list[BaseException] = []
    hook = Hook(caught.append)
    hook.install()
    try:
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        until(lambda: caught)
    finally:
        hook.remove()
    assert isinstance(caught[0], ZeroDivisionError)


def _drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    # Qt itself sends a drop only to what was dragged over before.
    assert window._drops.eventFilter(window, event)


def test_a_dropped_project_is_opened(window: Window, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "project.json").touch()
    _drop(window, tmp_path / "mine")
    assert window.desk is not None


def test_what_a_drop_means(window: Window, tmp_path: Path) -> None:
    picture = tmp_path / "a.PNG"
    picture.touch()
    assert window.wish_for([tmp_path]).kind == "import"  # type: ignore[union-attr]
    assert window.wish_for([tmp_path / "not there"]) is None
    window.open(tmp_path / "caps")
    assert window.wish_for([picture]).kind == "import"  # type: ignore[union-attr]
    assert window.desk is not None
    window.desk.stack.current_id = "predict"
    assert window.wish_for([picture]).kind == "predict"  # type: ignore[union-attr]
    window.desk.stack.current_id = "media"


def test_recent_projects_open_and_those_that_are_gone_are_marked(
    window: Window, opener: Opener, tmp_path: Path
) -> None:
    opener.recents = [
        SimpleNamespace(name="Caps", folder=str(tmp_path / "caps"), exists=True),
        SimpleNamespace(name="Gone", folder=str(tmp_path / "gone"), exists=False),
    ]
    window.entrance.refresh()
    recent = window.entrance.view._recent
    assert "not found" in recent.item(1).text()
    recent.itemActivated.emit(recent.item(1))
    assert window.desk is None
    recent.itemActivated.emit(recent.item(0))
    assert window.desk is not None


def test_a_crash_of_the_last_sitting_is_told(
    window: Window, opener: Opener, tmp_path: Path
) -> None:
    session = opener.open(tmp_path / "caps")
    session.project.recovered = 3
    fill(session.project, 5)
    window.entrance.enter(session)
    assert "3 changes were brought back" in window.news.messages[-1].text
