"""Finding a command by a few of its letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def score(wanted: str, text: str) -> float | None:
    """Tell how well letters fit a text.

    Parameters
    ----------
    wanted : str
        Letters that must occur in this order; case and spaces do not matter.
    text : str
        For example a command's title.

    Returns
    -------
    float or None
        Larger is better; None if a letter is missing. Beginnings of words and runs of letters
        count more, long texts a little less.
    """
    letters = "".join(wanted.casefold().split())
    if not letters:
        return 0.0
    folded = text.casefold()
    total, last, at = 0.0, -2, 0
    if not _occur(letters, folded, 0):
        return None
    for number, letter in enumerate(letters):
        found = _best(folded, letter, letters[number + 1 :], at, last)
        total += 3.0 if found == last + 1 else 1.0
        if found == 0 or not folded[found - 1].isalnum():
            total += 2.0
        last, at = found, found + 1
    return total - 0.01 * len(folded)


def _occur(letters: str, text: str, at: int) -> bool:
    """Tell whether letters occur in this order from a place on."""
    rest = iter(text[at:])
    return all(letter in rest for letter in letters)


def _best(text: str, letter: str, after: str, at: int, last: int) -> int:
    """Prefer to go on with a run, then the beginning of a word, then the first place.

    What must come `after` still has to find its place, so a jump to a word may be too far.
    """
    if last + 1 == at and at < len(text) and text[at] == letter:
        return at
    first = place = text.find(letter, at)
    while place >= 0 and _occur(after, text, place + 1):
        if place == 0 or not text[place - 1].isalnum():
            return place
        place = text.find(letter, place + 1)
    return first


def ranked(wanted: str, texts: Sequence[tuple[str, T]]) -> list[T]:
    """Return the things whose text fits, best first; with nothing wanted, all in their order."""
    scored = [(score(wanted, text), number, thing) for number, (text, thing) in enumerate(texts)]
    fitting = [(-fit, number, thing) for fit, number, thing in scored if fit is not None]
    return [thing for _, _, thing in sorted(fitting, key=lambda one: one[:2])]
