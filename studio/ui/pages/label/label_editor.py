"""The form in which a label gets a place under another one, attributes and joints."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.geometry import GEOMETRY_KINDS, GeometryKind
from studio.domain.labels import AttributeSpec, Label, LabelSchema, SkeletonSpec
from studio.services.shaping import words
from studio.ui.forms.fields import Choice, ChoiceField

_TYPES = ("text", "number", "flag", "choice")
_COLUMNS = ("Attribute", "Type", "Choices, by commas", "At the start", "By frame")
_PAIR = re.compile(r"\s*(\S[^-]*?)\s*-\s*(\S.*?)\s*$")


class LabelEditor(QDialog):
    """Everything about one label.

    Parameters
    ----------
    label : Label
        As it is now.
    schema : LabelSchema
        Whose labels it can lie under.
    """

    wanted = Signal(object)
    """The person wants the label to be so; carries the `Label`."""

    def __init__(self, label: Label, schema: LabelSchema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Label “{label.name}”")
        self.resize(640, 720)
        self._label = label
        self.name = _line(label.name, "Name")
        under = schema.under(label.id)
        above = [Choice("", "Nothing")]
        above += [Choice(one.id, one.name) for one in schema.labels if one.id not in under]
        self.parent_field = ChoiceField(label.parent or "", above, "Is a kind of")
        self.kinds = {kind: _check(words(kind)) for kind in GEOMETRY_KINDS}
        for kind, box in self.kinds.items():
            box.setChecked(not label.kinds or kind in label.kinds)
        self.attributes = _table(label.attributes)
        self.joints = _lines("Joints, one a line")
        self.edges = _lines("Lines between joints, as “a - b”")
        self.mirrored = _lines("Left and right joints, as “a - b”")
        if label.skeleton is not None:
            self._show_skeleton(label.skeleton)
        self.fault = QLabel()
        self.fault.setProperty("role", "error")
        self.fault.setWordWrap(True)
        self._build()

    def _build(self) -> None:
        form = QFormLayout()
        form.addRow("Name", self.name)
        form.addRow("Is a kind of", self.parent_field)
        kinds = QGridLayout()
        for place, box in enumerate(self.kinds.values()):
            kinds.addWidget(box, place // 4, place % 4)
        form.addRow("Drawn as", kinds)
        add = QPushButton("Add attribute")
        add.setAccessibleName("Add attribute")
        add.setAutoDefault(False)
        add.clicked.connect(self._add_attribute)
        joints = QGridLayout()
        for place, (title, field) in enumerate(
            (("Joints", self.joints), ("Lines", self.edges), ("Mirrored", self.mirrored))
        ):
            joints.addWidget(QLabel(title), 0, place)
            joints.addWidget(field, 1, place)
        buttons = QDialogButtonBox()
        save = buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        save.setProperty("look", "primary")
        for button, name in ((save, "Save"), (cancel, "Cancel")):
            button.setAccessibleName(name)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.attributes, 1)
        column.addWidget(add)
        column.addLayout(joints)
        column.addWidget(self.fault)
        column.addWidget(buttons)

    def label(self) -> Label:
        """Return the label as the form says it; raises `ValueError` where that makes no sense."""
        kinds = tuple(kind for kind, box in self.kinds.items() if box.isChecked())
        every: tuple[GeometryKind, ...] = () if len(kinds) == len(GEOMETRY_KINDS) else kinds
        return Label.model_validate(
            self._label.model_dump()
            | {
                "name": self.name.text().strip(),
                "parent": self.parent_field.value() or None,
                "kinds": every,
                "attributes": tuple(self._attribute(row) for row in self._rows()),
                "skeleton": self._skeleton(),
            }
        )

    def _save(self) -> None:
        try:
            label = self.label()
        except ValidationError as error:
            first = error.errors()[0]["msg"].removeprefix("Value error, ")
            self.fault.setText(f"{first[:1].upper()}{first[1:]}.")
        except ValueError as error:
            self.fault.setText(f"{error}.")
        else:
            self.wanted.emit(label)
            self.close()

    def _rows(self) -> list[int]:
        rows = range(self.attributes.rowCount())
        return [row for row in rows if self._cell(row, 0)]

    def _cell(self, row: int, column: int) -> str:
        item = self.attributes.item(row, column)
        return item.text().strip() if item is not None else ""

    def _attribute(self, row: int) -> dict[str, object]:
        name, type_ = self._cell(row, 0), self._cell(row, 1).casefold() or "text"
        if type_ not in _TYPES:
            raise ValueError(f"“{name}” is {', '.join(_TYPES)}, not “{type_}”")
        before = {spec.name: spec for spec in self._label.attributes}.get(name)
        choices = tuple(one.strip() for one in self._cell(row, 2).split(",") if one.strip())
        frame = self.attributes.item(row, 4)
        spec = AttributeSpec(
            name=name,
            type=type_,
            choices=choices,
            minimum=before.minimum if before else None,
            maximum=before.maximum if before else None,
            mutable=frame is not None and frame.checkState() == Qt.CheckState.Checked,
        )
        default = _value(self._cell(row, 3), type_)
        if default is not None and (wrong := spec.fault(default)) is not None:
            raise ValueError(f"{wrong[:1].upper()}{wrong[1:]}")
        return spec.model_dump() | {"default": default}

    def _skeleton(self) -> SkeletonSpec | None:
        joints = tuple(_said(self.joints))
        if not joints:
            return None
        before = self._label.skeleton
        start = before.start if before is not None and before.joints == joints else ()
        return SkeletonSpec(
            joints=joints,
            edges=_pairs(self.edges, joints),
            mirrored=_pairs(self.mirrored, joints),
            start=start,
        )

    def _show_skeleton(self, spec: SkeletonSpec) -> None:
        self.joints.setPlainText("\n".join(spec.joints))
        for field, pairs in ((self.edges, spec.edges), (self.mirrored, spec.mirrored)):
            said = (f"{spec.joints[a]} - {spec.joints[b]}" for a, b in pairs)
            field.setPlainText("\n".join(said))

    def _add_attribute(self) -> None:
        row = self.attributes.rowCount()
        _put_row(self.attributes, row, None)
        self.attributes.setCurrentCell(row, 0)
        self.attributes.setFocus()


def _value(text: str, type_: str) -> str | bool | float | None:
    if not text:
        return None
    if type_ == "flag":
        return text.casefold() in ("yes", "true", "on", "1")
    if type_ == "number":
        try:
            return float(text)
        except ValueError as error:
            raise ValueError(f"“{text}” is no number") from error
    return text


def _said(field: QPlainTextEdit) -> list[str]:
    return [line.strip() for line in field.toPlainText().splitlines() if line.strip()]


def _pairs(field: QPlainTextEdit, joints: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for line in _said(field):
        match = _PAIR.match(line)
        if match is None or any(name not in joints for name in match.groups()):
            raise ValueError(f"“{line}” does not name two joints, as “a - b” does")
        a, b = match.groups()
        found.append((joints.index(a), joints.index(b)))
    return tuple(found)


def _line(text: str, name: str) -> QLineEdit:
    line = QLineEdit(text)
    line.setAccessibleName(name)
    return line


def _check(title: str) -> QCheckBox:
    box = QCheckBox(f"{title[:1].upper()}{title[1:]}")
    box.setAccessibleName(f"May be drawn as {title}")
    return box


def _lines(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(name)
    field.setTabChangesFocus(True)
    field.setMaximumHeight(110)
    return field


def _table(specs: Sequence[AttributeSpec]) -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setAccessibleName("Attributes")
    table.setHorizontalHeaderLabels(_COLUMNS)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
    table.setTabKeyNavigation(False)
    for row, spec in enumerate(specs):
        _put_row(table, row, spec)
    return table


def _put_row(table: QTableWidget, row: int, spec: AttributeSpec | None) -> None:
    table.insertRow(row)
    default = "" if spec is None or spec.default is None else spec.default
    if isinstance(default, bool):
        default = "yes" if default else "no"
    texts = ("", "text", "", "")
    if spec is not None:
        texts = (spec.name, spec.type, ", ".join(spec.choices), str(default))
    for column, text in enumerate(texts):
        table.setItem(row, column, QTableWidgetItem(text))
    frame = QTableWidgetItem()
    frame.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
    on = spec is not None and spec.mutable
    frame.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
    table.setItem(row, 4, frame)
