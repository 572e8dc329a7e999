"""One editor for each kind of parameter; the field of the pydantic model says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import NoneType
from typing import Any, Literal, NamedTuple, Protocol, get_args, get_origin

from pydantic.fields import FieldInfo
from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.ui.forms.number_field import NumberField, written
from studio.ui.theme.icons import icon

SEGMENTS_AT_MOST = 3


class Choice(NamedTuple):
    """One entry of a list: what is kept, and what is shown."""

    value: JsonValue
    title: str


Choices = Callable[[str], Sequence[Choice]]
"""Gives the choices of a text field by its name; empty for free text."""


class Editor(Protocol):
    """What a form needs of a field's editor."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted when the person changed the value."""

    def value(self) -> JsonValue:
        """Return what stands there."""

    def set_value(self, value: Any) -> None:
        """Show a value without emitting `changed`."""


class SwitchField(QCheckBox):
    """On or off."""

    changed = Signal()

    def __init__(self, value: bool, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setChecked(value)
        self.clicked.connect(self._clicked)

    def value(self) -> JsonValue:
        """Return whether it is on."""
        return self.isChecked()

    def set_value(self, value: Any) -> None:
        """Show on or off."""
        self.setChecked(bool(value))

    def _clicked(self) -> None:
        self.changed.emit()


class TextField(QLineEdit):
    """Free text."""

    changed = Signal()

    def __init__(self, value: str, name: str) -> None:
        super().__init__(value)
        self.setAccessibleName(name)
        self.textEdited.connect(self._edited)

    def value(self) -> JsonValue:
        """Return the text."""
        return self.text()

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self.setText("" if value is None else str(value))

    def _edited(self) -> None:
        self.changed.emit()


class PathField(QWidget):
    """A file or folder, typed or chosen."""

    changed = Signal()

    def __init__(self, value: str, name: str) -> None:
        super().__init__()
        self.line = TextField(value, name)
        self.line.changed.connect(self.changed)
        self.setFocusProxy(self.line)
        browse = QToolButton()
        browse.setIcon(icon("folder"))
        browse.setAccessibleName(f"Choose {name}")
        browse.setToolTip("Choose a file")
        browse.clicked.connect(self._browse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        layout.addWidget(browse)

    def value(self) -> JsonValue:
        """Return the path as text."""
        return self.line.value()

    def set_value(self, value: Any) -> None:
        """Show a path."""
        self.line.set_value(value)

    def _browse(self) -> None:
        begin = str(Path(self.line.text()).parent) if self.line.text() else ""
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a file", begin)
        if chosen:
            self.line.setText(chosen)
            self.changed.emit()


class ChoiceField(QComboBox):
    """One of a list."""

    changed = Signal()

    def __init__(self, value: JsonValue, choices: Sequence[Choice], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        for choice in choices:
            self.addItem(choice.title, choice.value)
        self.set_value(value)
        self.activated.connect(self._activated)

    def value(self) -> JsonValue:
        """Return the chosen value."""
        chosen: JsonValue = self.currentData()
        return chosen

    def set_value(self, value: Any) -> None:
        """Choose a value; one that is not in the list is added, so that nothing is lost."""
        found = self.findData(value)
        if found < 0:
            self.addItem(str(value) or "Choose one", value)
            found = self.count() - 1
        self.setCurrentIndex(found)

    def _activated(self) -> None:
        self.changed.emit()

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the form that scrolls."""
        event.ignore()


class SegmentField(QWidget):
    """One of two or three, all to be seen at once."""

    changed = Signal()

    def __init__(self, value: JsonValue, choices: Sequence[Choice], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._choices = tuple(choices)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for number, choice in enumerate(self._choices):
            button = QPushButton(choice.title)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {choice.title}")
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch(1)
        self.setFocusProxy(self._group.button(0))
        self.set_value(value)
        self._group.idClicked.connect(self._clicked)

    def value(self) -> JsonValue:
        """Return the chosen value."""
        return self._choices[max(0, self._group.checkedId())].value

    def set_value(self, value: Any) -> None:
        """Choose a value."""
        for number, choice in enumerate(self._choices):
            if choice.value == value:
                self._group.button(number).setChecked(True)

    def _clicked(self) -> None:
        self.changed.emit()


_NAMES = {"adamw": "AdamW", "sgd": "SGD", "cpu": "CPU", "cuda": "CUDA"}
"""Proper names that are written in their own way."""


def words(value: JsonValue) -> str:
    """Write a choice for people: `one-cycle` becomes “One cycle”."""
    if value in _NAMES:
        return _NAMES[str(value)]
    text = str(value).replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]


def editor(name: str, field: FieldInfo, value: Any, choices: Choices | None = None) -> QWidget:
    """Make the editor that fits a field of a pydantic model.

    Parameters
    ----------
    name : str
        Of the field; it is also the accessible name, in words.
    value
        Shown at the start.
    choices : callable, optional
        Asked for the choices of text fields.
    """
    kind = _plain(field.annotation)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, Mapping) else {}
    title = words(name)
    unit = str(extra.get("unit", ""))
    given = list(choices(name)) if choices and kind is str else []
    if get_origin(kind) is Literal:
        given = [Choice(one, words(one)) for one in get_args(kind)]
        if len(given) <= SEGMENTS_AT_MOST:
            return SegmentField(value, given, title)
    if given:
        return ChoiceField(value, given, title)
    if kind is bool:
        return SwitchField(bool(value), title)
    if kind in (int, float):
        return NumberField(
            value or 0,
            whole=kind is int,
            logarithmic=extra.get("widget") == "log",
            unit=unit,
            name=title,
        )
    if kind is Path or extra.get("widget") == "path" or name == "path":
        return PathField("" if value is None else str(value), title)
    return TextField(_text(value), title)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return written(value) if isinstance(value, float) else str(value)


def _plain(annotation: Any) -> Any:
    """Strip `Annotated` and `| None` from a type."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal or not arguments:
        return annotation
    members = [one for one in arguments if one is not NoneType]
    return _plain(members[0]) if members else annotation
