"""Laws of turning, joining and filling, against references nobody here wrote."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco
from shapely import Polygon as Region
from shapely.affinity import rotate
from skimage.draw import polygon as skimage_polygon

from studio.domain.geometry import (
    GEOMETRY_KINDS,
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Knot,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    Tag,
    area,
    bounds,
    clipped,
    contains,
    distance,
    fault,
    mask_area,
    mask_of,
    mask_rings,
    moved,
    pixels_of,
    strands,
)
from studio.domain.geometry.converting import converted, kinds_from, least_box
from studio.domain.geometry.filling import as_mask, filled
from studio.domain.geometry.regions import joined, pieces, simplified, sound, split

SIZE = (64, 48)
EVERY: tuple[Geometry, ...] = (
    Box(4, 5, 30, 25),
    RotatedBox(30, 24, 20, 10, 30),
    Polygon((((5, 5), (40, 8), (35, 40), (8, 36)), ((15, 15), (25, 15), (20, 25)))),
    Polyline(((3, 3), (20, 10), (40, 5))),
    Points(((3, 3), (20, 10), (40, 15))),
    Ellipse(30, 24, 15, 8, 20),
    Circle(30, 24, 10),
    Cuboid(((5, 10), (25, 10), (25, 30), (5, 30)), ((12, 4), (32, 4), (32, 24), (12, 24))),
    Skeleton((Joint(5, 5), Joint(10, 20, 1), Joint(25, 15), Joint(0, 0, 0))),
    Bezier((Knot(10, 10, 5, 20, 20, 2), Knot(40, 10, 30, 2, 50, 20), Knot(25, 35, 40, 40, 10, 40))),
    mask_of(np.eye(9, dtype=bool) | np.eye(9, k=1, dtype=bool), 10, 12),
    Tag(),
)
arrays = st.integers(1, 9).flatmap(
    lambda width: st.lists(
        st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=9
    ).map(lambda rows: np.array(rows, np.bool_))
)
numbers = st.integers(0, 40).map(float)
triangles = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6, unique=True).map(tuple)


def on_picture(mask: Mask) -> np.ndarray:
    whole = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    whole[mask.top : mask.top + mask.height, mask.left : mask.left + mask.width] = pixels_of(mask)
    return whole


def test_there_is_one_example_of_every_kind() -> None:
    assert tuple(one.kind for one in EVERY) == GEOMETRY_KINDS


@pytest.mark.parametrize("geometry", EVERY, ids=lambda one: one.kind)
def test_every_kind_stands_where_its_lines_are(geometry: Geometry) -> None:
    assert fault(geometry, *SIZE) is None
    box = bounds(geometry)
    if isinstance(geometry, Tag):
        assert box is None
        assert distance(geometry, (0, 0)) == math.inf
        return
    assert box is not None
    points = np.concatenate([strand.points for strand in strands(geometry, 0.01)])
    assert np.allclose((*points.min(0), *points.max(0)), (box.x0, box.y0, box.x1, box.y1), atol=0.2)
    there = moved(geometry, 3, 4)
    assert moved(there, -3, -4) == geometry
    assert bounds(there) == moved(box, 3, 4)
    assert area(there) == pytest.approx(area(geometry))
    assert distance(geometry, tuple(points[0])) == pytest.approx(0, abs=0.3)
    assert clipped(geometry, *SIZE) == (geometry, 0.0)


@given(arrays, st.integers(0, 9), st.integers(0, 9))
def test_a_mask_keeps_its_pixels(pixels: np.ndarray, left: int, top: int) -> None:
    mask = mask_of(pixels, left, top)
    whole = on_picture(mask)
    assert (whole[top : top + len(pixels), left : left + pixels.shape[1]] == pixels).all()
    assert whole.sum() == pixels.sum() == mask_area(mask)
    if mask.width:
        told = coco.encode(np.asfortranarray(whole.astype(np.uint8)))
        assert coco.area(told) == mask_area(mask)
        x, y, width, height = coco.toBbox(told).tolist()
        assert bounds(mask) == Box(x, y, x + width, y + height)


@given(arrays)
def test_the_edge_of_a_mask_bounds_its_pixels_exactly(pixels: np.ndarray) -> None:
    mask = mask_of(pixels)
    rings = mask_rings(mask)
    assert (filled(rings, *SIZE) == on_picture(mask)).all()
    polygon = Polygon(tuple(tuple(map(tuple, ring.tolist())) for ring in rings))
    assert area(polygon) == mask_area(mask)


@given(triangles)
def test_filling_agrees_with_scikit_image_off_the_lines(
    ring: tuple[tuple[float, float], ...],
) -> None:
    ours = filled([np.array(ring)], 48, 48)
    # A tiny shift keeps pixel centres off the lines, where the two may choose differently.
    moved_ring = np.array(ring) + np.array((0.0131713, 0.00710317))
    ours = filled([moved_ring], 48, 48)
    theirs = np.zeros_like(ours)
    theirs[skimage_polygon(moved_ring[:, 1] - 0.5, moved_ring[:, 0] - 0.5, ours.shape)] = True
    assert (ours == theirs).all()


@given(st.integers(1, 47), st.integers(1, 47))
def test_neighbours_share_no_pixel_and_leave_none_out(a: int, b: int) -> None:
    left = as_mask(Polygon((((0, 0), (a, 0), (b, 48), (0, 48)),)), 48, 48)
    right = as_mask(Polygon((((a, 0), (48, 0), (48, 48), (b, 48)),)), 48, 48)
    assert mask_area(left) + mask_area(right) == 48 * 48


@given(triangles, triangles)
@example(a=((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)), b=((0.0, 0.0), (1.0, 0.0), (2.0, 3.0)))
@settings(max_examples=60)
def test_joining_obeys_the_arithmetic_of_sets(
    a: tuple[tuple[float, float], ...], b: tuple[tuple[float, float], ...]
) -> None:
    first, second = Polygon((a,)), Polygon((b,))
    sizes = {}
    for how in ("union", "intersection", "difference", "symmetric_difference"):
        found = joined(how, first, [second])  # type: ignore[arg-type]
        sizes[how] = area(found) if found else 0.0
    assert sizes["union"] == pytest.approx(
        sizes["intersection"] + sizes["symmetric_difference"], abs=1e-3
    )
    whole = joined("union", first, [first])
    assert sizes["difference"] + sizes["intersection"] == pytest.approx(
        area(whole) if whole else 0.0, abs=1e-3
    )


def test_masks_are_joined_pixel_by_pixel() -> None:
    a, b = as_mask(Box(2, 2, 10, 10), *SIZE), as_mask(Box(6, 6, 14, 14), *SIZE)
    assert area(joined("union", a, [b]) or Tag()) == 112
    assert area(joined("difference", a, [b]) or Tag()) == 48
    assert joined("difference", a, [a]) is None
    ring = joined("difference", a, [Box(4, 4, 8, 8)])
    assert isinstance(ring, Mask)
    assert not contains(ring, (6, 6))


def test_a_hole_and_a_second_part_survive_joining() -> None:
    ring = joined("difference", Box(0, 0, 20, 20), [Box(5, 5, 10, 10)])
    assert isinstance(ring, Polygon)
    both = joined("union", ring, [Box(30, 30, 40, 40)])
    assert isinstance(both, Polygon)
    assert area(both) == 400 - 25 + 100
    assert sorted(area(part) for part in pieces(both)) == [100, 375]
    assert sound(both)


def test_a_region_is_split_along_a_line() -> None:
    parts = split(Box(0, 0, 20, 10), ((5, -1), (5, 11)))
    assert [area(part) for part in parts] == [150, 50]
    assert len(split(Box(0, 0, 20, 10), ((30, 0), (30, 10)))) == 1
    masks = split(as_mask(Box(0, 0, 20, 10), *SIZE), ((5, -1), (5, 11)))
    assert [area(mask) for mask in masks] == [150, 50]
    assert all(isinstance(mask, Mask) for mask in masks)


@given(triangles)
def test_simplifying_moves_no_line_further_than_told(ring: tuple[tuple[float, float], ...]) -> None:
    polygon = joined("union", Polygon((ring,)), [])
    if not isinstance(polygon, Polygon):
        return
    fewer = simplified(polygon, 2.0)
    assert sum(map(len, fewer.rings)) <= sum(map(len, polygon.rings))  # type: ignore[union-attr]
    assert all(distance(fewer, p) <= 2.0 + 1e-6 for r in polygon.rings for p in r) or len(
        fewer.rings  # type: ignore[union-attr]
    ) < len(polygon.rings)


@pytest.mark.parametrize("geometry", EVERY, ids=lambda one: one.kind)
def test_every_kind_becomes_what_it_says_it_can(geometry: Geometry) -> None:
    for kind in kinds_from(geometry):
        found = converted(geometry, kind, SIZE)
        assert found is not None, kind
        assert found.kind == kind
        assert fault(found, *SIZE) is None
        assert found != geometry


@pytest.mark.parametrize(
    "geometry", [one for one in EVERY if "mask" in kinds_from(one)], ids=lambda one: one.kind
)
def test_a_polygon_of_a_curve_covers_the_same_pixels(geometry: Geometry) -> None:
    polygon = converted(geometry, "polygon", SIZE, 0.05)
    assert polygon is not None
    ours, theirs = as_mask(polygon, *SIZE), as_mask(geometry, *SIZE)
    if geometry.kind == "cuboid":
        assert mask_area(ours) >= mask_area(theirs)
    else:
        assert abs(mask_area(ours) - mask_area(theirs)) <= 0.02 * mask_area(theirs) + 2


@given(st.floats(5, 30), st.floats(5, 30), st.floats(-44, 44))
def test_the_least_box_around_a_turned_box_is_that_box(w: float, h: float, angle: float) -> None:
    box = RotatedBox(30, 20, w, h, angle)
    found = least_box(box.corners)
    assert found is not None
    assert area(found) == pytest.approx(w * h, rel=1e-6)
    (x, y), (cw, ch), _ = cv2.minAreaRect(np.array(box.corners, np.float32))
    assert (found.cx, found.cy) == pytest.approx((x, y), abs=1e-2)
    assert found.width * found.height == pytest.approx(cw * ch, rel=1e-3)
    turned = rotate(
        Region(
            [
                (30 - w / 2, 20 - h / 2),
                (30 + w / 2, 20 - h / 2),
                (30 + w / 2, 20 + h / 2),
                (30 - w / 2, 20 + h / 2),
            ]
        ),
        angle,
    )
    assert Region(box.corners).symmetric_difference(turned).area < 1e-6


def test_an_ellipse_is_found_again_from_its_pixels() -> None:
    told = Ellipse(40.0, 30.0, 20.0, 9.0, 25.0)
    found = converted(as_mask(told, 100, 80), "ellipse", (100, 80))
    assert isinstance(found, Ellipse)
    assert (found.cx, found.cy) == pytest.approx((40, 30), abs=0.2)
    assert (found.rx, found.ry, found.angle) == pytest.approx((20, 9, 25), rel=0.03)


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        (Polygon(()), "three points"),
        (Polyline(((1, 1),)), "two points"),
        (Polyline(((1, 1), (1, 1))), "no length"),
        (Points(()), "no points"),
        (Skeleton((Joint(1, 1, 0),)), "labelled"),
        (Circle(math.nan, 1, 1), "finite"),
        (RotatedBox(5, 5, 0, 3), "no area"),
        (RotatedBox(5, 5, 3, 3, math.inf), "finite"),
        (RotatedBox(500, 5, 3, 3, 0), "outside"),
        (Mask(0, 0, 3, 3, (1, 2)), "add up"),
        (Cuboid(((0, 0),), ((0, 0),)), "four corners"),
        (Bezier((Knot(1, 1, 1, 1, math.nan, 1), Knot(2, 2, 2, 2, 2, 2))), "finite"),
    ],
)
def test_what_cannot_stand_is_told_why(geometry: Geometry, why: str) -> None:
    assert why in (fault(geometry, *SIZE) or "")
