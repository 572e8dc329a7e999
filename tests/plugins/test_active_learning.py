"""Which pictures to label next: by each strategy, and always beside chance."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from studio.api.engine import Features, LabelQueue, Picked, Strategy
from studio.domain.geometry import Tag
from studio.domain.ids import digest_of
from studio.domain.labels import (
    AnnotatedMedia,
    Label,
    LabelId,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
)
from studio.domain.media import MediaItem, media_id
from studio.errors import BadInput
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost
from tests.fakes.objects import MemoryObjects

PluginHost([builtin_plugins()], installed=False).get("active.queue")
operations: Any = importlib.import_module("studio_active_learning.operations")
arms: Any = importlib.import_module("studio_active_learning.arms")
strategies: Any = importlib.import_module("studio_active_learning.strategies")

SCHEMA = LabelSchema(
    labels=tuple(Label(id=LabelId(f"d{n}"), name=str(n), colour="#000000") for n in range(10))
)


class World:
    """The digits, each a picture whose embedding is its own pixels."""

    def __init__(self, count: int = 600) -> None:
        digits = load_digits()
        order = np.random.default_rng(0).permutation(len(digits.data))[:count]
        self.x = (digits.data[order] / 16).astype(np.float32)
        self.y = digits.target[order]
        known = LogisticRegression(max_iter=300).fit(self.x[:60], self.y[:60])
        self.said = known.predict_proba(self.x).astype(np.float32)
        self.store = MemoryObjects()
        self.media = [
            MediaItem(id=media_id(digest_of(str(n).encode())), name=f"{n}.png", width=8, height=8)
            for n in range(count)
        ]
        self.row = {item.id: n for n, item in enumerate(self.media)}
        self.asked: list[int] = []
        self.ctx: Any = SimpleNamespace(
            store=self.store, seed=7, progress=lambda *_: None, engine=self, log=lambda *_: None
        )
        self.model: Any = SimpleNamespace(label_schema=SCHEMA, task="classification")

    def features(self, ctx: Any, model: Any, pictures: Any, draws: int = 0) -> Features:
        del ctx, model
        self.asked.append(draws)
        rows = [self.row[item.id] for item in pictures]
        rng = np.random.default_rng(1)
        shape = (draws, len(rows), 10)
        noisy = self.said[rows] + rng.uniform(0, 0.1, shape).astype(np.float32)
        drawn = noisy / noisy.sum(2, keepdims=True) if draws else np.zeros(shape, np.float32)
        return Features(self.x[rows], self.said[rows], drawn)

    def with_boxes(self) -> Any:
        """Return a detector, to which each digit is a picture with a thing on it."""
        return SimpleNamespace(label_schema=SCHEMA, task="detection")

    def item(self, n: int, labelled: bool = True) -> AnnotatedMedia:
        tag = Shape(id=ShapeId(f"s{n}"), label=LabelId(f"d{self.y[n]}"), geometry=Tag())
        return AnnotatedMedia(media=self.media[n], shapes=(tag,) if labelled else ())

    def labels(self, labelled: int) -> LabelSet:
        items = [self.item(n, n < labelled) for n in range(len(self.media))]
        return LabelSet.write(self.store, SCHEMA, items)

    def dataset(self) -> Any:
        half = len(self.media) // 2

        def read(store: Any, split: str | None = None) -> Any:
            del store
            entries = [
                SimpleNamespace(item=self.item(n), split="train" if n < half else "test")
                for n in range(len(self.media))
            ]
            return [one for one in entries if split is None or one.split == split]

        return SimpleNamespace(read=read)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_every_strategy_chooses_unlabelled_pictures_with_a_control_arm(
    world: World, strategy: str
) -> None:
    params = operations.QueueParams(strategy=strategy, size=40, control=0.25, draws=8)
    queue = operations.label_queue.function(world.ctx, world.model, world.labels(60), params=params)
    names = [world.row[one.media] for one in queue.pictures]
    assert len(set(names)) == len(names) == 40
    assert min(names) >= 60
    assert [one.arm for one in queue.pictures].count("control") == 10
    assert queue.pool == 540
    again = operations.label_queue.function(world.ctx, world.model, world.labels(60), params=params)
    assert again == queue
    assert (world.asked[-1] > 0) == (strategy == "bald")


@pytest.mark.parametrize("strategy", ["entropy", "margin", "least_confident"])
def test_unsure_pictures_come_first(world: World, strategy: Any) -> None:
    features = world.features(None, None, world.media)
    candidates = np.arange(60, 600)
    choice = strategies.choose(strategy, features, candidates, 30, 0)
    said = np.sort(world.said[60:], axis=1)
    if strategy == "margin":
        expected = 60 + np.argsort(said[:, -1] - said[:, -2], kind="stable")[:30]
    elif strategy == "least_confident":
        expected = 60 + np.argsort(said[:, -1], kind="stable")[:30]
    else:
        entropy = -(said * np.log(said)).sum(1)
        expected = 60 + np.argsort(-entropy, kind="stable")[:30]
    assert len(set(choice.rows) & set(expected)) >= 29
    assert world.said[choice.rows].max(1).mean() < world.said[60:].max(1).mean()


def test_core_set_and_badge_spread_over_the_pictures(world: World) -> None:
    features = world.features(None, None, world.media)
    candidates = np.arange(60, 600)

    def spread(rows: Any) -> float:
        # What is labelled already stands at the centre of its surroundings as well.
        centres = world.x[np.concatenate([np.arange(60), rows])]
        near = np.linalg.norm(world.x[60:, None] - centres[None], axis=2).min(1)
        return float(near.max())

    chance = np.mean(
        [spread(strategies.choose("random", features, candidates, 30, n).rows) for n in range(5)]
    )
    assert spread(strategies.choose("core_set", features, candidates, 30, 0).rows) < chance
    badge = strategies.choose("badge", features, candidates, 30, 0).rows
    assert len({int(world.said[row].argmax()) for row in badge}) >= 8


def test_scores_of_a_detector_need_not_add_up(world: World) -> None:
    said = np.array([[0.95, 0.02], [0.5, 0.01], [0.05, 0.02]], np.float32)
    features = Features(np.zeros((3, 2), np.float32), said, np.zeros((0, 3, 2), np.float32))
    for strategy in ("entropy", "margin", "least_confident"):
        assert strategies.choose(strategy, features, np.arange(3), 1, 0).rows.tolist() == [1]


def test_a_study_holds_a_strategy_against_chance_from_the_same_beginning(world: World) -> None:
    params = operations.StudyParams(strategy="margin", start=20, batch=30, rounds=4, repetitions=3)
    study = operations.learning_study.function(
        world.ctx, world.model, world.dataset(), params=params
    )
    ours, chance = study.curves
    assert study.sizes == (20, 50, 80, 110, 140)
    assert [row[0] for row in ours.accuracy] == [row[0] for row in chance.accuracy]
    assert np.mean([row[-1] for row in ours.accuracy]) > 0.85
    assert study.interval[0] <= study.gain <= study.interval[1]
    assert study.gain > 0
    means = np.mean(ours.accuracy, 0), np.mean(chance.accuracy, 0)
    assert study.gain == pytest.approx(float((means[0] - means[1]).mean()))


def test_scores_do_not_tell_the_arms_apart(world: World) -> None:
    params = operations.QueueParams(strategy="entropy", size=40, control=0.5)
    queue = operations.label_queue.function(world.ctx, world.model, world.labels(60), params=params)
    assert [one.arm for one in queue.pictures].count("control") == 20
    assert all(one.score is not None for one in queue.pictures)
    said = world.said[[world.row[one.media] for one in queue.pictures]]
    entropy = -(said * np.log(said)).sum(1)
    assert [one.score for one in queue.pictures] == pytest.approx(entropy, rel=1e-3)


def test_a_study_holds_several_strategies_against_the_same_chance(world: World) -> None:
    params = operations.StudyParams(
        strategy="margin", others="bald, core_set,margin", start=20, batch=40, rounds=2,
        repetitions=3,
    )  # fmt: skip
    study = operations.learning_study.function(
        world.ctx, world.model, world.dataset(), params=params
    )
    assert [one.strategy for one in study.curves] == ["margin", "bald", "core_set", "random"]
    assert study.curves[-1].gain is None
    for curve in study.curves[:-1]:
        assert curve.gain is not None
        assert curve.interval is not None
        assert curve.interval[0] <= curve.gain <= curve.interval[1]
        assert curve.proven == (curve.interval[0] > 0)
    old = operations.learning_study.parse({"strategy": "margin", "draws": 9}, version=1)
    assert old.others == ()


def test_a_detector_is_studied_by_what_it_says_is_there(world: World) -> None:
    params = operations.StudyParams(strategy="margin", start=40, batch=60, rounds=2, repetitions=3)
    study = operations.learning_study.function(
        world.ctx, world.with_boxes(), world.dataset(), params=params
    )
    assert study.measure == "map"
    assert np.mean([row[-1] for row in study.curves[-1].accuracy]) > 0.85


def queue_of(world: World, chosen: list[int], control: list[int]) -> LabelQueue:
    picked = [
        Picked(media=world.media[n].id, name=str(n), arm=arm)
        for arm, rows in (("chosen", chosen), ("control", control))
        for n in rows
    ]
    return LabelQueue(strategy="margin", pool=500, pictures=tuple(picked))


def test_the_arm_that_teaches_more_wins(world: World) -> None:
    train = np.arange(300)
    # The dataset version knows no nines but those of the queue, and chance found none of them.
    nines = train[world.y[:300] == 9]
    others = train[world.y[:300] != 9]
    queue = queue_of(world, nines[:20].tolist(), others[:20].tolist())
    known = set(train.tolist()) - set(nines.tolist())
    base = SimpleNamespace(
        read=lambda store, split=None: [
            one
            for one in world.dataset().read(store, split)
            if one.split == "test" or world.row[one.item.media.id] in known
        ]
    )
    params = arms.ArmParams(drawings=10)
    report = arms.compare_arms.function(
        world.ctx, world.model, base, world.labels(600), queue, params=params
    )
    assert report.labelled == (20, 20)
    assert report.base == len(known) - 20
    assert report.proven
    assert report.gain > 0.03
    assert report.sizes == (0, 4, 8, 12, 16, 20)
    ours, chance = (np.array(one.accuracy) for one in report.curves)
    assert (ours[:, 0] == chance[:, 0]).all()
    said = world.said[nines[:20]].argmax(1)
    assert report.surprised[0] == pytest.approx(np.mean(said != 9))


def test_arms_that_are_alike_prove_nothing(world: World) -> None:
    train = np.arange(300)
    queue = queue_of(world, train[:20].tolist(), train[20:40].tolist())
    report = arms.compare_arms.function(
        world.ctx, world.model, world.dataset(), world.labels(600), queue,
        params=arms.ArmParams(drawings=20),
    )  # fmt: skip
    assert not report.proven
    assert report.interval[0] < 0 < report.interval[1]


def test_arms_are_not_compared_before_they_are_labelled(world: World) -> None:
    queue = queue_of(world, list(range(20)), list(range(100, 120)))
    with pytest.raises(BadInput, match="Too few pictures of the queue"):
        arms.compare_arms.function(
            world.ctx, world.model, world.dataset(), world.labels(50), queue,
            params=arms.ArmParams(),
        )  # fmt: skip


def test_what_cannot_be_chosen_or_studied_is_told(world: World) -> None:
    with pytest.raises(BadInput, match="carries a label"):
        operations.label_queue.function(
            world.ctx, world.model, world.labels(600), params=operations.QueueParams()
        )
    params = operations.StudyParams(start=500)
    with pytest.raises(BadInput, match="too few"):
        operations.learning_study.function(world.ctx, world.model, world.dataset(), params=params)
    assert operations.check(operations.StudyParams(strategy="random"))
