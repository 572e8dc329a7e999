"""Settings: generated from the table of settings; each change acts at once."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.ui.forms.fields import Choice, ChoiceField, SegmentField, SwitchField, TextField, words
from studio.ui.forms.number_field import NumberField

if TYPE_CHECKING:
    from studio.services.settings import Setting, Settings

_SEGMENTS = 4
_REMEMBERED = ("tour_done",)
"""What the studio itself remembers; there is nothing to choose."""
_EDITABLE = ("choice", "bool", "switch", "int", "float", "number", "text", "str", "path")


class SettingsDialog(QDialog):
    """One row a setting; no OK, no Apply.

    Parameters
    ----------
    settings : Settings
        Read and written.
    table : sequence of Setting
        What there is to set, by group.
    """

    def __init__(
        self, settings: Settings, table: tuple[Setting, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.resize(520, 560)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        for group, members in groupby(table, key=_group):
            shown = [setting for setting in members if editable(setting)]
            if not shown:
                continue
            heading = QLabel(group)
            heading.setProperty("role", "heading")
            column.addWidget(heading)
            for setting in shown:
                self._add(column, setting, settings)
            column.addSpacing(16)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAccessibleName("Close")
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 16, 16)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)

    def _add(self, column: QVBoxLayout, setting: Setting, settings: Settings) -> None:
        control = field(setting, settings.get(setting.key))
        label = QLabel(setting.label)
        label.setBuddy(control)
        column.addWidget(label)
        column.addWidget(control)
        if setting.note:
            note = QLabel(setting.note)
            note.setProperty("role", "small")
            note.setWordWrap(True)
            column.addWidget(note)
        column.addSpacing(8)
        _Writer(setting.key, settings, control)


def editable(setting: Setting) -> bool:
    """Tell whether a setting has an editor; lists are edited where they are used."""
    if setting.key in _REMEMBERED:
        return False
    return setting.kind in _EDITABLE and not isinstance(setting.default, list | dict)


def field(setting: Setting, value: JsonValue) -> QWidget:
    """Make the editor of one setting."""
    if setting.choices:
        choices = [Choice(one, words(one)) for one in setting.choices]
        if len(choices) <= _SEGMENTS:
            return SegmentField(value, choices, setting.label)
        return ChoiceField(value, choices, setting.label)
    if isinstance(setting.default, bool):
        return SwitchField(bool(value), setting.label)
    if isinstance(setting.default, int | float) and isinstance(value, int | float):
        return NumberField(value, whole=isinstance(setting.default, int), name=setting.label)
    return TextField("" if value is None else str(value), setting.label)


def _group(setting: Setting) -> str:
    return setting.group


class _Writer(QObject):
    """Writes one setting when its editor changes."""

    def __init__(self, key: str, settings: Settings, control: QWidget) -> None:
        super().__init__(control)
        self._key = key
        self._settings = settings
        if not isinstance(
            control, SegmentField | ChoiceField | SwitchField | TextField | NumberField
        ):
            raise TypeError(type(control).__name__)
        self._control = control
        control.changed.connect(self.write)

    def write(self) -> None:
        """Write it, unless what stands there is no value yet."""
        value = self._control.value()
        if not (isinstance(self._control, NumberField) and isinstance(value, str)):
            self._settings.set(self._key, value)
