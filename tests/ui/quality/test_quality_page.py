"""The Quality page: what is missing, what is counted, who agrees, and the way to what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.open_project import Opener, fill
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.domain.artefacts import put_artefact
from studio.domain.geometry import Box
from studio.domain.ids import Digest
from studio.domain.labels import (
    LABELS,
    PROPOSALS,
    AnnotateMany,
    LabelId,
    LayerName,
    Shape,
    ShapeId,
)
from studio.domain.project import ArtefactRecord
from studio.domain.quality import DuplicateGroups, LabelErrors, Suspect, Twin
from studio.services.branching import layer_of
from studio.services.job_runner import Submission
from studio.ui.pages.label.page import LabelPage
from studio.ui.pages.quality.page import TABS, QualityPage
from studio.ui.window import Window

ORDERED: list[tuple[str, Any, Any]] = []
BOLT, CAP = LabelId("bolt"), LabelId("cap")


@pytest.fixture
def page(window: Window, opener: Opener, tmp_path: Path) -> QualityPage:
    window.resize(1280, 800)
    window.open(tmp_path / "caps")
    fill(opener.sessions[-1].project, 12)
    ORDERED.clear()

    def submit(operation: str, params: Any, inputs: Any, **rest: Any) -> Submission:
        del rest
        ORDERED.append((operation, params, inputs))
        return Submission(None, {})

    opener.sessions[-1].runner.submit = submit
    assert window.desk is not None
    window.desk.go("quality")
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, QualityPage)
    return shown


def draw(page: QualityPage, row: int, *labels: LabelId, layer: LayerName = LABELS) -> list[Shape]:
    project = page.desk.session.project
    shapes = [
        Shape(
            id=ShapeId(f"{layer}-{row}-{at}"),
            label=label,
            geometry=Box(10 + 30 * at, 10, 30 + 30 * at, 30),
        )
        for at, label in enumerate(labels)
    ]
    media = list(project.state.media)[row].id
    project.perform(AnnotateMany(shapes=((media, tuple(shapes)),), layer=layer))
    return shapes


def show(page: QualityPage, tab: str, qtbot: QtBot) -> None:
    page.arrive()
    page.focus_on(tab=tab)
    qtbot.waitUntil(lambda: not page.errands.busy)
    QApplication.processEvents()


def note(page: QualityPage, kind: str, digest: Digest) -> None:
    record = ArtefactRecord(digest=digest, kind=kind, title=kind, created=1.0)
    page.desk.session.project.artefacts.add(record)


def test_without_labels_the_page_offers_to_label(page: QualityPage) -> None:
    assert page.stack.currentWidget() is page.empty
    assert page.empty.button.text() == "Label pictures"
    draw(page, 0, BOLT)
    page.arrive()
    assert page.stack.currentIndex() == 1


def test_shapes_are_counted(page: QualityPage, qtbot: QtBot) -> None:
    for row in range(3):
        draw(page, row, BOLT, CAP, CAP)
    show(page, "statistics", qtbot)
    table = page.statistics.labels
    rows = [[table.item(r, c).text() for c in range(3)] for r in range(table.rowCount())]
    assert rows == [["cap", "6", "3"], ["bolt", "3", "3"]]
    assert page.statistics.counts.plot.accessibleDescription() == "cap 6; bolt 3"
    assert page.statistics.meeting.item(0, 2).text() == "3"
    table.selectRow(1)
    assert page.statistics.areas.heading.text() == "Sizes of bolt"


def test_a_second_annotator_is_set_up_compared_and_joined(page: QualityPage, qtbot: QtBot) -> None:
    for row in range(6):
        draw(page, row, BOLT)
    show(page, "agreement", qtbot)
    assert not page.agreement.figures.isVisible()
    assert "two people" in page.agreement.said.text()
    page.agreement.person.setEditText("Ada")
    page.deeds.assign()
    assert len(page.desk.session.quality.annotators.queue("Ada")) == 6
    for row in range(6):
        draw(page, row, BOLT if row else CAP, layer=layer_of("Ada"))
    show(page, "agreement", qtbot)
    assert page.agreement.pairs.currentText() == "Ada and labels"
    assert "6 pictures" in page.agreement.said.text()
    assert page.agreement.bars.plot.accessibleDescription().startswith("bolt 90.9 %")
    page.deeds.settle()
    assert page.agreement.open.count() == 1
    assert len(list(page.desk.session.project.state.layer(PROPOSALS).all())) == 5


def test_labelling_as_somebody_goes_to_their_next_picture(page: QualityPage, qtbot: QtBot) -> None:
    for row in range(3):
        draw(page, row, BOLT)
    show(page, "agreement", qtbot)
    page.agreement.person.setEditText("Ada")
    page.deeds.assign()
    draw(page, 0, BOLT, layer=layer_of("Ada"))
    page.deeds.work_as()
    shown = page.desk.stack.currentWidget()  # type: ignore[attr-defined]
    assert isinstance(shown, LabelPage)
    assert page.desk.session.labelling.layer == layer_of("Ada")
    assert shown.walk.item == list(page.desk.session.project.state.media)[1]


def test_a_suspect_leads_to_its_shape(page: QualityPage, qtbot: QtBot) -> None:
    draw(page, 0, BOLT)
    shapes = draw(page, 4, BOLT, CAP)
    project = page.desk.session.project
    media = list(project.state.media)[4]
    suspects = (
        Suspect(
            media=media.id, name=media.name, kind="swapped", score=0.1, shape=shapes[1].id,
            given=CAP, suggested=BOLT, place=(40, 10, 60, 30),
        ),
        Suspect(media=media.id, name=media.name, kind="overlooked", score=0.3, suggested=CAP),
    )  # fmt: skip
    made = put_artefact(
        project.store,
        LabelErrors(
            method="detections", label_schema=project.state.schema, looked=3, estimated=2,
            suspects=suspects,
        ),
    )  # fmt: skip
    note(page, "label-errors", made)
    show(page, "errors", qtbot)
    assert page.errors.said.text().startswith("2 of 3 labels are probably wrong")
    assert page.errors.wall.model().rowCount() == 2
    assert "cap → bolt" in page.errors.detail.text()
    page.errors.wall.activated.emit(page.errors.wall.currentIndex())
    shown = page.desk.stack.currentWidget()  # type: ignore[attr-defined]
    assert isinstance(shown, LabelPage)
    assert shown.walk.item == media
    assert list(shown.model.selection) == [shapes[1].id]


def test_groups_show_their_pictures(page: QualityPage, qtbot: QtBot) -> None:
    draw(page, 0, BOLT)
    project = page.desk.session.project
    items = list(project.state.media)
    groups = tuple(
        tuple(Twin(media=items[at].id, name=items[at].name, bits=0) for at in rows)
        for rows in ((0, 1, 2), (5, 6))
    )
    made = DuplicateGroups(bits=4, pictures=12, passed_over=0, groups=groups)
    show(page, "alike", qtbot)
    assert "not compared yet" in page.alike.said.text()
    note(page, "duplicates", put_artefact(project.store, made))
    show(page, "alike", qtbot)
    assert page.alike.groups.count() == 2
    page.alike.groups.setCurrentRow(1)
    assert page.alike.wall.model().rowCount() == 2


def test_checks_are_kept_and_released(page: QualityPage, qtbot: QtBot) -> None:
    for row in range(4):
        draw(page, row, BOLT)
    show(page, "checks", qtbot)
    assert "No picture" in page.checks.said.text()
    page.deeds.keep_checks()
    show(page, "checks", qtbot)
    assert page.checks.said.text().startswith("4 pictures are kept")
    page.deeds.release_checks()
    assert page.desk.session.quality.checks.pictures() == []


def test_jobs_are_ordered_as_the_fields_say(page: QualityPage, qtbot: QtBot) -> None:
    draw(page, 0, BOLT)
    show(page, "errors", qtbot)
    page.deeds.rank()
    page.alike.bits.set_value(7)
    page.deeds.compare()
    assert [one[0] for one in ORDERED] == ["quality.label_errors", "quality.duplicates"]
    assert ORDERED[1][1] == {"bits": 7}
    assert page.tabs.currentIndex() == TABS.index("alike")
