from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui.forms.number_field import NumberField, read, stepped, written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_reads_back_as_the_same_number(value: float) -> None:
    assert read(written(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "1e-5"), (2.5e-7, "2.5e-7"), (0.001, "0.001"), (0.0, "0"), (64.0, "64"), (1e9, "1e9")],
)
def test_numbers_are_written_as_the_trade_writes_them(value: float, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    ("text", "value"), [("1e-5", 1e-5), ("0,5", 0.5), ("1 000", 1000.0), ("", None), ("x", None)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    assert read(text) == value


def test_a_half_is_no_count() -> None:
    assert read("1.5", whole=True) is None
    assert read("1e3", whole=True) == 1000


@given(st.floats(1e-12, 1e12))
def test_logarithmic_steps_climb_and_never_reach_zero(value: float) -> None:
    up = stepped(value, 1, logarithmic=True, whole=False)
    down = stepped(value, -1, logarithmic=True, whole=False)
    assert 0 < down < value < up


def test_logarithmic_steps_walk_one_two_five() -> None:
    walked = [1e-5]
    for _ in range(4):
        walked.append(stepped(walked[-1], 1, logarithmic=True, whole=False))
    assert walked == [1e-5, 2e-5, 5e-5, 1e-4, 2e-4]


def test_a_learning_rate_is_shown_as_it_is_and_steps_by_keys(dressed: QApplication) -> None:
    field = NumberField(1e-5, logarithmic=True, name="Learning rate")
    assert field.line.text() == "1e-5"
    heard: list[int] = []
    field.changed.connect(lambda: heard.append(1))
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 2e-5
    assert heard == [1]
    assert field.line.accessibleName() == "Learning rate"
