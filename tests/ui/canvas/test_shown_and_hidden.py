"""What is shown: labels, proposals beside them, crowds; and what a person hides for a while."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.canvas_hand import CanvasHand
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from studio.domain.geometry import Box, Joint, Polyline, Skeleton
from studio.domain.labels import PROPOSALS, LabelId, SetShapes, Shape, ShapeId
from studio.ui.canvas.crowd import Crowd, drawn
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.table import ShapeTable

EVERYWHERE = Box(0, 0, 80, 60)


def put(hand: CanvasHand, *shapes: Shape, layer: str = "") -> None:
    item = hand.model.item
    assert item is not None
    hand.project.perform(SetShapes(media=item.id, after=shapes, layer=layer))
    hand.model.show(item, hand.project.state.schema)


def box(name: str, x: float, label: str = "cap", **more: Any) -> Shape:
    return Shape(id=ShapeId(name), label=LabelId(label), geometry=Box(x, 10, x + 8, 30), **more)


def image(hand: CanvasHand) -> QImage:
    """Grab what is seen once the hand rests and nothing changes any more."""
    before, seen = QImage(), QImage()
    while seen.isNull() or seen != before:
        QTest.qWait(150)
        before, seen = seen, hand.view.grab().toImage()
    return seen


@pytest.fixture
def hand(canvas_hand: CanvasHand) -> CanvasHand:
    return canvas_hand


def test_hidden_shapes_are_neither_drawn_nor_hit_nor_chosen(hand: CanvasHand) -> None:
    bare = image(hand)
    put(hand, box("a", 10), box("b", 40))
    both = image(hand)
    hand.model.select([ShapeId("a"), ShapeId("b")])
    hand.model.sight.hide([ShapeId("a"), ShapeId("b")])
    assert hand.model.selection == ()
    assert image(hand) == bare
    assert hand.model.table.at((14, 20)) is None
    assert hand.model.table.ids_inside(EVERYWHERE) == []
    hand.model.select_all()
    assert hand.model.selection == ()
    assert len(hand.model.table) == 2
    hand.model.sight.show_all()
    assert image(hand) == both


def test_a_hidden_label_hides_shapes_that_come_later_too(hand: CanvasHand) -> None:
    put(hand, box("a", 10), box("b", 40, "nut"))
    hand.model.sight.hide_label(LabelId("cap"), hidden=True)
    put(hand, box("c", 60))
    assert hand.model.table.ids_inside(EVERYWHERE) == ["b"]
    hand.model.sight.hide_label(LabelId("cap"), hidden=False)
    assert sorted(hand.model.table.ids_inside(EVERYWHERE)) == ["a", "b", "c"]


def test_a_band_leaves_locked_shapes_alone_but_a_click_takes_them(hand: CanvasHand) -> None:
    put(hand, box("a", 10), box("b", 40, locked=True))
    assert hand.model.table.ids_inside(EVERYWHERE) == ["a"]
    assert hand.model.table.at((44, 20)) is not None


def test_proposals_are_seen_beside_labels_and_follow_edits(hand: CanvasHand) -> None:
    bare = image(hand)
    put(hand, box("p", 30, author="model:x", score=0.9), layer=PROPOSALS)
    proposed = image(hand)
    assert proposed != bare
    assert len(hand.model.table) == 0
    assert [shape.id for shape in hand.model.proposals.shapes] == ["p"]
    put(hand, box("l", 30, author="model:x", score=0.9))
    hand.project.undo()
    assert image(hand) == proposed
    hand.project.undo()
    assert image(hand) == bare
    assert len(hand.model.proposals) == 0


def crowd(shapes: list[Shape], **more: Any) -> Crowd:
    table = ShapeTable(shapes)
    none = np.empty(0, np.intp)
    made = Crowd(
        table, Box(0, 0, 200, 50), Frame(1.0, 0.0, 0.0), (200, 50), 1.0,
        {LabelId("cap"): 0xFFFF0000, LabelId("nut"): 0xFFFF0000}, {}, none, none,
    )  # fmt: skip
    return made._replace(**more)


def line(label: str, y: float) -> Shape:
    geometry = Polyline(((10.0, y), (90.0, y), (190.0, y)))
    return Shape(id=ShapeId(label), label=LabelId(label), geometry=geometry)


def test_in_a_crowd_labels_differ_by_more_than_hue() -> None:
    dashes: dict[LabelId, tuple[float, ...]] = {LabelId("nut"): (6.0, 3.0)}
    pixels = drawn([crowd([line("cap", 10.5), line("nut", 30.5)], dashes=dashes)])
    assert (pixels[10, 10:191] == 0xFFFF0000).all()
    on = pixels[30, 10:191] != 0
    # Dashes go on over the point in the middle of the line.
    assert on.tolist() == [at % 9 < 6 for at in range(181)]


def test_a_place_of_a_crowd_painted_again_fits_what_is_around_it() -> None:
    rng = np.random.default_rng(3)
    many = [
        Shape(
            id=ShapeId(f"{at:03}"), label=LabelId("nut"),
            geometry=Polyline(tuple(map(tuple, (rng.uniform(0, 1, (6, 2)) * (200, 50)).tolist()))),
        )
        for at in range(40)
    ]  # fmt: skip
    whole = drawn([crowd(many)])
    part = crowd(many, seen=Box(60, 10, 120, 40), frame=Frame(1.0, -60.0, -10.0), size=(60, 30))
    again = drawn([part])
    assert (again != whole[10:40, 60:120]).mean() < 0.05


def test_a_crowd_of_two_layers_is_one_above_the_other() -> None:
    under, over = [line("cap", 10.5)], [line("nut", 10.5)]
    top = crowd(over, colours={LabelId("nut"): 0xFF0000FF}, dashes={LabelId("nut"): (3.0, 3.0)})
    pixels = drawn([crowd(under), top])
    assert set(np.unique(pixels[10, 10:191]).tolist()) == {0xFFFF0000, 0xFF0000FF}


def test_in_a_crowd_joints_are_joined_as_their_label_says() -> None:
    joints = tuple(Joint(x, 20.5, 2) for x in (20.5, 60.5, 100.5))
    shape = Shape(id=ShapeId("s"), label=LabelId("cap"), geometry=Skeleton(joints))
    joined = ShapeTable([shape], bones={LabelId("cap"): ((0, 1), (1, 7))})
    pixels = drawn([crowd([], table=joined)])
    assert (pixels[20, 20:61] != 0).all()
    assert not pixels[20, 65:95].any()
    assert pixels[20, 100]


def test_very_many_chosen_shapes_come_lowest_first_too(hand: CanvasHand) -> None:
    many = [box(f"{at:04}", at % 60, z=float(-at)) for at in range(1200)]
    put(hand, *many)
    hand.model.select([shape.id for shape in many])
    assert hand.model.chosen() == many[::-1]
    hand.model.select_all()
    assert hand.model.chosen() == many[::-1]
    hand.model.sight.hide([many[7].id])
    hand.model.select_all()
    assert len(hand.model.chosen()) == 1199
