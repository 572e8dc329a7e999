"""What the hand does is given to assistants, and what they find becomes shapes."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from studio.api.assistants import (
    Answer,
    Assistant,
    Gesture,
    Hand,
    Region,
    Scribble,
    Window,
)
from studio.api.images import png
from studio.compute.residents import ResidentProcess
from studio.domain.geometry import Box, Polygon, area, bounds, contains
from studio.domain.labels import PROPOSALS, LabelSchema, extended
from studio.domain.media import MediaId, MediaItem
from studio.errors import ComputeFailed, NotFound
from studio.paths import builtin_plugins
from studio.services.assisted_shapes import geometry_of, window_on
from studio.services.assisting import Assisting, Finding, Question
from studio.services.labelling import Labelling
from studio.services.plugin_host import PluginHost
from tests.fakes.open_project import Project

FOLDER = str(builtin_plugins() / "smart_tools")


def residents(module: str) -> ResidentProcess:
    return ResidentProcess(module, [FOLDER])


def picture(project: Any, pixels: np.ndarray) -> MediaItem:
    digest = project.store.put(png(pixels))
    item = MediaItem(
        id=MediaId(digest), name="p.png", width=pixels.shape[1], height=pixels.shape[0]
    )
    project.state.media.items.append(item)
    project.state.schema = extended(LabelSchema(), ("cell", "ground"))
    return item


def disc(side: int = 200, radius: float = 50.0, ground: int = 60) -> np.ndarray:
    y, x = np.mgrid[:side, :side] + 0.5
    there = np.hypot(x - side / 2, y - side / 2) <= radius
    pixels = np.full((side, side, 3), ground, np.uint8)
    pixels[there] = (200, 120, 40)
    return pixels


@pytest.fixture
def project(tmp_path: Path) -> Any:
    return Project(tmp_path)


@pytest.fixture
def assisting(project: Any) -> Iterator[Assisting]:
    made = Assisting(
        project, Labelling(project), PluginHost([builtin_plugins()], installed=False), residents
    )
    yield made
    made.close()


def asked(assisting: Assisting, question: Question, spread: bool = False) -> Finding:
    told: queue.Queue[Finding] = queue.Queue()
    (assisting.spread if spread else assisting.ask)(question, told.put)
    return told.get(timeout=30)


def whole(item: MediaItem) -> Box:
    return Box(0, 0, item.width, item.height)


def test_a_press_on_a_disc_finds_the_disc_and_taking_it_can_be_undone(
    project: Any, assisting: Assisting
) -> None:
    item = picture(project, disc())
    finding = asked(assisting, Question("wand", item, whole(item), Hand(points=((100, 100),))))
    (one,) = finding.found
    assert area(one.geometry) == pytest.approx(np.pi * 50**2, rel=0.02)
    label = project.state.schema.labels[0].id
    (shape,) = assisting.take(finding, {1: label})
    assert list(project.state.annotations.of(item.id)) == [shape]
    assert shape.author == ""
    project.undo()
    assert not project.state.annotations.of(item.id)


def test_on_a_large_picture_what_is_found_stands_where_it_is(
    project: Any, assisting: Assisting
) -> None:
    pixels = np.kron(disc(), np.ones((8, 8, 1), np.uint8))
    item = picture(project, pixels)
    finding = asked(assisting, Question("wand", item, whole(item), Hand(points=((800, 800),))))
    (one,) = finding.found
    box = bounds(one.geometry)
    assert box is not None
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((400, 400, 1200, 1200), abs=6)


class Slow(Assistant):
    id = "slow"
    title = "Slow"
    icon = "clock"
    hint = ""
    gesture: ClassVar[Gesture] = "drag"

    def __init__(self) -> None:
        self.began, self.go_on, self.asked = threading.Event(), threading.Event(), []

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        self.asked.append(hand.reach)
        self.began.set()
        assert self.go_on.wait(10)
        return Answer((Region(mask=np.ones(window.pixels.shape[:2], np.bool_)),))


class Plugins:
    def __init__(self, *made: Assistant) -> None:
        self.made = made

    def assistants(self) -> tuple[Assistant, ...]:
        return self.made


def test_only_the_newest_question_is_told_and_those_between_are_never_answered(
    project: Any,
) -> None:
    item, slow = picture(project, disc()), Slow()
    assisting = Assisting(project, Labelling(project), Plugins(slow), residents)
    told: list[float] = []
    over = threading.Event()

    def tell(finding: Finding) -> None:
        told.append(finding.question.hand.reach)
        over.set()

    for reach in (1.0, 2.0, 3.0):
        assisting.ask(Question("slow", item, whole(item), Hand(reach=reach)), tell)
        assert slow.began.wait(10)
    slow.go_on.set()
    assert over.wait(10)
    assisting.close()
    assert told == [3.0]
    assert slow.asked == [1.0, 3.0]


def test_what_is_given_up_is_never_told(project: Any) -> None:
    item, slow = picture(project, disc()), Slow()
    assisting = Assisting(project, Labelling(project), Plugins(slow), residents)
    told: list[Finding] = []
    assisting.ask(Question("slow", item, whole(item), Hand()), told.append)
    assert slow.began.wait(10)
    assisting.give_up()
    slow.go_on.set()
    assisting.close()
    assert not told


def test_an_assistant_that_is_not_there_is_a_finding_with_an_error(
    project: Any, assisting: Assisting
) -> None:
    item = picture(project, disc())
    finding = asked(assisting, Question("nothing", item, whole(item), Hand()))
    assert isinstance(finding.error, NotFound)


def scribbles(item: MediaItem) -> Hand:
    middle = item.width / 2
    return Hand(
        strokes=(
            Scribble(((middle - 20, middle), (middle + 20, middle)), 1, 3),
            Scribble(((10, 10), (item.width - 10, 10)), 0, 3),
        )
    )


def test_pixels_are_learned_from_two_strokes_and_spread_over_tiles(
    project: Any, assisting: Assisting
) -> None:
    rng = np.random.default_rng(0)
    pixels = disc(700, 250)
    pixels = np.clip(pixels + rng.normal(0, 12, pixels.shape), 0, 255).astype(np.uint8)
    item = picture(project, pixels)
    # The window sees the middle only, at full size; the picture is six tiles.
    question = Question("pixel_classifier", item, Box(95, 0, 605, 510), scribbles(item))
    learned = asked(assisting, question)
    assert learned.error is None
    assert [one.label for one in learned.found] == [1]
    spread = asked(assisting, question, spread=True)
    (one,) = spread.found
    assert area(one.geometry) == pytest.approx(np.pi * 250**2, rel=0.02)
    shapes = assisting.take(spread, {1: project.state.schema.labels[0].id}, proposed=True)
    assert list(project.state.layer(PROPOSALS).of(item.id)) == shapes
    assert not project.state.annotations.of(item.id)


def test_a_process_that_dies_says_so_and_the_next_question_is_answered(
    project: Any, assisting: Assisting
) -> None:
    item = picture(project, disc())
    question = Question("pixel_classifier", item, whole(item), scribbles(item))
    assert asked(assisting, question).error is None
    process = assisting._processes["studio_smart_tools.pixel_server"]
    assert isinstance(process, ResidentProcess)
    assert process._process is not None
    process._process.kill()
    process._process.wait()
    # It was told to spread what it no longer knows.
    lost = asked(assisting, question, spread=True)
    assert isinstance(lost.error, NotFound | ComputeFailed)
    assert lost.error.what_to_do
    assert asked(assisting, question).found


def test_giving_up_ends_the_process_that_is_at_it(project: Any, assisting: Assisting) -> None:
    item = picture(project, disc(2500, 150))
    strokes = (
        Scribble(((1230.0, 1250.0), (1270.0, 1250.0)), 1, 3),
        Scribble(((1010.0, 1010.0), (1490.0, 1010.0)), 0, 3),
    )
    area_ = Box(1000, 1000, 1500, 1500)
    question = Question("pixel_classifier", item, area_, Hand(strokes=strokes))
    learned = asked(assisting, question)
    assert learned.error is None
    told: list[Finding] = []
    process = assisting._processes["studio_smart_tools.pixel_server"]
    assert isinstance(process, ResidentProcess)
    at_it = process._process
    assert at_it is not None
    # Given up just between two tiles there is nothing to end, so it is tried a few times.
    for _ in range(5):
        assisting.spread(question, told.append)
        time.sleep(0.5)
        assisting.give_up()
        time.sleep(0.5)
        if at_it.poll() is not None:
            break
    assert at_it.poll() is not None
    assert asked(assisting, question).found
    assert not told


def test_a_window_stands_where_it_was_cut() -> None:
    pixels = np.arange(64 * 96, dtype=np.uint32).reshape(64, 96)
    picture_ = np.stack([pixels % 251] * 3, -1).astype(np.uint8)
    item = MediaItem(id=MediaId("x"), name="x", width=96, height=64)

    class Source:
        def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
            assert level == 0
            return picture_[y0:y1, x0:x1]

    window = window_on(Source(), 1, item, Box(10.4, -5, 30.2, 20), 512)
    assert (window.left, window.top, window.scale) == (10, 0, 1)
    np.testing.assert_array_equal(window.pixels, picture_[0:20, 10:31])


def test_the_pixels_of_a_region_lie_inside_what_becomes_of_it() -> None:
    mask = np.zeros((20, 20), np.bool_)
    mask[5:15, 4:16] = True
    mask[9:12, 8:12] = False
    window = Window(np.zeros((20, 20, 3), np.uint8), 100, 200, 2.0)
    found = geometry_of(Region(mask=mask), window, (), (400, 400))
    assert isinstance(found, Polygon)
    assert len(found.rings) == 2
    assert contains(found, (100 + 2 * 5.5, 200 + 2 * 6.5))
    assert not contains(found, (100 + 2 * 10, 200 + 2 * 10.5))
    assert area(found) == pytest.approx((120 - 12) * 4, rel=0.05)
