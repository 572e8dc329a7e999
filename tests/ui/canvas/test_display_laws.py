"""Laws of looking at a picture, against the same written pixel by pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from studio.ui.canvas.display import (
    CHANNELS,
    PALETTES,
    PLAIN,
    Display,
    histogram,
    palette_of,
    shown,
    stretched,
    tone,
)

shares = st.floats(0, 1)
windows = st.tuples(shares, shares).filter(lambda ends: ends[0] + 1e-3 < ends[1])
displays = st.builds(
    lambda ends, **said: Display(low=ends[0], high=ends[1], **said),
    windows,
    brightness=st.floats(-1, 1),
    contrast=st.floats(-1, 1),
    gamma=st.floats(0.1, 10),
    channel=st.sampled_from(CHANNELS),
    invert=st.booleans(),
    palette=st.sampled_from(PALETTES),
)
bits = st.sampled_from((8, 16))
pictures = arrays.arrays(np.uint8, (5, 7, 4))
few = settings(max_examples=25)
deep = arrays.arrays(np.uint16, (5, 7))


def by_hand(value: int, most: int, display: Display) -> int:
    share = min(1.0, max(0.0, (value / most - display.low) / (display.high - display.low)))
    share = (share ** (1 / display.gamma) - 0.5) * 8**display.contrast + 0.5 + display.brightness
    seen = round(min(1.0, max(0.0, share)) * 255)
    return 255 - seen if display.invert else seen


@few
@given(displays, bits, st.data())
def test_a_tone_is_what_the_rule_says(display: Display, depth: int, data: st.DataObject) -> None:
    most = (1 << depth) - 1
    value = data.draw(st.integers(0, most))
    assert abs(int(tone(display, depth)[value]) - by_hand(value, most, display)) <= 1


@few
@given(displays, bits)
def test_what_is_lighter_never_becomes_darker(display: Display, depth: int) -> None:
    seen = tone(replace(display, invert=False), depth).astype(int)
    assert (np.diff(seen) >= 0).all()
    turned = tone(replace(display, invert=True), depth).astype(int)
    assert (seen + turned == 255).all()


def test_as_it_is_made_nothing_changes() -> None:
    assert PLAIN.plain
    assert (tone(PLAIN, 8) == np.arange(256)).all()


@given(pictures, displays)
def test_colours_are_seen_one_by_one(values: np.ndarray, display: Display) -> None:
    kept = values.copy()
    seen = shown(values, replace(display, channel="colour"))
    assert (values == kept).all()
    assert (seen[..., :3] == tone(replace(display, channel="colour"), 8)[kept[..., :3]]).all()
    assert (seen[..., 3] == 255).all()


@given(pictures, displays, st.sampled_from(("blue", "green", "red")))
def test_one_channel_is_seen_in_the_palette(
    values: np.ndarray, display: Display, channel: str
) -> None:
    display = replace(display, channel=channel)  # type: ignore[arg-type]
    place = ("blue", "green", "red").index(channel)
    seen = shown(values, display)
    expected = palette_of(display.palette)[tone(display, 8)[values[..., place]]]
    assert (seen == expected).all()


@few
@given(deep, displays)
def test_sixteen_bits_are_seen_by_all_of_them(values: np.ndarray, display: Display) -> None:
    seen = shown(values, display)
    assert (seen == palette_of(display.palette)[tone(display, 16)[values]]).all()


@pytest.mark.parametrize("name", PALETTES)
def test_a_palette_has_a_colour_for_each_value(name: str) -> None:
    colours = palette_of(name)  # type: ignore[arg-type]
    assert colours.shape == (256, 4)
    assert len(np.unique(colours, axis=0)) > 200


@given(pictures)
def test_a_histogram_counts_every_pixel(values: np.ndarray) -> None:
    assert histogram(values).sum() == 35
    red = histogram(values, "red")
    assert red[values[0, 0, 2]] >= 1
    assert histogram((values[..., 0].astype(np.uint16) << 8) + 77).sum() == 35


@few
@given(deep.filter(lambda one: one.min() < one.max()))
def test_stretching_spans_what_is_there(values: np.ndarray) -> None:
    display = stretched(PLAIN, values, cut=0)
    seen = shown(values, display)[..., 0]
    assert seen.min() == 0
    assert seen.max() == 255


def test_a_picture_of_one_value_stays_as_it_is() -> None:
    flat = np.full((4, 4), 900, np.uint16)
    assert stretched(PLAIN, flat) == PLAIN
    assert stretched(PLAIN, np.empty((0, 0), np.uint16)) == PLAIN


def test_twelve_bits_in_sixteen_become_visible() -> None:
    values = np.linspace(100, 1100, 10_000).astype(np.uint16).reshape(100, 100)
    plain, wide = shown(values, PLAIN), shown(values, stretched(PLAIN, values))
    assert len(np.unique(plain[..., 0])) <= 5
    assert len(np.unique(wide[..., 0])) == 256
