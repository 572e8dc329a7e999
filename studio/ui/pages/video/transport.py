"""The row below the frame: playing, stepping, and which frame it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.domain.tracks import Video
from studio.ui.desk import Command
from studio.ui.pages.video.player import SPEEDS
from studio.ui.pages.video.presenter import clock, frame_of
from studio.ui.widgets.buttons import tool_button


class Transport(QWidget):
    """Buttons, the number of the frame, its time and the speed.

    Parameters
    ----------
    steps, views : sequence of Command
        At the left and at the right.
    """

    numbered = Signal(int)
    """A number of a frame was typed."""
    sped = Signal(float)
    """Another speed was chosen."""

    def __init__(
        self, steps: Sequence[Command], views: Sequence[Command], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._frame = 0
        self._video: Video | None = None
        self.number = QLineEdit()
        self.number.setAccessibleName("Frame or time")
        self.number.setToolTip("Type a frame or a time, such as 1:02.50, and press Enter")
        self.number.setFixedWidth(80)
        self.time = QLabel()
        self.time.setProperty("role", "quiet")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        for one in SPEEDS:
            self.speed.addItem(f"{one:g} ×", one)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        for command in steps:
            row.addWidget(tool_button(command))
        for widget in (self.number, self.time, self.speed):
            row.addWidget(widget)
        row.addStretch(1)
        for command in views:
            row.addWidget(tool_button(command))
        self.number.returnPressed.connect(self._typed)
        self.number.editingFinished.connect(self._show_number)
        self.speed.activated.connect(self._sped)

    def show_film(self, video: Video | None) -> None:
        """Take numbers of another film."""
        self._video = video
        self.show_frame(0, video)

    def show_frame(self, frame: int, video: Video | None) -> None:
        """Say which frame is shown, and when."""
        self._frame = frame
        self._show_number()
        self.time.setText(f"{clock(frame, video)} of {clock(video.frames, video)}" if video else "")

    def _typed(self) -> None:
        frame = frame_of(self.number.text(), self._video) if self._video else None
        if frame is not None:
            self.numbered.emit(frame)

    def _show_number(self) -> None:
        self.number.setText(f"{self._frame}" if self._video else "")

    def _sped(self) -> None:
        self.sped.emit(float(self.speed.currentData()))
