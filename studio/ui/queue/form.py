"""Everything that a queue can be filtered by, in a form that drops down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.domain.labels import LabelSchema
from studio.domain.media import MediaFilter, Span
from studio.domain.project import ProjectState
from studio.services.queues import filters
from studio.ui.desk import Command
from studio.ui.forms.number_field import read, written
from studio.ui.media_queue import Queue
from studio.ui.queue.words import COMMENT_WORDS, KIND_WORDS, NO_LABEL, REVIEW_WORDS
from studio.ui.widgets.buttons import command_button

_Choices = Sequence[tuple[str, str]]
_SPANS = (
    ("score", "Score of a proposal, %", 100.0),
    ("shapes", "Number of shapes", 1.0),
    ("area", "Area of a shape, px²", 1.0),
    ("share", "Share of the picture, %", 100.0),
    ("width", "Width, px", 1.0),
    ("height", "Height, px", 1.0),
)
_ROOM = 24
"""The form stays so far from the edge of the screen, logical px."""


class SpanField(QWidget):
    """The least and the greatest value that pass; an empty end is open.

    Parameters
    ----------
    name : str
        For screen readers.
    factor : float
        By which numbers are shown greater than they are kept.
    """

    changed = Signal()

    def __init__(self, name: str, factor: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._factor = factor
        self.ends = (QLineEdit(), QLineEdit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for end, word in zip(self.ends, ("from", "to"), strict=True):
            end.setPlaceholderText(word)
            end.setAccessibleName(f"{name}, {word}")
            end.textEdited.connect(self.changed)
            row.addWidget(end, 1)
        self.setFocusProxy(self.ends[0])

    def wrong(self) -> str:
        """Return what stands there and is no number, or nothing."""
        texts = [end.text().strip() for end in self.ends]
        return next((text for text in texts if text and read(text) is None), "")

    def span(self) -> Span:
        """Return what is asked for; what is no number asks for nothing."""
        low, high = (read(end.text()) if end.text().strip() else None for end in self.ends)
        factor = self._factor
        return (
            None if low is None else low / factor,
            None if high is None else high / factor,
        )

    def show_span(self, span: Span) -> None:
        """Show a span, unless it stands there already in other words."""
        if span != self.span():
            for end, value in zip(self.ends, span, strict=True):
                end.setText("" if value is None else written(round(value * self._factor, 10)))


class FilterForm(QFrame):
    """Changes the filter of a queue while one looks at what passes.

    Parameters
    ----------
    queue : Queue
        Whose filter it is.
    state : ProjectState
        What there is to choose from.
    """

    def __init__(self, queue: Queue, state: ProjectState, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "card")
        self.setAccessibleName("Filter pictures")
        self._queue = queue
        self._state = state
        names = {
            "label": "Label",
            "attribute": "Attribute",
            "value": "Value of the attribute",
            "geometry": "Kind of shape",
            "author": "Drawn by",
            "review": "Review",
            "comments": "Comments",
        }
        self.choices = {field: _choice(name, field == "value") for field, name in names.items()}
        self.group = QLineEdit()
        self.group.setPlaceholderText("any")
        self.group.setAccessibleName("Group")
        self.spans = {field: SpanField(name, factor) for field, name, factor in _SPANS}
        self._wrong = QLabel()
        self._wrong.setProperty("role", "error")
        self._wrong.hide()
        self._clear = command_button(
            Command("queue.clear", "Clear filter", queue.clear, "", "x"), "flat"
        )
        self._lay_out(names)
        for box in self.choices.values():
            box.activated.connect(self._changed)
        self.choices["value"].editTextChanged.connect(self._changed)
        self.group.textEdited.connect(self._changed)
        for span in self.spans.values():
            span.changed.connect(self._changed)
        queue.changed.connect(self._show_values)

    def _lay_out(self, names: dict[str, str]) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        for field, name in names.items():
            form.addRow(name, self.choices[field])
        for field, name, _ in _SPANS:
            form.addRow(name, self.spans[field])
        form.addRow("Group", self.group)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self._wrong)
        column.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignRight)

    def drop(self, under: QWidget) -> None:
        """Show the form under a widget, with what there is to choose from now."""
        self._list()
        self._show_values()
        self.adjustSize()
        place = under.mapToGlobal(QPoint(0, under.height() + 2))
        room = under.screen().availableGeometry()
        right, low = room.right() - self.width() - _ROOM, room.bottom() - self.height() - _ROOM
        self.move(max(room.left(), min(place.x(), right)), max(room.top(), min(place.y(), low)))
        self.show()
        self.choices["label"].setFocus()

    def _list(self) -> None:
        schema, media = self._state.schema, self._state.media
        counts = self._state.reviews.counts()
        attributes = {spec.name for label in schema.labels for spec in label.attributes}
        listed: dict[str, _Choices] = {
            "label": [(NO_LABEL, "No label"), *((one.id, one.name) for one in schema.labels)],
            "attribute": _plain(sorted(attributes | set(media.words("attribute")))),
            "geometry": [(kind, KIND_WORDS.get(kind, kind)) for kind in media.words("geometry")],
            "author": _plain(media.words("author")),
            "review": [(one, f"{text} ({counts[one]:,})") for one, text in REVIEW_WORDS.items()],
            "comments": list(COMMENT_WORDS.items()),
        }
        for field, choices in listed.items():
            _fill(self.choices[field], choices)
        self._list_values(schema)

    def _list_values(self, schema: LabelSchema) -> None:
        """Offer what the attribute can say, as the labels define it."""
        name = self._queue.where.attribute
        specs = [one for label in schema.labels for one in label.attributes if one.name == name]
        said = {choice for spec in specs for choice in spec.choices}
        said |= {"true", "false"} if any(spec.type == "flag" for spec in specs) else set()
        with QSignalBlocker(self.choices["value"]):
            _fill(self.choices["value"], _plain(sorted(said)))
        self.choices["value"].setEnabled(bool(name))

    def _show_values(self) -> None:
        where = self._queue.where
        self._clear.setEnabled(filters(where))
        if not self.isVisible() and not self.choices["label"].count():
            return
        self._list_values(self._state.schema)
        for field, box in self.choices.items():
            _choose(box, str(getattr(where, field)))
        for field, span in self.spans.items():
            span.show_span(getattr(where, field))
        if self.group.text().strip() != where.group:
            self.group.setText(where.group)

    def _changed(self) -> None:
        wrong = next((text for span in self.spans.values() if (text := span.wrong())), "")
        self._wrong.setText(f"“{wrong}” is no number.")
        self._wrong.setVisible(bool(wrong))
        self._queue.show(self._asked())

    def _asked(self) -> MediaFilter:
        asked: dict[str, Any] = {field: _chosen(box) for field, box in self.choices.items()}
        asked["value"] = asked["value"] if asked["attribute"] else ""
        asked |= {field: span.span() for field, span in self.spans.items()}
        return replace(self._queue.where, **asked, group=self.group.text().strip())


def _choice(name: str, free: bool) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setEditable(free)
    box.setMinimumWidth(200)
    box.setMaxVisibleItems(20)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _plain(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


def _fill(box: QComboBox, choices: _Choices) -> None:
    wanted = [("", "Any"), *choices] if not box.isEditable() else [("", ""), *choices]
    there = [(box.itemData(n), box.itemText(n)) for n in range(box.count())]
    if wanted == there:
        return
    kept = _chosen(box)
    box.clear()
    for value, text in wanted:
        box.addItem(text, value)
    _choose(box, kept)


def _choose(box: QComboBox, value: str) -> None:
    if box.isEditable():
        if box.currentText().strip() != value:
            with QSignalBlocker(box):
                box.setEditText(value)
        return
    at = box.findData(value)
    if at < 0 and value:
        # What is asked for is nowhere in the project any more; it stays asked for.
        box.addItem(value, value)
        at = box.count() - 1
    box.setCurrentIndex(max(0, at))


def _chosen(box: QComboBox) -> str:
    return box.currentText().strip() if box.isEditable() else str(box.currentData() or "")
