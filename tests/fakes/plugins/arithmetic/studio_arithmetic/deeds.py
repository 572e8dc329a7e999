"""The operations. A number travels as an artefact of files with one file, `n`."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
from pydantic import Field

from studio.api.operations import Params, WorkContext, operation
from studio.domain.packaging import Files
from studio.errors import BadInput, Cancelled, Paused


def read(ctx: WorkContext, files: Files) -> int:
    return int(ctx.store.get(files.files["n"]))


def written(ctx: WorkContext, value: int) -> Files:
    return Files(files={"n": ctx.store.put(str(value).encode())})


class Number(Params):
    value: int = Field(0, description="The number.")


class Nothing(Params):
    pass


class Count(Params):
    to: int = Field(10, ge=1, description="How far to count.")
    seconds: float = Field(0.05, ge=0, description="Time for each step.")


@operation("test.number", version=1, title="Number", room="media")
def number(ctx: WorkContext, *, params: Number) -> Files:
    """Give a number."""
    return written(ctx, params.value)


@operation("test.add", version=1, title="Add", room="media")
def add(ctx: WorkContext, a: Files, b: Files, *, params: Nothing) -> Files:
    """Add two numbers."""
    return written(ctx, read(ctx, a) + read(ctx, b))


@operation("test.half", version=1, title="Half", room="media")
def half(ctx: WorkContext, a: Files, *, params: Nothing) -> Files:
    """Halve a number, rounding down, so that two inputs may give one output."""
    return written(ctx, read(ctx, a) // 2)


@operation("test.count", version=1, title="Count", room="media", resumable=True)
def count(ctx: WorkContext, *, params: Count) -> Files:
    """Count slowly, keeping where it is."""
    kept = ctx.folder / "checkpoints" / "at"
    kept.parent.mkdir(exist_ok=True)
    first = int(kept.read_text()) if kept.exists() else 0
    for step in range(first, params.to):
        ctx.metrics(step, loss=1.0 / (step + 1))
        ctx.progress(step, params.to, "steps")
        time.sleep(params.seconds)
        kept.write_text(str(step + 1))
        asked = ctx.asked()
        if asked == "pause":
            raise Paused("It was paused.")
        if asked == "cancel":
            raise Cancelled("It was cancelled.")
    ctx.log("counted")
    return written(ctx, params.to)


@operation("test.fail", version=1, title="Fail", room="media")
def fail(ctx: WorkContext, a: Files, *, params: Nothing) -> Files:
    """Refuse its input."""
    raise BadInput("The number is not to its taste.", "Give another one.")


@operation("test.die", version=1, title="Die", room="media")
def die(ctx: WorkContext, *, params: Nothing) -> Files:
    """End the process without a word."""
    os._exit(9)


@operation("test.deaf", version=1, title="Deaf", room="media")
def deaf(ctx: WorkContext, *, params: Nothing) -> Files:
    """Work on, whatever is asked, until it is ended from outside."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(600):
        time.sleep(0.1)
    return written(ctx, 0)


class Big(Params):
    mebibytes: int = Field(
        1, ge=1, le=256, description="How much.", json_schema_extra={"unit": "MiB"}
    )


@operation("test.big", version=1, title="Big", room="media")
def big(ctx: WorkContext, *, params: Big) -> Files:
    """Give a file that does not pack well."""
    data = np.random.default_rng(ctx.seed).bytes(params.mebibytes * 2**20)
    return Files(files={"big": ctx.store.put(data), "small": ctx.store.put(b"small")})


@operation("test.weigh", version=1, title="Weigh", room="media")
def weigh(ctx: WorkContext, a: Files, *, params: Nothing) -> Files:
    """Add up the sizes of files."""
    return written(ctx, sum(len(ctx.store.get(digest)) for digest in a.files.values()))
