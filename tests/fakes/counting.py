"""What stands in a layer, counted shape by shape."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from studio.domain.geometry import area, bounds
from studio.domain.labels import AREA_BINS, LabelStatistics, LayerStatistics, Said, Shape
from studio.domain.media import MediaId, said

_LONGEST = 200


def statistics_of(pictures: Sequence[tuple[MediaId, Sequence[Shape]]]) -> LayerStatistics:
    shapes = [shape for _, some in pictures for shape in some]
    on = [{shape.label for shape in some} for _, some in pictures]
    words = [
        [{(n, said(v)) for n, v in s.attributes.items() if len(said(v)) <= _LONGEST} for s in some]
        for _, some in pictures
    ]
    spoken = Counter(word for some in words for one in some for word in one)
    speaking = Counter(word for some in words for word in set().union(*some))
    labels = []
    for label in {shape.label for shape in shapes}:
        own = [shape.geometry for shape in shapes if shape.label == label]
        big = [one for one in own if area(one) > 0]
        boxes = [box for one in big if (box := bounds(one)) is not None]
        bins = [0] * AREA_BINS
        for one in big:
            bins[min(int(math.log2(max(area(one), 1.0))), AREA_BINS - 1)] += 1
        count = max(len(big), 1)
        labels.append(
            LabelStatistics(
                label, len(own), sum(label in some for some in on), tuple(bins),
                sum(map(area, big)) / count,
                sum(box.width for box in boxes) / count,
                sum(box.height for box in boxes) / count,
            )
        )  # fmt: skip
    return LayerStatistics(
        shapes=len(shapes),
        pictures=sum(bool(some) for _, some in pictures),
        labels=tuple(sorted(labels, key=lambda one: (-one.shapes, one.label))),
        kinds=Counter(shape.geometry.kind for shape in shapes),
        attributes=tuple(sorted(Said(*word, n, speaking[word]) for word, n in spoken.items())),
        together=Counter(pair for some in on for pair in combinations(sorted(some), 2)),
    )
