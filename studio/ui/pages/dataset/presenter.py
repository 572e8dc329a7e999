"""What the dataset page shows; knows no Qt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from studio.domain.datasets import (
    SPLITS,
    DatasetStatistics,
    Leak,
    Split,
    SplitPlan,
    deal,
    statistics,
)
from studio.domain.labels import AnnotatedMedia, LabelSchema
from studio.domain.project import ArtefactRecord, ProjectState

SPLIT_NAMES: dict[Split, str] = {"train": "Training", "val": "Validation", "test": "Test"}


class Bar(NamedTuple):
    """One label: how often it occurs in each split."""

    name: str
    counts: tuple[int, int, int]
    """In the order of `SPLITS`."""


class Preview(NamedTuple):
    """What a plan would give with the labels as they are."""

    schema: LabelSchema
    statistics: DatasetStatistics


def preview(state: ProjectState, plan: SplitPlan) -> Preview:
    """Deal the pictures of a project as a version would deal them; safe on any thread."""
    schema = state.schema
    shapes = dict(state.annotations.all())
    items = [
        AnnotatedMedia(media=media, shapes=tuple(shapes.get(media.id, ()))) for media in state.media
    ]
    return Preview(schema, statistics(schema, deal(items, plan)))


def bars(schema: LabelSchema, figures: DatasetStatistics) -> list[Bar]:
    """Return a bar for each label, in the order of the schema."""
    none = dict.fromkeys(SPLITS, 0)
    return [Bar(label.name, _counts(figures.labels.get(label.id, none))) for label in schema.labels]


def _counts(of: dict[Split, int]) -> tuple[int, int, int]:
    return of.get("train", 0), of.get("val", 0), of.get("test", 0)


def in_words(figures: DatasetStatistics) -> str:
    """Say how many pictures each split has."""
    total = sum(figures.media.values())
    parts = [
        f"{SPLIT_NAMES[split]} {figures.media.get(split, 0):,}"
        f" ({figures.media.get(split, 0) / total:.0%})"
        for split in SPLITS
        if total
    ]
    return " · ".join(parts)


def warnings(schema: LabelSchema, figures: DatasetStatistics) -> list[str]:
    """Say what a person should look at before training on this, each in one sentence."""
    said = []
    if not figures.media.get("train"):
        said.append("No picture is left to train on.")
    missing = [
        bar.name for bar in bars(schema, figures) if bar.counts[0] == 0 and sum(bar.counts) > 0
    ]
    if missing:
        said.append(f"Training never sees {_some(missing)}.")
    unseen = [
        bar.name
        for bar in bars(schema, figures)
        if bar.counts[0] and figures.media.get("test") and not bar.counts[2]
    ]
    if unseen:
        said.append(f"The test never asks for {_some(unseen)}.")
    if figures.unlabelled:
        word = "picture carries" if figures.unlabelled == 1 else "pictures carry"
        said.append(f"{figures.unlabelled:,} {word} no label.")
    return said


def _some(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")


def leak_rows(leaks: Sequence[Leak]) -> list[tuple[str, str, str]]:
    """Return each leak as reason, first and second picture with their splits."""
    return [
        (
            leak.reason.capitalize(),
            f"{leak.first} ({SPLIT_NAMES[leak.first_split].lower()})",
            f"{leak.second} ({SPLIT_NAMES[leak.second_split].lower()})",
        )
        for leak in leaks
    ]


def version_title(record: ArtefactRecord, number: int) -> str:
    """Name a version for the list: its number, its title and when it was made."""
    made = time.strftime("%d %b %Y, %H:%M", time.localtime(record.created))
    return f"{number} · {record.title}\n{made} · {record.digest[7:15]}"


def chart_in_words(shown: Sequence[Bar]) -> str:
    """Say the chart, for those who do not see it."""
    return "; ".join(
        f"{bar.name}: "
        + ", ".join(
            f"{SPLIT_NAMES[split].lower()} {count:,}"
            for split, count in zip(SPLITS, bar.counts, strict=True)
        )
        for bar in shown
    )
