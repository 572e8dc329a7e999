from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.ids import Digest
from studio.domain.media import EVERYTHING
from studio.services.importing import Importing
from studio.services.job_runner import JobRunner
from tests.fakes.media_work import Work, picture, plugins
from tests.fakes.project import MemoryProject


@pytest.fixture
def project() -> MemoryProject:
    return MemoryProject()


@pytest.fixture
def importing(project: MemoryProject) -> Importing:
    return Importing(project, plugins(), JobRunner(project, plugins(), {}))


def read(project: MemoryProject, folder: Path, format: str = "") -> dict[str, Digest]:  # noqa: A002
    work = Work(folder)
    work.store = project.store
    reading = work.read(folder, format)
    store = project.store
    return {
        "labels": put_artefact(store, reading.labels),
        "report": put_artefact(store, reading.report),
    }


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    for name in ("cat/1", "cat/2", "dog/3"):
        picture(tmp_path / "pets" / f"{name}.png")
    return tmp_path / "pets"


def test_an_import_is_one_edit_that_can_be_undone(
    project: MemoryProject, importing: Importing, pets: Path
) -> None:
    report = importing.accept(read(project, pets))
    assert (report.pictures, report.shapes) == (3, 3)
    assert project.history.titles == ["Import 3 pictures"]
    assert project.state.schema.names == ["cat", "dog"]
    assert sum(project.state.annotations.counts().values()) == 3
    project.undo()
    assert project.state.media.count(EVERYTHING) == 0
    assert project.state.schema.names == []
    assert not project.state.annotations.counts()
    project.redo()
    assert project.state.media.count(EVERYTHING) == 3


def test_importing_again_changes_nothing(
    project: MemoryProject, importing: Importing, pets: Path
) -> None:
    outputs = read(project, pets)
    importing.accept(outputs)
    report = importing.accept(outputs)
    assert (report.pictures, report.shapes) == (0, 0)
    assert [problem.severity for problem in report.problems] == ["duplicate"] * 3
    assert len(project.history.titles) == 1


def test_labels_are_joined_by_name(
    project: MemoryProject, importing: Importing, pets: Path, tmp_path: Path
) -> None:
    importing.accept(read(project, pets))
    picture(tmp_path / "more" / "ant" / "4.png")
    picture(tmp_path / "more" / "cat" / "5.png")
    importing.accept(read(project, tmp_path / "more"))
    schema = project.state.schema
    assert schema.names == ["cat", "dog", "ant"]
    cat = schema.named("cat")
    assert cat is not None
    assert project.state.annotations.counts()[cat.id] == 3


def test_labels_that_come_later_reach_bare_pictures(
    project: MemoryProject, importing: Importing, pets: Path
) -> None:
    importing.accept(read(project, pets, "images"))
    assert not project.state.annotations.counts()
    report = importing.accept(read(project, pets, "folders"))
    assert (report.pictures, report.shapes) == (0, 3)
    assert {problem.severity for problem in report.problems} == {"changed"}


def test_the_format_is_recognised(importing: Importing, pets: Path) -> None:
    found = importing.formats_for(pets)
    assert [form.name for form, _ in found] == ["folders", "images"]
    assert found[0][1] > found[1][1]
    assert [form.name for form, _ in importing.formats_for(pets / "cat" / "1.png")] == ["images"]
