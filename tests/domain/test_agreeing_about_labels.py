"""Agreement between people, held against other people's arithmetic and against its own laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box as region
from sklearn.metrics import cohen_kappa_score

from studio.domain.geometry import (
    Box,
    Circle,
    Cuboid,
    Geometry,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Tag,
    mask_of,
)
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.domain.quality import (
    agreement_of,
    cohen_kappa,
    coincidences,
    components,
    fused,
    grouped,
    krippendorff_alpha,
    matched,
    near_pairs,
    overlaps,
)

CAT, DOG, COW = LabelId("cat"), LabelId("dog"), LabelId("cow")
LABELS = (CAT, DOG, COW)
_ids = itertools.count()


def shape(geometry: Geometry, label: LabelId = CAT) -> Shape:
    return Shape(id=ShapeId(f"s{next(_ids)}"), label=label, geometry=geometry)


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    *[st.integers(0, 40)] * 2,
    *[st.integers(1, 30)] * 2,
)
# Places between pixels: of matches that are worth exactly the same any may be the best.
uneven = st.builds(
    lambda box, dx, dy: Box(box.x0 + dx, box.y0 + dy, box.x1 - dy / 2, box.y1 - dx / 3),
    boxes,
    *[st.floats(0.001, 0.4)] * 2,
)
drawn = st.lists(st.builds(shape, uneven, st.sampled_from(LABELS)), max_size=6)
tables = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.integers(0, 20), min_size=k * k, max_size=k * k).map(
        lambda cells: np.array(cells, np.float64).reshape(k, k)
    )
)


# --- coefficients


@given(tables)
def test_kappa_is_that_of_scikit_learn(table: np.ndarray) -> None:
    ours = cohen_kappa(table)
    if ours is None:
        return
    rows, columns = np.nonzero(table)
    counts = table[rows, columns].astype(int)
    theirs = cohen_kappa_score(
        np.repeat(rows, counts), np.repeat(columns, counts), labels=range(len(table))
    )
    assert ours == pytest.approx(theirs)


def test_alpha_is_that_of_the_worked_example() -> None:
    # K. Krippendorff, “Computing Krippendorff's alpha-reliability”, 2011, section C: nominal data
    # of four observers about twelve units, with missing values; alpha is 0.743.
    observers = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    codes = np.array(
        [[-1 if one == "." else int(one) for one in line.split()] for line in observers], np.intp
    ).T
    found = coincidences(codes)
    table = (
        np.bincount(found.first * 6 + found.second, found.weight, 36).astype(float).reshape(6, 6)
    )
    assert krippendorff_alpha(table) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_alpha_of_two_is_scotts_pi_but_for_small_samples(said: list[tuple[int, int]]) -> None:
    codes = np.array(said, np.intp)
    found = coincidences(codes)
    table = (
        np.bincount(found.first * 4 + found.second, found.weight, 16).astype(float).reshape(4, 4)
    )
    alpha = krippendorff_alpha(table)
    share = np.bincount(codes.ravel(), minlength=4) / codes.size
    chance, seen = float((share**2).sum()), float((codes[:, 0] == codes[:, 1]).mean())
    if alpha is None:
        assert chance == pytest.approx(1)
        return
    # Krippendorff: alpha = pi + (1 - pi) / 2N.
    pi = (seen - chance) / (1 - chance)
    assert alpha == pytest.approx(pi + (1 - pi) / codes.size)


# --- overlap and matching


@given(boxes, boxes)
def test_kinds_that_say_the_same_overlap_alike(a: Box, b: Box) -> None:
    one, other = region(a.x0, a.y0, a.x1, a.y1), region(b.x0, b.y0, b.x1, b.y1)
    truth = one.intersection(other).area / one.union(other).area
    for first in _sayings(a):
        for second in _sayings(b):
            assert overlaps([first], [second])[0, 0] == pytest.approx(truth, abs=1e-9)


def _sayings(box: Box) -> list[Geometry]:
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    pixels = np.ones((int(y1 - y0), int(x1 - x0)), np.bool_)
    return [
        box,
        RotatedBox(*middle, box.height, box.width, 90.0),
        Polygon((corners,)),
        Cuboid(corners, corners),
        mask_of(pixels, int(x0), int(y0)),
    ]


def test_lines_and_points_are_grown() -> None:
    line, beside = Polyline(((0, 0), (100, 0))), Polyline(((0, 2), (100, 2)))
    assert 0.5 < overlaps([line], [beside])[0, 0] < 1
    assert overlaps([line], [Polyline(((0, 30), (100, 30)))])[0, 0] == 0
    assert overlaps([Points(((5, 5),))], [Points(((5, 5),))])[0, 0] == pytest.approx(1)
    assert overlaps([Tag()], [Tag(), Box(0, 0, 9, 9)]).tolist() == [[1, 0]]
    assert overlaps([Circle(50, 50, 10)], [Circle(50, 50, 10)])[0, 0] == pytest.approx(1)


@given(drawn, drawn)
def test_matching_is_the_best_there_is_and_the_same_from_both_sides(
    first: list[Shape], second: list[Shape]
) -> None:
    pairs, turned = matched(first, second), matched(second, first)
    assert all(pair.overlap >= 0.5 for pair in pairs)
    assert len({p.first for p in pairs}) == len(pairs) == len({p.second for p in pairs})
    total = sum(pair.overlap for pair in pairs)
    assert total == pytest.approx(sum(pair.overlap for pair in turned), abs=1e-4)
    table = overlaps([s.geometry for s in first], [s.geometry for s in second])
    table = np.where(table >= 0.5, table, 0)
    if table.size:
        wide = table if len(first) <= len(second) else table.T
        best = max(
            sum(wide[row, column] for row, column in enumerate(order))
            for order in itertools.permutations(range(wide.shape[1]), wide.shape[0])
        )
        assert total == pytest.approx(best, abs=1e-4)


@given(st.lists(drawn, min_size=1, max_size=4))
def test_groups_hold_every_shape_once_and_no_person_twice(sides: list[list[Shape]]) -> None:
    groups = grouped(sides)
    members = sorted(member for group in groups for member in group.items())
    assert members == [(side, at) for side, some in enumerate(sides) for at in range(len(some))]


# --- agreement


@settings(max_examples=40)
@given(st.lists(st.tuples(drawn, drawn), min_size=1, max_size=5), st.randoms())
def test_agreement_is_the_same_from_both_sides_and_in_any_order(
    pictures: list[tuple[list[Shape], list[Shape]]], chance: object
) -> None:
    told = agreement_of([{"a": a, "b": b} for a, b in pictures], LABELS, draws=0)
    turned = agreement_of([{"a": b, "b": a} for a, b in reversed(pictures)], LABELS, draws=0)
    here, there = told.pairs[0], turned.pairs[0]
    for ours, theirs in (
        (told.alpha, turned.alpha),
        (here.detection, there.detection),
        (here.kappa, there.kappa),
    ):
        assert ours.value == pytest.approx(theirs.value)
    assert np.array(here.confusion).sum() == np.array(there.confusion).sum()
    assert sum(map(sum, here.confusion)) == sum(here.shapes) - here.matches


@settings(max_examples=40)
@given(st.lists(drawn, min_size=1, max_size=5))
def test_everybody_agrees_with_themselves(pictures: list[list[Shape]]) -> None:
    told = agreement_of([{"a": one, "b": one, "c": one} for one in pictures], LABELS, draws=20)
    for pair in told.pairs:
        for figure in (pair.overlap, pair.detection, pair.kappa, pair.kappa_named):
            assert figure.value is None or figure.value == pytest.approx(1)
    # Of three, shapes of one person that overlap each other may be grouped another way.
    if all(len(one) < 2 for one in pictures):
        assert told.alpha.value is None or told.alpha.value == pytest.approx(1)


def test_what_one_left_out_counts_against_both() -> None:
    both, only = shape(Box(0, 0, 10, 10)), shape(Box(50, 50, 60, 60), DOG)
    renamed = both.model_copy(update={"label": DOG})
    told = agreement_of([{"a": [both, only], "b": [renamed]}] * 4, LABELS)
    pair = told.pairs[0]
    assert pair.confusion[0][1] == 4
    assert pair.confusion[1][3] == 4
    assert pair.detection.value == pytest.approx(2 / 3)
    assert (pair.detection.low, pair.detection.high) == pytest.approx((2 / 3, 2 / 3))
    assert pair.kappa_named.value == 0
    assert {one.label: one.f1.value for one in pair.classes} == {CAT: 0, DOG: 0}


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    chance = np.random.default_rng(0)
    inside = 0
    for trial in range(60):
        pictures = []
        for _ in range(40):
            wrong = chance.random() < 0.2
            pictures.append({"a": [shape(Tag())], "b": [shape(Tag(), DOG if wrong else CAT)]})
        told = agreement_of(pictures, LABELS, draws=200, seed=trial)
        f1 = told.pairs[0].classes[0].f1
        assert f1.low is not None
        assert f1.high is not None
        inside += f1.low <= 2 * 0.8 / 1.8 <= f1.high
    assert 0.85 <= inside / 60 <= 1


def test_who_has_not_seen_a_picture_says_nothing_of_it() -> None:
    seen = [{"a": [shape(Tag())], "b": [shape(Tag())]}, {"a": [shape(Tag(), DOG)]}]
    told = agreement_of(seen, LABELS)
    assert (told.pictures, told.pairs[0].pictures) == (1, 1)


# --- consensus


def test_most_voices_decide_label_place_and_presence() -> None:
    def at(x: float, label: LabelId = CAT) -> Shape:
        return shape(Box(x, 0, x + 100, 100), label)

    told = fused({"a": [at(0)], "b": [at(3, DOG)], "c": [at(6)], "d": []})
    assert told.quarrels == []
    (one,) = told.agreed
    assert (one.label, one.geometry, one.share) == (CAT, Box(3, 0, 103, 100), 0.5)
    assert fused({"a": [at(0)], "b": [at(0, DOG)]}).quarrels[0].reason == "label"
    assert fused({"a": [at(0)], "b": []}).quarrels[0].reason == "presence"
    assert fused({"a": [at(0)], "b": [], "c": []}).dropped == 1


def test_pixels_of_masks_are_voted_on() -> None:
    chance = np.random.default_rng(3)
    pixels = [np.pad(chance.random((20, 20)) < 0.9, 2) for _ in range(3)]
    told = fused({str(at): [shape(mask_of(one))] for at, one in enumerate(pixels)})
    mask = told.agreed[0].geometry
    assert isinstance(mask, Mask)
    assert mask == mask_of(np.sum(pixels, axis=0) >= 2)


def test_polygons_stay_polygons() -> None:
    rings = [((x, 0.0), (x + 40.0, 0.0), (x + 40.0, 40.0), (x, 40.0)) for x in (0.0, 4.0, 8.0)]
    told = fused({str(at): [shape(Polygon((ring,)))] for at, ring in enumerate(rings)})
    voted = told.agreed[0].geometry
    assert isinstance(voted, Polygon)
    assert overlaps([voted], [Box(4, 0, 44, 40)])[0, 0] == pytest.approx(1)


# --- hashes


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 7), min_size=1, max_size=60),
    st.integers(0, 12),
    st.integers(0, 2**32 - 1),
)
def test_near_hashes_are_those_of_brute_force(bases: list[int], most: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    roots = chance.integers(0, 2**64, 8, np.uint64)
    flips = [
        sum(1 << int(b) for b in chance.choice(64, chance.integers(0, 9), replace=False))
        for _ in bases
    ]
    hashes = np.array([int(roots[b]) ^ f for b, f in zip(bases, flips, strict=True)], np.uint64)
    truth = [
        [i, j]
        for i, j in itertools.combinations(range(len(hashes)), 2)
        if (int(hashes[i]) ^ int(hashes[j])).bit_count() <= most
    ]
    assert near_pairs(hashes, most).tolist() == truth


def test_groups_follow_pairs_through_others() -> None:
    numbers = components(6, np.array([[0, 2], [2, 5], [1, 4]]))
    assert numbers.tolist() == [0, 1, 0, 2, 1, 0]
