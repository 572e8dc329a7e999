"""What is said of the chosen shapes: their kind and author, and the attributes of their label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.geometry import area
from studio.domain.labels import AttributeSpec, AttributeValue, LabelSchema, Shape
from studio.ui.canvas.model import words
from studio.ui.forms.fields import Choice, ChoiceField, Editor, SwitchField, TextField
from studio.ui.forms.number_field import NumberField
from studio.ui.theme.icons import icon

_MIXED = "different"
_MEASURED = 2_000
"""Up to so many shapes their area is added up; a hundred thousand would take seconds."""


class DetailsPanel(QScrollArea):
    """A form that is made anew for each choice of shapes."""

    described = Signal(str, object)
    """The person gave an attribute a value, or took it away (None); carries its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Details of the chosen shapes")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.editors: dict[str, Editor] = {}
        self._shown: tuple[tuple[Shape, ...], LabelSchema] | None = None

    def show_shapes(self, shapes: Sequence[Shape], schema: LabelSchema) -> None:
        """Show what all these shapes have in common, and what they differ in."""
        wanted = (tuple(shapes), schema)
        if wanted == self._shown:
            return
        self._shown = wanted
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        self.editors = {}
        if shapes:
            column.addWidget(_quiet("\n".join(_facts(shapes))))
            column.addLayout(self._attributes(shapes, schema))
        else:
            column.addWidget(_quiet("Select a shape to see and change what is said of it."))
        column.addStretch(1)
        self.setWidget(inside)

    def _attributes(self, shapes: Sequence[Shape], schema: LabelSchema) -> QFormLayout:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        specs = _common([schema.attributes_of(label) for label in {one.label: 0 for one in shapes}])
        for spec in specs:
            form.addRow(spec.name, self._editor(spec, shapes))
        known = {spec.name for spec in specs}
        free = sorted({name for shape in shapes for name in shape.attributes} - known)
        for name in free:
            form.addRow(name, self._editor(_guess(name, shapes), shapes))
        return form

    def _editor(self, spec: AttributeSpec, shapes: Sequence[Shape]) -> QWidget:
        values = {shape.attributes.get(spec.name) for shape in shapes}
        same = values.pop() if len(values) == 1 else None
        mixed = bool(values)
        field = _field(spec, same)
        if mixed and isinstance(field, TextField):
            field.setPlaceholderText(_MIXED)
        self.editors[spec.name] = field
        finished = field.editingFinished if isinstance(field, TextField) else field.changed
        finished.connect(self._teller(spec.name, field))
        clear = QToolButton()
        clear.setProperty("look", "flat")
        clear.setIcon(icon("x"))
        clear.setAccessibleName(f"Take away {spec.name}")
        clear.setToolTip(f"Take away “{spec.name}”")
        clear.setEnabled(mixed or same is not None)
        clear.clicked.connect(self._clearer(spec.name))
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addWidget(field, 1)
        inside.addWidget(clear)
        return row

    def _teller(self, name: str, field: Editor) -> Callable[[], None]:
        def tell() -> None:
            value = field.value()
            if isinstance(value, str | bool | int | float) and value != self._now(name):
                self.described.emit(name, None if value == "" else value)

        return tell

    def _clearer(self, name: str) -> Callable[[], None]:
        return lambda: self.described.emit(name, None)

    def _now(self, name: str) -> AttributeValue | None:
        """Return what all shapes say now; an empty text counts as nothing."""
        shapes = self._shown[0] if self._shown else ()
        values = {shape.attributes.get(name) for shape in shapes}
        return (values.pop() or "") if len(values) == 1 else None


def _facts(shapes: Sequence[Shape]) -> list[str]:
    if len(shapes) > 1:
        if len(shapes) > _MEASURED:
            return [f"{len(shapes):,} shapes"]
        total = sum(area(shape.geometry) for shape in shapes)
        return [f"{len(shapes):,} shapes, {total:,.0f} px² together"]
    (shape,) = shapes
    facts = [words(shape.geometry)]
    if shape.author.startswith("model:"):
        sure = "" if shape.score is None else f", {shape.score:.0%} sure"
        facts.append(f"Proposed by a model{sure}")
    elif shape.author:
        facts.append(f"Drawn by {shape.author}")
    if shape.group:
        facts.append("Belongs to a group")
    if shape.locked:
        facts.append("Locked")
    return facts


def _common(specs: Sequence[tuple[AttributeSpec, ...]]) -> list[AttributeSpec]:
    """Return the attributes that all the labels have."""
    first = specs[0] if specs else ()
    return [spec for spec in first if all(spec in others for others in specs)]


def _guess(name: str, shapes: Sequence[Shape]) -> AttributeSpec:
    """Make up the type of an attribute that no label speaks of, as a format brought it."""
    values = [shape.attributes[name] for shape in shapes if name in shape.attributes]
    if all(isinstance(value, bool) for value in values):
        return AttributeSpec(name=name, type="flag")
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return AttributeSpec(name=name, type="number")
    return AttributeSpec(name=name)


def _field(
    spec: AttributeSpec, value: AttributeValue | None
) -> ChoiceField | SwitchField | NumberField | TextField:
    match spec.type:
        case "choice":
            choices = [Choice("", "–"), *(Choice(one, one) for one in spec.choices)]
            return ChoiceField(value or "", choices, spec.name)
        case "flag":
            return SwitchField(bool(value), spec.name)
        case "number":
            number = float(value) if isinstance(value, int | float) else 0.0
            return NumberField(number, name=spec.name)
        case _:
            return TextField("" if value is None else str(value), spec.name)


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "quiet")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
