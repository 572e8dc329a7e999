"""How the pictures are looked at: a panel of its own, and the keys that go with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.ui.canvas.display import CHANNELS, PALETTES, PLAIN, Display, stretched
from studio.ui.canvas.picture import PictureLayer
from studio.ui.canvas.value_chart import ValueChart
from studio.ui.desk import Command
from studio.ui.forms.fields import Choice, ChoiceField, SwitchField
from studio.ui.pages.label.switches import Switches
from studio.ui.widgets.buttons import command_button

_STEPS = 100
_ENDS = 1000
_APART = 1 / _ENDS
"""What becomes black and what becomes white lie at least so far apart."""
_GAMMA_SPAN = 10.0
"""Gamma goes from a tenth to ten, evenly in its logarithm."""
_STRETCH = "label.stretch"
_SLIDERS = (
    ("brightness", "Brightness", -_STEPS, _STEPS),
    ("contrast", "Contrast", -_STEPS, _STEPS),
    ("gamma", "Gamma", -_STEPS, _STEPS),
    ("low", "Black at", 0, _ENDS),
    ("high", "White at", 0, _ENDS),
)


class LookingPanel(QScrollArea):
    """Sliders, channel and palette; acts on what is seen, never on what is stored.

    Parameters
    ----------
    picture : PictureLayer
        What is looked at.
    switches : Switches
        Keeps whether each picture is stretched.
    tell : callable
        Says what the last deed means.
    """

    def __init__(
        self,
        picture: PictureLayer,
        switches: Switches,
        tell: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._picture = picture
        self._switches = switches
        self._tell = tell
        self.display = PLAIN
        """As the panel stands, also while pictures are seen as they are stored."""
        self.stored = False
        """Whether pictures are seen as they are stored for now."""
        self.setAccessibleName("How pictures are looked at")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.chart = ValueChart("Values of the picture")
        self.sliders: dict[str, QSlider] = {}
        self._figures: dict[str, QLabel] = {}
        self.channel = ChoiceField("colour", _choices(CHANNELS), "Channel")
        self.palette_choice = ChoiceField("grey", _choices(PALETTES), "Palette")
        self.invert = SwitchField(False, "Invert")
        self.stretch = SwitchField(switches.on(_STRETCH), "Stretch each picture")
        self.invert.setText("Invert")
        self.stretch.setText("Stretch each picture")
        self._commands = self._make_commands()
        self._build()
        for field in (self.channel, self.palette_choice, self.invert):
            field.changed.connect(self._chosen)
        self.stretch.changed.connect(self._stretch_chosen)
        picture.overview.changed.connect(self._other_picture)
        self._other_picture()

    def commands(self) -> list[Command]:
        """For menus, palette and keys."""
        return self._commands

    def _make_commands(self) -> list[Command]:
        changed = "Nothing about the view is changed."
        return [
            Command(
                "label.look_stored", "Show picture as stored, or as looked at", self.flip,
                "Shift+V", "contrast", "View", lambda: not self.display.plain, changed,
            ),
            Command(
                _STRETCH, "Stretch contrast of each picture", self.flip_stretch, "Shift+C",
                "adjustments", "View",
            ),
            Command("label.invert", "Invert picture", self.flip_invert, "Shift+I", "", "View"),
            Command("label.channel", "Next channel", self.next_channel, "Shift+L", "", "View"),
            Command(
                "label.look_reset", "Reset how pictures are looked at", self.reset, "Shift+R",
                "refresh", "View", lambda: not self.display.plain, changed,
            ),
        ]  # fmt: skip

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.chart)
        column.addWidget(self.stretch)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        for row, (name, title, least, most) in enumerate(_SLIDERS):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(least, most)
            slider.setPageStep((most - least) // 10)
            slider.setAccessibleName(title)
            slider.valueChanged.connect(self._slid)
            label, figure = QLabel(title), QLabel()
            label.setBuddy(slider)
            figure.setProperty("role", "quiet")
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            figure.setMinimumWidth(figure.fontMetrics().horizontalAdvance("−00.00"))
            self.sliders[name], self._figures[name] = slider, figure
            for place, widget in enumerate((label, slider, figure)):
                grid.addWidget(widget, row, place)
        column.addLayout(grid)
        form = QFormLayout()
        form.addRow("Channel", self.channel)
        form.addRow("Palette", self.palette_choice)
        column.addLayout(form)
        column.addWidget(self.invert)
        self.note = QLabel()
        self.note.setProperty("role", "quiet")
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        column.addWidget(command_button(self._commands[-1]))
        column.addStretch(1)
        self.setWidget(inside)

    # --- deeds

    def show_display(self, display: Display) -> None:
        """Look at pictures in this way."""
        self.display = display
        self._picture.look(PLAIN if self.stored else display)
        self._show()

    def flip(self) -> None:
        """See the pictures as they are stored, or as the panel says again."""
        self.stored = not self.stored
        self._tell("The picture as it is stored" if self.stored else "The picture as looked at")
        self.show_display(self.display)

    def flip_stretch(self) -> None:
        """Stretch the contrast of each picture by its own values, or no longer."""
        self.stretch.setChecked(not self.stretch.isChecked())
        self._stretch_chosen()
        on = self.stretch.isChecked()
        self._tell(
            "Each picture is stretched from its darkest to its lightest"
            if on
            else "Pictures keep their contrast"
        )

    def flip_invert(self) -> None:
        """See light as dark."""
        self.stored = False
        self.show_display(replace(self.display, invert=not self.display.invert))

    def next_channel(self) -> None:
        """See the next of colours, red, green, blue, grey."""
        self.stored = False
        following = CHANNELS[(CHANNELS.index(self.display.channel) + 1) % len(CHANNELS)]
        self._tell(f"Channel {following}")
        self.show_display(replace(self.display, channel=following))

    def reset(self) -> None:
        """See pictures as they are stored, and forget how they were looked at."""
        self.stored = False
        block = QSignalBlocker(self.stretch)
        self.stretch.setChecked(False)
        block.unblock()
        self._switches.set(_STRETCH, False)
        self._tell("Pictures are seen as they are stored")
        self.show_display(PLAIN)

    # --- what the hand does

    def _slid(self, notch: int) -> None:
        name = next(name for name, one in self.sliders.items() if one is self.sender())
        display = self.display
        if name == "gamma":
            display = replace(display, gamma=_GAMMA_SPAN ** (notch / _STEPS))
        elif name == "brightness":
            display = replace(display, brightness=notch / _STEPS)
        elif name == "contrast":
            display = replace(display, contrast=notch / _STEPS)
        elif name == "low":
            low = min(notch / _ENDS, 1 - _APART)
            display = replace(display, low=low, high=max(display.high, low + _APART))
        else:
            high = max(notch / _ENDS, _APART)
            display = replace(display, high=high, low=min(display.low, high - _APART))
        self.stored = False
        self.show_display(display)

    def _chosen(self) -> None:
        self.stored = False
        display = replace(
            self.display,
            channel=self.channel.value(),  # type: ignore[arg-type]
            palette=self.palette_choice.value(),  # type: ignore[arg-type]
            invert=self.invert.isChecked(),
        )
        self.show_display(self._stretched(display))

    def _stretch_chosen(self) -> None:
        on = self.stretch.isChecked()
        self._switches.set(_STRETCH, on)
        self.stored = False
        self.show_display(self._stretched(replace(self.display, low=0.0, high=1.0)))

    def _other_picture(self) -> None:
        self.show_display(self._stretched(self.display))

    def _stretched(self, display: Display) -> Display:
        values = self._picture.overview.values
        if values is None or not self.stretch.isChecked():
            return display
        return stretched(display, values)

    # --- showing

    def _show(self) -> None:
        display = self.display
        for name, slider in self.sliders.items():
            block = QSignalBlocker(slider)
            slider.setValue(_notch(name, display))
            block.unblock()
            value = getattr(display, name)
            self._figures[name].setText(f"{value:.2f}".replace("-", "−"))
        self.channel.set_value(display.channel)
        self.palette_choice.set_value(display.palette)
        self.invert.set_value(display.invert)
        level = self._picture.overview.level
        deep = level is not None and level.deep is not None
        self.channel.setEnabled(not deep)
        self.palette_choice.setEnabled(deep or display.channel != "colour")
        self.chart.show_level(level, display)
        self.note.setText(
            "The picture is seen as it is stored. Shift+V shows it as looked at again."
            if self.stored
            else "Only what is seen changes, never what is stored."
        )


def _notch(name: str, display: Display) -> int:
    value = float(getattr(display, name))
    if name == "gamma":
        return round(math.log(value, _GAMMA_SPAN) * _STEPS)
    return round(value * (_STEPS if name in ("brightness", "contrast") else _ENDS))


def _choices(names: Sequence[str]) -> list[Choice]:
    return [Choice(name, name.capitalize()) for name in names]
