"""Reading pictures and labels from disk into the store."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from studio.api.archives import is_archive, unpack
from studio.api.artefacts import Digest, ImportReport, LabelSchema, LabelSet, Problem, extended
from studio.api.files import walk
from studio.api.formats import Format, Found, Source
from studio.api.images import ImageInfo, inspect
from studio.api.operations import Params, WorkContext, operation
from studio.api.sidecar import Sidecar, from_sidecar, read_sidecar
from studio.errors import BadInput, Cancelled, NotFound, UnreadableImage
from studio_media.taking import Taker

_UNPACKED = "unpacked"
_WINDOW = 64
"""Pictures in memory at once."""
_PACK = 8192
"""Pictures put into the store in one go."""
_LOOK_UP = 500
"""After so many found pictures a wish to cancel is looked for."""
MOST_FILE_BYTES = 2 * 2**30


class ImportParams(Params):
    """What to read."""

    path: str = Field(
        description="File, folder or zip; several stand on lines of their own.",
        json_schema_extra={"widget": "path"},
    )
    format: str = Field("", description="How the labels are kept; empty finds it out.")
    limit: int = Field(0, ge=0, description="Take at most so many pictures; 0 takes all.")


class Imported(NamedTuple):
    """What an import gives."""

    labels: LabelSet
    report: ImportReport


class _Given(NamedTuple):
    """One of the paths to read, with its format."""

    path: Path
    form: Format
    prefix: str


class _Read(NamedTuple):
    """One picture, as read and decoded."""

    found: Found
    data: bytes
    pages: Sequence[ImageInfo]
    reason: str


def fingerprint(params: ImportParams) -> str:
    """Digest names, sizes and times of everything below the paths: equal only if untouched."""
    digest = hashlib.sha256()
    for path in _paths(params.path):
        for file in [path] if path.is_file() else walk(path):
            facts = file.stat() if file.exists() else None
            line = f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n" if facts else f"{file}\n"
            digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()


@operation(
    "labels.import",
    version=1,
    title="Import pictures and labels",
    room="labels",
    fingerprint=fingerprint,
)
def import_labels(ctx: WorkContext, *, params: ImportParams) -> Imported:
    """Read pictures with their labels; what cannot be taken is reported, never fatal."""
    try:
        return _import(ctx, params)
    finally:
        shutil.rmtree(ctx.folder / _UNPACKED, ignore_errors=True)


def _import(ctx: WorkContext, params: ImportParams) -> Imported:
    problems: list[Problem] = []
    given = list(_given(ctx, params))
    names = [name for one in given for name in one.form.label_order(one.path)]
    kept = {one.path: read_sidecar(one.path, problems) for one in given if one.path.is_dir()}
    founds = list(_founds(ctx, given, kept, params.limit, problems))
    if not founds and not problems:
        raise BadInput(
            "No pictures were found.", "Choose a folder with pictures, or a picture itself."
        )
    if not names:
        names = sorted({drawn.label for found in founds for drawn in found.drawn})
    schema = _schema(names, founds, problems)
    for one in given:
        sidecar = kept.get(one.path)
        said = (
            sidecar.schema if sidecar else getattr(one.form, "schema", lambda path: None)(one.path)
        )
        schema = _with_facts(schema, said) if said is not None else schema
    taker = Taker(schema, problems)
    _take_all(ctx, founds, taker)
    forms = ", ".join(dict.fromkeys(one.form.name for one in given))
    labels = LabelSet.write(ctx.store, taker.schema, taker.items)
    ctx.log(f"{labels.media_count:,} pictures and {labels.shape_count:,} shapes read as {forms}.")
    report = ImportReport(
        format=forms,
        pictures=labels.media_count,
        shapes=labels.shape_count,
        problems=tuple(problems),
    )
    return Imported(labels, report)


def _paths(text: str) -> list[Path]:
    return [Path(line).expanduser() for line in text.splitlines() if line.strip()]


def _given(ctx: WorkContext, params: ImportParams) -> Iterator[_Given]:
    paths = _paths(params.path)
    if not paths:
        raise BadInput("There is nothing to import.", "Choose a file or a folder.")
    for number, path in enumerate(paths):
        if not path.exists():
            raise NotFound(f"“{path}” is not there.", "Look whether it was moved or renamed.")
        inside = path
        if is_archive(path):
            ctx.log(f"Unpacking {path.name}.")
            inside = unpack(path, ctx.folder / _UNPACKED / str(number))
        form = ctx.plugins.format(params.format) if params.format else _best(ctx, inside, path)
        prefix = f"{path.stem}/" if len(paths) > 1 and inside.is_dir() else ""
        yield _Given(inside, form, prefix)


def _best(ctx: WorkContext, inside: Path, path: Path) -> Format:
    """Return the format that recognises a path most surely; of equals the first by name."""
    forms: list[Format] = [form for form in ctx.plugins.formats() if form.reads]
    sure = [(form.recognises(inside), form) for form in forms]
    best = max(sure, key=lambda pair: pair[0], default=None)
    if best is None or best[0] <= 0:
        raise BadInput(
            f"“{path.name}” holds no picture and no labels of a known format.",
            f"Known are {', '.join(form.title for form in forms)}.",
        )
    return best[1]


def _founds(
    ctx: WorkContext,
    given: Sequence[_Given],
    kept: Mapping[Path, Sidecar | None],
    limit: int,
    problems: list[Problem],
) -> Iterator[Found]:
    """Walk over what all formats find, with names made unique."""
    names: set[str] = set()
    for one in given:
        sidecar = kept.get(one.path)
        read = one.form.read(one.path, problems)
        for found in from_sidecar(sidecar, read) if sidecar else read:
            if limit and len(names) >= limit:
                return
            name = start = one.prefix + found.source.name
            for number in itertools.count(2):
                if name not in names:
                    break
                name = f"{number}/{start}"
            names.add(name)
            if len(names) % _LOOK_UP == 0 and ctx.asked() == "cancel":
                raise Cancelled("The import was cancelled; nothing changed.")
            yield Found(Source(name, found.source.read), found.drawn, found.group, found.size)


def _schema(names: list[str], founds: Sequence[Found], problems: list[Problem]) -> LabelSchema:
    """Number the labels: in the order of the format, what it does not name after that."""
    used = sorted({drawn.label for found in founds for drawn in found.drawn} - set(names))
    good = [name for name in dict.fromkeys([*names, *used]) if 0 < len(name) <= 200]
    for name in set(names) | set(used):
        if len(name) > 200:
            problems.append(Problem(path=name[:40] + "…", reason="This label's name is too long."))
    return extended(LabelSchema(), good)


def _with_facts(schema: LabelSchema, kept: LabelSchema) -> LabelSchema:
    """Give labels the colours, parents, attributes and joints that a sidecar kept."""
    known = {label.name for label in schema.labels}
    labels = [label for label in kept.labels if label.name in known or not schema.labels]
    ids = {label.id for label in labels}
    named = {label.name for label in labels}
    labels += [label for label in schema.labels if label.name not in named | ids]
    whole = {label.id for label in labels}
    return LabelSchema(
        labels=tuple(
            label if label.parent in whole else label.model_copy(update={"parent": None})
            for label in labels
        )
    )


def _take_all(ctx: WorkContext, founds: Sequence[Found], taker: Taker) -> None:
    done = 0
    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        for start in range(0, len(founds), _PACK):
            taken: list[_Read] = []

            def stream(part: Sequence[Found], taken: list[_Read] = taken) -> Iterator[bytes]:
                nonlocal done
                for window in range(0, len(part), _WINDOW):
                    for read in pool.map(_read, part[window : window + _WINDOW]):
                        done += 1
                        ctx.progress(done, len(founds), "pictures")
                        if read.reason:
                            taker.refuse(read.found.source.name, read.reason)
                            continue
                        taken.append(read._replace(data=b""))
                        yield read.data

            digests = ctx.store.put_many(stream(founds[start : start + _PACK]))
            for read, digest in zip(taken, digests, strict=True):
                taker.take(read.found, Digest(digest), read.pages)


def _read(found: Found) -> _Read:
    """Read and decode one picture; Pillow lets other threads run meanwhile."""
    try:
        data = found.source.read()
        if len(data) > MOST_FILE_BYTES:
            return _Read(found, b"", (), f"It has {len(data):,} bytes.")
        return _Read(found, data, inspect(data), "")
    except UnreadableImage as error:
        return _Read(found, b"", (), error.what_happened)
    except OSError as error:
        return _Read(found, b"", (), f"It cannot be read: {error.strerror or error}.")
