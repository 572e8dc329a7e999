"""A film comes in, is followed and picked from by commands as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.app import studio
from studio.cli import main as door
from studio.services.labelling import Labelling
from studio.services.tracking import Tracking
from tests.fakes import moving

Typed = Callable[..., Any]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Typed:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STUDIO_PROJECT", str(tmp_path / "project"))
    studio().create(tmp_path / "project", "Films").close()
    (tmp_path / "films").mkdir()
    pictures = moving.frames(26, moving.path)
    (tmp_path / "films" / "wave.mp4").write_bytes(moving.filmed(pictures))
    (tmp_path / "films" / "torn.mp4").write_bytes(b"no film")

    def say(*words: str, code: int = 0) -> Any:
        monkeypatch.setattr("sys.argv", ["studio", "films", *words, "--json"])
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            door()
        said = capsysbinary.readouterr().out
        assert (ended.value.code or 0) == code, said
        return json.loads(said)

    return say


def draw(project: Path) -> None:
    session = studio().open(project)
    label = Labelling(session.project).add_label("thing")
    video = next(iter(session.project.state.videos))
    Tracking(session.project).draw(video.digest, 0, label.id, moving.THING)
    session.close()


def test_a_film_comes_in_is_followed_and_picked_from(typed: Typed, tmp_path: Path) -> None:
    came = typed("import", str(tmp_path / "films"))
    assert [one["name"] for one in came["films"]] == ["wave.mp4"]
    assert [one["path"] for one in came["problems"]] == ["torn.mp4"]
    draw(tmp_path / "project")
    followed = typed("follow", "wave.mp4", "--tracker", "template")
    assert followed["keyframes"] >= 1
    (track,) = typed("tracks", "wave.mp4")["tracks"]
    assert track["proposed"] == followed["keyframes"]
    picked = typed("extract", "wave.mp4", "--every", "10")
    assert (len(picked["pictures"]), picked["new"]) == (3, 3)
    assert typed("extract", "wave.mp4", "--frame", "10")["new"] == 0
    (film,) = typed("list")["films"]
    assert (film["frames"], film["tracks"], film["picked"]) == (26, 1, 3)


def test_what_is_wrong_is_said(typed: Typed, tmp_path: Path) -> None:
    assert typed("extract", "none.mp4", "--every", "2", code=3)["error"] == "NotFound"
    typed("import", str(tmp_path / "films"))
    for words in ((), ("--every", "2", "--frame", "1")):
        assert typed("extract", "wave.mp4", *words, code=2)["error"] == "BadInput"
    assert typed("follow", "wave.mp4", code=3)["error"] == "NotFound"
