"""The verbs of labelling, on a project in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.domain.geometry import Box, Polygon, Tag
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.domain.media import AddMedia, MediaId, MediaItem
from studio.errors import BadInput, Conflict, NotFound
from studio.services.labelling import Labelling
from tests.fakes.project import MemoryProject, everything

ONE, TWO = MediaId("one"), MediaId("two")


@pytest.fixture
def project() -> MemoryProject:
    made = MemoryProject()
    items = tuple(MediaItem(id=id_, name=f"{id_}.png", width=9, height=9) for id_ in (ONE, TWO))
    made.perform(AddMedia(items=items))
    return made


@pytest.fixture
def labelling(project: MemoryProject) -> Labelling:
    made = Labelling(project)
    made.add_label("cap")
    made.add_label("nut")
    return made


def test_each_verb_is_one_edit_that_can_be_taken_back(
    project: MemoryProject, labelling: Labelling
) -> None:
    cap, nut = (label.id for label in project.state.schema.labels)
    drawn = [labelling.add(ONE, cap, Box(n, n, n + 2, n + 2), author="me") for n in range(4)]
    ring = Polygon((((0.0, 0.0), (4.0, 0.0), (4.0, 4.0)),))
    changed = drawn[1].model_copy(update={"geometry": ring})
    verbs: list[Callable[[], object]] = [
        lambda: labelling.change(ONE, [drawn[1]], [changed], "Reshape"),
        lambda: labelling.change(ONE, [drawn[0]], [drawn[0].model_copy(update={"id": "x"})], "S"),
        lambda: labelling.change(ONE, [drawn[0], drawn[2]], [drawn[0]], "Merge"),
        lambda: labelling.delete(ONE, drawn[:2]),
        lambda: labelling.delete(ONE, drawn[2:]),
        lambda: labelling.set_tag(ONE, nut, True),
        lambda: labelling.paste(TWO, drawn, (1.0, 1.0)),
        lambda: labelling.bring_to_front(ONE, drawn[:2]),
        lambda: labelling.send_to_back(ONE, drawn[3:]),
        lambda: labelling.add_label("bolt"),
        lambda: labelling.rename_label(cap, "lid"),
        lambda: labelling.recolour_label(cap, "#ABCDEF"),
        lambda: labelling.remove_label(cap),
        lambda: labelling.reorder_labels([nut, cap]),
    ]
    before = everything(project.state)
    for number, verb in enumerate(verbs):
        edits = len(project.history.titles)
        verb()
        assert len(project.history.titles) == edits + 1, number
        assert everything(project.state) != before, number
        project.undo()
        assert everything(project.state) == before, number


def test_what_changes_nothing_is_no_edit(project: MemoryProject, labelling: Labelling) -> None:
    cap, nut = (label.id for label in project.state.schema.labels)
    shape = labelling.add(ONE, cap, Box(0, 0, 2, 2))
    edits = len(project.history.titles)
    labelling.change(ONE, [shape], [shape], "Move")
    labelling.delete(ONE, [])
    labelling.set_tag(ONE, cap, False)
    labelling.bring_to_front(ONE, [shape])
    labelling.rename_label(cap, " cap ")
    labelling.recolour_label(cap, project.state.schema.labels[0].colour)
    labelling.reorder_labels([cap, nut])
    assert labelling.paste(ONE, []) == []
    assert len(project.history.titles) == edits


def test_pasted_shapes_have_ids_of_their_own(project: MemoryProject, labelling: Labelling) -> None:
    cap = project.state.schema.labels[0].id
    shape = labelling.add(ONE, cap, Box(0, 0, 2, 2))
    tag = labelling.add(ONE, cap, Tag())
    stranger = Shape(id=ShapeId("s"), label=LabelId("gone"), geometry=Box(0, 0, 1, 1))
    copies = labelling.paste(ONE, [shape, tag, stranger], (3.0, 4.0))
    assert [copy.geometry for copy in copies] == [Box(3, 4, 5, 6)]
    assert list(labelling.shapes(ONE)) == [shape, tag, *copies]
    assert len({one.id for one in labelling.shapes(ONE)}) == 3


def test_a_tag_is_given_once(project: MemoryProject, labelling: Labelling) -> None:
    cap = project.state.schema.labels[0].id
    for _ in range(2):
        labelling.set_tag(ONE, cap, True)
    assert [shape.geometry for shape in labelling.shapes(ONE)] == [Tag()]
    labelling.set_tag(ONE, cap, False)
    assert not labelling.shapes(ONE)


def test_order_of_shapes(project: MemoryProject, labelling: Labelling) -> None:
    cap = project.state.schema.labels[0].id
    a, b, c = (labelling.add(ONE, cap, Box(n, 0, n + 1, 1)) for n in range(3))

    def order() -> list[str]:
        return [shape.id for shape in labelling.shapes(ONE)]

    labelling.bring_to_front(ONE, [a])
    assert order() == [b.id, c.id, a.id]
    labelling.send_to_back(ONE, [labelling.shapes(ONE)[2], c])
    assert order() == [c.id, a.id, b.id]
    while project.history.undo_title in ("Bring to front", "Send to back"):
        project.undo()
    assert list(labelling.shapes(ONE)) == [a, b, c]


def test_a_removed_label_takes_its_shapes_along(
    project: MemoryProject, labelling: Labelling
) -> None:
    cap, nut = (label.id for label in project.state.schema.labels)
    labelling.add(ONE, cap, Box(0, 0, 2, 2))
    kept = labelling.add(ONE, nut, Box(0, 0, 2, 2))
    labelling.add(TWO, cap, Tag())
    labelling.remove_label(cap)
    assert project.state.schema.names == ["nut"]
    assert list(project.state.annotations.all()) == [(ONE, (kept,))]


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda labelling: labelling.add_label("  "), BadInput),
        (lambda labelling: labelling.add_label("x" * 201), BadInput),
        (lambda labelling: labelling.add_label("nut"), Conflict),
        (lambda labelling: labelling.rename_label("cap", "nut"), Conflict),
        (lambda labelling: labelling.rename_label("cap", "x" * 201), BadInput),
        (lambda labelling: labelling.recolour_label("cap", "red"), BadInput),
        (lambda labelling: labelling.remove_label("gone"), NotFound),
        (lambda labelling: labelling.add(ONE, "gone", Tag()), NotFound),
        (lambda labelling: labelling.reorder_labels(["cap"]), BadInput),
        (lambda labelling: labelling.reorder_labels(["cap", "cap"]), BadInput),
    ],
)
def test_bad_input_changes_nothing(
    project: MemoryProject,
    labelling: Labelling,
    deed: Callable[[Labelling], object],
    error: type[Exception],
) -> None:
    before, edits = everything(project.state), len(project.history.titles)
    with pytest.raises(error):
        deed(labelling)
    assert everything(project.state) == before
    assert len(project.history.titles) == edits
