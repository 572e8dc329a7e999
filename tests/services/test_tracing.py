"""Blame: every shape knows who did what to it, over undo, redo and a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.domain.geometry import Box
from studio.domain.ids import digest_of
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.services.labelling import Labelling
from studio.services.tracing import Tracing
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.project import MemoryProject

ITEM = MediaItem(id=media_id(digest_of(b"one")), name="one.png", width=100, height=80)


@pytest.fixture(params=["memory", "disk"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    if request.param == "memory":
        project = MemoryProject()
        yield lambda: project
        return
    files, folder = DiskProjectFiles(), tmp_path / "traced"
    now = [files.create(folder, "Traced")]

    def again() -> Any:
        now[0].close()
        now[0] = files.open(folder)
        return now[0]

    yield again
    now[0].close()


def test_a_shape_knows_who_touched_it(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened()
    project.perform(AddMedia(items=(ITEM,)))
    labelling = Labelling(project)
    label = labelling.add_label("cell")
    monkeypatch.setenv("STUDIO_PERSON", "Ada")
    one = labelling.add(ITEM.id, label.id, Box(1, 1, 9, 9))
    other = labelling.add(ITEM.id, label.id, Box(20, 1, 29, 9))
    monkeypatch.setenv("STUDIO_PERSON", "Ben")
    moved = one.model_copy(update={"geometry": Box(2, 1, 10, 9)})
    labelling.change(ITEM.id, [one], [moved], "Move shape")
    project.undo()
    project.redo()
    labelling.delete(ITEM.id, [other])
    traced = Tracing(opened())
    touches = traced.of(one.id)
    assert [(touch.title, touch.act) for touch in touches] == [
        ("Add box “cell”", "do"),
        ("Move shape", "do"),
        ("Move shape", "undo"),
        ("Move shape", "redo"),
    ]
    assert [touch.title for touch in traced.of(other.id)] == ["Add box “cell”", "Delete shape"]
    assert traced.of("nobody") == []
    if not isinstance(project, MemoryProject):
        assert [touch.author for touch in touches] == ["Ada", "Ben", "Ben", "Ben"]
    assert touches[0].at <= touches[-1].at
