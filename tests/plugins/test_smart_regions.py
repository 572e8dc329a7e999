"""Wand, cut-out, watershed and superpixels, against other ways to find the same."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import flood

from studio.api.assistants import Hand, Scribble, Window
from studio.paths import builtin_plugins

sys.path.append(str(builtin_plugins() / "smart_tools"))

from studio_smart_tools.cut_out import CutOut, main_parts
from studio_smart_tools.edge_snap import EdgeSnap, evenly
from studio_smart_tools.find_similar import FindSimilar
from studio_smart_tools.live_wire import LiveWire
from studio_smart_tools.marks import drawn
from studio_smart_tools.pixel_features import MARGIN, features, smoothed
from studio_smart_tools.superpixels import Superpixels
from studio_smart_tools.wand import lab_of, like
from studio_smart_tools.watershed import flooded

SIDE = 96


@pytest.fixture(scope="module")
def disc() -> tuple[Window, np.ndarray]:
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    truth = np.hypot(x - 48, y - 48) <= 26
    pixels = np.where(truth[..., None], (180, 60, 90), (40, 120, 60)) + np.random.default_rng(
        0
    ).normal(0, 6, (SIDE, SIDE, 3))
    return Window(np.clip(pixels, 0, 255).astype(np.uint8)), truth


def iou(a: np.ndarray | None, b: np.ndarray) -> float:
    assert a is not None
    return float((a & b).sum() / (a | b).sum())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 15), st.integers(0, 15), st.integers(0, 60))
def test_the_wand_floods_as_scikit_image_does(seed: int, x: int, y: int, tolerance: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = np.repeat(rng.integers(0, 256, (16, 16, 1), np.uint8), 3, axis=2)
    lab = lab_of(pixels)
    lab[..., 1:] = 0
    ours = like(lab, (x + 0.5, y + 0.5), tolerance)
    theirs = flood(lab[..., 0], (y, x), tolerance=tolerance + 1e-4, connectivity=1)
    assert (ours == theirs).mean() > 0.99
    assert ours[y, x]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 40), st.floats(0, 40))
def test_more_tolerance_never_loses_a_pixel(seed: int, a: float, b: float) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), np.uint8)
    lab, low, high = lab_of(pixels), min(a, b), max(a, b)
    small, large = (like(lab, (8.5, 8.5), t) for t in (low, high))
    assert not (small & ~large).any()
    assert not (small & ~like(lab, (8.5, 8.5), low, contiguous=False)).any()


def test_a_thing_is_cut_out_of_a_loose_box(disc: tuple[Window, np.ndarray]) -> None:
    window, truth = disc
    answer = CutOut().answer(window, Hand(box=((14, 14), (80, 82))), None)
    assert iou(answer.regions[0].mask, truth) > 0.95


def test_strokes_have_the_last_word_about_a_cut(disc: tuple[Window, np.ndarray]) -> None:
    window, _ = disc
    inside = Scribble(((4.0, 4.0), (10.0, 4.0)), 1, 2)
    outside = Scribble(((40.0, 48.0), (56.0, 48.0)), 0, 3)
    hand = Hand(box=((14, 14), (80, 82)), strokes=(inside, outside))
    mask = CutOut().answer(window, hand, None).regions[0].mask
    assert mask is not None
    assert mask[4, 4:10].all()
    assert not mask[48, 40:56].any()


def test_crumbs_go_and_small_holes_are_filled() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[5:35, 5:30] = True
    mask[10:12, 10:12] = False
    mask[38, 38] = True
    none = np.zeros_like(mask)
    whole = main_parts(mask, none, none)
    assert whole[10, 10]
    assert not whole[38, 38]
    gone = none.copy()
    gone[10, 10] = True
    assert not main_parts(mask, none, gone)[10, 10]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_the_watershed_leaves_no_pixel_and_keeps_its_markers(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (30, 40, 3), np.uint8)
    marks = np.zeros((30, 40), np.int32)
    at = rng.choice(1200, count, replace=False)
    marks.flat[at] = np.arange(1, count + 1)
    grown = flooded(pixels, marks)
    assert set(np.unique(grown)) == set(range(1, count + 1))
    np.testing.assert_array_equal(grown[marks > 0], marks[marks > 0])


def test_painted_superpixels_lie_inside_the_thing(disc: tuple[Window, np.ndarray]) -> None:
    window, truth = disc
    tool = Superpixels()
    hand = Hand(strokes=(Scribble(((48.0, 48.0), (58.0, 48.0)), 1, 2),), options={"size": 12.0})
    pieces = tool.prepare(window, hand)
    mask = tool.answer(window, hand, pieces).regions[0].mask
    assert mask is not None
    assert (mask & truth).sum() / mask.sum() > 0.97
    away = Hand(strokes=(*hand.strokes, Scribble(((48.0, 48.0), (58.0, 48.0)), 0, 4)))
    assert not tool.answer(window, away, pieces).regions


def test_the_wire_keeps_to_the_edge(disc: tuple[Window, np.ndarray]) -> None:
    window, _ = disc
    wire, hand = LiveWire(), Hand(points=((74.0, 48.0), (22.0, 48.0)))
    path = wire.answer(window, hand, wire.prepare(window, hand)).path
    assert path is not None
    np.testing.assert_allclose(path[[0, -1]], hand.points)
    away = np.abs(np.hypot(*(path - 48).T) - 26)
    assert np.percentile(away, 95) < 2.5
    assert wire.key(hand) != wire.key(Hand(points=((1, 1), (22.0, 48.0))))


def test_an_outline_snaps_to_the_edge(disc: tuple[Window, np.ndarray]) -> None:
    window, _ = disc
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rough = 48 + np.column_stack(((26 + 4 * np.sin(3 * turn)) * np.cos(turn), 24 * np.sin(turn)))
    ring = EdgeSnap().answer(window, Hand(rings=(rough,), options={"reach": 8}), None)
    found = ring.regions[0].ring
    assert found is not None
    assert np.abs(np.hypot(*(found - 48).T) - 26).mean() < 0.8


def test_places_on_a_line_lie_evenly() -> None:
    places = evenly(np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]), 2.0)
    assert len(places) == 20
    gaps = np.hypot(*(np.roll(places, -1, 0) - places).T)
    np.testing.assert_allclose(gaps, 2.0)


def test_a_turned_and_larger_copy_is_found_where_it_is() -> None:
    rng = np.random.default_rng(5)
    pixels = rng.integers(90, 110, (200, 260, 3)).astype(np.uint8)
    thing = rng.integers(0, 256, (10, 15, 3), np.uint8).repeat(2, 0).repeat(2, 1)
    pixels[20:40, 30:60] = thing
    pixels[120:140, 150:180] = thing
    pixels[60:90, 200:220] = np.rot90(thing, 3)
    ring = np.array([(30.0, 20.0), (60.0, 20.0), (60.0, 40.0), (30.0, 40.0)])
    hand = Hand(rings=(ring,), options={"least": 0.7, "turns": 4})
    regions = FindSimilar().answer(Window(pixels), hand, None).regions
    found = sorted(
        tuple((ring @ one.placed[:, :2].T + one.placed[:, 2]).min(0).round().tolist())
        for one in regions
        if one.placed is not None
    )
    assert found == [(150, 120), (200, 60)]


def test_odds_are_smoothed_along_the_picture_and_not_over_its_edges() -> None:
    rng = np.random.default_rng(0)
    pixels = np.zeros((80, 80, 3), np.uint8)
    pixels[:, 40:] = 200
    sure = np.where(np.arange(80) >= 40, 0.8, 0.2)[None, :, None] + np.zeros((80, 80, 1))
    noisy = (sure + rng.normal(0, 0.2, sure.shape)).astype(np.float32)
    found = smoothed(noisy, pixels)
    assert np.abs(found - sure).max() < 0.12
    assert np.abs(found[:, 39] - 0.2).mean() < 0.05
    assert np.abs(found[:, 40] - 0.8).mean() < 0.05


def test_a_thing_among_its_like_is_cut_out_of_a_box_that_hugs_it() -> None:
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    truth = np.hypot(x - 48, y - 48) <= 22
    pale = np.hypot(x - 48, y - 48) <= 9
    others = np.zeros_like(truth)
    for across, down in ((-44, 0), (44, 0), (0, -44), (0, 44)):
        others |= np.hypot(x - 48 - across, y - 48 - down) <= 22
    pixels = np.where((truth | others)[..., None], (190, 140, 150), (205, 205, 205))
    pixels = np.where(pale[..., None], (202, 196, 198), pixels)
    noise = np.random.default_rng(0).normal(0, 5, (SIDE, SIDE, 3))
    window = Window(np.clip(pixels + noise, 0, 255).astype(np.uint8))
    answer = CutOut().answer(window, Hand(box=((26, 26), (70, 70))), None)
    assert iou(answer.regions[0].mask, truth) > 0.93


def test_features_of_a_tile_with_its_margin_are_those_of_the_whole() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (160, 220, 3), np.uint8)
    whole = features(pixels)
    tile = features(pixels[:, 30:])
    inner = slice(30 + MARGIN, None)
    np.testing.assert_allclose(tile[:, MARGIN:], whole[:, inner], atol=0.6)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-20, 60), st.floats(-20, 60)), min_size=1, max_size=5),
    st.floats(0.1, 6),
)
def test_every_stroke_leaves_a_mark(points: list[tuple[float, float]], radius: float) -> None:
    marks = drawn([Scribble(tuple(points), 3, radius)], (40, 30))
    assert marks.shape == (30, 40)
    assert set(np.unique(marks)) <= {0, 4}
    assert (marks == 4).any()
