"""COCO evaluation against pycocotools: python benchmarks/coco_evaluation.py [pictures]

Goal: equal to 1e-9 and at least 4 times faster, on generated pictures with 20 labels.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time

import numpy as np

from studio.engine.coco_metrics import NAMES, Said, Truth, coco_figures, documents

GOAL = 4.0
LABELS = 20


def scenes(pictures: int) -> tuple[list[Truth], list[Said]]:
    rng = np.random.default_rng(0)
    truths, said = [], []
    for _ in range(pictures):
        count = int(rng.integers(3, 13))
        corner = rng.uniform(0, 500, (count, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(8, 140, (count, 2))], 1)
        labels = rng.integers(0, LABELS, count)
        truths.append(Truth(640, 640, boxes, labels))
        twice = np.repeat(boxes, 2, 0)[: count + 3]
        found = twice + rng.normal(0, 4, twice.shape)
        found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 1)
        kinds = np.repeat(labels, 2)[: len(found)]
        wrong = rng.random(len(found)) < 0.15
        kinds = np.where(wrong, rng.integers(0, LABELS, len(found)), kinds)
        said.append(Said(found, np.sort(rng.random(len(found)))[::-1], kinds))
    return truths, said


def reference(truths: list[Truth], said: list[Said]) -> list[float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth, results = documents(truths, said, LABELS)
    with contextlib.redirect_stdout(io.StringIO()):
        annotated = COCO()
        annotated.dataset = truth
        annotated.createIndex()
        evaluation = COCOeval(annotated, annotated.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(value) for value in evaluation.stats]


def main(pictures: int = 1000) -> int:
    truths, said = scenes(pictures)
    coco_figures(truths[:2], said[:2], LABELS)
    begun = time.process_time()
    ours = coco_figures(truths, said, LABELS).figures
    between = time.process_time()
    theirs = reference(truths, said)
    ended = time.process_time()
    apart = max(
        abs((ours[name] if ours[name] is not None else -1.0) - value)
        for name, value in zip(NAMES, theirs, strict=True)
    )
    ratio = (ended - between) / (between - begun)
    detections = sum(len(one.scores) for one in said)
    print(f"{pictures:,} pictures, {detections:,} detections, {LABELS} labels")
    print(f"this        {between - begun:6.2f} s of CPU")
    print(f"pycocotools {ended - between:6.2f} s of CPU")
    print(f"{ratio:.1f} times faster, goal {GOAL}; largest difference {apart:.1e}, goal 1e-9")
    return 0 if ratio >= GOAL and apart <= 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
