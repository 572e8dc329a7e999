"""Numbers as people of this trade write them: 1e-5 stays 1e-5, and steps follow the size."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from studio.ui.theme.icons import icon

_FEWEST_PLAIN = 1e-3
_MOST_PLAIN = 1e6


def written(value: float, whole: bool = False) -> str:
    """Write a number without losing any of it.

    Parameters
    ----------
    value : float
        Any finite number.
    whole : bool
        Whether it counts something; then it is never written with an exponent.

    Returns
    -------
    str
        `0.001`, `1e-5`, `2.5e-7`, `64`; reading it gives the same number back.
    """
    if whole:
        return str(int(value))
    size = abs(value)
    if value == 0 or _FEWEST_PLAIN <= size < _MOST_PLAIN:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    exact = Decimal(repr(value))
    exponent = exact.adjusted()
    mantissa = exact.scaleb(-exponent).normalize()
    return f"{mantissa:f}e{exponent}"


def read(text: str, whole: bool = False) -> float | None:
    """Read a number as a person writes it (`1e-5`, `0,5`, `1 000`), or None if it is none."""
    tidy = text.strip().replace(" ", "").replace("\u202f", "").replace("_", "")
    if "," in tidy and "." not in tidy:
        tidy = tidy.replace(",", ".")
    try:
        value = float(Decimal(tidy))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    if not math.isfinite(value) or (whole and value != int(value)):
        return None
    return value


def stepped(value: float, steps: int, *, logarithmic: bool, whole: bool) -> float:
    """Return the next number up or down.

    Logarithmic steps walk 1, 2, 5, 10, ...; the others walk by one in the second digit.

    Parameters
    ----------
    steps : int
        Negative goes down.
    """
    if logarithmic and value > 0:
        return _along_series(value, steps)
    unit = Decimal(1)
    if not whole and value:
        unit = Decimal(1).scaleb(Decimal(repr(value)).adjusted() - 1)
    elif not whole:
        unit = Decimal("0.01")
    elif abs(value) >= 100:
        unit = Decimal(1).scaleb(Decimal(repr(value)).adjusted() - 1)
    return float(Decimal(repr(value)) + unit * steps)


def _along_series(value: float, steps: int) -> float:
    series = (Decimal(1), Decimal(2), Decimal(5))
    exact = Decimal(repr(value))
    power = exact.adjusted()
    mantissa = exact.scaleb(-power)
    below = max(n for n, one in enumerate(series) if one <= mantissa)
    place = power * 3 + below
    on_it = series[below] == mantissa
    place += steps if on_it or steps > 0 else steps + 1
    return float(series[place % 3].scaleb(place // 3))


class NumberField(QWidget):
    """A line for one number, with a unit behind it and steps by arrow keys, wheel and buttons.

    Parameters
    ----------
    value : float
        Shown at the start.
    whole : bool
        Whether it counts something.
    logarithmic : bool
        Steps of 1, 2, 5, 10, ... instead of equal ones.
    unit : str
        Shown behind the line: `px`, `s`.
    name : str
        For the screen reader.
    """

    changed = Signal()

    def __init__(
        self,
        value: float = 0.0,
        *,
        whole: bool = False,
        logarithmic: bool = False,
        unit: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole = whole
        self._logarithmic = logarithmic
        self.line = QLineEdit(written(value, whole))
        self.line.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.line.textEdited.connect(self._edited)
        self.setFocusProxy(self.line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        if unit:
            label = QLabel(unit)
            label.setProperty("role", "quiet")
            layout.addWidget(label)
        for sign, picture, word in ((-1, "minus", "Less"), (1, "plus", "More")):
            layout.addWidget(self._stepper(sign, picture, f"{word} {name}".strip()))

    def _stepper(self, sign: int, picture: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(picture))
        button.setProperty("look", "flat")
        button.setAutoRepeat(True)
        button.setAccessibleName(name)
        button.setToolTip(name)
        # The arrow keys in the line do the same; Tab need not stop here.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self.more if sign > 0 else self.less)
        return button

    def value(self) -> float | int | str:
        """Return the number, or the text as it stands if it is no number."""
        number = read(self.line.text(), self._whole)
        if number is None:
            return self.line.text()
        return int(number) if self._whole else number

    def set_value(self, value: float) -> None:
        """Show another number; does not emit `changed`."""
        self.line.setText(written(value, self._whole))

    def more(self) -> None:
        """One step up."""
        self.step(1)

    def less(self) -> None:
        """One step down."""
        self.step(-1)

    def step(self, steps: int) -> None:
        """Step up or down; does nothing while the text is no number."""
        number = read(self.line.text(), self._whole)
        if number is not None:
            self.set_value(stepped(number, steps, logarithmic=self._logarithmic, whole=self._whole))
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys step by one, page keys by ten."""
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.step(steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step only where the line has the focus, so that scrolling a form changes nothing."""
        if self.line.hasFocus() and event.angleDelta().y():
            self.step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def _edited(self) -> None:
        self.changed.emit()
