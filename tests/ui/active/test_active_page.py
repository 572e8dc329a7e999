"""The Active page: what is missing, how far a queue is, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.open_project import Opener, fill
from PySide6.QtWidgets import QApplication

from studio.domain.artefacts import put_artefact
from studio.domain.geometry import Tag
from studio.domain.ids import Digest
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.project import ArtefactRecord
from studio.domain.selecting import ArmReport, Curve, LabelQueue, LearningStudy, Picked
from studio.services.job_runner import Submission
from studio.ui.pages.active.page import ActivePage
from studio.ui.pages.label.page import LabelPage
from studio.ui.window import Window

ORDERED: list[dict[str, Any]] = []
MODEL = Digest(f"sha256:{'a' * 64}")


@pytest.fixture
def page(window: Window, opener: Opener, tmp_path: Path) -> ActivePage:
    window.resize(1280, 800)
    window.open(tmp_path / "caps")
    fill(opener.sessions[-1].project, 12)
    ORDERED.clear()

    def submit(operation: str, params: Any, inputs: Any, **rest: Any) -> Submission:
        ORDERED.append({"operation": operation, "params": params, "inputs": inputs, **rest})
        return Submission(None, {})

    opener.sessions[-1].runner.submit = submit
    assert window.desk is not None
    window.desk.go("active")
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, ActivePage)
    return shown


def note(page: ActivePage, kind: str, digest: Digest, *sources: Digest) -> Digest:
    record = ArtefactRecord(digest=digest, kind=kind, title=f"a {kind}", created=1.0)
    page.desk.session.project.artefacts.add(record, sources)
    page.arrive()
    return digest


def queue(page: ActivePage, *rows: int) -> Digest:
    project = page.desk.session.project
    media = list(project.state.media)
    picked = tuple(
        Picked(
            media=media[row].id,
            name=media[row].name,
            arm="control" if at % 2 else "chosen",
            score=0.25,
        )
        for at, row in enumerate(rows)
    )
    made = LabelQueue(strategy="margin", pool=12, pictures=picked)
    return note(page, "label-queue", put_artefact(project.store, made), MODEL)


def label(page: ActivePage, row: int) -> None:
    project = page.desk.session.project
    media = list(project.state.media)[row].id
    tag = Shape(id=ShapeId(f"s{row}"), label=LabelId("bolt"), geometry=Tag())
    project.perform(SetShapes(media=media, after=(tag,)))
    QApplication.processEvents()
    page.arrive()


def texts(page: ActivePage) -> list[str]:
    return [page.queue.list.item(row).text() for row in range(page.queue.list.count())]


def test_without_a_model_the_page_offers_to_train_one(page: ActivePage) -> None:
    assert page.stack.currentWidget() is page.empty
    assert page.empty.button.text() == "Train a model"
    note(page, "model", MODEL)
    assert page.stack.currentIndex() == 1


def test_a_queue_does_not_tell_its_arms_before_it_is_done(page: ActivePage) -> None:
    note(page, "model", MODEL)
    queue(page, 4, 2)
    assert "0 of 2 labelled" in page.queue.said.text()
    label(page, 4)
    assert page.queue.bar.value() == 1
    assert texts(page) == ["caps/000004.png", "caps/000002.png"]
    label(page, 2)
    assert "All 2 are labelled" in page.queue.said.text()
    assert [text.split(" · ")[1:] for text in texts(page)] == [
        ["Chosen", "score 0.25"],
        ["Chance", "score 0.25"],
    ]


def test_the_next_picture_is_opened_on_the_label_page(page: ActivePage) -> None:
    note(page, "model", MODEL)
    queue(page, 4, 2, 7)
    run(page, "active.label_next")
    shown = page.desk.stack.currentWidget()  # type: ignore[attr-defined]
    assert isinstance(shown, LabelPage)
    assert shown.walk.item is not None
    assert shown.walk.item.name == "caps/000004.png"
    # On the label page a key leads on, and one that is passed over comes again.
    seen = []
    for _ in range(3):
        {one.id: one for one in shown.commands()}["label.queue_next"].run()
        seen.append(shown.walk.item.name)
    assert seen == ["caps/000002.png", "caps/000007.png", "caps/000004.png"]


def run(page: ActivePage, command: str) -> None:
    found = {one.id: one for one in page.commands()}[command]
    assert found.enabled()
    found.run()


def test_what_is_chosen_is_ordered_with_its_seed(page: ActivePage) -> None:
    note(page, "model", MODEL)
    page.strategy.setCurrentIndex(page.strategy.findData("core_set"))
    page.batch.set_value(5)
    page.seed.set_value(3)
    run(page, "active.choose")
    asked = ORDERED[-1]
    assert asked["operation"] == "active.queue"
    assert asked["params"] == {"strategy": "core_set", "size": 10, "control": 0.5}
    assert asked["seed"] == 3


def test_a_gain_that_is_not_proven_is_said_to_be_none(page: ActivePage) -> None:
    note(page, "model", MODEL)
    made = queue(page, 4, 2)
    told = ArmReport(
        strategy="margin", measure="accuracy", base=5, sizes=(0, 1, 2),
        curves=(
            Curve(strategy="margin", accuracy=((0.5, 0.6, 0.7), (0.5, 0.5, 0.6))),
            Curve(strategy="random", accuracy=((0.5, 0.6, 0.6), (0.5, 0.6, 0.6))),
        ),
        gain=0.01, interval=(-0.02, 0.05), labelled=(1, 1), surprised=(1.0, 0.0),
    )  # fmt: skip
    assert not page.queue.plot.isVisibleTo(page)
    note(page, "arm-report", put_artefact(page.desk.session.project.store, told), made)
    assert page.queue.verdict.text().startswith("A gain over chance is not proven: +1.0 points")
    assert page.queue.plot.isVisibleTo(page)
    described = page.queue.plot.plot.accessibleDescription()
    assert described.startswith("Smallest margin 65.0 % (60")
    assert "Chance 60.0 % (60.0 to 60.0)" in described


def test_a_study_says_how_many_labels_are_saved(page: ActivePage) -> None:
    note(page, "model", MODEL)
    study = LearningStudy(
        strategy="badge", sizes=(10, 20),
        curves=(
            Curve(strategy="badge", accuracy=((0.5, 0.8),) * 3, gain=0.1, interval=(0.05, 0.15),
                  saved=0.5),
            Curve(strategy="random", accuracy=((0.5, 0.6),) * 3),
        ),
        gain=0.1, interval=(0.05, 0.15), saved=0.5,
    )  # fmt: skip
    digest = put_artefact(page.desk.session.project.store, study)
    page.focus_on(study=note(page, "learning-study", digest))
    assert page.tabs.currentWidget() is page.study
    assert page.study.said.text() == (
        "BADGE. Better than chance: +10.0 points, 95 % between +5.0 and +15.0."
        " It needs 50 % fewer labels for the same."
    )


def test_a_replay_needs_a_strategy(page: ActivePage) -> None:
    note(page, "model", MODEL)
    note(page, "dataset", Digest(f"sha256:{'d' * 64}"))
    for box in page.study.boxes.values():
        box.setChecked(False)
    before = len(ORDERED)
    run(page, "active.replay")
    assert len(ORDERED) == before
    page.study.boxes["entropy"].setChecked(True)
    run(page, "active.replay")
    assert ORDERED[-1]["params"]["strategy"] == "entropy"
