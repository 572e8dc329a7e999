"""What people say together: how far they agree, and what most of them mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from studio.domain.history import Edit
from studio.domain.ids import new_id
from studio.domain.labels import LABELS, PROPOSALS, SetShapes, Shape, ShapeId
from studio.domain.media import MediaId
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.quality import Agreement, Consensus, Fused, Quarrel, agreement_of, fused
from studio.errors import BadInput
from studio.services.quality.annotators import LABELS_NAME, Annotators

AUTHOR = "consensus"
Where: TypeAlias = Literal["proposals", "labels"]


class Open(NamedTuple):
    """Something a person has to decide."""

    media: MediaId
    picture: str
    """Its name."""
    quarrel: Quarrel


class Settled(NamedTuple):
    """What came of a consensus."""

    pictures: int
    """That two or more have seen."""
    agreed: int
    """Shapes that most have."""
    dropped: int
    """Shapes that fewer than half have."""
    kept: int
    """Pictures left alone, since they carry labels that nobody asked about."""
    open: list[Open]


class Agreeing:
    """Compares and joins what several people drew.

    Parameters
    ----------
    project : Project
        Whose pictures.
    annotators : Annotators
        Who drew.
    """

    def __init__(self, project: Project, annotators: Annotators) -> None:
        self._project = project
        self._annotators = annotators

    def agreement(
        self, names: Sequence[str] = (), *, least: float = 0.5, draws: int = 1000, seed: int = 0
    ) -> Agreement:
        """Return how far people agree about the pictures that two of them have seen.

        Parameters
        ----------
        names : sequence of str
            Who; left out, all annotators, and the labels too where there is but one.
        least : float, in (0, 1]
            Overlap from which two shapes mean the same thing.
        draws, seed : int
            Of the intervals.

        Raises
        ------
        BadInput
            If there are not two, or no picture that two have seen.
        NotFound
            If one is not known.
        """
        sides = self._annotators.together(self._named(names))
        if not sides:
            raise BadInput(
                "There is no picture that two people have labelled.",
                "Assign the same pictures to a second annotator.",
            )
        labels = [label.id for label in self._project.state.schema.labels]
        seen = [drawn for _, drawn in sides]
        return agreement_of(seen, labels, least=least, draws=draws, seed=seed)

    def settle(
        self, names: Sequence[str] = (), *, into: Where = "proposals", least: float = 0.5
    ) -> Settled:
        """Write down what most people mean, as one edit; conflicts are left to a person.

        Into the labels nothing is written where a picture carries labels already, unless the labels
        are among those asked: then they become what most say.

        Parameters
        ----------
        names : sequence of str
            As in `agreement`.
        into : str
            `proposals`, to be accepted one by one, or `labels`.
        least : float
            As in `agreement`.

        Raises
        ------
        BadInput, NotFound
            As `agreement`.
        """
        names = self._named(names)
        layer = PROPOSALS if into == "proposals" else LABELS
        edits: list[Edit[ProjectState]] = []
        open_: list[Open] = []
        agreed = dropped = kept = 0
        sides = self._annotators.together(names)
        for media, seen in sides:
            found = fused(seen, least)
            item = self._project.state.media.get(media)
            open_ += [Open(media, item.name, quarrel) for quarrel in found.quarrels]
            dropped += found.dropped
            before = self._before(media, into, LABELS_NAME in seen)
            if before is None:
                kept += 1
                continue
            agreed += len(found.agreed)
            after = self._after(found, before if into == "labels" else ())
            if before or after:
                edits.append(SetShapes(media=media, before=before, after=after, layer=layer))
        if edits:
            self._project.perform(Batch.of(f"Consensus of {', '.join(names)}", edits))
        return Settled(len(sides), agreed, dropped, kept, open_)

    def _named(self, names: Sequence[str]) -> list[str]:
        chosen = list(dict.fromkeys(names)) or self._annotators.names()
        if not names and len(chosen) == 1:
            chosen.append(LABELS_NAME)
        for name in chosen:
            self._annotators.layer(name)
        if len(chosen) < 2:
            raise BadInput(
                "Agreement needs two people.", "Assign pictures to a second annotator first."
            )
        return chosen

    def _before(self, media: MediaId, into: Where, asked: bool) -> tuple[Shape, ...] | None:
        """Return the shapes a consensus replaces; None where it may not write."""
        if into == "proposals":
            older = self._project.state.layer(PROPOSALS).of(media)
            return tuple(shape for shape in older if shape.author == AUTHOR)
        there = tuple(self._project.state.annotations.of(media))
        if there and not asked and any(shape.author != AUTHOR for shape in there):
            return None
        return there

    def _after(self, found: Consensus, before: Sequence[Shape]) -> tuple[Shape, ...]:
        """Return what most mean; labels that a person has still to decide about stay."""
        quarrelled = {
            shape.id
            for quarrel in found.quarrels
            for name, shape in quarrel.members
            if name == LABELS_NAME
        }
        stay = [shape for shape in before if shape.id in quarrelled]
        top = max((shape.z for shape in stay), default=-1.0) + 1
        return (*stay, *(_shape(one, top + at) for at, one in enumerate(found.agreed)))


def _shape(one: Fused, z: float) -> Shape:
    """Return the shape most mean; what the labels had of it keeps its id."""
    own = [shape for name, shape in one.members if name == LABELS_NAME]
    chosen = own[0] if own else None
    return Shape(
        id=chosen.id if chosen else ShapeId(new_id("shape")),
        label=one.label,
        geometry=one.geometry,
        attributes=chosen.attributes if chosen else _said_alike(one),
        author=AUTHOR,
        score=one.share,
        z=z,
    )


def _said_alike(one: Fused) -> dict[str, str | bool | int | float]:
    """Return the attributes that all say alike."""
    first, *others = [shape.attributes for _, shape in one.members]
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }
