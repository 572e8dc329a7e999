from __future__ import annotations

import pytest

from studio.domain.datasets import SplitPlan
from studio.domain.geometry import Tag
from studio.domain.ids import digest_of
from studio.domain.labels import LabelSchema, SetSchema, SetShapes, Shape, ShapeId, extended
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.errors import BadInput
from studio.services.dataset_versions import DatasetVersions
from studio.services.job_runner import JobRunner
from tests.fakes.media_work import plugins
from tests.fakes.project import MemoryProject


@pytest.fixture
def project() -> MemoryProject:
    return MemoryProject()


@pytest.fixture
def versions(project: MemoryProject) -> DatasetVersions:
    return DatasetVersions(project, JobRunner(project, plugins(), {}))


def fill(project: MemoryProject) -> MediaItem:
    items = [
        MediaItem(id=media_id(digest_of(bytes([n]))), name=f"{n}.png", width=4, height=4)
        for n in range(3)
    ]
    schema = extended(LabelSchema(), ["cat"])
    project.perform(SetSchema(before=LabelSchema(), after=schema))
    project.perform(AddMedia(items=tuple(items)))
    return items[0]


def test_equal_states_have_equal_snapshots(
    project: MemoryProject, versions: DatasetVersions
) -> None:
    media = fill(project)
    before = versions.snapshot()
    assert versions.snapshot() == before
    label = project.state.schema.labels[0].id
    shape = Shape(id=ShapeId("one"), label=label, geometry=Tag())
    project.perform(SetShapes(media=media.id, after=(shape,)))
    changed = versions.snapshot()
    assert changed != before
    project.undo()
    assert versions.snapshot() == before
    titles = [record.title for record in project.artefacts.of_kind("labels")]
    assert sorted(titles) == ["3 pictures, 0 shapes", "3 pictures, 1 shapes"]


def test_an_empty_project_has_nothing_to_deal(versions: DatasetVersions) -> None:
    with pytest.raises(BadInput, match="no pictures"):
        versions.create(SplitPlan())
    assert list(versions.all()) == []
