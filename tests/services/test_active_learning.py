"""Queues are kept, hide their arms, go on where they stood, and are held against chance."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.geometry import Tag
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import AddMedia, MediaId, MediaItem, media_id
from studio.domain.project import ArtefactRecord
from studio.domain.reviews import Review, SetReviews
from studio.domain.selecting import ArmReport, Curve, LabelQueue, Picked
from studio.errors import BadInput, NotFound
from studio.services.active_learning import STRATEGIES, ActiveLearning, verdict
from tests.fakes.project import MemoryProject

ITEMS = tuple(
    MediaItem(id=media_id(digest_of(str(n).encode())), name=f"{n}.png", width=10, height=10)
    for n in range(8)
)
MODEL, DATASET, LABELS = (Digest(f"sha256:{letter * 64}") for letter in "abc")


class Runner:
    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def submit(self, operation: str, params: Any, inputs: Any, **rest: Any) -> str:
        self.asked.append({"operation": operation, "params": params, "inputs": inputs, **rest})
        return "job"


@pytest.fixture
def project() -> MemoryProject:
    project = MemoryProject()
    project.perform(AddMedia(items=ITEMS))
    return project


@pytest.fixture
def runner() -> Runner:
    return Runner()


@pytest.fixture
def active(project: MemoryProject, runner: Runner) -> ActiveLearning:
    return ActiveLearning(project, runner, lambda: LABELS)  # type: ignore[arg-type]


def note(project: MemoryProject, kind: str, digest: Digest, *sources: Digest) -> Digest:
    record = ArtefactRecord(digest=digest, kind=kind, title=kind, created=1.0)
    project.artefacts.add(record, sources)
    return digest


def queue_of(project: MemoryProject, *rows: int) -> Digest:
    picked = tuple(
        Picked(media=ITEMS[row].id, name=ITEMS[row].name, arm="control" if at % 2 else "chosen")
        for at, row in enumerate(rows)
    )
    made = put_artefact(project.store, LabelQueue(strategy="margin", pool=8, pictures=picked))
    return note(project, "label-queue", made, MODEL)


def label(project: MemoryProject, media: MediaId) -> None:
    tag = Shape(id=ShapeId(f"s{media}"), label=LabelId("l"), geometry=Tag())
    project.perform(SetShapes(media=media, after=(tag,)))


def test_a_queue_is_half_of_chance(active: ActiveLearning, runner: Runner) -> None:
    active.choose(MODEL, "badge", 3, seed=5)
    asked = runner.asked[0]
    assert asked["operation"] == "active.queue"
    assert asked["params"] == {"strategy": "badge", "size": 6, "control": 0.5}
    assert asked["inputs"] == {"model": MODEL, "labels": LABELS}
    assert asked["seed"] == 5


def test_what_cannot_be_chosen_is_told(active: ActiveLearning, project: MemoryProject) -> None:
    with pytest.raises(BadInput, match="Chance held against chance"):
        active.choose(MODEL, "random")
    with pytest.raises(BadInput, match="each arm"):
        active.choose(MODEL, batch=0)
    for item in ITEMS[1:]:
        label(project, item.id)
    with pytest.raises(BadInput, match="no pictures without labels"):
        active.choose(MODEL)


def test_the_next_picture_is_the_first_that_waits(
    active: ActiveLearning, project: MemoryProject
) -> None:
    assert active.next() is None
    queue = queue_of(project, 4, 2, 6, 1)
    assert active.next() == ITEMS[4]
    # One that is passed over comes again once the others had their turn.
    assert active.next(after=ITEMS[4].id) == ITEMS[2]
    assert active.next(after=ITEMS[1].id) == ITEMS[4]
    label(project, ITEMS[4].id)
    label(project, ITEMS[2].id)
    progress = active.progress(queue)
    assert (progress.done, progress.total) == (2, 4)
    assert [one.media for one in progress.waiting] == [ITEMS[6].id, ITEMS[1].id]
    assert active.next() == ITEMS[6]


def test_undoing_a_label_puts_its_picture_back(
    active: ActiveLearning, project: MemoryProject
) -> None:
    queue_of(project, 4, 2)
    label(project, ITEMS[4].id)
    assert active.next() == ITEMS[2]
    project.undo()
    assert active.next() == ITEMS[4]


def test_a_picture_said_to_be_done_waits_no_more(
    active: ActiveLearning, project: MemoryProject
) -> None:
    queue_of(project, 3)
    done = Review(state="labelled")
    before = project.state.reviews.of(ITEMS[3].id)
    project.perform(SetReviews(before=((ITEMS[3].id, before),), after=((ITEMS[3].id, done),)))
    assert active.next() is None
    assert active.current() is None


def test_pictures_that_were_removed_are_left_out(
    active: ActiveLearning, project: MemoryProject
) -> None:
    queue = queue_of(project, 4, 2)
    project.state.media.remove([ITEMS[4].id])
    assert active.progress(queue).total == 1
    assert active.next() == ITEMS[2]


def test_a_study_names_each_strategy_once(active: ActiveLearning, runner: Runner) -> None:
    active.study(MODEL, DATASET, ["badge", "random", "badge", "margin"], rounds=3)
    params = runner.asked[0]["params"]
    assert (params["strategy"], params["others"], params["rounds"]) == ("badge", ["margin"], 3)
    with pytest.raises(BadInput, match="No strategy"):
        active.study(MODEL, DATASET, ["random"])
    assert "random" not in STRATEGIES


def test_arms_are_measured_where_their_model_came_from(
    active: ActiveLearning, project: MemoryProject, runner: Runner
) -> None:
    queue = queue_of(project, 4, 2)
    with pytest.raises(NotFound, match="model"):
        active.compare(queue)
    note(project, "model", MODEL)
    with pytest.raises(NotFound, match="dataset version"):
        active.compare(queue)
    note(project, "dataset", DATASET)
    active.compare(queue)
    assert runner.asked[-1]["inputs"] == {
        "model": MODEL, "dataset": DATASET, "labels": LABELS, "queue": queue,
    }  # fmt: skip


def test_the_report_of_a_queue_is_found_again(
    active: ActiveLearning, project: MemoryProject
) -> None:
    queue, other = queue_of(project, 4, 2), queue_of(project, 1, 3)
    told = ArmReport(
        strategy="margin", measure="accuracy", base=5, sizes=(0, 2),
        curves=(Curve(strategy="margin", accuracy=((0.1, 0.2),)),),
        gain=0.1, interval=(-0.1, 0.2), labelled=(2, 2), surprised=(0.5, 0.0),
    )  # fmt: skip
    note(project, "arm-report", put_artefact(project.store, told), queue)
    assert active.report(queue) == told
    assert active.report(other) is None


@pytest.mark.parametrize(
    ("interval", "begun"),
    [((0.01, 0.2), "Better than"), ((-0.1, 0.2), "A gain over chance is not proven"),
     ((-0.2, -0.01), "Worse than")],
)  # fmt: skip
def test_a_gain_is_only_claimed_where_the_interval_says_so(
    interval: tuple[float, float], begun: str
) -> None:
    assert verdict(sum(interval) / 2, interval).startswith(begun)
