"""A hand that does anything at all: nothing breaks, and all of it can be undone."""

from __future__ import annotations

import random

import pytest
from fakes.canvas_hand import ALT, CTRL, PLAIN, SHIFT, CanvasHand
from PySide6.QtCore import Qt

from studio.domain.geometry import fault
from studio.ui.canvas.tools import TOOLS
from studio.ui.canvas.tools.mask import BrushTool

K = Qt.Key
KEYS = (
    K.Key_Left, K.Key_Up, K.Key_Right, K.Key_Down, K.Key_Space, K.Key_Return, K.Key_Escape,
    K.Key_Backspace, K.Key_Delete, K.Key_Tab, K.Key_Period, K.Key_BracketLeft, K.Key_BracketRight,
)  # fmt: skip


def do_anything(hand: CanvasHand, rng: random.Random) -> None:
    def place() -> tuple[float, float]:
        return rng.uniform(-4, 84), rng.uniform(-4, 64)

    held = rng.choice((PLAIN, PLAIN, SHIFT, ALT, CTRL))
    deed = rng.randrange(12)
    if deed == 0:
        hand.take(rng.choice(TOOLS).id)
    elif deed <= 3:
        hand.drag(place(), *(place() for _ in range(3)), held=held)
    elif deed <= 5:
        hand.click(place(), held=held)
    elif deed <= 7:
        hand.key(rng.choice(KEYS), held=SHIFT if held == SHIFT else PLAIN)
        hand.view.setFocus()
    elif deed == 8 and hand.shapes():
        shape = rng.choice(hand.shapes())
        hand.model.select([shape.id])
    elif deed == 9:
        snapping = hand.model.snapping
        snapping.on, snapping.pixels, snapping.shared = (rng.random() < 0.5 for _ in range(3))
    elif deed == 10:
        hand.project.undo()
    else:
        hand.press(place(), held)
        hand.move(place())
        if rng.random() < 0.5:
            hand.project.undo()
        hand.let_go(place())


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_hand_does_can_be_undone(canvas_hand: CanvasHand, seed: int) -> None:
    rng = random.Random(seed)
    BrushTool.radius = 4.0
    most = 0
    for _ in range(250):
        do_anything(canvas_hand, rng)
        most = max(most, len(canvas_hand.shapes()))
        for shape in canvas_hand.shapes():
            assert fault(shape.geometry, *canvas_hand.model.size) is None
    canvas_hand.view.grab()
    canvas_hand.view.tool.put_down()
    last = canvas_hand.shapes()
    assert most > 3
    count = 0
    while canvas_hand.project.undo() is not None:
        count += 1
    assert canvas_hand.shapes() == []
    for _ in range(count):
        canvas_hand.project.redo()
    assert canvas_hand.shapes() == last
