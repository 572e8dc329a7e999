"""The main of the process that learns pixels: `python -m studio_smart_tools.pixel_server`."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import JsonObject
from studio.api.resident import Answer, serve
from studio.errors import BadInput, NotFound
from studio_smart_tools.pixel_features import features, smoothed

_TREES = 60
_MOST_A_MARK = 3000
"""So many pixels of a mark in a window are learned from: neighbours say the same."""
_KEPT_WINDOWS = 2
_SEED = 1


class PixelServer:
    """Holds what was scribbled, by place, and the forest that was grown from it."""

    def __init__(self) -> None:
        self._samples: dict[str, tuple[NDArray[np.float32], NDArray[np.int32]]] = {}
        self._seen: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._forest: Any = None
        self._placed = False

    def learn(self, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Answer:
        """Learn from the marks of a window, and say what the window holds."""
        from sklearn.ensemble import ExtraTreesClassifier

        seen, marks = self._features(arrays["pixels"]), arrays["marks"].astype(np.int32)
        placed = bool(facts.get("placed"))
        if placed != self._placed:
            self._samples.clear()
            self._placed = placed
        seen = self._with_place(seen, facts)
        # What was scribbled there before was less than what is there now.
        self._samples[str(facts["place"])] = _sampled(seen, marks)
        looks = np.concatenate([look for look, _ in self._samples.values()])
        means = np.concatenate([mean for _, mean in self._samples.values()])
        if len(np.unique(means)) < 2:
            raise BadInput(
                "There are strokes of one label only.",
                "Draw one in another label too, or with Alt where nothing is.",
            )
        # Extremely randomised trees (Geurts and others 2006) grow faster than a random forest,
        # and with few strokes they say what is right more often.
        forest = ExtraTreesClassifier(
            n_estimators=_TREES,
            min_samples_leaf=2,
            class_weight="balanced",
            random_state=_SEED,
            n_jobs=-1,
        )
        self._forest = forest.fit(looks, means)
        return {"count": len(means)}, self._said(seen, arrays["pixels"])

    def apply(self, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Answer:
        """Say what another part holds."""
        if self._forest is None:
            raise NotFound("Nothing was learned yet.", "Draw a stroke in two labels first.")
        pixels = arrays["pixels"]
        return {}, self._said(self._with_place(features(pixels), facts), pixels)

    def forget(self, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Answer:
        """Forget everything that was learned."""
        del facts, arrays
        self._samples.clear()
        self._forest = None
        return {}, {}

    def _features(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        name = hashlib.sha256(np.ascontiguousarray(pixels)).hexdigest() + str(pixels.shape)
        if name not in self._seen:
            self._seen[name] = features(pixels)
            while len(self._seen) > _KEPT_WINDOWS:
                self._seen.popitem(last=False)
        return self._seen[name]

    def _with_place(self, seen: NDArray[np.float32], facts: JsonObject) -> NDArray[np.float32]:
        """Add column and row on the picture to what each pixel looks like, if place counts."""
        if not self._placed:
            return seen
        ys, xs = np.mgrid[: seen.shape[0], : seen.shape[1]].astype(np.float32)
        xs, ys = xs + float(str(facts.get("left", 0))), ys + float(str(facts.get("top", 0)))
        return np.concatenate((seen, xs[..., None], ys[..., None]), axis=2)

    def _said(
        self, seen: NDArray[np.float32], pixels: NDArray[np.uint8]
    ) -> dict[str, NDArray[Any]]:
        odds = self._forest.predict_proba(seen.reshape(-1, seen.shape[2])).astype(np.float32)
        layers = smoothed(odds.reshape(*seen.shape[:2], -1), pixels)
        marks = self._forest.classes_[np.argmax(layers, axis=2)]
        return {"marks": marks.astype(np.uint8)}


def _sampled(
    seen: NDArray[np.float32], marks: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    chosen = []
    rng = np.random.default_rng(_SEED)
    flat = marks.ravel()
    for mark in np.unique(flat[flat > 0]):
        there = np.flatnonzero(flat == mark)
        chosen.append(
            rng.choice(there, _MOST_A_MARK, replace=False) if len(there) > _MOST_A_MARK else there
        )
    at = np.concatenate(chosen) if chosen else np.empty(0, np.intp)
    return seen.reshape(-1, seen.shape[2])[at], flat[at]


if __name__ == "__main__":
    server = PixelServer()
    serve({"learn": server.learn, "apply": server.apply, "forget": server.forget})
