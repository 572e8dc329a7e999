"""Jobs: one operation, run by a worker process somewhere, with a folder as its only truth.

A job folder holds

- `order.json`: what is to be done (`JobOrder`), never changed;
- `env.json`: where it ran: host, python, packages, device;
- `events.jsonl`: what happened, one `JobMessage` a line, only ever appended to;
- `control.jsonl`: what the person asked for, one `Control` a line;
- `lease.json`: which process works on it, so that a reused process number fools nobody;
- `checkpoints/`: what a resumed worker starts from;
- `log.txt`: standard output and error of the worker;
- `exit.json`: how it ended (`JobExit`), written last.

The state of a job is derived from the folder each time it is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NewType, Protocol, TypeAlias

from pydantic import Field, TypeAdapter

from studio.domain.artefacts import Value
from studio.domain.ids import Digest, JsonValue

JobId = NewType("JobId", str)

PIPELINE = "pipeline.run"
"""The one operation that the coordinator itself carries out: it runs a graph, node by node."""


Device: TypeAlias = Literal["auto", "cpu", "cuda"]


class JobOrder(Value):
    """Everything a worker needs to know; the same order runs on any compute target."""

    id: JobId
    operation: str
    """`id@version`."""
    params: dict[str, JsonValue] = {}
    """By name, only those that were set."""
    inputs: dict[str, Digest] = {}
    """Artefacts by port."""
    seed: int = 0
    device: Device = "auto"
    key: str = ""
    """Key of the result; empty where the worker shall not remember it."""
    title: str = ""
    """Words for the job list."""
    target: str = "local"
    """Name of the compute target."""
    created: float = 0.0
    """Seconds since 1970, UTC."""


class Started(Value):
    """The worker has begun, or begun again."""

    kind: Literal["started"] = "started"
    attempt: int
    """From 1; a resumed job counts up. Of two metrics of one step, the last attempt's counts."""
    host: str
    pid: int
    device: str
    """For people: `CPU (2 cores)` or `NVIDIA H100 (bf16)`."""


class Progressed(Value):
    """How far the work is."""

    kind: Literal["progress"] = "progress"
    done: int
    total: int
    unit: str = ""
    seconds_left: float | None = None


class Measured(Value):
    """A batch of metrics: columns of equal length, one row a step."""

    kind: Literal["metrics"] = "metrics"
    attempt: int = 1
    steps: list[int]
    values: dict[str, list[float | None]]
    """None stands for a number that is not finite."""


class Logged(Value):
    """A sentence for the person who watches."""

    kind: Literal["log"] = "log"
    level: Literal["info", "warning", "error"] = "info"
    text: str


class NodeChanged(Value):
    """A node of a running graph changed its state."""

    kind: Literal["node"] = "node"
    node: str
    state: Literal["waiting", "cached", "running", "finished", "failed", "skipped", "cancelled"]
    why: str = ""
    """Why it runs, or why it did not have to; on failure, what happened and what to do."""
    job: JobId | None = None
    inputs: dict[str, Digest] = {}
    outputs: dict[str, Digest] = {}
    seconds: float | None = None


class Beat(Value):
    """A sign of life, every two seconds."""

    kind: Literal["beat"] = "beat"
    rss_mib: float
    """Resident memory of the worker."""
    gpu_mib: float | None = None
    step: int | None = None


JobMessage: TypeAlias = Annotated[
    Started | Progressed | Measured | Logged | NodeChanged | Beat, Field(discriminator="kind")
]
MESSAGES: TypeAdapter[JobMessage] = TypeAdapter(JobMessage)


class Control(Value):
    """What a person asks of a running job."""

    ask: Literal["pause", "cancel"]


class JobExit(Value):
    """How a job ended."""

    state: Literal["finished", "failed", "cancelled", "paused"]
    outputs: dict[str, Digest] = {}
    what_happened: str = ""
    what_to_do: str = ""
    error: str = ""
    """Class of the error; for defects, the traceback."""
    seconds: float = 0.0


JobState: TypeAlias = Literal[
    "queued",
    "running",
    "pausing",
    "paused",
    "cancelling",
    "cancelled",
    "finished",
    "failed",
    "lost",
]
"""`lost`: the process is gone without a word; the job can be resumed."""

ACTIVE: frozenset[JobState] = frozenset({"queued", "running", "pausing", "cancelling"})


class JobHandle(Value):
    """Where a job is, so that it can be found again after the window was closed."""

    job: JobId
    target: str
    folder: str
    """Of the job, on the machine it runs on."""
    reference: str = ""
    """What the target needs beyond that, for example a process number or a queue's job number."""


class Compute(Protocol):
    """A place where jobs run: this machine, a host reached by SSH, a cluster's queue."""

    name: str

    def start(self, folder: Path) -> JobHandle:
        """Start or resume the job whose folder this is; returns as soon as it is under way.

        Parameters
        ----------
        folder : Path
            The job's folder on this machine, with `order.json` in it. Where the job runs
            elsewhere, the folder here is a mirror that `sync` keeps up to date.

        Raises
        ------
        ComputeFailed
            Saying which step failed: reaching the host, sending the inputs, starting the worker.
        """

    def sync(self, handle: JobHandle, folder: Path) -> None:
        """Bring new events, the exit and, once it is finished, the output objects to this machine.

        Loses and doubles nothing, however often the connection breaks; raises `ComputeFailed` while
        the place cannot be reached.
        """

    def alive(self, handle: JobHandle) -> bool | None:
        """Tell whether the worker's process lives; None while the place cannot be reached."""

    def ask(self, handle: JobHandle, folder: Path, control: Control) -> None:
        """Pass on a wish; `cancel` ends the whole process group if the worker does not obey."""
