"""Tracks stand as shapes on a frame, and what is done to the shapes is done to the tracks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.domain.geometry import Box, Tag
from studio.domain.labels import LABELS, PROPOSALS, LabelSchema, ShapesChanged, extended
from studio.domain.project import Project
from studio.domain.tracks import at
from studio.errors import BadInput, NotFound
from studio.services.filming import Filming
from studio.services.frame_shapes import FrameShapes
from studio.services.tracking import Tracking
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.films import film


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "a.mp4").write_bytes(film(40))
    made = DiskProjectFiles().create(tmp_path / "project", "Films")
    made.state.schema = extended(LabelSchema(), ["car", "van"])
    filming = Filming(made)
    filming.import_films([tmp_path / "a.mp4"])
    yield made
    filming.close()
    made.close()


@pytest.fixture
def shapes(project: Project) -> FrameShapes:
    return FrameShapes(Tracking(project))


def test_a_shape_drawn_on_one_frame_and_moved_on_another_stands_between(
    project: Project, shapes: FrameShapes
) -> None:
    video = next(iter(project.state.videos))
    item = shapes.look(video, 0)
    assert item is not None
    drawn = shapes.add(item.id, project.state.schema.labels[0].id, Box(0, 0, 20, 20))
    shapes.look(video, 20)
    (here,) = shapes.shapes(item.id)
    there = here.model_copy(update={"geometry": Box(40, 0, 60, 20)})
    shapes.change(item.id, [here], [there], "Move shape")
    shapes.look(video, 10)
    (between,) = shapes.shapes(item.id, LABELS)
    assert between.id == drawn.id
    assert between.geometry == Box(20, 0, 40, 20)
    assert not shapes.shapes(item.id, PROPOSALS)
    project.undo()
    (before,) = shapes.shapes(item.id)
    assert before.geometry == Box(0, 0, 20, 20)


def test_changing_several_shapes_is_one_edit(project: Project, shapes: FrameShapes) -> None:
    video = next(iter(project.state.videos))
    item = shapes.look(video, 5)
    assert item is not None
    first, second = (label.id for label in project.state.schema.labels)
    two = [shapes.add(item.id, first, Box(x, 0, x + 10, 10)) for x in (0, 50)]
    edits = len(project.history.titles)
    other = [one.model_copy(update={"label": second}) for one in two]
    shapes.change(item.id, two, other, "Change label")
    assert len(project.history.titles) == edits + 1
    assert {one.label for one in shapes.shapes(item.id)} == {second}
    shapes.delete(item.id, two)
    assert not shapes.shapes(item.id)
    project.undo()
    assert len(shapes.shapes(item.id)) == 2


def test_copies_begin_tracks_where_they_are_laid(project: Project, shapes: FrameShapes) -> None:
    video = next(iter(project.state.videos))
    item = shapes.look(video, 0)
    assert item is not None
    one = shapes.add(item.id, project.state.schema.labels[0].id, Box(0, 0, 10, 10))
    shapes.look(video, 30)
    (copy,) = shapes.paste(item.id, [one], (5.0, 5.0))
    assert copy.id != one.id
    assert copy.geometry == Box(5, 5, 15, 15)
    tracks = {track.id: track for track in project.state.tracks.of(video.digest)}
    assert at(next(tracks[key] for key in tracks if key == copy.id), 29) is None


def test_news_come_of_every_change_also_by_undo(project: Project, shapes: FrameShapes) -> None:
    heard: list[ShapesChanged] = []
    shapes.news.connect(heard.append)
    video = next(iter(project.state.videos))
    item = shapes.look(video, 0)
    assert item is not None
    shapes.add(item.id, project.state.schema.labels[0].id, Box(0, 0, 10, 10))
    assert len(heard) == 1
    project.undo()
    assert len(heard) == 2
    shapes.close()
    project.redo()
    assert len(heard) == 2


def test_what_has_no_place_is_no_track(project: Project, shapes: FrameShapes) -> None:
    video = next(iter(project.state.videos))
    item = shapes.look(video, 0)
    assert item is not None
    label = project.state.schema.labels[0].id
    with pytest.raises(BadInput):
        shapes.add(item.id, label, Tag())
    shapes.look(None, 0)
    with pytest.raises(NotFound):
        shapes.add(item.id, label, Box(0, 0, 10, 10))
    assert not shapes.standing()
