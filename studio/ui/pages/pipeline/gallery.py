"""Templates to begin with, drawn small."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.domain.operations import Catalogue
from studio.domain.pipelines import Layout, order
from studio.errors import StudioError
from studio.services.pipelines import Template
from studio.ui.graph.cards import WIDTH, card_of
from studio.ui.graph.joining import ids_of
from studio.ui.theme import current

_DRAWING = QSize(220, 96)
_TALL = 110.0


class Sketch(QWidget):
    """A pipeline as boxes and lines."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self._graph = template.graph
        self._layout: Layout = template.layout
        self.setMinimumSize(_DRAWING)
        self.setMaximumHeight(_DRAWING.height())
        current.wardrobe().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it to fill the room."""
        del event
        tokens = current.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rects = {
            id_: QRectF(*self._layout.positions.get(id_, (0.0, 0.0)), WIDTH, _TALL)
            for id_ in self._graph.nodes
        }
        whole = QRectF()
        for rect in rects.values():
            whole = whole.united(rect)
        if whole.isEmpty():
            return
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        scale = min(room.width() / whole.width(), room.height() / whole.height(), 0.3)
        painter.translate(room.center())
        painter.scale(scale, scale)
        painter.translate(-whole.center())
        painter.setPen(QPen(QColor(tokens.quiet), 6))
        for link in self._graph.links():
            if link.source in rects:
                begin, end = rects[link.source], rects[link.node]
                painter.drawLine(
                    QPointF(begin.right(), begin.center().y()),
                    QPointF(end.left(), end.center().y()),
                )
        painter.setPen(QPen(QColor(tokens.accent), 6))
        painter.setBrush(QColor(tokens.surface))
        for rect in rects.values():
            painter.drawRoundedRect(rect, 16, 16)


class Gallery(QWidget):
    """All templates, each with its drawing, its steps and a button; and the way to an empty one.

    Parameters
    ----------
    templates : sequence of Template
        What ships with the studio.
    catalogue : Catalogue
        For the titles of the steps.
    """

    chosen = Signal(str)
    """Use this template; an empty name starts empty."""
    left = Signal()
    """The person went back."""

    def __init__(self, templates: Sequence[Template], catalogue: Catalogue) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 24, 32, 24)
        outer.setSpacing(16)
        title = QLabel("Start a pipeline")
        title.setProperty("role", "title")
        why = QLabel(
            "A pipeline runs steps in order, and only those whose result is not known yet."
        )
        why.setProperty("role", "quiet")
        why.setWordWrap(True)
        outer.addWidget(title)
        outer.addWidget(why)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.buttons: dict[str, QPushButton] = {}
        for number, template in enumerate(templates):
            column.addWidget(self._card(template, catalogue, primary=number == 0))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer.addWidget(scroll, 1)
        row = QHBoxLayout()
        self.empty = self._button("", "Start empty", "")
        self.back = QPushButton("Back")
        self.back.setProperty("look", "link")
        self.back.clicked.connect(self.left)
        row.addWidget(self.empty)
        row.addWidget(self.back)
        row.addStretch(1)
        outer.addLayout(row)

    def _card(self, template: Template, catalogue: Catalogue, primary: bool) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        row = QHBoxLayout(frame)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(Sketch(template))
        text = QVBoxLayout()
        name = QLabel(template.title)
        name.setProperty("role", "heading")
        steps = QLabel(" → ".join(_steps(template, catalogue)))
        steps.setWordWrap(True)
        text.addWidget(name)
        text.addWidget(steps)
        text.addStretch(1)
        row.addLayout(text, 1)
        words = f"Use {template.title}"
        button = self._button(template.name, words, "primary" if primary else "")
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return frame

    def _button(self, name: str, title: str, look: str) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("look", look)
        button.setProperty("template", name)
        button.setAccessibleName(title)
        button.clicked.connect(self._clicked)
        self.buttons[name] = button
        return button

    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(str(sender.property("template")))


def _steps(template: Template, catalogue: Catalogue) -> list[str]:
    try:
        ids = order(template.graph)
    except StudioError:
        ids = ids_of(template.graph)
    return [card_of(template.graph, id_, catalogue).title for id_ in ids]
