"""A form made from the parameters of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.domain.ids import JsonValue
from studio.domain.operations import Params
from studio.ui.forms.fields import Choices, Editor, editor, words


class _Row(QWidget):
    """Title, editor, help and error of one field."""

    def __init__(self, name: str, field: FieldInfo, control: QWidget) -> None:
        super().__init__()
        self.control = control
        title = QLabel(field.title or words(name))
        title.setBuddy(control)
        self._help = QLabel(field.description or "")
        self._help.setProperty("role", "small")
        self._help.setWordWrap(True)
        self._help.setVisible(bool(field.description))
        self._error = QLabel()
        self._error.setProperty("role", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        if field.description:
            control.setAccessibleDescription(field.description)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (title, control, self._help, self._error):
            layout.addWidget(widget)

    def show_error(self, text: str) -> None:
        """Say what is wrong beside the field; an empty text takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        line = self.control.focusProxy() or self.control
        line.setProperty("wrong", bool(text))
        line.style().unpolish(line)
        line.style().polish(line)


class ParamsForm(QWidget):
    """Editors for all fields of a model; says what is wrong beside each field.

    Parameters
    ----------
    model : type of Params
        Its fields, in order; descriptions become help texts.
    values : mapping, optional
        What is set already; everything else shows its default.
    choices : callable, optional
        Gives the choices of text fields by name, for example the architectures.
    hidden : collection of str
        Fields that the page edits elsewhere.
    """

    changed = Signal()

    def __init__(
        self,
        model: type[Params],
        values: Mapping[str, JsonValue] | None = None,
        choices: Choices | None = None,
        hidden: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._set: dict[str, JsonValue] = dict(values or {})
        self._rows: dict[str, _Row] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        for name, field in model.model_fields.items():
            if name in hidden:
                continue
            control = editor(name, field, self._shown(name, field), choices)
            row = _Row(name, field, control)
            self._rows[name] = row
            layout.addWidget(row)
            _as_editor(control).changed.connect(_Listener(self, name).heard)
        layout.addStretch(1)
        self.check()

    def _shown(self, name: str, field: FieldInfo) -> Any:
        if name in self._set:
            return self._set[name]
        return None if field.is_required() else field.get_default(call_default_factory=True)

    def values(self) -> dict[str, JsonValue]:
        """Return the parameters that were set: given at the start, or changed since."""
        return dict(self._set)

    def set_values(self, values: Mapping[str, JsonValue]) -> None:
        """Show other values; does not emit `changed`."""
        self._set = dict(values)
        for name, row in self._rows.items():
            _as_editor(row.control).set_value(self._shown(name, self._model.model_fields[name]))
        self.check()

    def set_value(self, name: str, value: JsonValue) -> None:
        """Set one parameter as if the person had typed it."""
        _as_editor(self._rows[name].control).set_value(value)
        self.heard(name)

    def control(self, name: str) -> QWidget:
        """Return the editor of a field; raises `KeyError`."""
        return self._rows[name].control

    def heard(self, name: str) -> None:
        """Take what the editor of a field says now."""
        value = _as_editor(self._rows[name].control).value()
        field = self._model.model_fields[name]
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if value == default and not field.is_required():
            self._set.pop(name, None)
        else:
            self._set[name] = value
        self.check()
        self.changed.emit()

    def check(self) -> bool:
        """Validate, and show each fault beside its field; returns whether all is well."""
        faults = self.faults()
        for name, row in self._rows.items():
            row.show_error(faults.get(name, ""))
        return not faults

    def faults(self) -> dict[str, str]:
        """Return what is wrong, by field; faults of the whole stand under an empty name."""
        try:
            self._model.model_validate(self._set)
        except ValidationError as error:
            return {
                str(one["loc"][0]) if one["loc"] else "": _sentence(one["msg"])
                for one in error.errors()
            }
        return {}


class _Listener(QObject):
    """Tells the form which editor changed, without a lambda that holds on to it."""

    def __init__(self, form: ParamsForm, name: str) -> None:
        super().__init__(form)
        self._form = form
        self._name = name

    def heard(self) -> None:
        """Pass the name on."""
        self._form.heard(self._name)


def _as_editor(widget: QWidget) -> Editor:
    assert hasattr(widget, "changed")
    control: Any = widget
    typed: Editor = control
    return typed


def _sentence(message: str) -> str:
    """Turn pydantic's words into words without jargon."""
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].upper() + text[1:]
