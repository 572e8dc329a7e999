"""How fast and how right the smart tools are on real pictures.

    python benchmarks/smart_tools.py DATA [--cells 60] [--frames 8]

DATA holds `bccd_voc` (blood cells with boxes) and `camvid_subset` (streets with masks). Prints the
50th and 95th percentile of the time an assistant takes for a window, in ms, and

- for blood cells, which have boxes but no masks: how often the box of what was cut out of a box
  (grown by a tenth), or taken by a click in its middle and the best of 13 drags, overlaps the box
  by half, and the mean overlap (IoU); for the live-wire the overlap with the ellipse in the box;
- for streets: the IoU of learned pixels with the masks on pictures where a few strokes a label
  were drawn inside of what the mask says, over all pixels that the mask names and no stroke covers.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "plugins" / "smart_tools"))

import cv2
import numpy as np
from numpy.typing import NDArray
from studio_smart_tools.cut_out import CutOut
from studio_smart_tools.edge_snap import EdgeSnap
from studio_smart_tools.live_wire import LiveWire
from studio_smart_tools.pixel_server import PixelServer
from studio_smart_tools.superpixels import Superpixels
from studio_smart_tools.wand import MagicWand
from studio_smart_tools.watershed import flooded

from studio.api.assistants import Assistant, Hand, Scribble, Window
from studio.api.images import decode
from studio.domain.geometry import Box
from studio.domain.media import MediaId, MediaItem
from studio.services.assisted_shapes import window_on

VOID, NAMES = 11, (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "person",
    "cyclist",
)  # fmt: skip
STROKES, LENGTH, RADIUS = 3, 60, 2


class Times:
    """Times by name."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def of(self, name: str, deed: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = deed()
        self.taken.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        return result

    def told(self) -> dict[str, dict[str, float]]:
        return {
            name: {
                "p50_ms": round(float(np.percentile(values, 50)), 1),
                "p95_ms": round(float(np.percentile(values, 95)), 1),
                "n": len(values),
            }
            for name, values in self.taken.items()
        }


class Whole:
    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        assert level == 0
        return self._pixels[y0:y1, x0:x1]


def answered(assistant: Assistant, window: Window, hand: Hand, times: Times) -> Any:
    prepared = times.of(f"{assistant.id} prepare", lambda: assistant.prepare(window, hand))
    return times.of(f"{assistant.id} answer", lambda: assistant.answer(window, hand, prepared))


def cells(data: Path) -> Iterator[tuple[NDArray[np.uint8], Box]]:
    for file in sorted((data / "Annotations").glob("*.xml")):
        tree = ElementTree.parse(file).getroot()
        pixels = decode((data / "JPEGImages" / f"{file.stem}.jpg").read_bytes())
        for thing in tree.iter("object"):
            edges = [float(thing.findtext(f"bndbox/{name}", "0")) for name in
                     ("xmin", "ymin", "xmax", "ymax")]  # fmt: skip
            box = Box(*edges)
            if min(box.width, box.height) >= 20:
                yield pixels, box


def overlap(a: Box, b: Box) -> float:
    shared = max(0.0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(
        0.0, min(a.y1, b.y1) - max(a.y0, b.y0)
    )
    return shared / (a.area + b.area - shared)


def box_of(window: Window, mask: NDArray[np.bool_] | None) -> Box:
    if mask is None or not mask.any():
        return Box(0, 0, 0, 0)
    ys, xs = np.nonzero(mask)
    corners = np.array([[xs.min(), ys.min()], [xs.max() + 1, ys.max() + 1]], np.float64)
    (x0, y0), (x1, y1) = window.outward(corners).tolist()
    return Box(x0, y0, x1, y1)


def on_cells(data: Path, count: int, times: Times) -> dict[str, dict[str, float]]:
    found: dict[str, list[float]] = {"cut_out": [], "wand": [], "live_wire": []}
    every = list(cells(data))
    for pixels, box in every[:: max(1, len(every) // count)][:count]:
        high, wide = pixels.shape[:2]
        item = MediaItem(id=MediaId("x"), name="x", width=wide, height=high)
        more = 0.1 * max(box.width, box.height)
        loose = Box(box.x0 - more, box.y0 - more, box.x1 + more, box.y1 + more)
        room = CutOut.around * max(loose.width, loose.height)
        area = Box(loose.x0 - room, loose.y0 - room, loose.x1 + room, loose.y1 + room)
        window = window_on(Whole(pixels), 1, item, area, CutOut.side)
        (x0, y0), (x1, y1) = window.inward(
            np.array(((loose.x0, loose.y0), (loose.x1, loose.y1)))
        ).tolist()
        answer = answered(CutOut(), window, Hand(box=((x0, y0), (x1, y1))), times)
        mask = answer.regions[0].mask if answer.regions else None
        found["cut_out"].append(overlap(box_of(window, mask), box))
        seen = window_on(Whole(pixels), 1, item, Box(0, 0, wide, high), 512)
        middle = seen.inward(np.array([box.centre]))[0]
        place = ((float(middle[0]), float(middle[1])),)
        tries = []
        for reach in range(0, 121, 10):
            hand = Hand(points=place, reach=reach)
            mask = answered(MagicWand(), seen, hand, times).regions[0].mask
            tries.append(overlap(box_of(seen, mask), box))
        found["wand"].append(max(tries))
        found["live_wire"].append(wire_overlap(seen, box, times))
    return {
        name: {
            "mean_iou": round(float(np.mean(values)), 3),
            "share_over_half": round(float(np.mean(np.array(values) > 0.5)), 3),
            "n": len(values),
        }
        for name, values in found.items()
    }


def wire_overlap(window: Window, box: Box, times: Times) -> float:
    """Lay the wire through the middles of the sides, and compare with the ellipse in the box."""
    edges = np.array(
        ((box.x1, box.centre[1]), (box.centre[0], box.y1), (box.x0, box.centre[1]),
         (box.centre[0], box.y0))
    )  # fmt: skip
    places = window.inward(edges)
    wire, lines = LiveWire(), []
    for a, b in zip(places, np.roll(places, -1, 0), strict=True):
        hand = Hand(points=(tuple(a.tolist()), tuple(b.tolist())))
        lines.append(answered(wire, window, hand, times).path)
    shape = np.zeros(window.pixels.shape[:2], np.uint8)
    cv2.fillPoly(shape, [np.round(np.concatenate(lines) - 0.5).astype(np.int32)], 1)
    truth = np.zeros_like(shape)
    centre = (places.min(0) + places.max(0)) / 2
    half = (places.max(0) - places.min(0)) / 2
    cv2.ellipse(truth, (tuple(centre.tolist()), tuple((2 * half).tolist()), 0.0), 1, -1)
    return float((shape & truth).sum() / max(1, (shape | truth).sum()))


def strokes_in(truth: NDArray[np.uint8], rng: np.random.Generator) -> list[Scribble]:
    """Draw a few short strokes a label, well inside of what the mask says."""
    made = []
    for value in np.unique(truth[truth != VOID]):
        inner = cv2.distanceTransform((truth == value).astype(np.uint8), cv2.DIST_L2, 3)
        ys, xs = np.nonzero(inner > RADIUS + 1)
        for _ in range(STROKES if len(ys) else 0):
            at = int(rng.integers(len(ys)))
            x, y, way = float(xs[at]) + 0.5, float(ys[at]) + 0.5, rng.uniform(0, 2 * np.pi)
            points = [(x, y)]
            for _ in range(LENGTH):
                x, y = x + np.cos(way), y + np.sin(way)
                inside = 0 <= x < truth.shape[1] and 0 <= y < truth.shape[0]
                if not inside or inner[int(y), int(x)] <= RADIUS:
                    break
                points.append((x, y))
            made.append(Scribble(tuple(points), int(value) + 1, RADIUS))
    return made


def on_streets(data: Path, count: int, times: Times) -> dict[str, Any]:
    from studio_smart_tools.marks import drawn

    rng = np.random.default_rng(0)
    cuts: dict[str, NDArray[np.int64]] = {}
    files = sorted((data / "train").glob("*.png"))
    drawn_share = []
    for file in files[:: max(1, len(files) // count)][:count]:
        pixels = decode(file.read_bytes())
        truth = cv2.imread(str(data / "trainannot" / file.name), cv2.IMREAD_UNCHANGED)
        marks = drawn(strokes_in(truth, rng), (pixels.shape[1], pixels.shape[0]))
        drawn_share.append((marks > 0).mean())
        server, arrays = PixelServer(), {"pixels": pixels, "marks": marks}
        placed_server, facts = PixelServer(), {"place": file.name}
        placed = placed_server.learn({**facts, "placed": True}, arrays)[1]
        times.of("pixel_classifier first stroke", lambda s=server, a=arrays, f=facts: s.learn(f, a))
        _, said = times.of(
            "pixel_classifier next stroke", lambda s=server, a=arrays, f=facts: s.learn(f, a)
        )
        grown = times.of("watershed", lambda p=pixels, m=marks: flooded(p, m))
        counted = (truth != VOID) & (marks == 0)
        guesses = {
            "learned": said["marks"].astype(int) - 2,
            "learned_with_place": placed["marks"].astype(int) - 2,
            "watershed": grown - 2,
        }
        for name, guess in guesses.items():
            table = cuts.setdefault(name, np.zeros((VOID, VOID), np.int64))
            np.add.at(table, (truth[counted], guess[counted]), 1)
        window = Window(pixels)
        answered(Superpixels(), window, Hand(strokes=(Scribble(((240.0, 180.0),)),)), times)
        ring = np.array([(150.0, 100.0), (300.0, 100.0), (300.0, 250.0), (150.0, 250.0)])
        answered(EdgeSnap(), window, Hand(rings=(ring,)), times)
    told: dict[str, Any] = {"pixels_drawn_percent": round(100 * float(np.mean(drawn_share)), 2)}
    for name, table in cuts.items():
        right, all_of = np.diag(table), table.sum(0) + table.sum(1) - np.diag(table)
        iou = right / np.maximum(all_of, 1)
        told[name] = {
            "pixel_accuracy": round(float(right.sum() / table.sum()), 3),
            "mean_iou": round(float(iou.mean()), 3),
            **{NAMES[at]: round(float(iou[at]), 3) for at in range(VOID)},
        }
    return told


def on_windows(times: Times) -> None:
    """Time what the goals name, on a window of 512 × 512 px."""
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.uniform(0, 255, (512, 512, 3)).astype(np.float32), (0, 0), 6)
    pixels = np.clip((noise - noise.mean()) * 8 + 128, 0, 255).astype(np.uint8)
    window, wire, own = Window(pixels), LiveWire(), Times()
    for _ in range(20):
        a, b, c = (tuple(rng.uniform(0, 512, 2).tolist()) for _ in range(3))
        answered(wire, window, Hand(points=(a, b)), own)
        answered(MagicWand(), window, Hand(points=(c,), reach=60), own)
    for name, values in own.taken.items():
        times.taken[f"512 px {name}"] = values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cells", type=int, default=60)
    parser.add_argument("--frames", type=int, default=8)
    given = parser.parse_args()
    times = Times()
    on_windows(times)
    told = {
        "cells": on_cells(given.data / "bccd_voc", given.cells, times),
        "streets": on_streets(given.data / "camvid_subset", given.frames, times),
        "times": times.told(),
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
