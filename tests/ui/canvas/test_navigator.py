from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fakes.canvas_hand import CanvasHand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui.canvas.display import Display
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.navigator import NAVIGATOR, SIDE, Navigator

Until = Callable[[Callable[[], object]], None]
Left = Qt.MouseButton.LeftButton


def shown(hand: CanvasHand, until: Until) -> Navigator:
    navigator = Navigator(hand.view)
    navigator.show_if(True)
    until(lambda: hand.view.picture.overview.level)
    QApplication.processEvents()
    return navigator


def middle(hand: CanvasHand) -> tuple[float, float]:
    view = hand.view
    return view.frame.to_picture((view.width() / 2, view.height() / 2))


def test_a_click_brings_the_place_to_the_middle(canvas_hand: CanvasHand, until: Until) -> None:
    navigator = shown(canvas_hand, until)
    canvas_hand.view.zoom_by(6)
    scale = SIDE / 80
    QTest.mouseClick(
        navigator,
        Left,
        Qt.KeyboardModifier.NoModifier,
        QPointF(4 + 60 * scale, 4 + 45 * scale).toPoint(),
    )
    assert np.allclose(middle(canvas_hand), (60, 45), atol=0.5)


def test_the_frame_is_what_the_canvas_shows(canvas_hand: CanvasHand, until: Until) -> None:
    navigator = shown(canvas_hand, until)
    view = canvas_hand.view
    view.set_frame(Frame(40.0, -20 * 40.0, -10 * 40.0))
    frame, scale = navigator.view(), SIDE / 80
    expected = (20, 10, 20 + view.width() / 40, 10 + view.height() / 40)
    found = (frame.left(), frame.top(), frame.right(), frame.bottom())
    assert np.allclose(np.array(found), np.array(expected) * scale + 4, atol=0.01)


def test_dragging_the_frame_moves_the_view_by_as_much(
    canvas_hand: CanvasHand, until: Until
) -> None:
    navigator = shown(canvas_hand, until)
    canvas_hand.view.zoom_by(4)
    before = middle(canvas_hand)
    start = (navigator.view().center() + QPointF(5, 5)).toPoint()
    QTest.mousePress(navigator, Left, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(navigator, start)
    held = middle(canvas_hand)
    assert np.allclose(held, before, atol=0.5)
    QTest.mouseMove(navigator, start + QPointF(24, -12).toPoint())
    QTest.mouseRelease(navigator, Left, Qt.KeyboardModifier.NoModifier, start)
    scale = SIDE / 80
    moved = np.subtract(middle(canvas_hand), held)
    assert np.allclose(moved, (24 / scale, -12 / scale), atol=0.1)


def test_keys_move_and_zoom_the_view(canvas_hand: CanvasHand, until: Until) -> None:
    navigator = shown(canvas_hand, until)
    canvas_hand.view.zoom_by(4)
    before = canvas_hand.view.frame
    QTest.keyClick(navigator, Qt.Key.Key_Right)
    assert canvas_hand.view.frame.left < before.left
    QTest.keyClick(navigator, Qt.Key.Key_Plus)
    assert canvas_hand.view.frame.zoom > before.zoom


def test_it_is_drawn_without_painting_the_picture(canvas_hand: CanvasHand, until: Until) -> None:
    navigator = shown(canvas_hand, until)
    view = canvas_hand.view
    plain = navigator.grab().toImage()

    def never(*_: object) -> None:
        raise AssertionError("the canvas was painted")

    view.picture.paint = never  # type: ignore[method-assign]
    view.hide()
    view.picture.look(Display(invert=True))
    assert navigator.grab().toImage() != plain
    del view.picture.paint  # type: ignore[method-assign]


def test_it_stays_in_its_corner_and_is_switched(canvas_hand: CanvasHand, until: Until) -> None:
    navigator = shown(canvas_hand, until)
    canvas_hand.view.resize(500, 400)
    QApplication.processEvents()
    assert canvas_hand.view.rect().contains(navigator.geometry())
    assert navigator.geometry().right() > 470
    kept: list[tuple[str, bool]] = []
    (command,) = navigator.commands(
        lambda: True, lambda _: None, lambda name, on: kept.append((name, on))
    )
    command.run()
    assert navigator.isHidden()
    command.run()
    assert not navigator.isHidden()
    assert kept == [(NAVIGATOR, False), (NAVIGATOR, True)]
