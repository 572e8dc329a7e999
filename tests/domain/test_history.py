"""The undo stack against a plain list of states."""

from __future__ import annotations

import contextlib
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.history import History, stacks
from tests.fakes.project import MemoryJournal


class Push:
    kind: ClassVar[str] = "push"

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def title(self) -> str:
        return f"Push {self.number}"

    def do(self, project: list[int]) -> None:
        project.append(self.number)

    def undo(self, project: list[int]) -> None:
        assert project.pop() == self.number


class Refuse(Push):
    def undo(self, project: list[int]) -> None:
        raise ValueError("not today")


@given(st.lists(st.sampled_from(["do", "undo", "redo"])))
def test_history_behaves_like_a_list_of_states(acts: list[str]) -> None:
    project: list[int] = []
    journal = MemoryJournal()
    history: History[list[int]] = History(project, journal, lambda seq: contextlib.nullcontext())
    states: list[list[int]] = [[]]
    at = 0
    for number, act in enumerate(acts):
        if act == "do":
            history.perform(Push(number))
            del states[at + 1 :]
            states.append([*states[at], number])
            at += 1
        elif act == "undo":
            assert (history.undo() is None) == (at == 0)
            at = max(at - 1, 0)
        else:
            assert (history.redo() is None) == (at == len(states) - 1)
            at = min(at + 1, len(states) - 1)
        assert project == states[at]
    past, future = stacks(journal.entries())
    assert [edit.title for edit in past] == history.titles
    assert (future[-1].title if future else None) == history.redo_title
    assert (past[-1].title if past else None) == history.undo_title


def test_an_undo_that_fails_stays_on_the_stack() -> None:
    project: list[int] = []
    history: History[list[int]] = History(
        project, MemoryJournal(), lambda seq: contextlib.nullcontext()
    )
    history.perform(Refuse(1))
    with pytest.raises(ValueError, match="not today"):
        history.undo()
    assert history.undo_title == "Push 1"
    assert history.redo_title is None
