"""Pictures that are never decoded whole; here a small one is taken for such a one."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import tifffile

from studio.api import pictures
from studio.api.pictures import is_huge, pixels_of, small_pixels_of
from studio.domain.ids import Digest
from studio.domain.media import MediaId, MediaItem
from studio.errors import UnreadableImage
from studio.services.pixel_sources import Sources
from tests.fakes.objects import MemoryObjects

WIDE, HIGH = 3000, 2000


class _InParts(MemoryObjects):
    """A store whose files may be opened, and never be read as a whole."""

    def get(self, digest: Digest) -> bytes:
        raise AssertionError("the whole file was read")


def smooth() -> np.ndarray:
    across = np.linspace(0, 255, WIDE)[None, :].repeat(HIGH, 0)
    down = np.linspace(0, 255, HIGH)[:, None].repeat(WIDE, 1)
    return np.dstack([across, down, (across + down) / 2]).astype(np.uint8)


@pytest.fixture
def store_and_item(monkeypatch: pytest.MonkeyPatch) -> tuple[_InParts, MediaItem]:
    monkeypatch.setattr(pictures, "LARGEST_PX", 1_000_000)
    out, pixels = io.BytesIO(), smooth()
    with tifffile.TiffWriter(out) as writer:
        how = {"tile": (256, 256), "photometric": "rgb", "compression": "zlib"}
        writer.write(pixels, subifds=1, **how)
        writer.write(pixels[::4, ::4], subfiletype=1, **how)
    store = _InParts()
    digest = Digest(store.put(out.getvalue()))
    return store, MediaItem(id=MediaId(digest), name="slide.tif", width=WIDE, height=HIGH)


def test_a_thumbnail_reads_no_more_than_it_needs(
    store_and_item: tuple[_InParts, MediaItem],
) -> None:
    store, item = store_and_item
    assert is_huge(item)
    small = small_pixels_of(store, item, 150)
    assert small.shape == (100, 150, 3)
    expected = cv2.resize(smooth(), (150, 100), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - expected).max() <= 4


def test_to_decode_all_of_it_is_refused_with_what_to_do(
    store_and_item: tuple[_InParts, MediaItem],
) -> None:
    with pytest.raises(UnreadableImage) as refused:
        pixels_of(*store_and_item)
    assert "slide.tif" in refused.value.what_happened
    assert "smaller pictures" in refused.value.what_to_do


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_an_assistant_reads_parts_at_any_halved_size(
    store_and_item: tuple[_InParts, MediaItem], level: int
) -> None:
    sources = Sources(store_and_item[0])
    source, count = sources.of(store_and_item[1])
    assert count > level
    wide, high = WIDE >> level, HIGH >> level
    window = wide // 3, high // 4, wide // 3 + wide // 5, high // 4 + high // 3
    part = source.read(level, *window)
    whole = cv2.resize(smooth(), (wide, high), interpolation=cv2.INTER_AREA)
    expected = whole[window[1] : window[3], window[0] : window[2]]
    assert part.shape == expected.shape
    assert np.abs(part.astype(int) - expected).max() <= 4
    sources.close()
