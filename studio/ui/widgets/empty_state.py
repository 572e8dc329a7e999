"""What stands where there is nothing yet: what is missing, why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.desk import Command
from studio.ui.theme import current
from studio.ui.theme.icons import pixmap
from studio.ui.widgets.buttons import command_button


class EmptyState(QWidget):
    """One sentence what, one why, one primary button, one quiet link.

    Parameters
    ----------
    icon : str
        Name of an SVG in `resources/icons`.
    title, why : str
        Sentences for a person; `why` may be empty.
    button, quiet : Command, optional
        The next step, and another way.
    """

    def __init__(
        self,
        icon: str,
        title: str,
        why: str = "",
        button: Command | None = None,
        quiet: Command | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = _centred("heading")
        self._why = _centred("quiet")
        layout = self._column()
        layout.setSpacing(8)
        layout.addStretch(2)
        for widget in (self._picture, self._title, self._why):
            layout.addWidget(widget)
        layout.addSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        if button is not None:
            self.button = command_button(button, "primary")
            layout.addWidget(self.button, 0, centre)
        if quiet is not None:
            self.quiet = command_button(quiet, "link")
            layout.addWidget(self.quiet, 0, centre)
        layout.addStretch(3)
        self.say(title, why)
        self._tint()
        current.wardrobe().changed.connect(self._tint)

    def _column(self) -> QVBoxLayout:
        # A column of its own width: a label that wraps in an aligned cell gets too little height.
        column = QWidget()
        column.setMaximumWidth(480)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(32, 32, 32, 32)
        outer.addStretch(1)
        outer.addWidget(column, 100)
        outer.addStretch(1)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        return layout

    def say(self, title: str, why: str = "") -> None:
        """Change the words."""
        self._title.setText(title)
        self._why.setText(why)
        self._why.setVisible(bool(why))

    def _tint(self) -> None:
        self._picture.setPixmap(pixmap(self._icon, 48, "quiet", self.devicePixelRatioF()))


def _centred(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
