from __future__ import annotations

import pytest
from fakes.canvas_hand import CanvasHand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication


@pytest.mark.parametrize("amount", [0.2, -0.2, -5.0])
def test_a_pinch_zooms_and_keeps_what_lies_under_it(canvas_hand: CanvasHand, amount: float) -> None:
    view = canvas_hand.view
    before, at = view.frame, QPointF(300, 200)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        at,
        amount,
        QPointF(),
    )
    QApplication.sendEvent(view, event)
    assert view.frame.zoom == pytest.approx(before.zoom * max(0.1, 1 + amount))
    assert view.frame.to_picture((300, 200)) == pytest.approx(before.to_picture((300, 200)))
