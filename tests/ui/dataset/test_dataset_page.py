from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes.open_project import Opener, Project, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.datasets import DatasetVersion, Leak, SplitPlan, deal
from studio.domain.geometry import Tag
from studio.domain.ids import Digest
from studio.domain.labels import LabelSet, SetShapes, Shape, ShapeId
from studio.domain.project import ArtefactRecord
from studio.services.dataset_versions import DatasetVersions
from studio.services.job_runner import Submission
from studio.ui.pages.dataset.page import DatasetPage
from studio.ui.pages.dataset.presenter import (
    bars,
    chart_in_words,
    leak_rows,
    preview,
    warnings,
)
from studio.ui.window import Window

Until = Callable[[Callable[[], object]], None]


class AtOnce:
    """Deals without a worker, as if each answer were known from before."""

    def __init__(self, project: Any, leaks: tuple[Leak, ...] = ()) -> None:
        self._project = project
        self._leaks = leaks
        self.made = 0

    def submit(
        self,
        operation: str,
        params: Mapping[str, Any],
        inputs: Mapping[str, Digest],
        *,
        title: str = "",
    ) -> Submission:
        store = self._project.store
        labels = get_artefact(store, inputs["labels"], LabelSet)
        plan = SplitPlan.model_validate(params)
        dealt = deal(list(labels.read(store)), plan)
        version = DatasetVersion.write(store, labels.label_schema, plan, dealt, self._leaks)
        digest = put_artefact(store, version)
        self.made += 1
        record = ArtefactRecord(
            digest=digest, kind="dataset", title=f"{title} {self.made}", created=float(self.made)
        )
        self._project.artefacts.add(record)
        self._project.events.artefact_added.emit(record)
        assert operation == "dataset.split"
        return Submission(job=None, outputs={"dataset": digest})


def tag_all(project: Any, but: int = 0) -> None:
    labels = project.state.schema.labels
    for number, item in enumerate(project.state.media.items[but:]):
        label = labels[number % len(labels)].id
        shape = Shape(id=ShapeId(f"s{number}"), label=label, geometry=Tag())
        SetShapes(media=item.id, after=(shape,)).do(project.state)


LEAK = Leak(
    reason="near duplicate", first="a.png", first_split="train", second="b.png", second_split="test"
)


@pytest.fixture
def page(window: Window, opener: Opener, tmp_path: Path) -> DatasetPage:
    window.open(tmp_path / "caps")
    session = opener.sessions[-1]
    fill(session.project, 60)
    tag_all(session.project, but=3)
    runner = AtOnce(session.project, (LEAK,))
    session.datasets = DatasetVersions(session.project, runner)  # type: ignore[arg-type]
    assert window.desk is not None
    window.desk.go("dataset")
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, DatasetPage)
    window.activateWindow()
    QApplication.processEvents()
    return shown


def test_the_preview_deals_as_a_version_would(tmp_path: Path) -> None:
    project = Project(tmp_path)
    fill(project, 60)
    tag_all(project, but=3)
    seen = preview(project.state, SplitPlan())
    assert sum(seen.statistics.media.values()) == 60
    assert seen.statistics.unlabelled == 3
    assert sum(sum(bar.counts) for bar in bars(seen.schema, seen.statistics)) == 57
    assert warnings(seen.schema, seen.statistics) == ["3 pictures carry no label."]
    assert "bolt: training" in chart_in_words(bars(seen.schema, seen.statistics))


def test_says_when_a_split_misses_a_label(tmp_path: Path) -> None:
    project = Project(tmp_path)
    fill(project, 3)
    tag_all(project)
    project.state.media.items = project.state.media.items[:2]
    seen = preview(project.state, SplitPlan(val=0.1, test=0.45, strategy="random"))
    said = " ".join(warnings(seen.schema, seen.statistics))
    assert "never" in said


def test_names_both_pictures_of_a_leak() -> None:
    assert leak_rows([LEAK]) == [("Near duplicate", "a.png (training)", "b.png (test)")]


def test_shows_where_pictures_would_go_and_follows_the_form(
    page: DatasetPage, until: Until
) -> None:
    until(lambda: "Training" in page.preview._splits.text())
    before = page.preview._splits.text()
    page.form.set_value("val", 0.5)
    until(lambda: page.preview._splits.text() != before)
    assert "Validation" in page.preview._splits.text()
    assert page.preview.chart.accessibleDescription()


def test_makes_versions_and_lists_the_newest_first(page: DatasetPage) -> None:
    QTest.keyClick(page.window(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.versions.count() == 1
    page.form.set_value("seed", 7)
    page.make()
    assert page.versions.count() == 2
    assert page._title.text().endswith("seed 7")
    assert page.versions.currentRow() == 0
    assert page.figures.leaks.topLevelItemCount() == 1
    page.versions.setCurrentRow(1)
    assert page._title.text().endswith("seed 0")


def test_a_plan_that_leaves_nothing_to_train_on_is_not_made(page: DatasetPage) -> None:
    page.form.set_value("val", 0.6)
    page.form.set_value("test", 0.6)
    page.make()
    assert page.versions.count() == 0
    make = page.commands()[0]
    assert not make.enabled()


def test_without_pictures_it_leads_to_the_media(
    window: Window, opener: Opener, tmp_path: Path
) -> None:
    window.open(tmp_path / "none")
    assert window.desk is not None
    window.desk.go("dataset")
    page = window.desk.stack.currentWidget()
    assert isinstance(page, DatasetPage)
    QTest.mouseClick(page._empty.button, Qt.MouseButton.LeftButton)
    assert window.desk.stack.current_id == "media"


def test_another_page_can_ask_for_a_version(page: DatasetPage) -> None:
    page.make()
    first = page.versions.item(0).data(Qt.ItemDataRole.UserRole)
    page.form.set_value("seed", 3)
    page.make()
    page.focus_on(dataset=first)
    assert page.versions.currentRow() == 1
