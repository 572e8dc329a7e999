from __future__ import annotations

import contextlib
import io
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from studio.api.images import decode, inspect, png, probe, thumbnail
from studio.errors import UnreadableImage


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture() -> Image.Image:
    pixels = np.zeros((20, 32, 3), np.uint8)
    pixels[:10, :16] = (250, 10, 10)
    pixels[10:, 16:] = (10, 10, 250)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("turn", range(9))
def test_every_turn_comes_out_upright(kind: str, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    data = written(picture(), kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))
    pixels = decode(data)
    (page,) = inspect(data)
    info = probe(data)
    assert pixels.shape[:2] == (info.height, info.width) == (page.height, page.width)
    stored = picture()
    stored.getexif()[0x0112] = turn
    wanted = np.asarray(ImageOps.exif_transpose(stored) if turn else stored, np.int16)
    assert pixels.shape == wanted.shape
    assert np.abs(wanted - pixels).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F", "LAB"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((4, 5), 40_000, np.uint16))
    elif mode == "F":
        image = Image.fromarray(np.full((4, 5), 0.6, np.float32))
    elif mode == "LAB":
        image = Image.new("LAB", (5, 4), (150, 128, 128))
    elif mode == "I":
        image = Image.fromarray(np.full((4, 5), 40_000, np.int32))
    else:
        image = Image.new("RGB", (5, 4), (150, 150, 150)).convert(mode)
    data = written(image, "TIFF")
    assert len(inspect(data)) == 1
    pixels = decode(data)
    assert pixels.shape == (4, 5, 3)
    assert pixels.dtype == np.uint8
    if mode not in ("1", "P"):
        assert 130 <= int(pixels[0, 0, 0]) <= 165
        assert int(np.ptp(pixels[0, 0].astype(int))) <= 6


def test_transparent_places_lie_on_white() -> None:
    image = Image.new("RGBA", (4, 4), (10, 20, 30, 0))
    assert decode(written(image, "PNG"))[0, 0].tolist() == [255, 255, 255]


def test_pages_are_looked_at_one_by_one() -> None:
    frames = [Image.new("L", (9, 9 + n), 60 * n) for n in range(4)]
    data = written(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert [page.height for page in inspect(data)] == [9, 10, 11, 12]
    assert len(inspect(data, most_pages=2)) == 2
    assert decode(data, 3)[0, 0, 0] == 180
    with pytest.raises(UnreadableImage):
        decode(data, 7)


def test_the_second_picture_of_a_phone_is_no_page() -> None:
    data = written(picture(), "MPO", save_all=True, append_images=[picture()])
    assert probe(data).format == "MPO"
    assert len(inspect(data)) == probe(data).pages == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "ICO"])
def test_a_file_cut_anywhere_is_refused_or_read_but_never_breaks(kind: str) -> None:
    data = written(picture(), kind)
    for end in range(0, len(data), max(1, len(data) // 60)):
        with contextlib.suppress(UnreadableImage):
            pages = inspect(data[:end])
            assert decode(data[:end]).shape[:2] == (pages[0].height, pages[0].width)


STARTS = (
    b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"\xff\xd8\xff\xe0",
    b"P6\n", b"8BPS", b"DDS ", b"\x00\x00\x02\x00",
)  # fmt: skip


@given(st.binary(max_size=200), st.sampled_from(STARTS))
def test_rubbish_is_refused_with_a_reason(rubbish: bytes, start: bytes) -> None:
    with contextlib.suppress(UnreadableImage):
        assert inspect(start + rubbish)


def test_bombs_are_refused_by_their_header() -> None:
    for data in (b"P5\n100000 100000\n255\n", b"P5\n30000 30000\n255\n"):
        with pytest.raises(UnreadableImage, match="claims"):
            inspect(data)
        with pytest.raises(UnreadableImage, match="claims"):
            decode(data)


def test_warnings_stay_as_they_were_after_many_threads(tmp_path: Path) -> None:
    del tmp_path
    data = written(picture(), "JPEG")
    before = list(warnings.filters)

    def work() -> None:
        for _ in range(30):
            inspect(data)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


def test_thumbnails_keep_the_aspect() -> None:
    data = written(Image.new("RGB", (400, 100), (9, 200, 9)), "JPEG")
    small = thumbnail(data, 0, 64)
    assert small.shape == (16, 64, 3)
    assert np.array_equal(decode(png(small)), small)
