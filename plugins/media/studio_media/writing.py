"""Writing pictures and labels in somebody's format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from pydantic import Field

from studio.api.artefacts import AnnotatedMedia, Digest, Files, LabelSet, MediaItem
from studio.api.formats import Format
from studio.api.images import png
from studio.api.losses import adapted, keeps_of, losses
from studio.api.operations import Params, WorkContext, operation
from studio.api.pictures import in_video, pixels_of
from studio.api.sidecar import SIDECAR, sidecar_of
from studio.errors import InvalidParameters


class ExportParams(Params):
    """How to write labels."""

    format: str = Field("coco", description="Name of the format: voc, yolo or coco.")
    with_pictures: bool = Field(True, description="Put the pictures beside the labels.")
    sidecar: bool = Field(
        True, description="Keep what the format cannot say in a file beside it, for reading again."
    )


@operation("labels.export", version=1, title="Export labels", room="labels")
def export_labels(ctx: WorkContext, labels: LabelSet, *, params: ExportParams) -> Files:
    """Write labels as files of another program, and say what it has no words for."""
    form: Format = ctx.plugins.format(params.format)
    if not form.writes:
        raise InvalidParameters(f"{form.title} is only read.", "Choose a format that is written.")
    originals = list(labels.read(ctx.store))
    items = list(_renamed(originals))
    keeps = keeps_of(form)
    lost = [f"{loss}." for loss in losses(keeps, labels.label_schema, items)]
    written = form.write(labels.label_schema, list(adapted(keeps, items)))
    if params.sidecar and SIDECAR not in written.files:
        written.files[SIDECAR] = sidecar_of(labels.label_schema, items, written.files)
    paths = sorted(written.files)
    digests = ctx.store.put_many(written.files[path] for path in paths)
    files: dict[str, Digest] = dict(zip(paths, digests, strict=True))
    if params.with_pictures:
        for number, item in enumerate(items):
            ctx.progress(number, len(items), "pictures")
            files[str(PurePosixPath(written.pictures) / item.media.name)] = _bytes(ctx, item)
    return Files(files=files, notes=tuple(dict.fromkeys([*lost, *written.lost])))


def _bytes(ctx: WorkContext, item: AnnotatedMedia) -> Digest:
    """Return the file as it is; a page of a larger file, or a frame, becomes a PNG of its own."""
    if not _part(item.media):
        return item.media.digest
    return ctx.store.put(png(pixels_of(ctx.store, item.media)))


def _part(media: MediaItem) -> bool:
    return "#" in media.id or in_video(media)


def _renamed(items: Sequence[AnnotatedMedia]) -> Iterator[AnnotatedMedia]:
    """Give each picture a name that every file system takes and that no other has.

    Label files are named by the stem, so stems are kept apart as well.
    """
    taken: set[str] = set()
    for item in items:
        path = PurePosixPath(item.media.name.partition("#")[0].replace("\\", "/"))
        parts = [part for part in path.parts if part not in ("..", ".", "/")]
        clean = PurePosixPath(*("".join(map(_harmless, part)) for part in parts or ["picture"]))
        stem, ending = clean.with_suffix(""), clean.suffix
        if _part(item.media):
            word = "frame" if in_video(item.media) else "page"
            digits = len(item.media.name.partition("#")[2]) if word == "frame" else 4
            stem = stem.with_name(f"{stem.name}_{word}{item.media.page:0{digits}d}")
            ending = ".png"
        name, number = stem, 2
        while str(name).casefold() in taken:
            name, number = stem.with_name(f"{stem.name}_{number}"), number + 1
        taken.add(str(name).casefold())
        media = item.media.model_copy(update={"name": f"{name}{ending}"})
        yield item.model_copy(update={"media": media})


def _harmless(letter: str) -> str:
    return "_" if letter in '<>:"|?*' or ord(letter) < 32 else letter
