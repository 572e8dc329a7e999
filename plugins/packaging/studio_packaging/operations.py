"""The operations that write a package and that predict through one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from studio.api.engine import (
    DatasetVersion,
    LabelSet,
    ModelPackage,
    ModelVersion,
    Predictions,
)
from studio.api.operations import Params, WorkContext, operation


class PackageParams(Params):
    """How the package is made."""

    name: str = Field(
        "",
        max_length=80,
        pattern=r"^([A-Za-z0-9][A-Za-z0-9 ._-]*)?$",
        description="Name of the package; empty takes the network's.",
    )
    verify_on: Literal["val", "test", "val+test"] = Field(
        "val+test", description="Splits over which the exported network is held against torch."
    )
    opset: int = Field(18, ge=18, le=23, description="Version of ONNX's operator set.")


class PredictParams(Params):
    """Where the package runs."""

    device: Literal["auto", "cpu"] = Field(
        "auto", description="auto takes a GPU where there is one; cpu leaves it alone."
    )


def check(
    params: PackageParams,
    model: ModelVersion | None = None,
    dataset: DatasetVersion | None = None,
) -> Sequence[str]:
    """Say what would go wrong."""
    del model
    splits = params.verify_on.split("+")
    if dataset is not None and not any(
        dataset.statistics.media.get(s) for s in ("val", "test") if s in splits
    ):
        return ["There are no pictures to verify on; the package would not be verified."]
    return []


@operation(
    "package.onnx",
    version=1,
    title="Make an ONNX package",
    room="package",
    check=check,
    accelerated=True,
)
def package_onnx(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, *, params: PackageParams
) -> ModelPackage:
    """Write the model as a package that runs without the studio, and verify it."""
    return ctx.engine.export(ctx, model, dataset, params.model_dump(mode="json"))


@operation(
    "predict.package",
    version=1,
    title="Predict with a package",
    room="package",
    accelerated=True,
)
def predict_package(
    ctx: WorkContext, package: ModelPackage, labels: LabelSet, *, params: PredictParams
) -> Predictions:
    """Ask a package about pictures, through onnxruntime as outside of the studio."""
    if params.device == "cpu":
        ctx.device = "cpu"
    return ctx.engine.predict(ctx, package, [item.media for item in labels.read(ctx.store)])
