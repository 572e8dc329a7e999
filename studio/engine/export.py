"""Export: the network as ONNX, compared with torch picture by picture, packed with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from studio.api import images
from studio.domain.datasets import SPLITS, DatasetItem, DatasetVersion, Split
from studio.domain.ids import Digest, JsonValue
from studio.domain.models import InputSpec, ModelVersion, Task
from studio.domain.operations import Context
from studio.domain.packaging import Agreement, ModelPackage
from studio.engine import networks, package_files
from studio.engine.evaluate import measure, reduced, tag_of
from studio.engine.model_card import model_card
from studio.engine.package_runner import Runner
from studio.engine.postprocess import Found, detect
from studio.engine.whole_network import (
    OUTPUTS,
    Arrays,
    WholeNetwork,
    batch_size,
    batches,
    run,
)
from studio.errors import ComputeFailed

TOLERANCE = 1e-4
"""Largest allowed difference of a score. float32 keeps 7 digits; the order of sums in deep
networks costs two or three of them, a forgotten normalisation costs all."""
_BOX_PX = 1.0
_SCORE = 0.01
_RECORDED = 4
_PRODUCER = "visual-ai-studio"


class Compared(NamedTuple):
    """What came out of a comparison over one split."""

    agreement: Agreement
    figures: dict[str, float | None] | None
    """Measured through onnxruntime; None where nothing can be judged."""


def export(
    ctx: Context,
    plugins: networks.Architectures,
    model: ModelVersion,
    dataset: DatasetVersion,
    options: Mapping[str, JsonValue],
) -> ModelPackage:
    """Write a package and verify it.

    Parameters
    ----------
    options : mapping
        `name`: words for people, empty takes the architecture's; `verify_on`: `val`, `test` or
        `val+test`; `opset`: version of ONNX's operator set.

    Raises
    ------
    ComputeFailed
        If the network has a part that ONNX cannot say.
    """
    wanted = str(options.get("verify_on") or "val+test").split("+")
    splits = [split for split in SPLITS if split in wanted]
    opset = int(cast(int, options.get("opset") or 18))
    name = str(options.get("name") or "") or model.architecture
    whole = WholeNetwork(networks.load(ctx.store, model, plugins), model.input, model.task).eval()
    data = to_onnx(whole, model.input, model.task, opset)
    whole = whole.to(ctx.device)
    draft = package_files.contract(model, name, data, _nothing(), {}, ())
    runner = Runner(draft, data, "cpu" if ctx.device == "cpu" else "auto", images)
    compared = compare_splits(ctx, whole, runner, model, dataset, splits)
    agreement = together(one.agreement for one in compared.values())
    figures: dict[str, dict[str, float | None]] = {
        split: one.figures for split, one in compared.items() if one.figures
    }
    _tell(ctx, agreement)
    recorded = recorded_pictures(ctx, model, dataset, splits)
    contract = package_files.contract(model, name, data, agreement, figures, splits)
    files = {
        **package_files.plain_files(name, model, data, contract),
        "MODEL_CARD.md": model_card(name, model, dataset, agreement, figures),
        **selftest(runner, run(whole, recorded, ctx.device), recorded, model.task),
    }
    return ModelPackage(
        name=name,
        task=model.task,
        label_schema=model.label_schema,
        input=model.input,
        agreement=agreement,
        figures=next(reversed(figures.values()), {}),
        files=_stored(ctx, package_files.with_sums(files)),
    )


def _stored(ctx: Context, files: Mapping[str, bytes]) -> dict[str, Digest]:
    return {path: ctx.store.put(content) for path, content in sorted(files.items())}


def _nothing() -> Agreement:
    return Agreement(pictures=0, agreeing=0, largest_difference=0.0, tolerance=TOLERANCE)


def _tell(ctx: Context, agreement: Agreement) -> None:
    if agreement.verified:
        ctx.log(
            f"Verified: all {agreement.pictures:,} pictures agree; the largest difference of a "
            f"score is {agreement.largest_difference:.1e}."
        )
        return
    ctx.log(
        f"NOT VERIFIED: {agreement.agreeing:,} of {agreement.pictures:,} pictures agree, the "
        f"largest difference of a score is {agreement.largest_difference:.1e} where "
        f"{agreement.tolerance:.0e} is allowed. The package is marked as not verified.",
        "warning",
    )


def to_onnx(whole: WholeNetwork, spec: InputSpec, task: Task, opset: int = 18) -> bytes:
    """Write a network as an ONNX file, the same bytes each time.

    Parameters
    ----------
    whole : WholeNetwork
        In eval mode, on the CPU.
    opset : int
        Version of ONNX's operator set.

    Returns
    -------
    bytes
        Checked by onnx; without source paths, doc strings or names of tools.

    Raises
    ------
    ComputeFailed
        If the network has a part that ONNX cannot say.
    """
    example = torch.zeros(2, spec.height, spec.width, spec.channels, dtype=torch.uint8)
    try:
        program = torch.onnx.export(
            whole,
            (example,),
            dynamo=True,
            input_names=["pixels"],
            output_names=list(OUTPUTS[task]),
            dynamic_shapes={"pixels": {0: torch.export.Dim("N")}},
            opset_version=opset,
            external_data=False,
            verbose=False,
        )
        assert program is not None
        model = _plain(program.model_proto)
        onnx.checker.check_model(model, full_check=True)
    except (torch.onnx.OnnxExporterError, onnx.checker.ValidationError) as error:
        raise ComputeFailed(
            f"The network cannot be written as ONNX: {error}",
            "Choose another architecture, or another opset.",
        ) from error
    _refuse_other_opset(model, opset)
    return bytes(model.SerializeToString(deterministic=True))


def _refuse_other_opset(model: onnx.ModelProto, opset: int) -> None:
    written = next((one.version for one in model.opset_import if not one.domain), 0)
    if written != opset:
        raise ComputeFailed(
            f"The network needs opset {written}; {opset} was asked for.", f"Choose {written}."
        )


def _plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """Take away what says where and with what the file was made."""
    model.producer_name, model.producer_version = _PRODUCER, ""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.doc_string = ""
    del graph.metadata_props[:]
    # Shapes of inner values are derived anew by whoever needs them; stale ones break quantisers.
    del graph.value_info[:]
    for part in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    return model


def compare_splits(
    ctx: Context,
    whole: WholeNetwork,
    runner: Runner,
    model: ModelVersion,
    dataset: DatasetVersion,
    splits: Sequence[Split],
) -> dict[Split, Compared]:
    """Run torch and onnxruntime over every picture of some splits, batch by batch."""
    entries = {split: list(dataset.read(ctx.store, split)) for split in splits}
    total = sum(map(len, entries.values()))
    done = 0
    found: dict[Split, Compared] = {}
    for split, some in entries.items():
        outputs: list[Arrays] = []
        agreements: list[Agreement] = []
        pictures = [entry.item.media for entry in some]
        for _, batch in batches(ctx.store, pictures, model.input, batch_size(model.input)):
            ours, theirs = run(whole, batch, ctx.device), runner.run(batch)
            agreements.append(compare(ours, theirs, model.score_threshold))
            outputs += [reduced([one[place] for one in theirs]) for place in range(len(batch))]
            done += len(batch)
            ctx.progress(done, total, "pictures")
        found[split] = Compared(together(agreements), _figures(model, some, outputs))
    return found


def _figures(
    model: ModelVersion, entries: Sequence[DatasetItem], outputs: Sequence[Arrays]
) -> dict[str, float | None] | None:
    pairs = [
        (entry, output)
        for entry, output in zip(entries, outputs, strict=True)
        if model.task == "detection" or tag_of(entry, model.label_schema) is not None
    ]
    if not pairs:
        return None
    return measure(model, [entry for entry, _ in pairs], [output for _, output in pairs]).figures


def together(agreements: Iterable[Agreement]) -> Agreement:
    """Add agreements up."""
    found = list(agreements)
    return Agreement(
        pictures=sum(one.pictures for one in found),
        agreeing=sum(one.agreeing for one in found),
        largest_difference=max((one.largest_difference for one in found), default=0.0),
        tolerance=TOLERANCE,
    )


def compare(ours: Arrays, theirs: Sequence[NDArray[Any]], threshold: float) -> Agreement:
    """Compare the outputs of two networks for one batch.

    Parameters
    ----------
    ours, theirs : arrays
        As named in `whole_network.OUTPUTS`; a score that is not a number agrees with nothing.
    threshold : float
        Detections with higher scores are compared one by one.
    """
    apart = np.abs(ours[-1].astype(np.float64) - theirs[-1].astype(np.float64))
    difference = float(np.nan_to_num(apart, nan=1.0, posinf=1.0).max(initial=0.0))
    if len(ours) == 1:
        agree = ours[0].argmax(1) == theirs[0].argmax(1)
        agree &= np.isfinite(apart).all(axis=1)
    else:
        agree = np.array(
            [
                same_detections(
                    detect(ours[0][place], ours[1][place]),
                    detect(theirs[0][place], theirs[1][place]),
                    threshold,
                )
                for place in range(len(ours[0]))
            ],
            bool,
        )
    return Agreement(
        pictures=len(agree),
        agreeing=int(agree.sum()),
        largest_difference=difference,
        tolerance=TOLERANCE,
    )


def same_detections(ours: Found, theirs: Found, threshold: float) -> bool:
    """Tell whether each detection above the threshold has its like on the other side.

    The other side may lie below the threshold by as much as scores may differ, so that a score
    right at the threshold does not count as a disagreement.
    """
    return _covered(ours, theirs, threshold) and _covered(theirs, ours, threshold)


def _covered(these: Found, those: Found, threshold: float) -> bool:
    wanted = these.scores > threshold
    boxes, scores, labels = these.boxes[wanted], these.scores[wanted], these.labels[wanted]
    alike = labels[:, None] == those.labels[None, :]
    alike &= np.abs(scores[:, None] - those.scores[None, :]) <= _SCORE
    alike &= np.abs(boxes[:, None] - those.boxes[None, :]).max(axis=2, initial=0.0) <= _BOX_PX
    return bool(alike.any(axis=1).all())


def recorded_pictures(
    ctx: Context, model: ModelVersion, dataset: DatasetVersion, splits: Sequence[Split]
) -> NDArray[np.uint8]:
    """Choose a few pictures for the self-test; a drawn one where there are none."""
    entries = [entry for split in splits for entry in dataset.read(ctx.store, split)]
    pictures = [entry.item.media for entry in entries[:: max(1, len(entries) // _RECORDED)]]
    for _, batch in batches(ctx.store, pictures[:_RECORDED], model.input, _RECORDED):
        return batch
    shape = (1, model.input.height, model.input.width, model.input.channels)
    return (np.arange(np.prod(shape)) % 256).astype(np.uint8).reshape(shape)


def selftest(
    runner: Runner, outputs: Arrays, recorded: NDArray[np.uint8], task: Task
) -> dict[str, bytes]:
    """Write recorded inputs, what torch says to them, and the answers in words."""
    size = (recorded.shape[2], recorded.shape[1])
    answers = [
        runner.answer([one[place] for one in outputs], size) for place in range(len(recorded))
    ]
    files = {"selftest/pixels.npy": package_files.npy(recorded)}
    for name, output in zip(OUTPUTS[task], outputs, strict=True):
        files[f"selftest/{name}.npy"] = package_files.npy(output)
    files["selftest/expected.json"] = package_files.json_file(answers)
    return files
