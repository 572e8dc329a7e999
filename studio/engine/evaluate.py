"""How good a model is on one split: figures, confusion, and a verdict on every picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.api.images import fitted_size
from studio.domain.datasets import DatasetItem, DatasetVersion, Split
from studio.domain.evaluation import Detection, EvaluationReport, LabelFigures, Verdict
from studio.domain.geometry import Tag, bounds
from studio.domain.labels import LabelId, LabelSchema, lines
from studio.domain.media import MediaItem
from studio.domain.models import InputSpec, ModelVersion
from studio.domain.operations import Context
from studio.engine import networks
from studio.engine.coco_metrics import (
    Said,
    Truth,
    coco_figures,
    confusion_of,
    hits,
)
from studio.engine.postprocess import back_to_picture, detect, top
from studio.engine.whole_network import (
    Arrays,
    WholeNetwork,
    batch_size,
    batches,
    run,
)
from studio.errors import BadInput


class Measured(NamedTuple):
    """Everything in a report that follows from outputs and truth."""

    figures: dict[str, float | None]
    labels: tuple[LabelFigures, ...]
    confusion: NDArray[np.int64]
    verdicts: list[Verdict]


def evaluate(
    ctx: Context,
    plugins: networks.Architectures,
    model: ModelVersion,
    dataset: DatasetVersion,
    split: Split,
) -> EvaluationReport:
    """Measure a model on one split of a dataset version.

    Raises
    ------
    BadInput
        If the split holds no picture that can be judged.
    """
    entries = judged(ctx, dataset, model, split)
    if not entries:
        raise BadInput(
            f"The split “{split}” holds no picture with a label that the model knows.",
            "Choose another split, or make a dataset version with more pictures in it.",
        )
    whole = WholeNetwork(networks.load(ctx.store, model, plugins), model.input, model.task)
    whole = whole.to(ctx.device).eval()
    measured = measure(model, entries, outputs_of(ctx, whole, model, entries))
    return EvaluationReport(
        task=model.task,
        split=split,
        label_schema=model.label_schema,
        pictures=len(entries),
        figures=measured.figures,
        labels=measured.labels,
        confusion=tuple(tuple(int(cell) for cell in row) for row in measured.confusion),
        verdicts=ctx.store.put(lines(measured.verdicts)),
    )


def judged(
    ctx: Context, dataset: DatasetVersion, model: ModelVersion, split: Split
) -> list[DatasetItem]:
    """List the pictures of a split that can be judged; says what is passed over.

    A picture without a tag says nothing about a classifier; a picture without a box does say
    something about a detector: nothing is to be found there.
    """
    known = {label.id for label in model.label_schema.labels}
    entries = list(dataset.read(ctx.store, split))
    strangers = {s.label for e in entries for s in e.item.shapes} - known
    if strangers:
        names = sorted(getattr(dataset.label_schema.get(one), "name", one) for one in strangers)
        ctx.log(f"The model does not know {', '.join(names)}; these are passed over.", "warning")
    if model.task == "detection":
        return entries
    fit = [entry for entry in entries if tag_of(entry, model.label_schema) is not None]
    if len(fit) < len(entries):
        ctx.log(f"{len(entries) - len(fit):,} pictures without a known tag are passed over.")
    return fit


def outputs_of(
    ctx: Context, whole: WholeNetwork, model: ModelVersion, entries: Sequence[DatasetItem]
) -> list[Arrays]:
    """Run a network over pictures, telling the progress; one list of outputs a picture.

    The dense outputs of detectors are reduced to candidates at once, so that memory stays small.
    """
    pictures = [entry.item.media for entry in entries]
    found: list[Arrays] = []
    for some, batch in batches(ctx.store, pictures, model.input, batch_size(model.input)):
        outputs = run(whole, batch, ctx.device)
        for place in range(len(some)):
            found.append(reduced([one[place] for one in outputs]))
        ctx.progress(len(found), len(pictures), "pictures")
    return found


def reduced(outputs: Arrays) -> Arrays:
    """Turn a detector's dense outputs for one picture into boxes, scores and labels."""
    if len(outputs) == 1:
        return outputs
    return list(detect(outputs[0], outputs[1]))


def measure(
    model: ModelVersion, entries: Sequence[DatasetItem], outputs: Sequence[Arrays]
) -> Measured:
    """Hold outputs, as `outputs_of` gives them, against the truth of the same pictures."""
    if model.task == "classification":
        scores = np.stack([one[0] for one in outputs])
        return classification(model.label_schema, entries, scores)
    return detection(model, entries, outputs)


def tag_of(entry: DatasetItem, schema: LabelSchema) -> int | None:
    """Return the number of a picture's first known tag, or None."""
    for tag in entry.item.tags:
        if schema.get(tag) is not None:
            return schema.index(tag)
    return None


def classification(
    schema: LabelSchema, entries: Sequence[DatasetItem], scores: NDArray[np.floating[Any]]
) -> Measured:
    """Measure a classifier.

    Parameters
    ----------
    schema : LabelSchema
        K labels.
    entries : sequence of DatasetItem
        N pictures, each with a known tag.
    scores : (N, K) float
        Probabilities.
    """
    truth = np.array([tag_of(entry, schema) for entry in entries], np.int64)
    predicted = scores.argmax(axis=1)
    count = len(schema.labels)
    confusion = np.zeros((count, count), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    labels = label_figures(schema, confusion)
    # As scikit-learn does: the mean over labels that occur in truth or in predictions; a figure
    # without a meaning counts as 0 there.
    occurring = [
        one for number, one in enumerate(labels)
        if confusion[number].any() or confusion[:, number].any()
    ]  # fmt: skip
    figures: dict[str, float | None] = {"accuracy": float(np.mean(truth == predicted))}
    for name in ("precision", "recall", "f1"):
        figures[name] = float(np.mean([getattr(one, name) or 0.0 for one in occurring]))
    ids = [label.id for label in schema.labels]
    rows = zip(entries, truth, scores, strict=True)
    verdicts = [classified(e.item.media, ids, s, ids[int(t)]) for e, t, s in rows]
    return Measured(figures, labels, confusion, verdicts)


def classified(
    media: MediaItem,
    ids: Sequence[LabelId],
    scores: NDArray[np.floating[Any]],
    truth: LabelId | None = None,
) -> Verdict:
    """Put a classifier's probabilities for one picture into a verdict."""
    best = int(top(scores, 1)[0])
    return Verdict(
        media=media.id,
        name=media.name,
        truth=truth,
        predicted=ids[best],
        score=float(scores[best]),
        scores=tuple(float(score) for score in scores),
    )


def label_figures(
    schema: LabelSchema,
    confusion: NDArray[np.int64],
    average_precision: Sequence[float | None] | None = None,
) -> tuple[LabelFigures, ...]:
    """Derive each label's precision, recall and F1 from a confusion matrix.

    Parameters
    ----------
    confusion : (K, K) or (K + 1, K + 1) int64
        Rows are truth.
    """
    found = []
    for number, label in enumerate(schema.labels):
        hit = int(confusion[number, number])
        support, said = int(confusion[number].sum()), int(confusion[:, number].sum())
        found.append(
            LabelFigures(
                label=label.id,
                support=support,
                precision=hit / said if said else None,
                recall=hit / support if support else None,
                f1=2 * hit / (said + support) if said + support else None,
                average_precision=average_precision[number] if average_precision else None,
            )
        )
    return tuple(found)


def truth_of(entry: DatasetItem, schema: LabelSchema) -> Truth:
    """Collect the boxes on a picture, and the boxes around its polygons, of known labels."""
    boxes: list[tuple[float, float, float, float]] = []
    labels: list[int] = []
    for shape in entry.item.shapes:
        box = bounds(shape.geometry)
        if box is None or isinstance(shape.geometry, Tag) or schema.get(shape.label) is None:
            continue
        boxes.append((box.x0, box.y0, box.x1, box.y1))
        labels.append(schema.index(shape.label))
    media = entry.item.media
    array = np.array(boxes, np.float64).reshape(-1, 4)
    return Truth(media.width, media.height, array, np.array(labels, np.int64))


def said_of(media: MediaItem, spec: InputSpec, found: Arrays) -> Said:
    """Bring candidates (boxes, scores, labels) from the model's input back to the picture."""
    fitted = fitted_size(media.width, media.height, spec)
    boxes = back_to_picture(found[0], (media.width, media.height), fitted)
    return Said(boxes, found[1].astype(np.float64), found[2])


def detection(
    model: ModelVersion, entries: Sequence[DatasetItem], outputs: Sequence[Arrays]
) -> Measured:
    """Measure a detector.

    The COCO figures take all candidates; precision, recall, F1, confusion and hits take what a
    person is shown: detections above the model's score threshold. They count objects, not labels.
    """
    schema = model.label_schema
    count = len(schema.labels)
    truths = [truth_of(entry, schema) for entry in entries]
    media = [entry.item.media for entry in entries]
    said = [said_of(one, model.input, out) for one, out in zip(media, outputs, strict=True)]
    coco = coco_figures(truths, said, count)
    shown = [above(one, model.score_threshold) for one in said]
    pairs = [hits(there, found) for there, found in zip(truths, shown, strict=True)]
    confusion = confusion_of(pairs, count)
    right = int(np.trace(confusion[:count, :count]))
    objects, found = int(confusion[:count].sum()), int(confusion[:, :count].sum())
    figures = dict(coco.figures)
    figures["precision"] = right / found if found else None
    figures["recall"] = right / objects if objects else None
    figures["f1"] = 2 * right / (found + objects) if found + objects else None
    labels = label_figures(schema, confusion, coco.average_precision)
    rows = zip(media, shown, pairs, strict=True)
    verdicts = [detected(one, schema, seen, pair) for one, seen, pair in rows]
    return Measured(figures, labels, confusion, verdicts)


def above(said: Said, threshold: float) -> Said:
    """Keep detections with a score above a threshold."""
    keep = said.scores > threshold
    return Said(said.boxes[keep], said.scores[keep], said.labels[keep])


def detected(
    media: MediaItem,
    schema: LabelSchema,
    said: Said,
    pairs: Sequence[tuple[int | None, int | None]] = (),
) -> Verdict:
    """Put detections on one picture into a verdict."""
    ids = [label.id for label in schema.labels]

    def name(number: int | None) -> LabelId | None:
        return None if number is None else ids[number]

    found = []
    for box, score, label in zip(said.boxes, said.scores, said.labels, strict=True):
        x0, y0, x1, y1 = (float(edge) for edge in box)
        found.append(Detection(label=ids[int(label)], score=float(score), box=(x0, y0, x1, y1)))
    return Verdict(
        media=media.id,
        name=media.name,
        score=float(said.scores.max(initial=0.0)),
        detections=tuple(found),
        hits=tuple((name(truth), name(seen)) for truth, seen in pairs),
    )
