"""A model's answers become proposals, never labels."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.evaluation import Detection, Verdict
from studio.domain.geometry import Box, Tag
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import (
    PROPOSALS,
    Label,
    LabelId,
    LabelSchema,
    LabelSet,
    lines,
)
from studio.domain.media import AddMedia, MediaItem, media_id
from studio.domain.packaging import Predictions
from studio.errors import BadInput
from studio.services.labelling import Labelling
from studio.services.prelabelling import Prelabelling
from tests.fakes.project import MemoryProject

ITEMS = tuple(
    MediaItem(id=media_id(digest_of(name.encode())), name=name, width=100, height=80)
    for name in ("a.png", "b.png")
)
A, B = (item.id for item in ITEMS)


class Runner:
    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def submit(self, operation: str, params: Any, inputs: Any, **rest: Any) -> str:
        self.asked.append({"operation": operation, "inputs": inputs, **rest})
        return "job"


@pytest.fixture
def project() -> MemoryProject:
    project = MemoryProject()
    project.perform(AddMedia(items=ITEMS))
    Labelling(project).add_label("cell")
    return project


@pytest.fixture
def prelabelling(project: MemoryProject) -> Prelabelling:
    return Prelabelling(project, Runner())  # type: ignore[arg-type]


def said(project: MemoryProject, *verdicts: Verdict) -> Digest:
    theirs = LabelSchema(
        labels=(
            Label(id=LabelId("zelle"), name="cell", colour="#000000"),
            Label(id=LabelId("staub"), name="dust", colour="#111111"),
        )
    )
    answers = Predictions(
        task="detection",
        label_schema=theirs,
        provider="CPUExecutionProvider",
        media=ITEMS,
        verdicts=project.store.put(lines(verdicts)),
    )
    return put_artefact(project.store, answers)


def boxes(media: Any, *found: tuple[str, float, tuple[float, float, float, float]]) -> Verdict:
    detections = tuple(Detection(label=LabelId(a), score=s, box=b) for a, s, b in found)
    return Verdict(media=media, name="x", detections=detections)


def test_only_unlabelled_pictures_are_asked_about(
    project: MemoryProject, prelabelling: Prelabelling
) -> None:
    Labelling(project).add(A, LabelId("cell"), Tag())
    prelabelling.ask(digest_of(b"package"))
    (asked,) = prelabelling._runner.asked  # type: ignore[attr-defined]
    assert asked["operation"] == "predict.package"
    found = get_artefact(project.store, asked["inputs"]["labels"], LabelSet)
    assert [item.media.id for item in found.read(project.store)] == [B]
    Labelling(project).add(B, LabelId("cell"), Tag())
    with pytest.raises(BadInput, match="carries a label"):
        prelabelling.ask(digest_of(b"package"))


def test_sure_answers_become_proposals_and_labels_stay_as_they_are(
    project: MemoryProject, prelabelling: Prelabelling
) -> None:
    count = prelabelling.take(
        said(
            project,
            boxes(A, ("zelle", 0.9, (10, 10, 30, 30)), ("zelle", 0.1, (50, 50, 60, 60))),
            boxes(B, ("staub", 0.8, (5, 5, 9, 9))),
        )
    )
    assert count == prelabelling.waiting() == 2
    (one,) = project.state.layer(PROPOSALS).of(A)
    assert (one.label, one.score, one.geometry) == ("cell", 0.9, Box(10, 10, 30, 30))
    assert one.author.startswith("model:")
    assert project.state.schema.names == ["cell", "dust"]
    assert not list(project.state.annotations.all())
    project.undo()
    assert prelabelling.waiting() == 0
    assert project.state.schema.names == ["cell"]


def test_what_a_person_drew_is_not_proposed_again(
    project: MemoryProject, prelabelling: Prelabelling
) -> None:
    Labelling(project).add(A, LabelId("cell"), Box(10, 10, 31, 30))
    answers = said(
        project,
        boxes(A, ("zelle", 0.9, (10, 10, 30, 30)), ("zelle", 0.8, (40, 40, 60, 60))),
    )
    assert prelabelling.take(answers) == 1


def test_asking_again_replaces_what_the_same_model_proposed(
    project: MemoryProject, prelabelling: Prelabelling
) -> None:
    answers = said(project, boxes(A, ("zelle", 0.9, (10, 10, 30, 30))))
    prelabelling.take(answers)
    prelabelling.take(answers)
    assert prelabelling.waiting() == 1
    prelabelling.take(answers, least_score=0.95)
    assert prelabelling.waiting() == 0


def test_a_classifier_proposes_a_tag(project: MemoryProject, prelabelling: Prelabelling) -> None:
    verdict = Verdict(media=A, name="a", predicted=LabelId("zelle"), score=0.7)
    assert prelabelling.take(said(project, verdict)) == 1
    (tag,) = project.state.layer(PROPOSALS).of(A)
    assert isinstance(tag.geometry, Tag)
    Labelling(project).set_tag(A, LabelId("cell"), True)
    assert prelabelling.take(said(project, verdict)) == 0


def test_answers_outside_the_picture_or_about_lost_pictures_are_left_out(
    project: MemoryProject, prelabelling: Prelabelling
) -> None:
    lost = media_id(digest_of(b"lost"))
    answers = said(
        project,
        boxes(A, ("zelle", 0.9, (200, 10, 300, 30)), ("zelle", 0.9, (10, 10, 10, 10))),
        boxes(lost, ("zelle", 0.9, (10, 10, 30, 30))),
    )
    assert prelabelling.take(answers) == 0
