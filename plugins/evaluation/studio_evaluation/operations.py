"""The operation that measures a model."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from studio.api.engine import DatasetVersion, EvaluationReport, ModelVersion, Split
from studio.api.operations import Params, WorkContext, operation


class EvaluateParams(Params):
    """What to measure on."""

    split: Split = Field("test", description="Split whose pictures are judged.")


def check(
    params: EvaluateParams,
    model: ModelVersion | None = None,
    dataset: DatasetVersion | None = None,
) -> Sequence[str]:
    """Say what would go wrong."""
    faults = []
    if dataset is not None and not dataset.statistics.media.get(params.split):
        faults.append(f"The split “{params.split}” of this dataset version is empty.")
    if model is not None and dataset is not None:
        known = {label.id for label in model.label_schema.labels}
        if not known & {label.id for label in dataset.label_schema.labels}:
            faults.append("The model and the dataset version share no label.")
    return faults


@operation(
    "evaluate.model",
    version=1,
    title="Evaluate a model",
    room="evaluate",
    check=check,
    accelerated=True,
)
def evaluate_model(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, *, params: EvaluateParams
) -> EvaluationReport:
    """Measure a model on one split: figures, confusion matrix and a verdict on every picture."""
    return ctx.engine.evaluate(ctx, model, dataset, params.split)
