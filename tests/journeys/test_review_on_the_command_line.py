"""Two people review one project by commands as they type them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.cli import main as door
from studio.services.samples import Samples

Typed = Callable[..., Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from studio.app import studio

    folder = tmp_path_factory.mktemp("sample") / "project"
    Samples(studio().create).create("digits", folder).close()
    return folder


@pytest.fixture
def typed(
    sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Typed:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STUDIO_PROJECT", str(tmp_path / "project"))
    shutil.copytree(sample, tmp_path / "project")

    def typed_by(who: str, *words: str, code: int = 0) -> Any:
        monkeypatch.setenv("STUDIO_PERSON", who)
        monkeypatch.setattr("sys.argv", ["studio", "review", *words, "--json"])
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            door()
        said = capsysbinary.readouterr().out
        assert (ended.value.code or 0) == code, said
        return json.loads(said)

    return typed_by


def test_pictures_go_from_hand_to_hand(typed: Typed) -> None:
    names = [one["name"] for one in typed("anna", "list", "--most", "3")["pictures"]]
    assert typed("anna", "hand-in", *names)["changed"] == 3
    assert typed("anna", "hand-in", *names)["changed"] == 0
    waiting = typed("bo", "next")
    assert (waiting["next"]["name"], waiting["count"]) == (names[0], 3)
    assert typed("bo", "next", "--after", names[0])["next"]["name"] == names[1]
    assert typed("anna", "approve", names[0], "--four-eyes", code=4)["error"] == "Conflict"
    assert typed("bo", "approve", names[0], "--four-eyes")["changed"] == 1
    assert typed("bo", "reject", names[1], "--reason", "The seven is a one")["changed"] == 1
    assert typed("bo", "reopen", names[2])["changed"] == 1
    counts = typed("bo", "list", "--state", "rejected")
    assert [one["name"] for one in counts["pictures"]] == [names[1]]
    assert {one: counts["counts"][one] for one in ("labelled", "approved", "rejected")} == {
        "labelled": 0,
        "approved": 1,
        "rejected": 1,
    }


def test_comments_are_pinned_answered_and_resolved(typed: Typed) -> None:
    name = typed("bo", "list", "--most", "1")["pictures"][0]["name"]
    made = typed("bo", "comment", name, "Is this a seven?", "--at", "1,1,6,7")
    assert (made["author"], made["place"]["x1"]) == ("bo", 6.0)
    assert typed("anna", "reply", made["id"], "Yes")["replies"][0]["author"] == "anna"
    assert typed("bo", "reword", made["id"], "Surely a seven?")["text"] == "Surely a seven?"
    assert typed("bo", "resolve", made["id"])["resolved"] is True
    assert typed("bo", "comments", name)["comments"] == []
    assert len(typed("bo", "comments", "--all")["comments"]) == 1
    assert typed("bo", "resolve", made["id"], "--reopen")["resolved"] is False
    assert typed("bo", "withdraw", made["id"])["withdrawn"] == made["id"]
    assert typed("bo", "comments", "--all")["comments"] == []


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        (["list", "--state", "lost"], "BadInput", 2),
        (["hand-in", "no such picture.png"], "NotFound", 3),
        (["resolve", "comment-none"], "NotFound", 3),
        (["comment", "{name}", "Here", "--at", "1,2"], "BadInput", 2),
        (["comment", "{name}", " "], "BadInput", 2),
        (["reject", "{name}", "--reason", " "], "BadInput", 2),
    ],
)
def test_what_cannot_be_done_is_told(typed: Typed, words: list[str], kind: str, code: int) -> None:
    name = typed("bo", "list", "--most", "1")["pictures"][0]["name"]
    assert typed("bo", *(word.format(name=name) for word in words), code=code)["error"] == kind
