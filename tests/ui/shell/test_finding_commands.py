from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.ui.commands.fuzzy import ranked, score
from studio.ui.commands.registry import clashes
from studio.ui.desk import Command


@given(st.text(min_size=1, max_size=30))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert score(text, text) is not None


@given(st.text("abc ", max_size=8), st.text("abcdef ", max_size=20))
def test_letters_must_occur_in_order(wanted: str, text: str) -> None:
    letters = "".join(wanted.split())
    rest = iter(text)
    in_order = all(letter in rest for letter in letters)
    assert (score(wanted, text) is not None) == in_order


def test_beginnings_of_words_come_first() -> None:
    titles = ["Show project folder", "New project", "Open project", "Import folder"]
    assert ranked("np", [(title, title) for title in titles])[0] == "New project"
    assert ranked("if", [(title, title) for title in titles])[0] == "Import folder"


def test_two_commands_on_one_key_are_found() -> None:
    one = Command("a.b", "One", print, "Ctrl+K")
    two = Command("a.c", "Two", print, "Ctrl+K")
    assert clashes([one, two]) == [("Ctrl+K", "a.b", "a.c")]
    assert not clashes([one, one])
