"""Dataset versions: an unchangeable choice of pictures, each in one split."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, TypeAlias

import orjson
from pydantic import Field, model_validator

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.ids import Digest
from studio.domain.labels import AnnotatedMedia, LabelId, LabelSchema, lines
from studio.domain.objects import ObjectStore

Split: TypeAlias = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")


class SplitPlan(Value):
    """How pictures are dealt to the splits; the same plan deals the same way for ever."""

    strategy: Literal["stratified", "random", "group", "given"] = Field(
        "stratified",
        description="stratified keeps each label's share; group keeps a group in one split; "
        "given takes the split from the first folder of the name (train, val, test); where none "
        "is for validation, its share comes out of training.",
    )
    val: Annotated[float, Field(ge=0, lt=1)] = 0.15
    """Share of pictures for validation."""
    test: Annotated[float, Field(ge=0, lt=1)] = 0.15
    """Share of pictures for the test."""
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _leaves_some_to_train(self) -> SplitPlan:
        if self.val + self.test >= 1:
            raise ValueError("val and test together must leave something to train on")
        return self


class DatasetItem(Value):
    """One picture of a dataset version, with its labels and its split."""

    split: Split
    item: AnnotatedMedia


class Leak(Value):
    """A reason why a figure measured on one split may be too good."""

    reason: Literal["same bytes", "near duplicate", "same group"]
    first: str
    """Name of the one picture."""
    first_split: Split
    second: str
    """Name of the other."""
    second_split: Split


class DatasetStatistics(Value):
    """Numbers a person looks at before training."""

    media: dict[Split, int]
    shapes: dict[Split, int]
    labels: dict[LabelId, dict[Split, int]]
    """Shapes (tags included) of each label in each split."""
    unlabelled: int
    """Pictures with no shape at all."""
    leaks: tuple[Leak, ...] = ()
    """At most the first 200 found."""
    leak_count: int = 0


class DatasetVersion(Artefact):
    """An immutable dataset: pictures, labels and splits under one digest."""

    kind: ClassVar[str] = "dataset"
    noun: ClassVar[str] = "a dataset version"

    label_schema: LabelSchema
    plan: SplitPlan
    items: Digest
    """Object with one `DatasetItem` a line, as JSON."""
    statistics: DatasetStatistics

    def layers(self) -> tuple[Layer, ...]:
        """The list of pictures."""
        return (Layer("items.jsonl", self.items, "application/jsonl"),)

    def references(self, store: ObjectStore) -> Iterator[Digest]:
        """The list of pictures, and every picture."""
        yield self.items
        for entry in self.read(store):
            yield entry.item.media.digest

    def read(self, store: ObjectStore, split: Split | None = None) -> Iterator[DatasetItem]:
        """Walk over the pictures, of one split or of all, in their fixed order."""
        for line in store.get(self.items).splitlines():
            entry = DatasetItem.model_validate(orjson.loads(line))
            if split is None or entry.split == split:
                yield entry

    @classmethod
    def write(
        cls,
        store: ObjectStore,
        schema: LabelSchema,
        plan: SplitPlan,
        items: Sequence[DatasetItem],
        leaks: Sequence[Leak] = (),
    ) -> DatasetVersion:
        """Store the list of pictures and return the version."""
        return cls(
            label_schema=schema,
            plan=plan,
            items=store.put(lines(items)),
            statistics=statistics(schema, items, leaks),
        )


def statistics(
    schema: LabelSchema, items: Sequence[DatasetItem], leaks: Sequence[Leak] = ()
) -> DatasetStatistics:
    """Count pictures, shapes and labels of each split."""
    media: Counter[Split] = Counter()
    shapes: Counter[Split] = Counter()
    labels: dict[LabelId, dict[Split, int]] = {
        label.id: dict.fromkeys(SPLITS, 0) for label in schema.labels
    }
    for entry in items:
        media[entry.split] += 1
        shapes[entry.split] += len(entry.item.shapes)
        for shape in entry.item.shapes:
            labels.setdefault(shape.label, dict.fromkeys(SPLITS, 0))[entry.split] += 1
    return DatasetStatistics(
        media={split: media[split] for split in SPLITS},
        shapes={split: shapes[split] for split in SPLITS},
        labels=labels,
        unlabelled=sum(not entry.item.shapes for entry in items),
        leaks=tuple(leaks[:200]),
        leak_count=len(leaks),
    )


def deal(items: Sequence[AnnotatedMedia], plan: SplitPlan) -> list[DatasetItem]:
    """Deal pictures to the splits.

    The place of a picture depends on its bytes and the seed alone (and, when stratified, on the
    others of its label), never on the order in which it was imported. Pictures with equal bytes
    always land in the same split.

    Parameters
    ----------
    items : sequence of AnnotatedMedia
        All pictures.
    plan : SplitPlan
        Shares and strategy.

    Returns
    -------
    list of DatasetItem
        Same length, sorted by split (train, val, test), then by name.
    """
    if plan.strategy == "given":
        dealt = _deal_given(items, plan)
    else:
        dealt = []
        for stratum in _strata(items, plan).values():
            dealt += _deal_stratum(stratum, plan)
    rank = {split: number for number, split in enumerate(SPLITS)}
    return sorted(dealt, key=lambda entry: (rank[entry.split], entry.item.media.name))


def _deal_given(items: Sequence[AnnotatedMedia], plan: SplitPlan) -> list[DatasetItem]:
    """Take splits from names; where none is for validation, deal its share out of training."""
    dealt = [DatasetItem(split=_given(item.media.name), item=item) for item in items]
    if any(entry.split == "val" for entry in dealt) or not plan.val:
        return dealt
    kept = [entry for entry in dealt if entry.split != "train"]
    train = [entry.item for entry in dealt if entry.split == "train"]
    share = plan.model_copy(update={"strategy": "stratified", "test": 0.0})
    for stratum in _strata(train, share).values():
        kept += _deal_stratum(stratum, share)
    return kept


def _given(name: str) -> Split:
    first = name.replace("\\", "/").split("/")[0].casefold()
    if first in ("val", "valid", "validation", "dev"):
        return "val"
    return "test" if first in ("test", "testing") else "train"


def _strata(
    items: Sequence[AnnotatedMedia], plan: SplitPlan
) -> dict[str, list[list[AnnotatedMedia]]]:
    """Group pictures into units that stay together, and units into strata dealt one by one."""
    units: dict[str, list[AnnotatedMedia]] = defaultdict(list)
    for item in items:
        together = plan.strategy == "group" and item.media.group
        units[item.media.group if together else item.media.digest].append(item)
    strata: dict[str, list[list[AnnotatedMedia]]] = defaultdict(list)
    for unit in units.values():
        labels = Counter(shape.label for item in unit for shape in item.shapes)
        # The rarest label of a unit is not known here; its most frequent one stands for it.
        stratum = labels.most_common(1)[0][0] if labels and plan.strategy == "stratified" else ""
        strata[stratum].append(unit)
    return dict(sorted(strata.items()))


def _deal_stratum(units: list[list[AnnotatedMedia]], plan: SplitPlan) -> list[DatasetItem]:
    def place(unit: list[AnnotatedMedia]) -> bytes:
        first = min(item.media.id for item in unit)
        return hashlib.sha256(f"{plan.seed}:{first}".encode()).digest()

    shuffled = sorted(units, key=place)
    total = sum(map(len, shuffled))
    goal_test, goal_val = round(plan.test * total), round(plan.val * total)
    dealt: list[DatasetItem] = []
    taken = 0
    for unit in shuffled:
        split: Split = "train"
        if taken < goal_test:
            split = "test"
        elif taken < goal_test + goal_val:
            split = "val"
        taken += len(unit)
        dealt += [DatasetItem(split=split, item=item) for item in unit]
    return dealt
