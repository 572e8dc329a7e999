from __future__ import annotations

from pathlib import Path

import pytest

from studio.app import Studio, studio
from studio.domain.datasets import SplitPlan
from studio.domain.ids import Digest
from studio.errors import Conflict, NotFound
from studio.services.samples import SAMPLES, Samples


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    return studio()


@pytest.mark.parametrize(
    ("kind", "pictures", "shapes", "names"),
    [
        ("digits", 1797, 1797, list("0123456789")),
        ("scenes", 240, 668, ["circle", "square", "triangle"]),
    ],
)
def test_a_sample_opens_with_pictures_and_labels(
    app: Studio, tmp_path: Path, kind: str, pictures: int, shapes: int, names: list[str]
) -> None:
    session = Samples(app.create).create(kind, tmp_path / kind)
    try:
        state = session.project.state
        assert state.media.count() == pictures
        assert sum(state.annotations.counts().values()) == shapes
        assert state.schema.names == names
        submission = session.datasets.create(SplitPlan(seed=1))
        assert submission.job is not None
        ended = session.runner.wait(submission.job)
        assert ended.state == "finished", ended.error
        version = session.datasets.get(Digest(ended.outputs["dataset"]))
        assert sum(version.statistics.media.values()) == pictures
        assert version.statistics.leak_count == 0
        known = session.datasets.create(SplitPlan(seed=1))
        assert known.outputs == ended.outputs
    finally:
        session.close()


def test_an_unknown_sample_leaves_nothing_behind(app: Studio, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="digits, scenes"):
        Samples(app.create).create("cats", tmp_path / "cats")
    assert not (tmp_path / "cats").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    with pytest.raises(Conflict):
        Samples(app.create).create("digits", tmp_path / "full")
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep"
    assert set(SAMPLES) == {"digits", "scenes"}
