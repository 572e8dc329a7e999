"""How far people agree about pictures, with intervals over pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from studio.domain.artefacts import Value
from studio.domain.geometry import FloatArray
from studio.domain.labels import LabelId, Shape
from studio.domain.quality.coefficients import (
    NOT_ASKED,
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
)
from studio.domain.quality.matching import LEAST, grouped, matched
from studio.domain.quality.overlap import REACH

MISSING = LabelId("")
"""What somebody said who did not draw a thing that another drew."""
DRAWS = 1000
_TAILS = (2.5, 97.5)
_FEWEST = 2
"""Pictures from which an interval can be told."""


class Measured(Value):
    """A figure with its interval."""

    value: float | None
    """None where it has no meaning."""
    low: float | None = None
    high: float | None = None
    """95 % of the figures of pictures drawn with replacement; None where they tell nothing."""


class ClassAgreement(Value):
    """How far two people agree about one label."""

    label: LabelId
    first: int
    """Shapes of the first person."""
    second: int
    """Shapes of the second person."""
    f1: Measured
    """Twice the shapes that both have and name so, over the shapes of both; 0..1."""


class PairAgreement(Value):
    """How far two people agree."""

    first: str
    second: str
    pictures: int
    """That both have seen."""
    shapes: tuple[int, int]
    matches: int
    overlap: Measured
    """Mean over matches, 0..1."""
    detection: Measured
    """F1 of finding things, whatever they are called, 0..1."""
    right: Measured
    """F1 of finding things and giving them the same name, 0..1."""
    kappa: Measured
    """Cohen's kappa over all things; a thing that one left out is a name of its own."""
    kappa_named: Measured
    """Cohen's kappa over the names of things that both have."""
    classes: tuple[ClassAgreement, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows are the first person, columns the second, in the order of `Agreement.labels`."""


class Agreement(Value):
    """How far all agree."""

    people: tuple[str, ...]
    labels: tuple[LabelId, ...]
    """The last is `MISSING`."""
    pictures: int
    """That two or more have seen."""
    alpha: Measured
    """Krippendorff's alpha over all things that anybody has; leaving one out is a name."""
    pairs: tuple[PairAgreement, ...]


@dataclass
class _Events:
    """What two people said of each thing, thing by thing."""

    shapes: tuple[int, int] = (0, 0)
    pictures: list[int] = field(default_factory=list)
    picture: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    overlap: list[float] = field(default_factory=list)

    def add(self, picture: int, first: int, second: int, overlap: float = 0.0) -> None:
        self.picture.append(picture)
        self.first.append(first)
        self.second.append(second)
        self.overlap.append(overlap)


def agreement_of(
    pictures: Iterable[Mapping[str, Sequence[Shape]]],
    labels: Sequence[LabelId],
    *,
    least: float = LEAST,
    reach: float = REACH,
    draws: int = DRAWS,
    seed: int = 0,
) -> Agreement:
    """Measure how far people agree.

    Parameters
    ----------
    pictures : iterable of mapping of str to sequence of Shape
        For each picture what each person who has seen it drew, nothing included.
    labels : sequence of LabelId
        Known labels, in order; others that occur are put behind them.
    least : float, in (0, 1]
        Overlap from which two shapes mean the same thing.
    reach : float, px
        How far lines and points are grown.
    draws : int
        How often pictures are drawn with replacement.
    seed : int
        Of the drawings.

    Returns
    -------
    Agreement
        With a pair for each two people who have seen a picture both.
    """
    numbers = {label: at for at, label in enumerate(labels)}
    pairs: dict[tuple[str, str], _Events] = {}
    units: list[tuple[int, dict[str, int]]] = []
    people: dict[str, None] = {}
    count = 0
    for count, seen in enumerate(pictures, 1):
        people.update(dict.fromkeys(seen))
        for shapes in seen.values():
            for shape in shapes:
                numbers.setdefault(shape.label, len(numbers))
        for one, other in combinations(sorted(seen), 2):
            events = pairs.setdefault((one, other), _Events())
            _compare(events, count - 1, (seen[one], seen[other]), numbers, (least, reach))
        if len(seen) > 1:
            units.extend((count - 1, said) for said in _units(seen, numbers, least, reach))
    chance = _Chance(count, draws, seed)
    order = (*numbers, MISSING)
    return Agreement(
        people=tuple(sorted(people)),
        labels=order,
        pictures=len({at for events in pairs.values() for at in events.pictures}),
        alpha=_alpha(units, sorted(people), len(order), chance),
        pairs=tuple(_pair(names, events, order, chance) for names, events in sorted(pairs.items())),
    )


def _compare(
    events: _Events,
    picture: int,
    sides: tuple[Sequence[Shape], Sequence[Shape]],
    numbers: Mapping[LabelId, int],
    rule: tuple[float, float],
) -> None:
    first, second = sides
    events.pictures.append(picture)
    events.shapes = (events.shapes[0] + len(first), events.shapes[1] + len(second))
    pairs = matched(first, second, *rule)
    for pair in pairs:
        named = (numbers[first[pair.first].label], numbers[second[pair.second].label])
        events.add(picture, *named, pair.overlap)
    ours, theirs = {one.first for one in pairs}, {one.second for one in pairs}
    for at, shape in enumerate(first):
        if at not in ours:
            events.add(picture, numbers[shape.label], NOT_ASKED)
    for at, shape in enumerate(second):
        if at not in theirs:
            events.add(picture, NOT_ASKED, numbers[shape.label])


def _units(
    seen: Mapping[str, Sequence[Shape]], numbers: Mapping[LabelId, int], least: float, reach: float
) -> Iterator[dict[str, int]]:
    names = sorted(seen)
    sides = [seen[name] for name in names]
    for group in grouped(sides, least, reach):
        yield {
            name: numbers[sides[at][group[at]].label] if at in group else -2
            for at, name in enumerate(names)
        }


class _Chance:
    """Draws pictures with replacement: how often each comes, the same draws for every figure."""

    def __init__(self, pictures: int, draws: int, seed: int) -> None:
        self.pictures, self._draws, self._seed = pictures, draws, seed

    def weights(self, among: Sequence[int]) -> Iterator[FloatArray]:
        """Walk over (pictures,) float64 weights of drawings among some pictures."""
        chance = np.random.default_rng(self._seed)
        places = np.array(among, np.intp)
        for _ in range(self._draws if len(places) >= _FEWEST else 0):
            drawn = places[chance.integers(0, len(places), len(places))]
            yield np.bincount(drawn, minlength=self.pictures).astype(np.float64)


def _alpha(
    units: Sequence[tuple[int, Mapping[str, int]]],
    people: Sequence[str],
    size: int,
    chance: _Chance,
) -> Measured:
    codes = np.full((len(units), len(people)), NOT_ASKED, np.intp)
    for row, (_, said) in enumerate(units):
        for column, name in enumerate(people):
            if name in said:
                codes[row, column] = said[name] if said[name] >= 0 else size - 1
    found = coincidences(codes)
    picture = np.array([at for at, _ in units], np.intp)[found.unit]
    place = found.first * size + found.second

    def alpha(weights: FloatArray) -> float | None:
        table = np.bincount(place, found.weight * weights[picture], size * size).astype(float)
        return krippendorff_alpha(table.reshape(size, size))

    drawn = [alpha(one) for one in chance.weights(sorted({at for at, _ in units}))]
    return _measured(alpha(np.ones(max(chance.pictures, 1))), drawn)


def _pair(
    names: tuple[str, str], events: _Events, labels: Sequence[LabelId], chance: _Chance
) -> PairAgreement:
    size, last = len(labels), len(labels) - 1
    first, second = (
        np.where(codes == NOT_ASKED, last, codes)
        for codes in (np.array(events.first, np.intp), np.array(events.second, np.intp))
    )
    both = (first != last) & (second != last)
    found = _Things(
        np.array(events.picture, np.intp), first * size + second, both,
        np.array(events.overlap, np.float64), size,
    )  # fmt: skip
    whole = _figures(found, np.ones(chance.pictures))
    drawn = [_figures(found, weights) for weights in chance.weights(events.pictures)]
    measured = [_measured(value, [one[at] for one in drawn]) for at, value in enumerate(whole)]
    table = found.table(np.ones(chance.pictures)).astype(int)
    return PairAgreement(
        first=names[0],
        second=names[1],
        pictures=len(events.pictures),
        shapes=events.shapes,
        matches=int(both.sum()),
        overlap=measured[0],
        detection=measured[1],
        right=measured[2],
        kappa=measured[3],
        kappa_named=measured[4],
        classes=tuple(
            ClassAgreement(
                label=label,
                first=int(table[at].sum()),
                second=int(table[:, at].sum()),
                f1=measured[5 + at],
            )
            for at, label in enumerate(labels[:-1])
            if table[at].sum() + table[:, at].sum()
        ),
        confusion=tuple(map(tuple, table.tolist())),
    )


@dataclass(frozen=True)
class _Things:
    """All things two people spoke of, as arrays."""

    picture: NDArray[np.intp]
    place: NDArray[np.intp]
    both: NDArray[np.bool_]
    overlap: FloatArray
    size: int

    def table(self, weights: FloatArray) -> FloatArray:
        counted = np.bincount(self.place, weights[self.picture], self.size**2).astype(float)
        return counted.reshape(self.size, self.size)


def _figures(things: _Things, weights: FloatArray) -> list[float | None]:
    """Return overlap, detection, right, both kappas, and F1 of each label."""
    table = things.table(weights)
    named = table[:-1, :-1]
    matches = float(named.sum())
    all_ = 2 * matches + float(table[-1].sum() + table[:, -1].sum())
    overlap = float((weights[things.picture] * things.overlap)[things.both].sum())
    each = table.sum(0)[:-1] + table.sum(1)[:-1]
    f1 = [
        2 * float(same) / float(total) if total else None
        for same, total in zip(np.diag(named), each, strict=True)
    ]
    return [
        overlap / matches if matches else None,
        2 * matches / all_ if all_ else None,
        2 * float(np.trace(named)) / all_ if all_ else None,
        cohen_kappa(table),
        cohen_kappa(named),
        *f1,
    ]


def _measured(value: float | None, drawn: Sequence[float | None]) -> Measured:
    known = [one for one in drawn if one is not None]
    if value is None or not known:
        return Measured(value=value)
    low, high = np.percentile(known, _TAILS)
    return Measured(value=value, low=float(low), high=float(high))
