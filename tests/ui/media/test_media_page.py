from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fakes.open_project import Opener, Project, fill
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Tag
from studio.domain.jobs import JobExit, JobId, Progressed
from studio.domain.labels import ImportReport, LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import MediaFilter, MediaId, MediaItem, Problem
from studio.errors import NotFound
from studio.ui.item_models.media_model import MediaModel
from studio.ui.pages.media.page import MediaPage
from studio.ui.pages.media.presenter import bytes_in_words, outcome
from studio.ui.pages.media.thumbnails import Thumbnails
from studio.ui.window import Window

Until = Callable[[Callable[[], object]], None]


def page_of(window: Window) -> MediaPage:
    assert window.desk is not None
    page = window.desk.stack.show_page("media")
    assert isinstance(page, MediaPage)
    return page


def test_the_model_keeps_the_rules_of_models(dressed: QApplication, tmp_path: Path) -> None:
    project = Project(tmp_path)
    fill(project, 600)
    model = MediaModel(project.state)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.rowCount() == 600
    model.show(MediaFilter("00001"))
    assert model.rowCount() == 11
    assert model.data(model.index(3)) == "000012.png"


def test_a_hundred_thousand_pictures_cost_only_what_is_seen(
    dressed: QApplication, project_window: Window, opener: Opener
) -> None:
    state = opener.sessions[-1].project.state
    state.media.items *= 200
    asked: list[int] = []
    read = state.media.page
    state.media.page = lambda start, length, where: (
        asked.append(start) or read(start, length, where)
    )
    page = page_of(project_window)
    page.model.reload()
    project_window.grab()
    assert page.model.rowCount() == 100_000
    assert len(asked) <= 2
    page.grid.scrollToBottom()
    project_window.grab()
    assert len(asked) <= 4
    assert max(asked) > 99_000


def test_thumbnails_come_from_another_thread_and_stay_on_disk(
    dressed: QApplication, tmp_path: Path, until: Until
) -> None:
    project = Project(tmp_path)
    fill(project, 10)
    items = project.state.media.items
    thumbnails = Thumbnails(project.store, tmp_path / "cache", 64)  # type: ignore[arg-type]
    assert thumbnails.get(items[0]) is None
    until(lambda: thumbnails.get(items[0]) is not None)
    made = thumbnails.get(items[0])
    assert made is not None
    assert max(made.width(), made.height()) == 64
    thumbnails.close()
    project.store.objects.clear()
    again = Thumbnails(project.store, tmp_path / "cache", 64)  # type: ignore[arg-type]
    again.get(items[0])
    until(lambda: again.get(items[0]) is not None)
    again.close()


def test_a_broken_picture_is_marked_and_harms_nobody(
    dressed: QApplication, tmp_path: Path, until: Until
) -> None:
    project = Project(tmp_path)
    digest = project.store.put(b"no picture")
    item = MediaItem(id=MediaId(digest), name="a.png", width=1, height=1)
    thumbnails = Thumbnails(project.store, tmp_path / "cache", 64)  # type: ignore[arg-type]
    thumbnails.get(item)
    until(lambda: thumbnails.broken(item))
    thumbnails.close()


def test_filters_by_name_and_label_and_says_what_it_shows(
    project_window: Window, opener: Opener
) -> None:
    page = page_of(project_window)
    project = opener.sessions[-1].project
    media = project.state.media.items[3].id
    shape = Shape(id=ShapeId("s"), label=LabelId("cap"), geometry=Tag())
    project.perform(SetShapes(media=media, after=(shape,), title="Tag"))
    page.focus_on(label="cap")
    assert page._count.text() == "1 of 500 pictures"
    assert page.bar.chips.isVisible()
    page.desk.queue.clear()
    page.bar.text.setText("00042")
    page.bar.apply_text()
    assert page.model.rowCount() == 11
    page.bar.text.setText("no such name")
    page.bar.apply_text()
    assert page._views.currentWidget() is page._none
    assert "Name has “no such name”" in page._none._why.text()
    page._none.button.click()
    assert page._count.text() == "500 pictures"
    assert not page.bar.text.text()


def test_a_double_click_leads_to_labelling(project_window: Window) -> None:
    page = page_of(project_window)
    went: list[dict[str, Any]] = []
    assert project_window.desk is not None
    project_window.desk.go = (  # type: ignore[method-assign]
        lambda page, **focus: went.append({"page": page, **focus})
    )
    item = page.model.item(7)
    assert item is not None
    page.grid.activated.emit(page.model.index(7))
    assert went == [{"page": "label", "media": item.id}]


def test_details_of_the_chosen_picture(project_window: Window) -> None:
    page = page_of(project_window)
    page.grid.setCurrentIndex(page.model.index(0))
    assert page.details._title.text() == "000000.png"
    page.grid.selectAll()
    assert "100 pictures chosen" in page.details._title.text()


class _Importing:
    """Takes a job's word for what came in."""

    def __init__(self, project: Project, report: ImportReport) -> None:
        self.project = project
        self.report = report
        self.accepted: list[Any] = []

    def start(self, path: Any) -> Any:
        self.path = path
        return SimpleNamespace(job=JobId("job-import"), outputs=None)

    def accept(self, outputs: Any) -> ImportReport:
        self.accepted.append(outputs)
        fill(self.project, self.report.pictures)
        return self.report


def test_an_import_shows_its_progress_and_its_problems(
    project_window: Window, opener: Opener, until: Until, tmp_path: Path
) -> None:
    session = opener.sessions[-1]
    problems = (
        Problem(path="a.png", reason="It is cut short."),
        Problem(path="b.png", reason="Same bytes.", severity="duplicate"),
    )
    report = ImportReport(format="folder", pictures=12, shapes=0, problems=problems)
    session.importing = _Importing(session.project, report)
    page = page_of(project_window)
    page.focus_on(bring=[str(tmp_path)])
    assert page.importer.busy
    progress = Progressed(done=3, total=12, unit="files")
    session.runner.put("job-import", "Import", "running", progress)
    session.project.events.job_changed.emit("job-import")
    until(lambda: page.banner._bar.value() == 25)
    finished = JobExit(state="finished", outputs={"labels": "sha256:1"})  # type: ignore[dict-item]
    session.runner.put("job-import", "Import", "finished", exit=finished)
    session.project.events.job_changed.emit("job-import")
    until(lambda: not page.importer.busy)
    assert session.importing.accepted == [{"labels": "sha256:1"}]
    assert page.problems.table.topLevelItemCount() == 2
    assert page.problems.table.topLevelItem(0).text(2) == "It is cut short."  # type: ignore[union-attr]
    assert page.banner.isHidden()


def test_an_import_that_cannot_begin_is_told(
    project_window: Window, opener: Opener, tmp_path: Path
) -> None:
    def refuse(path: Any) -> Any:
        raise NotFound("There is nothing.", "Choose a folder.")

    opener.sessions[-1].importing = SimpleNamespace(start=refuse)
    page = page_of(project_window)
    page.importer.start([tmp_path])
    assert project_window.news.messages[-1].text == "There is nothing. Choose a folder."
    assert not page.importer.busy


def test_words_about_imports_and_sizes() -> None:
    problems = (Problem(path="a", reason="b"), Problem(path="c", reason="d", severity="changed"))
    report = ImportReport(format="voc", pictures=1364, shapes=4886, problems=problems)
    assert outcome(report) == (
        "Brought in 1,364 pictures with 4,886 shapes; 1 were refused; 1 were changed."
    )
    assert [bytes_in_words(n) for n in (812, 14_200, 3_100_000)] == ["812 B", "14.2 kB", "3.1 MB"]
