"""One operation: the whole of a small plugin."""

from __future__ import annotations

from pydantic import Field

from studio.api.artefacts import LabelSet
from studio.api.operations import Params, WorkContext, operation
from studio.errors import BadInput


class KeepParams(Params):
    """What to keep; each field becomes a field of the form and an option of the command."""

    label: str = Field(description="Name of the label to keep.")
    pictures_without: bool = Field(False, description="Keep pictures that lack the label too.")


@operation("labels.keep", version=1, title="Keep one label", room="labels")
def keep_label(ctx: WorkContext, labels: LabelSet, *, params: KeepParams) -> LabelSet:
    """Leave only the shapes of one label, for a model that looks for nothing else."""
    wanted = labels.label_schema.named(params.label)
    if wanted is None:
        names = ", ".join(labels.label_schema.names)
        raise BadInput(f"There is no label “{params.label}”.", f"Known are {names}.")
    kept = []
    for number, item in enumerate(labels.read(ctx.store)):
        ctx.progress(number, labels.media_count, "pictures")
        shapes = tuple(shape for shape in item.shapes if shape.label == wanted.id)
        if shapes or params.pictures_without:
            kept.append(item.model_copy(update={"shapes": shapes}))
    schema = labels.label_schema.model_copy(update={"labels": (wanted,)})
    return LabelSet.write(ctx.store, schema, kept)
