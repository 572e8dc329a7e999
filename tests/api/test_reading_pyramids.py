from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.api.pyramids import ArrayPyramid, TiffPyramid, level_for
from studio.errors import UnreadableImage


def written(
    pixels: NDArray[Any], apart: bool = False, planar: bool = False, levels: int = 3, **more: Any
) -> bytes:
    out = io.BytesIO()
    how: dict[str, Any] = {"tile": (64, 64), "compression": "zlib", **more}
    how["photometric"] = (
        "rgb" if pixels.ndim == 3 and 3 in (pixels.shape[2], pixels.shape[0]) else "minisblack"
    )
    if planar:
        how["planarconfig"] = "separate"
    with tifffile.TiffWriter(out) as writer:
        for level in range(levels):
            part = pixels[:: 2**level, :: 2**level]
            part = np.moveaxis(part, 2, 0) if planar else part
            below = {"subifds": levels - 1} if level == 0 and not apart else {}
            writer.write(part, subfiletype=1 if level else 0, **below, **how)
    return out.getvalue()


def noise(kind: str = "u1", channels: int = 3, high: int = 210, wide: int = 300) -> NDArray[Any]:
    top = np.iinfo(kind).max
    return np.random.default_rng(7).integers(0, top, (high, wide, channels)).astype(kind)


PICTURE = noise()
DATA = written(PICTURE)


@settings(max_examples=60)
@given(st.integers(0, 2), *[st.integers(-80, 400)] * 4)
def test_any_window_of_any_level_is_what_the_level_holds(
    level: int, x0: int, y0: int, x1: int, y1: int
) -> None:
    whole = PICTURE[:: 2**level, :: 2**level]
    wanted = whole[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    pyramid = TiffPyramid(io.BytesIO(DATA))
    assert pyramid.read(level, x0, y0, x1, y1).size == wanted.size
    if wanted.size:
        assert np.array_equal(pyramid.read(level, x0, y0, x1, y1), wanted)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_every_way_to_store_it_gives_the_stored_values(
    apart: bool, planar: bool, kind: str
) -> None:
    pixels = noise(kind)
    pyramid = TiffPyramid(io.BytesIO(written(pixels, apart, planar)))
    assert pyramid.sizes == ((300, 210), (150, 105), (75, 53))
    for level in range(3):
        whole = pixels[:: 2**level, :: 2**level]
        assert np.array_equal(pyramid.raw(level, 0, 0, 999, 999), whole)
    shown = pyramid.read(0, 0, 0, 300, 210)
    assert np.array_equal(shown, pixels if kind == "u1" else (pixels >> 8).astype("u1"))


def test_jpeg_tiles_come_out_as_another_decoder_gives_them() -> None:
    smooth = np.indices((210, 300)).sum(0).astype("u1")[:, :, None].repeat(3, 2)
    data = written(smooth, compression="jpeg")
    wanted = tifffile.imread(io.BytesIO(data), key=0)
    assert np.array_equal(TiffPyramid(io.BytesIO(data)).read(0, 0, 0, 300, 210), wanted)


def test_many_channels_are_kept_and_the_first_is_looked_at() -> None:
    pixels = noise("u2", 7)
    pyramid = TiffPyramid(io.BytesIO(written(pixels, planar=True)))
    assert pyramid.raw(0, 5, 6, 50, 70).shape == (64, 45, 7)
    grey = (pixels[:, :, :1] >> 8).astype("u1").repeat(3, 2)
    assert np.array_equal(pyramid.read(0, 0, 0, 300, 210), grey)


def test_threads_share_what_is_kept_and_it_stays_within_its_bounds() -> None:
    most = 5 * 64 * 64 * 3
    pyramid = TiffPyramid(io.BytesIO(DATA), most_bytes=most)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(pyramid.read, n % 3, 0, 0, 300, 210) for n in range(60)]
        for number, job in enumerate(jobs):
            step = 2 ** (number % 3)
            assert np.array_equal(job.result(), PICTURE[::step, ::step])
    assert 0 < pyramid.bytes_kept <= most
    assert pyramid.bytes_kept == sum(tile.nbytes for tile in pyramid._kept.values())


def test_a_large_picture_without_overviews_gets_one() -> None:
    pixels = np.zeros((300, 9000, 3), np.uint8)
    pixels[:, ::4] = 200
    pyramid = TiffPyramid(io.BytesIO(written(pixels, levels=1)))
    assert pyramid.sizes == ((9000, 300), (2250, 75))
    assert np.array_equal(pyramid.read(1, 0, 0, 2250, 75), pixels[::4, ::4])


def test_strips_are_refused_with_what_to_do() -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, PICTURE, rowsperstrip=8)
    with pytest.raises(UnreadableImage, match="strips") as caught:
        TiffPyramid(io.BytesIO(out.getvalue()))
    assert "tiled TIFF" in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_file_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    bad = bytearray(DATA)
    for _ in range(data.draw(st.integers(1, 6))):
        # Half of the harm goes into the header, where it is worst.
        place = data.draw(st.one_of(st.integers(0, 400), st.integers(0, len(bad) - 1)))
        bad[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(bad)))
    try:
        pyramid = TiffPyramid(io.BytesIO(bytes(bad[: cut or None])))
        for level in range(len(pyramid.sizes)):
            pyramid.read(level, 0, 0, 100, 100)
    except UnreadableImage:
        pass


def test_a_decoded_picture_is_a_pyramid_and_the_level_fits_the_zoom() -> None:
    pyramid = ArrayPyramid(noise("u1", 3, 2100, 3000))
    assert pyramid.sizes == ((3000, 2100), (1500, 1050), (750, 525), (375, 262))
    zooms = [2.0, 1.0, 0.6, 0.5, 0.3, 0.2, 0.01]
    assert [level_for(pyramid.sizes, zoom) for zoom in zooms] == [0, 0, 0, 1, 1, 2, 3]
