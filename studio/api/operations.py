"""How a typed function becomes an operation.

    class Blur(Params):
        radius: float = Field(2.0, gt=0, description="Strength.", json_schema_extra={"unit": "px"})

    @operation("media.blur", version=1, title="Blur", room="media")
    def blur(ctx: WorkContext, labels: LabelSet, *, params: Blur) -> LabelSet:
        "Make pictures less sharp."

Each name is written once: ports come from the arguments whose types are artefacts, outputs from the
result (one artefact, or a `NamedTuple` of several), words from the docstring. Import what is heavy
inside the function: the declaration is also read by the window, which never loads torch.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from studio.api.engine import Engine
from studio.domain.artefacts import Artefact, get_artefact, put_artefact
from studio.domain.ids import JsonObject
from studio.domain.operations import Catalogue, Context, Operation, Params, Port, Room

__all__ = [
    "Catalogue",
    "Context",
    "JsonObject",
    "Operation",
    "Params",
    "Port",
    "WorkContext",
    "get_artefact",
    "operation",
    "put_artefact",
]

F = TypeVar("F", bound=Callable[..., Any])


class WorkContext(Context, Protocol):
    """`Context`, with the engine room and the plugins at hand."""

    engine: Engine
    """Training, evaluation, explanation and export; torch is loaded at the first use."""
    plugins: Contributions
    """Formats and architectures that plugins brought."""


class Contributions(Protocol):
    """What a running operation may ask of the plugin host."""

    def format(self, name: str) -> Any:
        """Return the format (`studio.api.formats.Format`) of this name; raises `NotFound`."""

    def formats(self) -> Sequence[Any]:
        """Return all formats."""


def operation(
    id: str,  # noqa: A002
    *,
    version: int,
    title: str,
    room: Room,
    fingerprint: Callable[[Any], str] | None = None,
    check: Callable[..., Sequence[str]] | None = None,
    migrations: Mapping[int, Callable[[JsonObject], JsonObject]] | None = None,
    accelerated: bool = False,
    resumable: bool = False,
) -> Callable[[F], Operation]:
    """Declare a function as an operation; see `studio.domain.operations.Operation` for the words.

    Raises
    ------
    TypeError
        If the signature is not of the form `(ctx, *artefacts, params)`.
    """

    def declare(function: F) -> Operation:
        hints = get_type_hints(function)
        parameters = list(inspect.signature(function).parameters.values())
        if len(parameters) < 2 or parameters[-1].name != "params":
            raise TypeError(f"{function.__name__} must take (ctx, *artefacts, params)")
        inputs = tuple(_input(parameter, hints) for parameter in parameters[1:-1])
        return Operation(
            id=id,
            version=version,
            title=title,
            summary=inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0],
            room=room,
            params=hints["params"],
            inputs=inputs,
            outputs=_outputs(hints.get("return")),
            function=function,
            fingerprint=fingerprint,
            check=check,
            migrations=migrations,
            accelerated=accelerated,
            resumable=resumable,
        )

    return declare


def _input(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Port:
    hint = hints[parameter.name]
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        optional = len(members) < len(get_args(hint))
        hint = members[0]
    if not (isinstance(hint, type) and issubclass(hint, Artefact)):
        raise TypeError(f"“{parameter.name}” is not an artefact")
    return Port(parameter.name, hint, optional)


def _outputs(hint: Any) -> tuple[Port, ...]:
    if isinstance(hint, type) and issubclass(hint, Artefact):
        return (Port(hint.kind, hint),)
    fields: Mapping[str, Any] = get_type_hints(hint)
    return tuple(Port(name, artefact) for name, artefact in fields.items())
