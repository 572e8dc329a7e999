"""From a folder of pictures to a verified package that answers, by hand, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint

from studio.domain.jobs import PIPELINE, JobId
from studio.domain.media import EVERYTHING
from studio.domain.pipelines import ChangeGraph, NodeId
from studio.ui.pages.evaluate.page import EvaluatePage
from studio.ui.pages.explain.page import ExplainPage
from studio.ui.pages.label.page import LabelPage
from studio.ui.pages.package.page import PackagePage
from studio.ui.pages.predict.page import PredictPage
from studio.ui.pages.train.page import TrainPage
from tests.journeys.conftest import Person


def live(person: Person, folder: Path, digits: Path) -> None:
    """Walk through the whole life."""
    assert person.window.make(folder, "Digits")
    bring_pictures(person, digits)
    label_by_hand(person)
    freeze_and_train(person)
    look_at_the_model(person)
    package_and_ask(person, digits)
    run_as_a_pipeline(person)


def bring_pictures(person: Person, digits: Path) -> None:
    person.drop(digits)
    state = person.session.project.state
    person.wait(lambda: state.media.count(EVERYTHING) == 140, "the pictures")
    assert len(state.schema.labels) == 10
    assert sum(state.annotations.counts().values()) == 140


def label_by_hand(person: Person) -> None:
    person.go("label")
    page = person.page(LabelPage)
    annotations = person.session.project.state.annotations
    before = sum(annotations.counts().values())
    person.wait(lambda: page.canvas.isVisible(), "the canvas")
    person.settle(0.5)
    page.canvas.setFocus()
    next(c for c in page.commands() if c.id == "label.tool_box").run()
    middle = page.canvas.rect().center()
    person.drag(page.canvas, middle - QPoint(60, 60), middle + QPoint(60, 60))
    assert sum(annotations.counts().values()) == before + 1
    assert person.session.project.undo() is not None
    assert sum(annotations.counts().values()) == before
    assert person.session.project.redo() is not None
    assert person.session.project.undo() is not None


def freeze_and_train(person: Person) -> None:
    person.go("dataset")
    person.press("Make version")
    person.wait(lambda: person.made("dataset") == 1, "the dataset version")
    person.go("train")
    page = person.page(TrainPage)
    page.setup.form.set_value("epochs", 8)
    person.press("Start training")
    person.wait(lambda: person.made("model") == 1, "the model")


def look_at_the_model(person: Person) -> None:
    person.go("evaluate")
    person.press("Evaluate")
    person.wait(lambda: person.made("evaluation") == 1, "the evaluation")
    page = person.page(EvaluatePage)
    person.wait(lambda: page.presenter.report is not None, "the report")
    report = page.presenter.report
    assert report is not None
    row = max(range(10), key=lambda number: report.confusion[number][number])
    page.matrix.cell_clicked.emit(row, row)
    assert page.pictures.wall.current_key() is not None
    person.go("explain")
    person.press("Explain")
    person.wait(lambda: person.made("explanation") == 1, "the explanation")
    person.settle()
    assert "probability" in person.page(ExplainPage).said.text()


def package_and_ask(person: Person, digits: Path) -> None:
    person.go("package")
    person.press("Make package")
    person.wait(lambda: person.made("package") == 1, "the package")
    page = person.page(PackagePage)
    person.wait(lambda: page.headline.text() == "Verified", "the proof")
    person.go("predict")
    person.drop(next(digits.rglob("*.png")))
    asked = person.page(PredictPage)
    person.wait(lambda: "%" in asked.said.text(), "the answer")
    assert "CPUExecutionProvider" in asked.where.text() or "CUDA" in asked.where.text()


def run_as_a_pipeline(person: Person) -> None:
    """Run the same life as a graph, twice; the second time nothing runs."""
    session = person.session
    name = session.pipelines.add_from_template("classify")
    found = session.pipelines.get(name)
    assert found is not None
    train = NodeId("train")
    before = found[0].nodes[train]
    after = before.model_copy(update={"params": before.params | {"epochs": 1}})
    change = ChangeGraph(name=name, before={train: before}, after={train: after})
    session.project.perform(change)
    person.go("pipeline")
    person.press("Run")
    person.wait(lambda: person.made("package") == 2, "the package of the pipeline")
    first = pipeline_job(person)
    person.wait(lambda: session.runner.view(first).state == "finished", "the end")
    person.press("Run")
    person.wait(lambda: pipeline_job(person) != first, "the second run")
    second = pipeline_job(person)
    person.wait(lambda: session.runner.view(second).state == "finished", "its end")
    states = {node.state for node in session.runner.record(second).nodes.values()}
    assert states == {"cached"}


def pipeline_job(person: Person) -> JobId:
    """Return the newest job that runs a whole pipeline."""
    jobs = person.session.runner.jobs()
    return next(view.order.id for view in jobs if view.order.operation.startswith(PIPELINE))


def test_the_life_without_a_screen(person: Person, tmp_path: Path, digits: Path) -> None:
    live(person, tmp_path / "project", digits)


@pytest.mark.xvfb
def test_the_life_on_a_screen(person: Person, tmp_path: Path, digits: Path) -> None:
    live(person, tmp_path / "project", digits)
