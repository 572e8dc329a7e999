"""Queues: filters that a person keeps under a name, to come back to the same pictures."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from studio.domain.media import EVERYTHING, MediaFilter, NamedFilter, SetFilters
from studio.domain.project import Project
from studio.errors import BadInput, NotFound


def cleared(where: MediaFilter) -> MediaFilter:
    """Return the filter that everything passes, in the same order."""
    return replace(EVERYTHING, order=where.order, descending=where.descending)


def filters(where: MediaFilter) -> bool:
    """Tell whether anything is asked for."""
    return cleared(where) != where


def keep_filter(project: Project, name: str, where: MediaFilter) -> NamedFilter:
    """Keep a filter under a name, as one edit; the one that had the name gives way.

    Raises
    ------
    BadInput
        If the name is empty or longer than 200 letters.
    """
    try:
        kept = NamedFilter(name=name.strip(), where=where)
    except ValidationError as error:
        raise BadInput(
            "The name of a filter has between 1 and 200 letters.", "Give it another name."
        ) from error
    before = project.state.filters
    others = [one for one in before if one.name != kept.name]
    after = tuple(sorted([*others, kept], key=lambda one: one.name.casefold()))
    if after != before:
        title = f"Keep filter “{kept.name}”"
        project.perform(SetFilters(before=before, after=after, title=title))
    return kept


def forget_filter(project: Project, name: str) -> None:
    """Forget the filter with a name, as one edit; undo brings it back.

    Raises
    ------
    NotFound
        If none has the name.
    """
    before = project.state.filters
    after = tuple(one for one in before if one.name != name)
    if after == before:
        raise NotFound(f"There is no filter “{name}”.", "Choose one of those that are kept.")
    project.perform(SetFilters(before=before, after=after, title=f"Forget filter “{name}”"))
