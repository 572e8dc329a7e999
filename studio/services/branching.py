"""Branching: a second set of labels to work on apart, and its way back into the first.

A branch is a layer of shapes, with a second layer that remembers how it began. What changed on one
side alone is taken over; what changed on both is a conflict, which a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from studio.domain.history import Edit
from studio.domain.labels import (
    LABELS,
    CopyLayer,
    LayerName,
    SetBranches,
    SetShapes,
    Shape,
    ShapeId,
)
from studio.domain.media import MediaId
from studio.domain.project import Batch, Project, ProjectState
from studio.errors import BadInput, Conflict, NotFound

_BRANCH, _BASE = "branch:", "base:"
Choice: TypeAlias = Literal["labels", "branch"]


class Difference(NamedTuple):
    """One shape that is not the same on both sides."""

    media: MediaId
    base: Shape | None
    """As it was when the branch began, or was merged last; None where it was not there."""
    labels: Shape | None
    """As the labels have it; None where it is deleted there."""
    branch: Shape | None
    """As the branch has it; None where it is deleted there."""

    @property
    def id(self) -> ShapeId:
        """Of the shape."""
        return next(one.id for one in (self.branch, self.labels, self.base) if one is not None)

    @property
    def conflict(self) -> bool:
        """Whether both sides changed it, each in its own way."""
        both = self.base not in (self.labels, self.branch)
        return both and self.labels != self.branch


class Branching:
    """Branches of a project's labels.

    Parameters
    ----------
    project : Project
        Whose labels they are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def branches(self) -> list[str]:
        """Return the names of the branches."""
        return sorted(self._project.state.branches)

    def begin(self, name: str) -> LayerName:
        """Begin a branch from the labels as they are; one edit.

        Raises
        ------
        BadInput
            If the name is empty, too long or has a colon.
        Conflict
            If there is such a branch.
        """
        name = name.strip()
        if not 0 < len(name) <= 80 or ":" in name:
            raise BadInput("A branch needs a name of at most 80 letters, without colons.")
        if name in self.branches():
            raise Conflict(f"There is a branch “{name}” already.", "Choose another name.")
        before = self._project.state.branches
        edits: list[Edit[ProjectState]] = [SetBranches(before=before, after=(*before, name))]
        edits += [CopyLayer(source=LABELS, target=prefix + name) for prefix in (_BASE, _BRANCH)]
        self._project.perform(Batch.of(f"Begin branch “{name}”", edits))
        return layer_of(name)

    def differences(self, name: str) -> list[Difference]:
        """Return what is not the same in the labels and in a branch, picture by picture.

        Raises
        ------
        NotFound
            If there is no such branch.
        """
        if name not in self.branches():
            raise NotFound(f"There is no branch “{name}”.", "Begin it first.")
        layers = [_BASE + name, LABELS, _BRANCH + name]
        base, ours, theirs = (dict(self._project.state.layer(one).all()) for one in layers)
        found: list[Difference] = []
        for media in dict.fromkeys((*base, *ours, *theirs)):
            was, mine, its = (_by_id(side.get(media, ())) for side in (base, ours, theirs))
            for id_ in dict.fromkeys((*was, *mine, *its)):
                one = Difference(media, was.get(id_), mine.get(id_), its.get(id_))
                if one.labels != one.branch or one.labels != one.base:
                    found.append(one)
        return found

    def merge(self, name: str, chosen: Mapping[ShapeId, Choice] | None = None) -> list[Difference]:
        """Bring a branch into the labels; one edit, and the branch goes on from there.

        Parameters
        ----------
        name : str
            Of the branch.
        chosen : mapping of ShapeId to str, optional
            For conflicts: whose shape is taken.

        Returns
        -------
        list of Difference
            Conflicts that nobody decided; they stay as they are on both sides.

        Raises
        ------
        NotFound
            If there is no such branch.
        """
        decided = chosen or {}
        open_: list[Difference] = []
        edits: list[Edit[ProjectState]] = []
        for one in self.differences(name):
            if one.conflict and one.id not in decided:
                open_.append(one)
                continue
            if one.conflict:
                result = one.labels if decided[one.id] == "labels" else one.branch
            else:
                result = one.branch if one.labels == one.base else one.labels
            for layer, before in (
                (LABELS, one.labels),
                (_BRANCH + name, one.branch),
                (_BASE + name, one.base),
            ):
                if before != result:
                    edits.append(_set(one.media, layer, before, result))
        if edits:
            self._project.perform(Batch.of(f"Merge branch “{name}”", edits))
        return open_

    def end(self, name: str) -> None:
        """Take a branch away; undo brings it back.

        Raises
        ------
        NotFound
            If there is no such branch.
        """
        if name not in self.branches():
            raise NotFound(f"There is no branch “{name}”.", "Begin it first.")
        before = self._project.state.branches
        after = tuple(other for other in before if other != name)
        edits: list[Edit[ProjectState]] = [
            SetShapes(media=media, before=tuple(shapes), layer=layer)
            for layer in (_BASE + name, _BRANCH + name)
            for media, shapes in self._project.state.layer(layer).all()
        ]
        edits.append(SetBranches(before=before, after=after))
        self._project.perform(Batch.of(f"End branch “{name}”", edits))


def layer_of(name: str) -> LayerName:
    """Return the layer in which the shapes of a branch are."""
    return _BRANCH + name


def _by_id(shapes: Sequence[Shape]) -> dict[ShapeId, Shape]:
    return {shape.id: shape for shape in shapes}


def _set(media: MediaId, layer: LayerName, before: Shape | None, after: Shape | None) -> SetShapes:
    return SetShapes(
        media=media,
        before=() if before is None else (before,),
        after=() if after is None else (after,),
        layer=layer,
    )
