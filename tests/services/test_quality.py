"""People label apart, are compared, checked and joined; nothing of it is lost or given away."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.geometry import Box, Geometry, Tag
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import (
    LABELS,
    PROPOSALS,
    AnnotateMany,
    LabelId,
    LabelSchema,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.domain.project import ArtefactRecord
from studio.domain.quality import LabelErrors, Suspect
from studio.errors import BadInput, Conflict, NotFound
from studio.services.branching import Branching, layer_of
from studio.services.labelling import Labelling
from studio.services.quality import CHECKS, Quality
from tests.fakes.project import MemoryProject

ITEMS = tuple(
    MediaItem(id=media_id(digest_of(str(n).encode())), name=f"{n}.png", width=200, height=200)
    for n in range(12)
)
IDS = [item.id for item in ITEMS]
CAT, DOG = LabelId("cat"), LabelId("dog")
SNAPSHOT = Digest("sha256:" + "a" * 64)
_numbers = itertools.count()


class Runner:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Any, Any]] = []

    def submit(self, operation: str, params: Any, inputs: Any, **rest: Any) -> str:
        del rest
        self.asked.append((operation, params, inputs))
        return "job"


class Bench:
    def __init__(self) -> None:
        self.project = MemoryProject()
        self.project.perform(AddMedia(items=ITEMS))
        self.labelling = Labelling(self.project)
        self.labelling.add_label("cat")
        self.labelling.add_label("dog")
        self.runner = Runner()
        self.quality = Quality(self.project, self.runner, lambda: SNAPSHOT)  # type: ignore[arg-type]

    def draw(self, who: str, at: int, *things: tuple[LabelId, Geometry]) -> list[Shape]:
        layer = LABELS if who == "labels" else layer_of(who)
        shapes = [
            Shape(id=ShapeId(f"{who}{next(_numbers)}"), label=label, geometry=geometry, z=z)
            for z, (label, geometry) in enumerate(things)
        ]
        self.project.perform(AnnotateMany(shapes=((IDS[at], tuple(shapes)),), layer=layer))
        return shapes


@pytest.fixture
def bench() -> Bench:
    return Bench()


def box(x: float) -> Box:
    return Box(x, 0, x + 50, 50)


def test_an_annotator_begins_with_nothing_and_goes_on_where_they_stood(bench: Bench) -> None:
    bench.draw("labels", 0, (CAT, box(0)))
    people = bench.quality.annotators
    assert people.assign("Ada", IDS[:4]) == 4
    assert list(bench.project.state.layer(layer_of("Ada")).all()) == []
    assert people.next("Ada") == ITEMS[0]
    bench.draw("Ada", 1, (CAT, box(0)))
    assert people.next("Ada") == ITEMS[2]
    assert set(people.seen("Ada")) == {IDS[0], IDS[1]}
    people.assign("Ada", IDS[4:5])
    assert people.queue("Ada") == IDS[:5]


def test_names_that_cannot_be_are_refused(bench: Bench) -> None:
    people = bench.quality.annotators
    bench.draw("labels", 0, (CAT, box(0)))
    Branching(bench.project).begin("copy")
    with pytest.raises(Conflict, match="copy of the labels"):
        people.assign("copy", IDS)
    for name in ("", "a:b", "labels", "x" * 81):
        with pytest.raises(BadInput):
            people.assign(name, IDS)
    with pytest.raises(BadInput, match="no picture"):
        people.assign("Ada", [])
    with pytest.raises(BadInput, match="no checks"):
        people.assign("Ada", IDS, checks=0.2)
    with pytest.raises(NotFound, match="Nobody"):
        people.layer("Ada")


def test_agreement_is_over_what_both_have_seen(bench: Bench) -> None:
    for name in ("Ada", "Bob"):
        bench.quality.annotators.assign(name, IDS[:6])
    for at in range(4):
        bench.draw("Ada", at, (CAT, box(0)))
    bench.draw("Bob", 0, (CAT, box(2)))
    bench.draw("Bob", 1, (DOG, box(2)))
    bench.draw("Bob", 3, (CAT, box(2)))
    told = bench.quality.agreeing.agreement()
    (pair,) = told.pairs
    # The third picture was passed over by Bob; the fifth was seen by nobody.
    assert (pair.pictures, pair.shapes, pair.matches) == (4, (4, 3), 3)
    assert pair.detection.value == pytest.approx(6 / 7)
    assert pair.right.value == pytest.approx(4 / 7)
    with pytest.raises(BadInput, match="two people"):
        bench.quality.agreeing.agreement(["Ada"])


def test_one_annotator_is_held_against_the_labels(bench: Bench) -> None:
    with pytest.raises(BadInput):
        bench.quality.agreeing.agreement()
    bench.draw("labels", 0, (CAT, Tag()))
    bench.quality.annotators.assign("Ada", IDS[:3])
    bench.draw("Ada", 0, (CAT, Tag()))
    bench.draw("Ada", 1, (CAT, Tag()))
    told = bench.quality.agreeing.agreement()
    # The labels do not yet say anything of the second picture.
    assert (told.people, told.pictures) == (("Ada", "labels"), 1)


def test_a_consensus_is_one_edit_and_leaves_conflicts_to_a_person(bench: Bench) -> None:
    for name in ("Ada", "Bob", "Cy"):
        bench.quality.annotators.assign(name, IDS[:2])
    bench.draw("Ada", 0, (CAT, box(0)), (DOG, box(100)))
    bench.draw("Bob", 0, (CAT, box(4)))
    bench.draw("Cy", 0, (DOG, box(8)))
    for name, label in (("Ada", CAT), ("Bob", DOG), ("Cy", LabelId("cow"))):
        bench.draw(name, 1, (label, Tag()))
    before = len(bench.project.history.titles)
    told = bench.quality.agreeing.settle()
    assert (told.pictures, told.agreed, told.dropped, told.kept) == (2, 1, 1, 0)
    assert [(one.picture, one.quarrel.reason) for one in told.open] == [("1.png", "label")]
    (shape,) = bench.project.state.layer(PROPOSALS).of(IDS[0])
    assert (shape.label, shape.geometry, shape.author) == (CAT, box(4), "consensus")
    assert shape.score == pytest.approx(2 / 3)
    assert len(bench.project.history.titles) == before + 1
    bench.quality.agreeing.settle()
    assert len(bench.project.state.layer(PROPOSALS).of(IDS[0])) == 1
    bench.project.undo()
    bench.project.undo()
    assert bench.project.state.layer(PROPOSALS).of(IDS[0]) == ()


def test_labels_nobody_asked_about_are_left_alone(bench: Bench) -> None:
    old = bench.draw("labels", 0, (DOG, box(100)))
    for name in ("Ada", "Bob"):
        bench.quality.annotators.assign(name, IDS[:2])
        bench.draw(name, 0, (CAT, box(0)))
        bench.draw(name, 1, (CAT, box(0)))
    told = bench.quality.agreeing.settle(["Ada", "Bob"], into="labels")
    assert (told.kept, told.agreed) == (1, 1)
    assert list(bench.project.state.annotations.of(IDS[0])) == old
    assert bench.project.state.annotations.of(IDS[1])[0].geometry == box(0)
    asked = bench.quality.agreeing.settle(["Ada", "Bob", "labels"], into="labels")
    assert asked.kept == 0
    (now,) = bench.project.state.annotations.of(IDS[0])
    assert (now.label, now.geometry) == (CAT, box(0))


def test_what_is_quarrelled_about_stays_in_the_labels(bench: Bench) -> None:
    (old,) = bench.draw("labels", 0, (DOG, box(0)))
    bench.quality.annotators.assign("Ada", IDS[:1])
    bench.draw("Ada", 0, (CAT, box(0)))
    told = bench.quality.agreeing.settle(["Ada", "labels"], into="labels")
    assert len(told.open) == 1
    assert list(bench.project.state.annotations.of(IDS[0])) == [old]


def test_checks_are_mixed_in_blindly_and_scored(bench: Bench) -> None:
    for at in range(6):
        bench.draw("labels", at, (CAT, box(0)))
    checks = bench.quality.checks
    assert checks.keep(count=6) == 6
    assert set(checks.pictures()) == set(IDS[:6])
    people = bench.quality.annotators
    assert people.assign("Ada", IDS[6:], checks=0.4, seed=1) == 10
    mixed = people.queue("Ada")
    assert set(IDS[6:]) < set(mixed)
    assert people.checks("Ada") == set(mixed) - set(IDS[6:])
    assert bench.project.state.layer(layer_of("Ada")).counts() == {}
    for id_ in mixed:
        wrong = id_ == min(people.checks("Ada"))
        bench.draw("Ada", IDS.index(id_), (DOG if wrong else CAT, box(0)))
    (score,) = checks.scores(draws=200)
    assert (score.name, score.given, score.done) == ("Ada", 4, 4)
    assert score.told is not None
    assert (score.told.first, score.told.second) == ("truth", "Ada")
    assert score.told.right.value == pytest.approx(0.75)
    assert score.told.right.low is not None
    assert score.told.right.low < 0.75
    # Truth is what it was, whatever happens to the labels.
    bench.labelling.delete(IDS[0], list(bench.project.state.annotations.of(IDS[0])))
    assert len(checks.pictures()) == 6
    assert checks.release() == 6
    bench.project.undo()
    assert len(bench.project.state.layer(CHECKS).of(IDS[0])) == 1


def test_duplicates_do_not_depend_on_labels(bench: Bench) -> None:
    bench.quality.looking.find_duplicates(3)
    bench.draw("labels", 0, (CAT, box(0)))
    bench.quality.looking.find_duplicates(3)
    first, second = bench.runner.asked
    assert first == second
    assert first[:2] == ("quality.duplicates", {"bits": 3})
    bench.quality.looking.rank_labels()
    assert bench.runner.asked[-1] == ("quality.label_errors", {}, {"labels": SNAPSHOT})
    assert bench.quality.looking.duplicates() is None


def test_what_was_mended_waits_no_more(bench: Bench) -> None:
    (one,) = bench.draw("labels", 0, (CAT, Tag()))
    (two,) = bench.draw("labels", 1, (CAT, Tag()))
    suspects = tuple(
        Suspect(media=IDS[at], name="n", kind="picture", score=0.1, shape=shape.id, given=CAT)
        for at, shape in enumerate((one, two))
    )
    schema = extended(LabelSchema(), ["cat"])
    found = LabelErrors(
        method="pixels", label_schema=schema, looked=2, estimated=2, suspects=suspects
    )
    made = put_artefact(bench.project.store, found)
    bench.project.artefacts.add(
        ArtefactRecord(digest=made, kind="label-errors", title="", created=1.0)
    )
    looking = bench.quality.looking
    told = looking.errors()
    assert told is not None
    assert len(looking.waiting(told)) == 2
    bench.labelling.change(IDS[0], [one], [one.model_copy(update={"label": DOG})], "Mend")
    assert [suspect.media for suspect in looking.waiting(told)] == [IDS[1]]
