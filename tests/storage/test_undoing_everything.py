"""Undo and redo are exact inverses, over any edits and any number of restarts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box
from studio.domain.history import Edit
from studio.domain.labels import AnnotateMany, LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import AddMedia, MediaFilter
from studio.domain.project import Batch, Project
from studio.services.labelling import Labelling
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.project import MemoryProject, everything
from tests.storage.gestures import gesture, picture, prepare

FILES = DiskProjectFiles()


@contextmanager
def made(kind: str) -> Iterator[Project]:
    if kind == "memory":
        yield MemoryProject()
        return
    with TemporaryDirectory() as folder:
        project = FILES.create(Path(folder) / "project", "Laws")
        try:
            yield project
        finally:
            project.close()


@pytest.mark.parametrize("kind", ["disk", "memory"])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(0, 40))
def test_all_undone_is_the_first_state_and_all_redone_the_last(
    kind: str, seed: int, count: int
) -> None:
    with made(kind) as project:
        first = everything(project.state)
        prepare(project)
        chance = random.Random(seed)
        for _ in range(count):
            gesture(project, chance)
        while project.redo():
            pass
        last = everything(project.state)
        while project.undo():
            pass
        assert everything(project.state) == first
        while project.redo():
            pass
        assert everything(project.state) == last


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), parts=st.lists(st.integers(0, 12), max_size=4))
def test_disk_and_memory_agree_over_restarts(seed: int, parts: list[int]) -> None:
    memory = MemoryProject()
    prepare(memory)
    edits: list[Edit[object]] = []
    with TemporaryDirectory() as place:
        folder = Path(place) / "project"
        project: Project = FILES.create(folder, "Laws")
        prepare(project)
        chance = random.Random(seed)
        for part in parts:
            for _ in range(part):
                gesture(project, chance)
            before = everything(project.state), project.history.titles, project.history.redo_title
            project.close()
            if chance.random() < 0.5:
                for file in folder.glob("project.db*"):
                    file.unlink()
            project = FILES.open(folder)
            after = everything(project.state), project.history.titles, project.history.redo_title
            assert after == before
        edits = list(_undone(project))
        assert not any(project.state.media)
        project.close()
    # A gesture may take back what was there before all others.
    assert len(edits) >= 3 - sum(parts)


def _undone(project: Project) -> Iterator[Edit[object]]:
    while (edit := project.undo()) is not None:
        yield edit


def test_listeners_get_the_edit_itself_after_a_restart(tmp_path: Path) -> None:
    project = FILES.create(tmp_path / "p", "Told")
    prepare(project)
    media = picture(0).id
    Labelling(project).add(media, project.state.schema.labels[0].id, Box(0, 0, 5, 5))
    project.close()
    project = FILES.open(tmp_path / "p")
    told: list[object] = []
    project.events.edited.connect(told.append)
    assert project.history.undo_title == "Add box “cap”"
    project.undo()
    project.redo()
    assert [type(edit) for edit in told] == [SetShapes, SetShapes]
    project.close()


def test_a_deleted_shape_comes_back_in_its_place(tmp_path: Path) -> None:
    project = FILES.create(tmp_path / "p", "Order")
    prepare(project)
    labelling, media = Labelling(project), picture(1).id
    label = project.state.schema.labels[0].id
    drawn = [labelling.add(media, label, Box(n, n, n + 5, n + 5)) for n in range(4)]
    labelling.delete(media, [drawn[1], drawn[3]])
    assert list(labelling.shapes(media)) == [drawn[0], drawn[2]]
    project.undo()
    assert list(labelling.shapes(media)) == drawn
    project.close()


def test_twenty_thousand_media_enter_and_leave_quickly(tmp_path: Path) -> None:
    project = FILES.create(tmp_path / "p", "Large")
    items = tuple(picture(number) for number in range(20_000))
    shape = Shape(id=ShapeId("s"), label=LabelId("cap"), geometry=Box(0, 0, 1, 1))
    shapes = AnnotateMany(shapes=tuple((item.id, (shape,)) for item in items))
    edit = Batch.of("Import", [AddMedia(items=items), shapes])
    begun = time.perf_counter()
    project.perform(edit)
    assert time.perf_counter() - begun < 10
    assert project.state.annotations.counts() == {"cap": 20_000}
    begun = time.perf_counter()
    found = MediaFilter(text="bild_001")
    assert project.state.media.count(found) == 10
    page = project.state.media.page(5, 50, found)
    assert [item.name[-8:-4] for item in page] == ["0015", "0016", "0017", "0018", "0019"]
    assert time.perf_counter() - begun < 0.5
    begun = time.perf_counter()
    project.undo()
    assert time.perf_counter() - begun < 10
    assert project.state.media.count() == 0
    assert project.state.annotations.counts() == {}
    project.close()
