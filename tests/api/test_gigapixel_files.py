from __future__ import annotations

import io
import itertools
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from studio.api.images import decode, inspect, probe, thumbnail
from studio.errors import UnreadableImage

WIDE, HIGH = 40000, 30000


@pytest.fixture(scope="module")
def tiled() -> bytes:
    """A picture of 1.2 thousand million px whose tiles hold nothing, with a coloured overview."""
    out = io.BytesIO()
    empty = itertools.repeat(zlib.compress(bytes(1024 * 1024 * 3)), 30 * 40)
    how = {"tile": (1024, 1024), "photometric": "rgb", "dtype": np.uint8, "compression": "zlib"}
    with tifffile.TiffWriter(out) as writer:
        writer.write(empty, shape=(HIGH, WIDE, 3), subifds=1, **how)
        small = np.zeros((1500, 2000, 3), np.uint8)
        small[:750, :1000] = (200, 30, 30)
        writer.write(small, subfiletype=1, **how)
    return out.getvalue()


def test_a_gigapixel_picture_is_one_picture_of_its_size(tiled: bytes) -> None:
    (info,) = inspect(tiled)
    assert probe(tiled) == info
    assert (info.width, info.height, info.pages, info.format) == (WIDE, HIGH, 1, "TIFF")


def test_its_thumbnail_comes_from_its_smallest_size(tiled: bytes) -> None:
    small = thumbnail(tiled, 0, 256)
    assert small.shape == (192, 256, 3)
    assert tuple(small[10, 10]) == (200, 30, 30)
    assert tuple(small[-10, -10]) == (0, 0, 0)


def test_it_is_not_decoded_whole(tiled: bytes) -> None:
    with pytest.raises(UnreadableImage, match="more than the studio opens"):
        decode(tiled)


def test_a_striped_one_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "striped.tif"
    tifffile.memmap(path, shape=(30000, 20000), dtype=np.uint8, photometric="minisblack").flush()
    with pytest.raises(UnreadableImage, match="strips") as caught:
        inspect(path.read_bytes())
    assert "pyramid" in str(caught.value)
