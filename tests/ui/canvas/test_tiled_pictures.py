from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import tifffile
from fakes.objects import MemoryObjects
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.api.images import png
from studio.domain.geometry import Box
from studio.domain.ids import Digest
from studio.domain.media import MediaId, MediaItem
from studio.ui.canvas.frame import SMALLEST, Frame, fitted
from studio.ui.canvas.picture import PictureLayer, pyramid_of
from studio.ui.canvas.tiles import SIDE, Tiles

Until = Callable[[Callable[[], object]], None]
WIDE, HIGH = 8000, 6000


def gradient(wide: int = WIDE, high: int = HIGH) -> np.ndarray:
    """Every place has a colour of its own, smooth enough to be known at any size."""
    red = np.linspace(0, 255, wide).astype(np.uint8)[None, :].repeat(high, 0)
    green = np.linspace(0, 255, high).astype(np.uint8)[:, None].repeat(wide, 1)
    return np.dstack([red, green, np.full_like(red, 90)])


def stored(store: MemoryObjects, data: bytes, wide: int, high: int) -> MediaItem:
    digest = Digest(store.put(data))
    return MediaItem(id=MediaId(digest), name="large", width=wide, height=high)


def tiff(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        how = {"tile": (256, 256), "photometric": "rgb", "compression": "zlib"}
        writer.write(pixels, subifds=2, **how)
        writer.write(pixels[::4, ::4], subfiletype=1, **how)
        writer.write(pixels[::16, ::16], subfiletype=1, **how)
    return out.getvalue()


def painted(layer: PictureLayer, frame: Frame) -> QImage:
    screen = QImage(600, 450, QImage.Format.Format_RGB32)
    screen.fill(0)
    painter = QPainter(screen)
    layer.paint(painter, frame, frame.seen(600, 450), False)
    painter.end()
    return screen


def settle(layer: PictureLayer, frame: Frame, until: Until) -> QImage:
    until(lambda: layer.ready)
    painted(layer, frame)
    until(lambda: layer.settled)
    return painted(layer, frame)


def test_tiles_show_every_place_where_it_is(dressed: QApplication, until: Until) -> None:
    store = MemoryObjects()
    layer = PictureLayer(store, dressed)
    layer.ask(stored(store, tiff(gradient()), WIDE, HIGH))
    for zoom, left, top in (
        (0.07, 10.0, 5.0),
        (0.3, -900.0, -700.0),
        (1.0, -7500, -5700),
        (9, 0, 0),
    ):
        frame = Frame(zoom, left, top)
        screen = settle(layer, frame, until)
        for x, y in ((30, 40), (300, 200), (480, 290)):
            at = frame.to_picture((x, y))
            seen = screen.pixelColor(x, y)
            if at[0] < WIDE and at[1] < HIGH:
                assert abs(seen.red() - at[0] / WIDE * 255) < 3, (zoom, x, y)
                assert abs(seen.green() - at[1] / HIGH * 255) < 3, (zoom, x, y)
                assert seen.blue() == 90
    layer.close()


def test_the_coarser_size_stands_in_until_the_finer_is_there(
    dressed: QApplication, until: Until
) -> None:
    store = MemoryObjects()
    layer = PictureLayer(store, dressed)
    layer.ask(stored(store, tiff(gradient()), WIDE, HIGH))
    settle(layer, Frame(0.05, 0, 0), until)
    near = Frame(1.0, -3000, -3000)
    at_once = painted(layer, near).pixelColor(300, 200)
    assert at_once.blue() == 90
    assert abs(at_once.red() - 3300 / WIDE * 255) < 4
    layer.close()


def test_a_picture_longer_than_qt_paints_is_shown(dressed: QApplication, until: Until) -> None:
    store = MemoryObjects()
    layer = PictureLayer(store, dressed)
    layer.ask(stored(store, png(gradient(40_000, 60)), 40_000, 60))
    screen = settle(layer, Frame(1.0, -39_500, 0), until)
    assert screen.pixelColor(400, 30).red() > 250
    assert screen.pixelColor(550, 30).blue() == 0
    layer.close()


def test_what_is_kept_stays_within_its_bounds(dressed: QApplication, until: Until) -> None:
    store = MemoryObjects()
    item = stored(store, tiff(gradient()), WIDE, HIGH)
    most = 12 * SIDE * SIDE * 4
    tiles = Tiles(pyramid_of(store, item), dressed, most)
    screen = QImage(600, 450, QImage.Format.Format_RGB32)
    for left in range(0, 7000, 500):
        painter = QPainter(screen)
        tiles.paint(painter, painter.transform(), Box(left, 900, left + 600, 1350), 1.0)
        painter.end()
        until(lambda: tiles.settled)
        assert 0 < tiles.bytes_kept <= most
    tiles.close()


def test_a_broken_tile_is_told_and_the_rest_is_painted(dressed: QApplication, until: Until) -> None:
    store = MemoryObjects()
    data = bytearray(tiff(gradient()))
    with tifffile.TiffFile(io.BytesIO(data)) as opened:
        start = opened.pages[0].dataoffsets[0]
    data[start : start + 40] = bytes(40)
    layer = PictureLayer(store, dressed)
    layer.ask(stored(store, bytes(data), WIDE, HIGH))
    until(lambda: layer.ready)
    screen = settle(layer, Frame(1.0, 0, 0), until)
    assert "cannot be decoded" in layer.fault
    assert screen.pixelColor(550, 440).blue() == 90
    layer.close()


def test_a_gigapixel_picture_can_be_fitted() -> None:
    frame = fitted((400_000, 300_000), (600, 450))
    assert frame.zoom > SMALLEST
    assert frame.to_widget((400_000, 300_000))[0] < 600
