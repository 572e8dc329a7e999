"""How soon a picture stands on the canvas: a gigapixel one, and the next of 12 megapixels.

    QT_QPA_PLATFORM=offscreen python benchmarks/pyramid.py [--width 37296] [--height 49319]

Writes a tiled TIFF with overviews, puts it into a store on disk, and measures in a process of its
own the time until the fitted picture is painted sharp, the time of a step in and across, and the
memory of the process. Then the same of 12-megapixel JPEG pictures, cold and decoded ahead. It
ends with 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
import tifffile
from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.domain.ids import Digest
from studio.domain.media import MediaId, MediaItem
from studio.storage.objects import DiskObjects
from studio.ui.canvas.frame import Frame, fitted
from studio.ui.canvas.picture import PictureLayer

SIDE = 512
ROOM = (1600, 1000)


def tile(row: int, column: int) -> np.ndarray:
    """Make one tile of something like tissue: smooth spots with a little noise."""
    rng = np.random.default_rng((row * 7919 + column) % 64)
    coarse = rng.integers(120, 255, (9, 9, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    return np.clip(smooth + rng.integers(-8, 8, smooth.shape), 0, 255).astype(np.uint8)


def tiles(width: int, height: int) -> Iterator[np.ndarray]:
    """Walk over the tiles of one level."""
    kinds = [tile(0, number) for number in range(64)]
    for row in range(-(-height // SIDE)):
        for column in range(-(-width // SIDE)):
            yield kinds[(row * 7919 + column) % 64]


def write(path: Path, width: int, height: int) -> None:
    """Write the picture and overviews of a quarter each, down to 2,000 px."""
    sizes = [(width, height)]
    while max(sizes[-1]) > 2000:
        sizes.append((-(-sizes[-1][0] // 4), -(-sizes[-1][1] // 4)))
    how = {"tile": (SIDE, SIDE), "photometric": "rgb", "compression": "jpeg", "dtype": np.uint8}
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for level, (wide, high) in enumerate(sizes):
            below = {"subfiletype": 1} if level else {"subifds": len(sizes) - 1}
            writer.write(tiles(wide, high), shape=(high, wide, 3), **below, **how)


def settle(app: QApplication, layer: PictureLayer, frame: Frame) -> float:
    """Paint until the picture is sharp; return how long it took, s."""
    start = time.perf_counter()
    screen = QImage(*ROOM, QImage.Format.Format_RGB32)
    sharp = False
    while time.perf_counter() - start < 120:
        before = layer.settled
        painter = QPainter(screen)
        layer.paint(painter, frame, frame.seen(*ROOM), False)
        painter.end()
        app.processEvents()
        sharp = before and layer.settled
        if sharp or layer.fault:
            break
        time.sleep(0.002)
    if layer.fault:
        raise SystemExit(layer.fault)
    return time.perf_counter() - start


def gigapixel(store: DiskObjects, digest: str, size: tuple[int, int]) -> bool:
    """Measure the large picture."""
    app = QApplication([])
    before = psutil.Process().memory_info().rss
    layer = PictureLayer(store)
    start = time.perf_counter()
    layer.ask(MediaItem(id=MediaId(digest), name="large.tif", width=size[0], height=size[1]))
    settle(app, layer, fitted(size, ROOM))
    first = time.perf_counter() - start
    near = settle(app, layer, Frame(1.0, -size[0] / 2, -size[1] / 2))
    steps = [
        settle(app, layer, Frame(1.0, -size[0] / 2 + 997 * step, -size[1] / 3))
        for step in range(40)
    ]
    rss = psutil.Process().memory_info().rss
    layer.close()
    print(
        f"{size[0]:,} × {size[1]:,} px: first picture {first:.2f} s, into it {near * 1000:.0f} ms,"
    )
    steps.sort()
    print(f"a step across {steps[20] * 1000:.0f} ms (median), {steps[-1] * 1000:.0f} ms (worst),")
    grown = (rss - before) / 2**20
    print(f"process {rss / 2**20:,.0f} MiB, of which {grown:,.0f} MiB for the picture")
    return first <= 3.0 and rss <= 10**9


def megapixels(store: DiskObjects) -> bool:
    """Measure pictures of 12 megapixels."""
    app = QApplication([])
    items = []
    for number in range(8):
        rows = [np.hstack([tile(number + row, column) for column in range(8)]) for row in range(6)]
        out = io.BytesIO()
        Image.fromarray(np.vstack(rows)[:3000, :4000]).save(out, "JPEG", quality=90)
        digest = Digest(store.put(out.getvalue()))
        items.append(MediaItem(id=MediaId(digest), name=f"{number}.jpg", width=4000, height=3000))
    layer, frame = PictureLayer(store), fitted((4000, 3000), ROOM)
    cold, ahead = [], []
    for item, following in zip(items[::2], items[1::2], strict=True):
        for one, times in ((item, cold), (following, ahead)):
            start = time.perf_counter()
            layer.ask(one)
            settle(app, layer, frame)
            times.append(time.perf_counter() - start)
            layer.expect([following])
            until = time.perf_counter() + 1.5
            while time.perf_counter() < until:
                app.processEvents()
                time.sleep(0.005)
    layer.close()
    print(f"12 MP cold {sorted(cold)[2] * 1000:.0f} ms, worst {max(cold) * 1000:.0f} ms;", end=" ")
    print(f"decoded ahead {sorted(ahead)[2] * 1000:.0f} ms, worst {max(ahead) * 1000:.0f} ms")
    return sorted(cold)[2] <= 0.3 and sorted(ahead)[2] <= 0.05


def main() -> int:
    """Write, measure in processes of their own, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=37296)
    parser.add_argument("--height", type=int, default=49319)
    parser.add_argument("--part", nargs=2, help="Used by itself.")
    said = parser.parse_args()
    if said.part:
        store = DiskObjects(Path(said.part[0]))
        size = said.width, said.height
        return int(
            not (megapixels(store) if said.part[1] == "-" else gigapixel(store, said.part[1], size))
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.tif"
        write(path, said.width, said.height)
        store = DiskObjects(Path(folder) / "objects")
        digest = store.put_file(path)
        bad = 0
        for part in (str(digest), "-"):
            sizes = ["--width", str(said.width), "--height", str(said.height)]
            more = ["--part", str(Path(folder) / "objects"), part]
            bad |= subprocess.run([sys.executable, __file__, *sizes, *more], check=False).returncode
    return bad


if __name__ == "__main__":
    sys.exit(main())
