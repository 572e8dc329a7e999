"""Planted errors come first in rankings, and pictures that look alike are found among others."""

from __future__ import annotations

import io
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from studio.domain.evaluation import Detection, Verdict
from studio.domain.geometry import Box, Tag
from studio.domain.ids import JsonValue
from studio.domain.labels import (
    AnnotatedMedia,
    LabelId,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    extended,
    lines,
)
from studio.domain.media import MediaId, MediaItem
from studio.domain.packaging import ModelPackage, Predictions
from studio.domain.quality import DuplicateGroups, LabelErrors
from studio.errors import BadInput, Cancelled
from tests.fakes.media_work import Work, pixels, plugins

SCHEMA = extended(LabelSchema(), ["ring", "bar"])
RING, BAR = (label.id for label in SCHEMA.labels)


def put(work: Work, name: str, data: bytes) -> MediaItem:
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
    id_ = MediaId(work.store.put(data))
    return MediaItem(id=id_, name=name, width=width, height=height)


def run(work: Work, id_: str, values: dict[str, JsonValue], **inputs: object) -> Any:
    return work.run(id_, values, **inputs)


def tag(label: LabelId) -> Shape:
    return Shape(id=ShapeId(f"s{label}"), label=label, geometry=Tag())


# --- labels of pictures


def drawing(number: int, ring: bool) -> bytes:
    chance = np.random.default_rng(number)
    grid = np.hypot(*(np.mgrid[:28, :28] - 13.5 + chance.normal(0, 1, (2, 1, 1))))
    shape = (abs(grid - 8) < 2) if ring else np.zeros((28, 28), bool)
    if not ring:
        at = 10 + chance.integers(0, 6)
        shape[4:24, at : at + 4] = True
    grey = np.clip(shape * 200 + chance.normal(20, 15, (28, 28)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "PNG")
    return out.getvalue()


def test_planted_errors_come_first(work: Work) -> None:
    planted = {3, 17, 40, 55}
    items = []
    for number in range(80):
        ring = number % 2 == 0
        media = put(work, f"{number}.png", drawing(number, ring))
        label = RING if ring != (number in planted) else BAR
        items.append(AnnotatedMedia(media=media, shapes=(tag(label),)))
    labels = LabelSet.write(work.store, SCHEMA, items)
    found = cast("LabelErrors", run(work, "quality.label_errors", {}, labels=labels))
    first = found.suspects[: len(planted)]
    assert {int(one.name.removesuffix(".png")) for one in first} == planted
    assert all(one.given != one.suggested for one in first)
    assert found.estimated == pytest.approx(len(planted), abs=1)
    assert found.looked == 80


def test_margins_are_those_of_the_formula() -> None:
    # The folder of a plugin is on the path once the plugin is loaded.
    plugins().get("quality.label_errors")
    from studio_label_quality.classes import judged  # type: ignore[import-not-found]

    sure = np.array([[0.9, 0.1]] * 6 + [[0.2, 0.8]] * 6)
    codes = np.array([0] * 5 + [1] + [1] * 6)
    scores, wrong = judged(codes, sure)
    # Normalised margin: (p(given) - max p(other) + 1) / 2.
    assert scores == pytest.approx([0.9] * 5 + [0.1] + [0.8] * 6)
    assert wrong.tolist() == [False] * 5 + [True] + [False] * 6


def test_without_two_labels_it_says_what_is_missing(work: Work) -> None:
    media = put(work, "a.png", drawing(0, True))
    labels = LabelSet.write(work.store, SCHEMA, [AnnotatedMedia(media=media, shapes=(tag(RING),))])
    with pytest.raises(BadInput, match="no two labels"):
        run(work, "quality.label_errors", {}, labels=labels)


# --- labels of things


def box(id_: str, label: LabelId, *edges: float) -> Shape:
    return Shape(id=ShapeId(id_), label=label, geometry=Box(*edges))


class Engine:
    def __init__(self, work: Work, answers: tuple[Detection, ...]) -> None:
        self._work, self._answers = work, answers

    def predict(self, ctx: object, package: object, pictures: list[MediaItem]) -> Predictions:
        verdicts = [
            Verdict(media=item.id, name=item.name, detections=self._answers) for item in pictures
        ]
        return Predictions(
            task="detection", label_schema=SCHEMA, provider="none", media=tuple(pictures),
            verdicts=self._work.store.put(lines(verdicts)),
        )  # fmt: skip


def package(task: str = "detection") -> ModelPackage:
    return ModelPackage.model_construct(task=task)  # type: ignore[arg-type]


def test_things_are_held_against_what_is_found(work: Work) -> None:
    drawn = (
        box("good", RING, 0, 0, 100, 100),
        box("swapped", BAR, 200, 0, 300, 100),
        box("beside", RING, 0, 250, 100, 350),
    )
    answers = tuple(
        Detection(label=label, score=score, box=edges)
        for label, score, edges in (
            (RING, 0.9, (0.0, 0.0, 100.0, 100.0)),
            (RING, 0.8, (200.0, 0.0, 300.0, 100.0)),
            (RING, 0.9, (0.0, 200.0, 100.0, 300.0)),
            (BAR, 0.7, (400.0, 0.0, 500.0, 100.0)),
            (BAR, 0.2, (400.0, 400.0, 500.0, 500.0)),
        )
    )
    work.engine = Engine(work, answers)  # type: ignore[attr-defined]
    media = put(work, "a.png", pixels((600, 600), 1))
    labels = LabelSet.write(work.store, SCHEMA, [AnnotatedMedia(media=media, shapes=drawn)])
    found = run(work, "quality.detection_errors", {}, labels=labels, package=package())
    told = [(one.kind, one.shape, one.suggested, round(one.score, 6)) for one in found.suspects]
    assert told == [
        ("swapped", "swapped", RING, 0.2),
        ("overlooked", None, BAR, 0.3),
        ("badly_located", "beside", RING, pytest.approx(1 - 0.9 * (1 - 50 / 150))),
    ]
    assert found.estimated == 3
    with pytest.raises(BadInput, match="finds no things"):
        run(work, "quality.detection_errors", {}, labels=labels, package=package("classification"))


# --- pictures that look alike


def again(data: bytes, size: tuple[int, int], quality: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def media_set(work: Work, items: list[MediaItem]) -> LabelSet:
    return LabelSet.write(work.store, SCHEMA, [AnnotatedMedia(media=item) for item in items])


def test_copies_are_found_and_strangers_are_not(work: Work) -> None:
    originals = [pixels((160, 120), seed) for seed in range(30)]
    items = [put(work, f"{at}.png", data) for at, data in enumerate(originals)]
    for at in range(0, 30, 3):
        items.append(put(work, f"{at}-small.jpg", again(originals[at], (80, 60), 60)))
        items.append(put(work, f"{at}-poor.jpg", again(originals[at], (160, 120), 30)))
    flat = io.BytesIO()
    Image.new("RGB", (60, 60), "grey").save(flat, "PNG")
    items.append(put(work, "flat.png", flat.getvalue()))
    items.append(MediaItem(id=MediaId(work.store.put(b"no")), name="no.png", width=9, height=9))
    labels = media_set(work, items)
    found = cast("DuplicateGroups", run(work, "quality.duplicates", {}, labels=labels))
    groups = [sorted(twin.name for twin in group) for group in found.groups]
    assert groups == [[f"{at}-poor.jpg", f"{at}-small.jpg", f"{at}.png"] for at in range(0, 30, 3)]
    assert (found.pictures, found.passed_over) == (52, 2)


def test_looking_for_copies_can_be_cancelled(work: Work) -> None:
    work._cancel_after = 1
    labels = media_set(work, [put(work, "a.png", pixels((20, 20), 1))])
    with pytest.raises(Cancelled):
        run(work, "quality.duplicates", {}, labels=labels)
