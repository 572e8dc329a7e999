"""Label pictures: lists of names, real label pictures, and what is hostile."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from studio.domain.geometry import Mask, pixels_of
from studio.domain.labels import AnnotatedMedia, LabelSchema, LabelSet, Shape, ShapeId, extended
from studio.domain.media import MediaItem, media_id
from studio.errors import StudioError
from tests.fakes.drawn_things import labelled
from tests.fakes.media_work import Work, picture, pixels, real

CAMVID = [
    "Sky", "Building", "Pole", "Road", "Pavement", "Tree", "SignSymbol", "Fence", "Car",
    "Pedestrian", "Bicyclist", "Unlabelled",
]  # fmt: skip


def label_picture(
    folder: Path, canvas: NDArray[np.uint8], names: str = "", stem: str = "a"
) -> Path:
    height, width = canvas.shape[:2]
    picture(folder / "pictures" / f"{stem}.png", (width, height))
    (folder / "masks").mkdir()
    Image.fromarray(canvas).save(folder / "masks" / f"{stem}.png")
    if names:
        (folder / "codes.txt").write_text(names, encoding="utf-8")
    return folder


def painted(mask: Mask, size: tuple[int, int]) -> NDArray[np.bool_]:
    canvas = np.zeros((size[1], size[0]), np.bool_)
    bottom, right = mask.top + mask.height, mask.left + mask.width
    canvas[mask.top : bottom, mask.left : right] = pixels_of(mask)
    return canvas


@pytest.mark.real_data
def test_every_pixel_of_a_real_street_keeps_its_label(tmp_path: Path) -> None:
    folder = real("camvid_subset")
    for split in ("val", "valannot"):
        (tmp_path / "in" / split).mkdir(parents=True)
        for file in sorted((folder / split).iterdir())[:3]:
            (tmp_path / "in" / split / file.name).write_bytes(file.read_bytes())
    (tmp_path / "in/codes.txt").write_text("\n".join(CAMVID))
    work = Work(tmp_path / "job")
    first = work.read(tmp_path / "in")
    assert first.report.format == "masks"
    assert first.labels.label_schema.names == CAMVID
    work.write(first.labels, "masks", tmp_path / "out")
    again = work.read(tmp_path / "out")
    for reading in (first, again):
        names = {label.id: label.name for label in reading.labels.label_schema.labels}
        assert len(reading.items) == 3
        for item in reading.items:
            truth = np.asarray(Image.open(folder / "valannot" / Path(item.media.name).name))
            seen = np.full(truth.shape, 255, np.uint8)
            for shape in item.shapes:
                assert isinstance(shape.geometry, Mask)
                seen[painted(shape.geometry, (480, 360))] = CAMVID.index(names[shape.label])
            assert (seen == truth).all()


@pytest.mark.real_data
def test_real_label_pictures_without_names_speak_in_numbers(tmp_path: Path) -> None:
    folder = real("camvid_subset")
    for split in ("test", "testannot"):
        (tmp_path / "in" / split).mkdir(parents=True)
        file = min((folder / split).iterdir())
        (tmp_path / "in" / split / file.name).write_bytes(file.read_bytes())
    reading = Work(tmp_path / "job").read(tmp_path / "in", "masks")
    assert set(reading.labels.label_schema.names) <= {str(n) for n in range(12)}
    assert sum(int(pixels_of(shape[2]).sum()) for shape in reading.shapes()) == 480 * 360


def test_a_list_may_give_each_name_a_colour(tmp_path: Path) -> None:
    canvas = np.zeros((4, 6, 3), np.uint8)
    canvas[1:3, 1:4] = 64, 128, 64
    label_picture(tmp_path, canvas, "64 128 64\tAnimal\n0 0 0\tbackground\n")
    reading = Work(tmp_path / "job").read(tmp_path)
    (shape,) = reading.shapes()
    assert (shape[1], pixels_of(shape[2]).sum()) == ("Animal", 6)


def test_a_name_listed_twice_moves_no_other(tmp_path: Path) -> None:
    canvas = np.array([[0, 1, 2, 3]], np.uint8)
    label_picture(tmp_path, canvas, "background\ncat\ncat\ndog\n")
    shapes = Work(tmp_path / "job").read(tmp_path).shapes()
    assert [(shape[1], shape[2].left) for shape in shapes] == [("cat", 1), ("cat", 2), ("dog", 3)]


@pytest.mark.parametrize("end", ["_P", "_L", "_mask", "_labelIds"])
def test_the_ends_of_names_that_mark_label_pictures_are_known(tmp_path: Path, end: str) -> None:
    label_picture(tmp_path, np.ones((4, 6), np.uint8), "background\ncat\n")
    (tmp_path / "masks/a.png").rename(tmp_path / f"masks/a{end}.png")
    assert [shape[1] for shape in Work(tmp_path / "job").read(tmp_path).shapes()] == ["cat"]


def test_a_photograph_among_label_pictures_is_reported(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    label_picture(tmp_path, noise)
    reading = Work(tmp_path / "job").read(tmp_path, "masks")
    assert reading.shapes() == []
    assert "no readable label picture" in reading.reasons


def test_pictures_that_differ_in_their_ending_keep_their_own_shapes(tmp_path: Path) -> None:
    work, schema = Work(tmp_path / "job"), extended(LabelSchema(), ["cat"])
    items = []
    for number, name in enumerate(["a.png", "a.jpg"]):
        kind = "PNG" if number == 0 else "JPEG"
        digest = work.store.put(pixels((20, 10), number, kind))
        media = MediaItem(id=media_id(digest), name=name, width=20, height=10)
        mask = Mask(number * 5, 2, 3, 1, (0, 3))
        shape = Shape(id=ShapeId(str(number)), label=schema.labels[0].id, geometry=mask)
        items.append(AnnotatedMedia(media=media, shapes=(shape,)))
    work.write(LabelSet.write(work.store, schema, items), "masks", tmp_path / "out")
    again = work.read(tmp_path / "out")
    found = {Path(item.media.name).suffix: item.shapes[0].geometry for item in again.items}
    assert found == {".png": Mask(0, 2, 3, 1, (0, 3)), ".jpg": Mask(5, 2, 3, 1, (0, 3))}


def test_a_mask_over_the_edge_keeps_what_lies_on_the_picture(tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    mask = Mask(-2, -1, 4, 3, (0, 1, 10, 1))
    work.write(labelled(work, [("cat", mask, {}, "")], "a.png"), "masks", tmp_path / "out")
    written = np.asarray(Image.open(tmp_path / "out/SegmentationClass/a.png"))
    assert np.argwhere(written).tolist() == [[1, 1]]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 255), st.text(max_size=60))
def test_no_damage_to_a_label_picture_is_worse_than_a_report(
    place: int, value: int, names: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        canvas = np.random.default_rng(place).integers(0, 4, (9, 7)).astype(np.uint8)
        folder = label_picture(Path(name), canvas, names.encode("utf-8", "replace").decode())
        raw = bytearray((folder / "masks/a.png").read_bytes())
        raw[place % len(raw)] = value
        (folder / "masks/a.png").write_bytes(raw)
        with contextlib.suppress(StudioError):
            Work(folder / "job").read(folder, "masks")
