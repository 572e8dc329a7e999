"""Operations: every long deed as a typed, versioned function with named ports.

One declaration gives the form, the command line, the validation, the ports of the graph and the
cache key. How a function becomes an `Operation` is said in `studio.api.operations`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.domain.artefacts import Artefact
from studio.domain.ids import Digest, JsonObject, canonical_json
from studio.domain.objects import ObjectStore
from studio.errors import InvalidParameters

Room: TypeAlias = Literal["media", "labels", "datasets", "train", "evaluate", "package", "pipeline"]


class Params(BaseModel):
    """Base of an operation's parameters: a frozen value that refuses what it does not know.

    Each field carries a `description` (one sentence, shown in forms and in `--help`) and, where it
    has one, its unit as `json_schema_extra={"unit": "px"}`. `json_schema_extra={"widget": "path"}`
    (or `log`, `text`) asks the form for a fitting editor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


@dataclass(frozen=True, slots=True)
class Port:
    """A named place where an artefact goes into an operation or comes out of it."""

    name: str
    artefact: type[Artefact]
    optional: bool = False

    @property
    def kind(self) -> str:
        """Kind of the artefact; links join ports of one kind."""
        return self.artefact.kind


class Context(Protocol):
    """What a running operation may ask of the place it runs in."""

    store: ObjectStore
    """Where the content of artefacts is read from and put."""
    seed: int
    """The one source of randomness."""
    device: str
    """`cpu`, or `cuda:0` and so on."""
    folder: Path
    """The job's own folder; `checkpoints/` inside it outlives a killed process."""

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Say how far the work is. Call it at every step: it is cheap and throttles itself.

        Raises
        ------
        Cancelled
            If the person asked for the end in the meantime.
        """

    def metrics(self, step: int, /, **values: float) -> None:
        """Record numbers of one step; they are written in batches and none is lost."""

    def settle(self) -> None:
        """Write everything that is held back; call it before a checkpoint, so that none is lost."""

    def log(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Say one sentence to the person who watches."""

    def asked(self) -> Literal["pause", "cancel"] | None:
        """Return what the person asked for, at once; look at most a few times a second.

        An operation that keeps checkpoints answers `pause` by writing one and raising `Paused`, and
        `cancel` by raising `Cancelled`.
        """


Deed: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A deed with its declaration.

    Attributes
    ----------
    id : str
        Dotted, `room.deed`, for example `train.classifier`.
    version : int
        Raised by hand when the meaning of a parameter changes; `migrations` lead to it.
    title, summary : str
        Words for a person.
    room : Room
        Where it stands in the palette.
    params : type
        The parameters' model.
    inputs, outputs : tuple of Port
        In the order of the function's signature and of its result.
    function : callable
        `function(ctx, **inputs, params=params)`.
    fingerprint : callable or None
        For operations that read the world outside of their inputs (a folder): a text that changes
        when that world changes; it enters the key.
    check : callable or None
        Looks at parameters and at what is known of the inputs, and returns sentences about what
        would go wrong; it never reads data.
    migrations : mapping
        From an old version to a function that turns its parameters into those of the next.
    accelerated : bool
        Whether a GPU makes it faster.
    resumable : bool
        Whether it keeps checkpoints, so that it can be paused and resumed.
    """

    id: str
    version: int
    title: str
    summary: str
    room: Room
    params: type[Params]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    function: Deed
    fingerprint: Callable[[Any], str] | None = None
    check: Callable[..., Sequence[str]] | None = None
    migrations: Mapping[int, Callable[[JsonObject], JsonObject]] | None = None
    accelerated: bool = False
    resumable: bool = False

    @property
    def reference(self) -> str:
        """Id and version, as graph files write it: `train.classifier@1`."""
        return f"{self.id}@{self.version}"

    def parse(self, values: Mapping[str, Any], version: int | None = None) -> Params:
        """Validate parameters given by name.

        Parameters
        ----------
        values : mapping
            Only the parameters that are set.
        version : int, optional
            The version of the operation that the values were written for.

        Raises
        ------
        InvalidParameters
            Naming each parameter that is wrong, and why.
        """
        migrated: JsonObject = dict(values)
        for old in range(version or self.version, self.version):
            if self.migrations and old in self.migrations:
                migrated = self.migrations[old](migrated)
        try:
            return self.params.model_validate(migrated)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'parameters'}: {fault['msg']}"
                for fault in error.errors()
            )
            raise InvalidParameters(
                f"“{self.title}” cannot run with these parameters: {faults}.",
                f"`studio op {self.id} --help` lists what is allowed.",
            ) from error


def key_of(
    operation: Operation,
    code: str,
    params: Params,
    inputs: Mapping[str, Digest],
    seed: int,
) -> str:
    """Compute the key under which a result is remembered.

    Parameters
    ----------
    operation : Operation
        Its id and version enter the key.
    code : str
        Digest of the operation's source and of the environment it needs.
    params : Params
        All parameters, defaults included, so that a changed default changes the key.
    inputs : mapping of str to Digest
        By port; ports left empty are left out.
    seed : int
        As in `Context.seed`.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    fingerprint = operation.fingerprint(params) if operation.fingerprint else ""
    document = canonical_json(
        {
            "operation": operation.reference,
            "code": code,
            "params": params.model_dump(mode="json"),
            "inputs": dict(inputs),
            "seed": seed,
            "fingerprint": fingerprint,
        }
    )
    return hashlib.sha256(document).hexdigest()


class Catalogue(Protocol):
    """All operations that plugins brought."""

    def get(self, id: str) -> Operation:  # noqa: A002
        """Return an operation by its id; raises `NotFound` naming the closest ones."""

    def all(self) -> Sequence[Operation]:
        """Return all operations, by room and title."""

    def code(self, operation: Operation) -> str:
        """Return the digest of an operation's source and of the environment it needs."""
