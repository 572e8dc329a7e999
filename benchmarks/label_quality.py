"""What looks wrong, who agrees, what looks alike: python benchmarks/label_quality.py DATA

DATA is a folder with `mnist` (IDX files) and `bccd_voc` (Pascal VOC), as the figures name them.
Errors, annotators and copies are planted with a fixed seed, so that the truth is known:

1. 5 % of the labels of 6,000 MNIST pictures are replaced by another. How many of the first k of the
   ranking are planted?
2. Boxes of BCCD are renamed, moved or taken away, 5 % each; answers of a detector are made from the
   truth (noise of 4 % of a side, 10 % missed, 5 % invented). Same question.
3. Two annotators are made from BCCD's boxes (noise, missed, renamed, invented at known rates).
   Does the interval of the agreement hold what the rates say?
4. A quarter of the BCCD photos and of 2,000 MNIST pictures comes again, re-encoded and resized. How
   many copies are found, and how many groups join strangers?
5. Near pairs of a million hashes against brute force on the first 20,000.
"""

from __future__ import annotations

import gzip
import io
import sys
import time
import xml.etree.ElementTree as Tree
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from studio.api.images import png
from studio.domain.geometry import Box, Tag
from studio.domain.labels import (
    AnnotatedMedia,
    LabelId,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaId, MediaItem
from studio.domain.quality import agreement_of, near_pairs
from tests.fakes.media_work import Work

SEED = 7
SHARE = 0.05


def mnist(folder: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    pictures = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(pictures, np.uint8, offset=16).reshape(-1, 28, 28)
    return pixels[:count], np.frombuffer(labels, np.uint8, offset=8)[:count]


def bccd(folder: Path) -> list[tuple[Path, list[tuple[str, Box]]]]:
    found = []
    for path in sorted((folder / "Annotations").glob("*.xml")):
        tree = Tree.parse(path).getroot()
        things = []
        for one in tree.iter("object"):
            edges = [
                float(one.findtext(f"bndbox/{n}", "0")) for n in ("xmin", "ymin", "xmax", "ymax")
            ]
            if edges[2] > edges[0] and edges[3] > edges[1]:
                things.append((one.findtext("name", ""), Box(*edges)))
        found.append((folder / "JPEGImages" / f"{path.stem}.jpg", things))
    return found


def keep(work: Work, name: str, data: bytes, size: tuple[int, int]) -> MediaItem:
    return MediaItem(id=MediaId(work.store.put(data)), name=name, width=size[0], height=size[1])


def precision(hits: list[bool], ks: list[int]) -> str:
    return ", ".join(f"{k}: {np.mean(hits[:k]):.1%}" for k in ks if k <= len(hits))


def pictures_under_wrong_labels(work: Work, data: Path) -> None:
    pixels, truth = mnist(data / "mnist", 6000)
    chance = np.random.default_rng(SEED)
    wrong = np.zeros(len(truth), bool)
    wrong[chance.permutation(len(truth))[: round(SHARE * len(truth))]] = True
    given = np.where(wrong, (truth + chance.integers(1, 10, len(truth))) % 10, truth)
    schema = extended(LabelSchema(), [str(n) for n in range(10)])
    items = [
        AnnotatedMedia(
            media=keep(work, str(n), png(np.repeat(pixels[n][..., None], 3, 2)), (28, 28)),
            shapes=(Shape(id=ShapeId(str(n)), label=schema.labels[given[n]].id, geometry=Tag()),),
        )
        for n in range(len(truth))
    ]
    begun = time.perf_counter()
    labels = LabelSet.write(work.store, schema, items)
    told = work.run("quality.label_errors", {"most": 6000}, labels=labels)
    took = time.perf_counter() - begun
    hits = [bool(wrong[int(one.name)]) for one in told.suspects]
    right = [
        one.suggested == schema.labels[truth[int(one.name)]].id
        for one, hit in zip(told.suspects, hits, strict=True)
        if hit
    ]
    print(f"1. {wrong.sum()} of {len(truth):,} wrong labels on MNIST, plain pixels, {took:.0f} s")
    print("   precision at", precision(hits, [50, 100, 200, 300, 400]))
    print(f"   recall in the first {wrong.sum()}: {np.mean(hits[: wrong.sum()]):.1%}")
    print(f"   estimated {told.estimated}; the truth suggested for {np.mean(right):.1%} of planted")
    print(f"   by chance {SHARE:.1%} at any k")


def things_under_wrong_labels(data: Path) -> None:
    from studio_label_quality.things import Answer, judged

    chance = np.random.default_rng(SEED)
    schema = extended(LabelSchema(), ["RBC", "WBC", "Platelets"])
    ids = [label.id for label in schema.labels]
    found: list[Any] = []
    planted: dict[str, str] = {}
    total = 0
    for path, things in bccd(data / "bccd_voc"):
        media = MediaItem(id=MediaId(path.stem), name=path.stem, width=640, height=480)
        shapes, answers = [], []
        for at, (name, box) in enumerate(things):
            total += 1
            label, side = ids[["RBC", "WBC", "Platelets"].index(name)], (box.width, box.height)
            if chance.random() > 0.1:
                answers.append(
                    Answer(label, 0.55 + 0.44 * chance.random(), shaken(chance, box, 0.04))
                )
            id_ = f"{path.stem}/{at}"
            dice = chance.random()
            if dice < SHARE:
                label = ids[(ids.index(label) + 1 + int(chance.random() < 0.5)) % 3]
                planted[id_] = "swapped"
            elif dice < 2 * SHARE:
                way = chance.choice((-0.45, 0.45), 2) * side
                box = Box(box.x0 + way[0], box.y0 + way[1], box.x1 + way[0], box.y1 + way[1])
                planted[id_] = "badly_located"
            elif dice < 3 * SHARE:
                planted[id_] = "overlooked"
                continue
            shapes.append(Shape(id=ShapeId(id_), label=label, geometry=box))
        for _ in range(int(chance.random() < 0.05 * len(things))):
            x, y = chance.uniform(0, 560, 2)
            answers.append(
                Answer(ids[0], 0.5 + 0.2 * chance.random(), Box(x, y * 0.7, x + 80, y * 0.7 + 80))
            )
        gone = [
            box
            for at, (_, box) in enumerate(things)
            if planted.get(f"{path.stem}/{at}") == "overlooked"
        ]
        for one in judged(AnnotatedMedia(media=media, shapes=tuple(shapes)), answers):
            found.append((one.score, planted_by(one, planted, gone)))
    found.sort(key=lambda one: one[0])
    hits = [hit for _, hit in found]
    wrong = len(planted)
    print(f"2. {wrong} of {total:,} boxes of BCCD wrong, scripted answers of a detector")
    print("   precision at", precision(hits, [50, 100, 200, 400, 600]))
    print(f"   {sum(hits)} found in a ranking of {len(hits)}; most that can be is about 90 %")


def planted_by(one: Any, planted: dict[str, str], gone: list[Box]) -> bool:
    if one.shape is not None:
        return one.shape in planted
    x0, y0, x1, y1 = one.place
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    near = [b for b in gone if b.x0 < middle[0] < b.x1 and b.y0 < middle[1] < b.y1]
    return bool(near)


def shaken(chance: np.random.Generator, box: Box, share: float) -> Box:
    dx0, dx1 = chance.normal(0, share * box.width, 2)
    dy0, dy1 = chance.normal(0, share * box.height, 2)
    x0, y0 = box.x0 + dx0, box.y0 + dy0
    return Box(x0, y0, max(box.x1 + dx1, x0 + 1), max(box.y1 + dy1, y0 + 1))


def two_annotators(data: Path) -> None:
    chance = np.random.default_rng(SEED)
    ids = [LabelId(name) for name in ("RBC", "WBC", "Platelets")]
    missed, renamed, moved = 0.1, 0.05, 0.03
    pictures = []
    both = either = alike = 0
    for path, things in bccd(data / "bccd_voc"):
        sides: dict[str, list[Shape]] = {"Ada": [], "Bob": []}
        for at, (name, box) in enumerate(things):
            said = []
            for who, shapes in sides.items():
                if chance.random() < missed:
                    said.append(None)
                    continue
                label = LabelId(name)
                if chance.random() < renamed:
                    label = ids[(ids.index(label) + 1) % 3]
                said.append(label)
                shapes.append(
                    Shape(
                        id=ShapeId(f"{who}{path.stem}{at}"), label=label,
                        geometry=shaken(chance, box, moved),
                    )
                )  # fmt: skip
            either += sum(one is not None for one in said)
            both += 2 * (None not in said)
            alike += 2 * (None not in said and said[0] == said[1])
        pictures.append(sides)
    begun = time.perf_counter()
    told = agreement_of(pictures, ids)
    took = time.perf_counter() - begun
    pair = told.pairs[0]
    print(f"3. Two annotators on {told.pictures} photos of BCCD, {took:.1f} s with 1,000 drawings")
    for name, figure, truth in (
        ("found, F1", pair.detection, both / either),
        ("right, F1", pair.right, alike / either),
        ("overlap", pair.overlap, None),
        ("kappa of names", pair.kappa_named, None),
        ("alpha", told.alpha, None),
    ):
        assert figure.value is not None
        known = "" if truth is None else f"; as scripted {truth:.4f}"
        print(f"   {name}: {figure.value:.4f} ({figure.low:.4f} to {figure.high:.4f}){known}")


def copies(work: Work, data: Path) -> None:
    chance = np.random.default_rng(SEED + 1)
    photos = [path.read_bytes() for path, _ in bccd(data / "bccd_voc")]
    # The threshold was chosen on the first 2,000; these are others.
    pixels = mnist(data / "mnist", 10_000)[0][8000:]
    digits = [png(np.repeat(one[..., None], 3, 2)) for one in pixels]
    for name, files in (("BCCD photos", photos), ("MNIST pictures", digits)):
        items, family = [], []
        for at, file in enumerate(files):
            items.append(keep(work, f"{at}", file, (1, 1)))
            family.append(at)
            if at % 4 == 0:
                image = Image.open(io.BytesIO(file)).convert("RGB")
                out = io.BytesIO()
                scale = chance.uniform(0.5, 1.5)
                size = (round(image.width * scale), round(image.height * scale))
                image.resize(size).save(out, "JPEG", quality=int(chance.integers(40, 90)))
                items.append(keep(work, f"{at}-copy", out.getvalue(), size))
                family.append(at)
        labels = LabelSet.write(
            work.store, LabelSchema(), [AnnotatedMedia(media=item) for item in items]
        )
        for bits in (2, 4, 8):
            begun = time.perf_counter()
            told = work.run("quality.duplicates", {"bits": bits}, labels=labels)
            took = time.perf_counter() - begun
            copied = {str(at) for at in range(0, len(files), 4)}
            sets = [{one.name.removesuffix("-copy") for one in group} for group in told.groups]
            together = [
                {one.name for one in group if one.name.endswith("-copy")} for group in told.groups
            ]
            found = sum(
                name.removesuffix("-copy") in own
                and any(one.name == name.removesuffix("-copy") for one in group)
                for group, own, names in zip(told.groups, sets, together, strict=True)
                for name in names
            )
            false = sum(len(own) > 1 for own in sets)
            print(
                f"4. {name}, {bits} bits: {found} of {len(copied)} copies found"
                f" ({found / len(copied):.1%}), {false} of {len(sets)} groups join strangers,"
                f" {took:.0f} s for {len(items):,} pictures"
            )


def hashes() -> None:
    chance = np.random.default_rng(SEED)
    base = chance.integers(0, 2**64, 1_000_000, np.uint64)
    flips = np.uint64(1) << chance.integers(0, 64, 1000).astype(np.uint64)
    base[-1000:] = base[:1000] ^ flips
    few = base[np.r_[0:10_000, 990_000:1_000_000]]
    begun = time.perf_counter()
    truth = [
        (at, at + 1 + int(other))
        for at in range(len(few))
        for other in np.flatnonzero(np.bitwise_count(few[at] ^ few[at + 1 :]) <= 4)
    ]
    brute = time.perf_counter() - begun
    begun = time.perf_counter()
    ours = near_pairs(few, 4)
    fast = time.perf_counter() - begun
    assert list(map(tuple, ours.tolist())) == truth
    begun = time.perf_counter()
    whole = near_pairs(base, 4)
    print(
        f"5. 20,000 hashes: {fast:.2f} s, brute force {brute:.2f} s ({brute / fast:.0f}x), equal;"
        f" 1,000,000 hashes: {time.perf_counter() - begun:.1f} s, {len(whole)} pairs"
    )


def main() -> None:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    if not (data / "mnist").is_dir():
        raise SystemExit(f"There is no {data / 'mnist'}: name the folder with the data.")
    work = Work(Path(data))
    work.plugins.get("quality.duplicates")
    pictures_under_wrong_labels(work, data)
    things_under_wrong_labels(data)
    two_annotators(data)
    copies(work, data)
    hashes()


if __name__ == "__main__":
    main()
