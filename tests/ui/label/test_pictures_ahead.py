from __future__ import annotations

from collections.abc import Callable

from fakes.label_hand import Hand
from PySide6.QtCore import Qt

from studio.ui.pages.label.page import LabelPage

Until = Callable[[Callable[[], object]], None]


def test_the_pictures_beside_are_there_at_once(hand: Hand, page: LabelPage, until: Until) -> None:
    picture = page.canvas.picture
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A):
        until(lambda: picture.ready and set(picture._expected) <= set(picture._kept))
        hand.press(key)
        assert picture.ready
    assert page.model.item is not None
    assert page.model.item.id == picture._wanted
    until(lambda: len(picture._kept) == 3)
