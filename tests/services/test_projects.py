"""Recent projects: newest first, each once, and forgotten on request."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio.errors import BadInput, Conflict, NotFound
from studio.services.projects import REMEMBERED, Projects
from studio.services.settings import Settings
from studio.storage.project_files import DiskProjectFiles


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(DiskProjectFiles(), Settings(tmp_path / "settings"))


def test_recent_projects_are_listed_newest_first(projects: Projects, tmp_path: Path) -> None:
    for name in ("one", "two"):
        projects.create(tmp_path / name, name.title()).close()
    projects.open(tmp_path / "one").close()
    assert [one.name for one in projects.recent()] == ["One", "Two"]
    shutil.rmtree(tmp_path / "two")
    assert [one.exists for one in projects.recent()] == [True, False]
    projects.forget(tmp_path / "two")
    assert [one.folder for one in projects.recent()] == [tmp_path / "one"]
    assert DiskProjectFiles().is_project(tmp_path / "one")


def test_what_cannot_be_opened_is_not_remembered(projects: Projects, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        projects.open(tmp_path / "nothing")
    with pytest.raises(BadInput):
        projects.create(tmp_path / "unnamed", "  ")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(Conflict):
        projects.create(tmp_path / "full", "Full")
    assert projects.recent() == []


def test_the_list_does_not_grow_for_ever(projects: Projects, tmp_path: Path) -> None:
    for number in range(REMEMBERED + 2):
        projects.create(tmp_path / str(number), str(number)).close()
    assert len(projects.recent()) == REMEMBERED
