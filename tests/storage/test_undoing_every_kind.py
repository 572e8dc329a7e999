"""Whatever is done to a project, of whatever kind: all undone is the first state, all redone the
last, on the disk and over a restart."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain import project as projects
from studio.domain.project import Project
from studio.storage.project_files import DiskProjectFiles
from tests.storage.edits import MAKERS, all_of

FILES = DiskProjectFiles()
KINDS = sorted(projects._EDITS)


def test_there_is_a_random_edit_of_every_kind_that_a_project_knows() -> None:
    assert sorted(MAKERS) == KINDS


def do(project: Project, kind: str, chance: random.Random) -> bool:
    edit = MAKERS[kind](project.state, chance)
    if edit is not None:
        assert edit.kind == kind
        project.perform(edit)
    return edit is not None


def undo_all(project: Project) -> int:
    count = 0
    while project.undo() is not None:
        count += 1
    return count


def redo_all(project: Project) -> None:
    while project.redo() is not None:
        pass


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), kinds=st.lists(st.sampled_from(KINDS), max_size=25))
def test_all_undone_is_the_first_state_and_all_redone_the_last(seed: int, kinds: list[str]) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as place:
        folder = Path(place) / "project"
        project: Project = FILES.create(folder, "Laws")
        first = all_of(project.state)
        # Most kinds need a picture or a film.
        done = sum(do(project, kind, chance) for kind in ("media.add", "videos.add", *kinds))
        last = all_of(project.state)
        assert undo_all(project) == done
        assert all_of(project.state) == first
        redo_all(project)
        assert all_of(project.state) == last
        project.close()
        project = FILES.open(folder)
        assert all_of(project.state) == last
        assert undo_all(project) == done
        assert all_of(project.state) == first
        project.close()


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_each_kind_changes_something_and_goes_again(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project: Project = FILES.create(tmp_path / "p", "One")
    request.addfinalizer(project.close)
    chance = random.Random(7)
    for before in ("media.add", "videos.add", "shapes.set"):
        assert do(project, before, chance)
    state = all_of(project.state)
    while not do(project, kind, chance):
        pass
    assert all_of(project.state) != state
    project.undo()
    assert all_of(project.state) == state
