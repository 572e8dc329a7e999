"""Small, large and tiled pictures, of 8 and of 16 bits, all looked at in the same way."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import tifffile
from fakes.objects import MemoryObjects
from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.api.images import png
from studio.domain.ids import Digest
from studio.domain.media import MediaId, MediaItem
from studio.ui.canvas.display import PLAIN, Display, shown
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.levels import view_of
from studio.ui.canvas.picture import PictureLayer

Until = Callable[[Callable[[], object]], None]
ROOM = (300, 200)
LOOKS = (
    Display(brightness=0.2, contrast=0.4, gamma=1.7),
    Display(channel="green", invert=True),
    Display(low=0.2, high=0.6, channel="grey", palette="viridis"),
)


def colours(wide: int, high: int) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (high, wide, 3), np.uint8)


def deep(wide: int, high: int) -> np.ndarray:
    ramp = np.linspace(0, 4095, wide * high).astype(np.uint16).reshape(high, wide)
    return np.ascontiguousarray(ramp)


def png_16(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "PNG")
    return out.getvalue()


def tiff(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    kind = "rgb" if values.ndim == 3 else "minisblack"
    with tifffile.TiffWriter(out) as writer:
        writer.write(values, tile=(256, 256), photometric=kind, compression="zlib")
    return out.getvalue()


def layer_of(
    data: bytes, values: np.ndarray, parent: QApplication, wide: int = 0, high: int = 0
) -> PictureLayer:
    store = MemoryObjects()
    digest = Digest(store.put(data))
    mode = "I;16" if values.dtype == np.uint16 else "RGB"
    wide, high = wide or values.shape[1], high or values.shape[0]
    layer = PictureLayer(store, parent)
    layer.ask(MediaItem(id=MediaId(digest), name="one", width=wide, height=high, mode=mode))
    return layer


def painted(layer: PictureLayer, frame: Frame) -> np.ndarray:
    screen = QImage(*ROOM, QImage.Format.Format_RGB32)
    screen.fill(0)
    painter = QPainter(screen)
    layer.paint(painter, frame, frame.seen(*ROOM), True)
    painter.end()
    return view_of(screen).copy()


def settled(layer: PictureLayer, frame: Frame, until: Until) -> np.ndarray:
    until(lambda: layer.ready)

    def sharp() -> bool:
        painted(layer, frame)
        return layer.settled

    until(sharp)
    return painted(layer, frame)


def four(values: np.ndarray) -> np.ndarray:
    if values.dtype == np.uint16:
        return values
    return np.dstack([values[..., ::-1], np.full(values.shape[:2], 255, np.uint8)])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(400, 300), (1600, 1200)])
@pytest.mark.parametrize("make", [colours, deep])
def test_a_picture_is_seen_as_the_display_says(
    dressed: QApplication,
    until: Until,
    make: Callable[[int, int], np.ndarray],
    size: tuple[int, int],
    look: Display,
) -> None:
    values = make(*size)
    data = png(values) if values.ndim == 3 else png_16(values)
    layer = layer_of(data, values, dressed)
    frame = Frame(1.0, -50, -30)
    settled(layer, frame, until)
    layer.look(look)
    seen = settled(layer, frame, until)
    expected = shown(np.ascontiguousarray(four(values)), look)[30:230, 50:350]
    assert (seen[..., :3] == expected[..., :3]).all()
    layer.look(PLAIN)
    back = settled(layer, frame, until)
    assert (back == shown(np.ascontiguousarray(four(values)), PLAIN)[30:230, 50:350]).all()
    layer.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("make", [colours, deep])
def test_tiles_are_seen_as_the_display_says(
    dressed: QApplication, until: Until, make: Callable[[int, int], np.ndarray], look: Display
) -> None:
    # A narrow picture is large too: Qt paints none of more than 32,767 px a side.
    values = make(33_000, 300)
    layer = layer_of(tiff(values), values, dressed)
    frame = Frame(1.0, -20_000, -50)
    settled(layer, frame, until)
    layer.look(look)
    seen = settled(layer, frame, until)
    part = np.ascontiguousarray(four(values)[50:250, 20_000:20_300])
    assert (seen[..., :3] == shown(part, look)[..., :3]).all()
    # Tiles that are read now are seen so from the start.
    frame = Frame(1.0, -9_000, -50)
    seen = settled(layer, frame, until)
    part = np.ascontiguousarray(four(values)[50:250, 9_000:9_300])
    assert (seen[..., :3] == shown(part, look)[..., :3]).all()
    until(lambda: layer.overview.level)
    assert layer.overview.level is not None
    assert max(layer.overview.level.values.shape[:2]) <= 512
    layer.close()


def test_what_is_stored_stays_as_it_is(dressed: QApplication, until: Until) -> None:
    values = colours(400, 300)
    data = png(values)
    layer = layer_of(data, values, dressed)
    settled(layer, Frame(), until)
    layer.look(LOOKS[0])
    settled(layer, Frame(), until)
    store = layer._store
    assert isinstance(store, MemoryObjects)
    assert list(store.objects.values()) == [data]
    layer.close()


def test_a_large_jpeg_stands_small_first_and_then_sharp(
    dressed: QApplication, until: Until
) -> None:
    out = io.BytesIO()
    ramp = np.linspace(0, 255, 2400).astype(np.uint8)[None, :, None].repeat(2200, 0).repeat(3, 2)
    Image.fromarray(ramp).save(out, "JPEG", quality=95)
    layer = layer_of(out.getvalue(), ramp, dressed)
    sizes: list[int] = []
    layer.arrived.connect(lambda: sizes.append(layer._levels[0].image.width()))
    near = Frame(1.0, -1000, -500)
    seen = settled(layer, near, until)
    assert sizes == [1200, 2400]
    whole = np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
    assert (seen[..., 2::-1] == whole[500:700, 1000:1300]).all()
    layer.close()


def test_a_picture_passed_over_is_not_kept(dressed: QApplication, until: Until) -> None:
    store = MemoryObjects()
    items = []
    for number in range(3):
        digest = Digest(store.put(png(colours(900 + number, 700))))
        items.append(MediaItem(id=MediaId(digest), name="one", width=900 + number, height=700))
    layer = PictureLayer(store, dressed)
    for item in (*items, items[0], items[1]):
        layer.ask(item)
    until(lambda: layer.ready)
    assert layer._levels[0].image.width() == 901
    layer.close()
