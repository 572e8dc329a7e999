from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.api.engine import TrainingParams
from studio.domain.operations import Params
from studio.ui.forms.fields import Choice, ChoiceField, SegmentField, SwitchField, TextField
from studio.ui.forms.form import ParamsForm
from studio.ui.forms.number_field import NumberField


class Everything(Params):
    count: int = Field(3, ge=1, description="How many.")
    rate: float = Field(1e-3, gt=0, json_schema_extra={"widget": "log", "unit": "s"})
    few: Literal["a", "b"] = "a"
    many: Literal["one", "two", "three", "four"] = "one"
    on: bool = True
    words: str = ""
    place: Path = Path()
    maybe: int | None = None


def test_each_kind_of_parameter_has_its_editor(dressed: QApplication) -> None:
    form = ParamsForm(Everything)
    assert isinstance(form.control("count"), NumberField)
    assert isinstance(form.control("few"), SegmentField)
    assert isinstance(form.control("many"), ChoiceField)
    assert isinstance(form.control("on"), SwitchField)
    assert isinstance(form.control("words"), TextField)
    assert isinstance(form.control("maybe"), NumberField)


def test_only_what_was_set_is_given(dressed: QApplication) -> None:
    form = ParamsForm(TrainingParams, {"epochs": 5})
    assert form.values() == {"epochs": 5}
    form.set_value("learning_rate", 1e-5)
    assert form.values() == {"epochs": 5, "learning_rate": 1e-5}
    form.set_value("learning_rate", 1e-3)
    assert form.values() == {"epochs": 5}


def test_a_fault_stands_beside_its_field(dressed: QApplication) -> None:
    form = ParamsForm(TrainingParams, {"epochs": 0})
    assert list(form.faults()) == ["epochs"]
    row = form.control("epochs").parentWidget()
    assert row is not None
    said = [label.text() for label in row.findChildren(QLabel) if label.property("role") == "error"]
    assert said == ["Should be greater than or equal to 1"]
    form.set_value("epochs", 1)
    assert not form.faults()


def test_typing_no_number_is_a_fault_and_not_a_crash(dressed: QApplication) -> None:
    form = ParamsForm(TrainingParams)
    field = form.control("epochs")
    assert isinstance(field, NumberField)
    field.line.clear()
    QTest.keyClicks(field.line, "many")
    assert "epochs" in form.faults()


def test_choices_come_from_the_page(dressed: QApplication) -> None:
    def choices(name: str) -> list[Choice]:
        return [Choice("small_cnn", "Small CNN")] if name == "architecture" else []

    form = ParamsForm(TrainingParams, {"architecture": "small_cnn"}, choices)
    field = form.control("architecture")
    assert isinstance(field, QComboBox)
    assert field.currentText() == "Small CNN"


def test_a_value_outside_the_choices_is_kept(dressed: QApplication) -> None:
    field = ChoiceField("mine", [Choice("theirs", "Theirs")], "Architecture")
    assert field.value() == "mine"


def test_a_form_can_be_walked_by_keyboard(dressed: QApplication, qtbot: QtBot) -> None:
    form = ParamsForm(Everything)
    form.show()
    qtbot.addWidget(form)
    reached: set[QWidget] = set()
    widget: QWidget = form
    for _ in range(200):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget)
    for name in ("count", "few", "many", "on", "words", "place"):
        control = form.control(name)
        assert {control, control.focusProxy()} & reached, name
