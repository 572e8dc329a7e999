"""Prediction through a package, by the very code that the package carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from studio.api import images
from studio.api.pictures import pixels_of
from studio.domain.evaluation import Detection, Verdict
from studio.domain.labels import lines
from studio.domain.media import MediaItem
from studio.domain.operations import Context
from studio.domain.packaging import ModelPackage, Predictions
from studio.engine.package_runner import Runner
from studio.engine.whole_network import batch_size
from studio.errors import BadInput, Damaged


def predict(ctx: Context, package: ModelPackage, pictures: Sequence[MediaItem]) -> Predictions:
    """Run a package on pictures of the store through onnxruntime.

    Raises
    ------
    BadInput
        If there are no pictures.
    Damaged
        If the package lacks its network or its contract.
    """
    if not pictures:
        raise BadInput("There are no pictures to predict.", "Add some first.")
    runner = open_runner(ctx, package)
    if not package.agreement.verified:
        ctx.log("This package is not verified: it may answer otherwise than the model.", "warning")
    verdicts: list[Verdict] = []
    # Decoded pictures may be large, so few are held at once.
    size = min(16, batch_size(package.input))
    for start in range(0, len(pictures), size):
        some = pictures[start : start + size]
        decoded = [pixels_of(ctx.store, one) for one in some]
        answers = runner.predict_batch(decoded)
        verdicts += [
            _verdict(one, answer, package) for one, answer in zip(some, answers, strict=True)
        ]
        ctx.progress(len(verdicts), len(pictures), "pictures")
    return Predictions(
        task=package.task,
        label_schema=package.label_schema,
        provider=runner.provider,
        media=tuple(pictures),
        verdicts=ctx.store.put(lines(verdicts)),
    )


def open_runner(ctx: Context, package: ModelPackage) -> Runner:
    """Make a stored package ready on the device of the context; raises `Damaged`."""
    try:
        contract = json.loads(ctx.store.get(package.files["contract.json"]))
        model = ctx.store.get(package.files["model.onnx"])
    except (KeyError, ValueError) as error:
        raise Damaged(
            f"The package “{package.name}” lacks its network or its contract.", "Make it anew."
        ) from error
    device = "cpu" if ctx.device == "cpu" else "auto"
    return Runner(contract, model, device, images)


def _verdict(media: MediaItem, answer: dict[str, Any], package: ModelPackage) -> Verdict:
    ids = [label.id for label in package.label_schema.labels]
    if package.task == "classification":
        return Verdict(
            media=media.id,
            name=media.name,
            predicted=ids[answer["index"]],
            score=answer["score"],
            scores=tuple(answer["scores"]),
        )
    found = tuple(
        Detection(label=ids[one["index"]], score=one["score"], box=tuple(one["box"]))
        for one in answer["detections"]
    )
    best = max((one.score for one in found), default=0.0)
    return Verdict(media=media.id, name=media.name, score=best, detections=found)
