"""Filters are kept under a name, replaced, forgotten, and all of it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.media import MediaFilter
from studio.errors import BadInput, NotFound
from studio.services.queues import forget_filter, keep_filter
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.project import MemoryProject

HARD = MediaFilter(label="cap", score=(None, 0.4), order="least_sure")


def test_a_filter_is_kept_replaced_and_forgotten_with_undo() -> None:
    project = MemoryProject()
    keep_filter(project, " Hard ones ", HARD)
    keep_filter(project, "approved", MediaFilter(review="approved"))
    assert [one.name for one in project.state.filters] == ["approved", "Hard ones"]
    keep_filter(project, "Hard ones", MediaFilter(text="a"))
    assert [one.where.text for one in project.state.filters] == ["", "a"]
    project.undo()
    assert project.state.filters[1].where == HARD
    forget_filter(project, "Hard ones")
    assert [one.name for one in project.state.filters] == ["approved"]
    project.undo()
    assert len(project.state.filters) == 2


def test_a_kept_filter_comes_back_with_the_project(tmp_path: Path) -> None:
    files = DiskProjectFiles()
    project = files.create(tmp_path / "one", "One")
    keep_filter(project, "Hard ones", HARD)
    project.close()
    again = files.open(tmp_path / "one")
    assert [(one.name, one.where) for one in again.state.filters] == [("Hard ones", HARD)]
    again.close()


def test_a_name_that_cannot_be_is_told() -> None:
    project = MemoryProject()
    for name in ("", "  ", "x" * 201):
        with pytest.raises(BadInput):
            keep_filter(project, name, HARD)
    with pytest.raises(NotFound):
        forget_filter(project, "gone")
    assert not project.history.titles
