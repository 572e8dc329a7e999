"""Makes `digits.zip` and `scenes.zip`; run once by hand.

The archives are part of the project, so that nobody needs scikit-learn to open a sample.
"""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
LABELS = ("circle", "square", "triangle")
SCENES = 240
SIZE = (160, 120)
COLOURS = ((200, 60, 60), (60, 120, 200), (70, 160, 80), (210, 160, 50), (140, 80, 170))


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a member that is the same on every day."""
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, data)


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    """Write a picture into memory."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def digits() -> None:
    """Write scikit-learn's digits, 8 × 8 px with 17 greys, as 32 × 32 px PNG files."""
    bunch = load_digits()
    with zipfile.ZipFile(HERE / "digits.zip", "w") as archive:
        for number, (picture, label) in enumerate(zip(bunch.images, bunch.target, strict=True)):
            grey = np.clip(picture * 16, 0, 255).astype(np.uint8)
            large = Image.fromarray(np.kron(grey, np.ones((4, 4), np.uint8)))
            add(archive, f"digits/{label}/{number:04d}.png", encoded(large, "PNG", optimize=1))


def corners(kind: str, x: float, y: float, r: float, turn: float) -> list[tuple[float, float]]:
    """Return the outline of a shape around (x, y) that reaches r px far."""
    count, start = {"circle": (64, 0.0), "square": (4, turn), "triangle": (3, turn)}[kind]
    steps = [start + 2 * math.pi * k / count for k in range(count)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a in steps]


def scene(random: np.random.Generator) -> tuple[Image.Image, list[tuple[str, list[int]]]]:
    """Draw shapes one over the other; a shape hidden by more than half is not labelled."""
    ground = random.integers(150, 240, 3)
    image = Image.new("RGB", SIZE, tuple(int(v) for v in ground))
    painter = ImageDraw.Draw(image)
    layers: list[tuple[str, NDArray[np.bool_]]] = []
    for _ in range(int(random.integers(1, 6))):
        kind = LABELS[int(random.integers(3))]
        r = float(random.uniform(9, 24))
        x, y = (float(random.uniform(r * 0.6, side - r * 0.6)) for side in SIZE)
        outline = corners(kind, x, y, r, float(random.uniform(0, 2 * math.pi)))
        painter.polygon(outline, fill=COLOURS[int(random.integers(len(COLOURS)))])
        stencil = Image.new("1", SIZE)
        ImageDraw.Draw(stencil).polygon(outline, fill=1)
        layers.append((kind, np.asarray(stencil)))
    boxes = []
    for number, (kind, whole) in enumerate(layers):
        over = [other for _, other in layers[number + 1 :]]
        seen = whole & ~np.any(over, axis=0) if over else whole
        if seen.sum() * 2 < whole.sum() or seen.sum() < 40:
            continue
        rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
        boxes.append((kind, [columns[0] + 1, rows[0] + 1, columns[-1] + 1, rows[-1] + 1]))
    blurred = image.filter(ImageFilter.GaussianBlur(0.6))
    noisy = np.asarray(blurred, np.float64) + random.normal(0, 6, (*SIZE[::-1], 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), boxes


def sheet(name: str, boxes: list[tuple[str, list[int]]]) -> str:
    """Write the boxes as Pascal VOC: pixels from 1, the last one inside."""
    objects = "".join(
        f"<object><name>{kind}</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax>"
        f"<ymax>{d}</ymax></bndbox></object>\n"
        for kind, (a, b, c, d) in boxes
    )
    return (
        f"<annotation><filename>{name}</filename><source><annotation>PASCAL VOC, pixels from 1"
        f"</annotation></source><size><width>{SIZE[0]}</width><height>{SIZE[1]}</height>"
        f"<depth>3</depth></size>\n{objects}</annotation>\n"
    )


def scenes() -> None:
    """Write generated scenes with their boxes."""
    random = np.random.default_rng(20)
    with zipfile.ZipFile(HERE / "scenes.zip", "w") as archive:
        for number in range(SCENES):
            image, boxes = scene(random)
            name = f"scene_{number:03d}.jpg"
            add(archive, f"scenes/JPEGImages/{name}", encoded(image, "JPEG", quality=88))
            page = sheet(name, boxes).encode()
            add(archive, f"scenes/Annotations/scene_{number:03d}.xml", page)


if __name__ == "__main__":
    digits()
    scenes()
