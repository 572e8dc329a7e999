"""The operations that look labels and pictures over."""

from __future__ import annotations

from pydantic import Field

from studio.api.artefacts import LabelSet
from studio.api.engine import ModelPackage, ModelVersion
from studio.api.operations import Params, WorkContext, operation
from studio.api.quality import DuplicateGroups, LabelErrors


class DuplicateParams(Params):
    """How alike pictures must look."""

    bits: int = Field(
        4, ge=0, le=12, description="In how many of 64 bits the hashes of twins may differ."
    )
    apart: float = Field(
        0.12,
        gt=0,
        le=1,
        description="How far small grey pictures of twins may differ: root of the mean square of"
        " their difference over the spread of their grey values.",
    )


class ErrorParams(Params):
    """How labels of pictures are looked over."""

    folds: int = Field(
        5, ge=2, le=20, description="Each part of the pictures is judged by what the others teach."
    )
    most: int = Field(1000, ge=1, le=1_000_000, description="Length of the ranking.")


class DetectionParams(Params):
    """How labels of things on pictures are looked over."""

    sure: float = Field(
        0.5, ge=0.05, le=0.99, description="Answers that are less sure accuse nobody."
    )
    most: int = Field(1000, ge=1, le=1_000_000, description="Length of the ranking.")


@operation("quality.duplicates", version=1, title="Find pictures that look alike", room="media")
def near_duplicates(
    ctx: WorkContext, labels: LabelSet, *, params: DuplicateParams
) -> DuplicateGroups:
    """Group pictures whose perceptual hashes differ in few bits, and that look alike when small."""
    from studio_label_quality.alike import groups_of

    media = [item.media for item in labels.read(ctx.store)]
    return groups_of(ctx, media, params.bits, params.apart)


@operation(
    "quality.label_errors",
    version=1,
    title="Rank labels of pictures by how wrong they look",
    room="labels",
    accelerated=True,
)
def label_errors(
    ctx: WorkContext, labels: LabelSet, model: ModelVersion | None = None, *, params: ErrorParams
) -> LabelErrors:
    """Judge the label of each picture by what the labels of other pictures teach."""
    from studio_label_quality.classes import ranking

    return ranking(ctx, labels, model, params.folds, params.most)


@operation(
    "quality.detection_errors",
    version=1,
    title="Rank labels of things by how wrong they look",
    room="labels",
    accelerated=True,
)
def detection_errors(
    ctx: WorkContext, labels: LabelSet, package: ModelPackage, *, params: DetectionParams
) -> LabelErrors:
    """Hold what was drawn on pictures against what a package finds there."""
    from studio_label_quality.things import ranking

    return ranking(ctx, labels, package, params.sure, params.most)
