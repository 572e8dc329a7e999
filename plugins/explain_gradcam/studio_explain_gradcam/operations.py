"""The operation that makes saliency maps by Grad-CAM."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from studio.api.engine import DatasetVersion, Explanation, MediaItem, ModelVersion, Split
from studio.api.operations import Params, WorkContext, operation
from studio.errors import NotFound


class GradCamParams(Params):
    """What to explain."""

    split: Split = Field("test", description="Split whose pictures are explained.")
    label: str = Field(
        "", description="Label to explain, by name; empty explains each picture's top label."
    )
    limit: int = Field(16, ge=1, le=10_000, description="Most pictures to explain.")
    media: str = Field(
        "", description="Explain only the picture with this id, from whatever split."
    )


def check(
    params: GradCamParams,
    model: ModelVersion | None = None,
    dataset: DatasetVersion | None = None,
) -> Sequence[str]:
    """Say what would go wrong."""
    faults = []
    if model is not None and model.task != "classification":
        faults.append("Grad-CAM explains classifiers; this model is a detector.")
    if dataset is not None and not params.media and not dataset.statistics.media.get(params.split):
        faults.append(f"The split “{params.split}” of this dataset version is empty.")
    return faults


@operation(
    "explain.gradcam",
    version=1,
    title="Explain by Grad-CAM",
    room="evaluate",
    check=check,
    accelerated=True,
)
def explain_gradcam(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, *, params: GradCamParams
) -> Explanation:
    """Show which places of a picture speak for a label."""
    return ctx.engine.explain(ctx, model, _pictures(ctx, dataset, params), params.label)


def _pictures(ctx: WorkContext, dataset: DatasetVersion, params: GradCamParams) -> list[MediaItem]:
    split = None if params.media else params.split
    found = [
        entry.item.media
        for entry in dataset.read(ctx.store, split)
        if params.media in ("", entry.item.media.id)
    ]
    if not found:
        raise NotFound(
            "The dataset version has no such picture."
            if params.media
            else f"The split “{params.split}” of this dataset version is empty.",
            "Choose another picture or split.",
        )
    return found[: params.limit]
