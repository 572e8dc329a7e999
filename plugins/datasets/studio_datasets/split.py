"""Dealing pictures to training, validation and test."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from studio.api.artefacts import DatasetVersion, LabelSet, SplitPlan, deal
from studio.api.operations import Params, WorkContext, operation
from studio.errors import BadInput
from studio_datasets.leaks import leaks_of


class SplitParams(Params):
    """How pictures are dealt."""

    strategy: Literal["stratified", "random", "group", "given"] = Field(
        "stratified",
        description="stratified keeps each label's share; group keeps a group in one split; "
        "given takes the split from the first folder of the name (train, val, test).",
    )
    val: Annotated[float, Field(ge=0, lt=1, description="Share for validation.")] = 0.15
    test: Annotated[float, Field(ge=0, lt=1, description="Share for the test.")] = 0.15
    seed: Annotated[int, Field(ge=0, description="Another seed deals anew.")] = 0

    @model_validator(mode="after")
    def _leaves_some_to_train(self) -> SplitParams:
        if self.val + self.test >= 1:
            raise ValueError("val and test together must leave something to train on")
        return self


@operation("dataset.split", version=1, title="Make a dataset version", room="datasets")
def split(ctx: WorkContext, labels: LabelSet, *, params: SplitParams) -> DatasetVersion:
    """Deal labelled pictures to splits once and for all, and look for leaks between them."""
    items = list(labels.read(ctx.store))
    if not items:
        raise BadInput("There are no pictures to deal.", "Import some first.")
    plan = SplitPlan.model_validate(params.model_dump())
    dealt = deal(items, plan)
    leaks = leaks_of(ctx, dealt)
    if leaks:
        ctx.log(f"{len(leaks):,} pairs of pictures leak between splits.", "warning")
    return DatasetVersion.write(ctx.store, labels.label_schema, plan, dealt, leaks)
