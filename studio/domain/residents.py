"""A process that stays alive and answers calls: what may break is kept out of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from studio.domain.ids import JsonObject


class Message(NamedTuple):
    """What is said to a resident, and what it answers."""

    call: str
    """What to do; `answer` or `error` on the way back."""
    facts: JsonObject
    arrays: Mapping[str, NDArray[Any]]


class Resident(Protocol):
    """A process that answers one call after the other."""

    def ask(
        self,
        call: str,
        facts: JsonObject | None = None,
        arrays: Mapping[str, NDArray[Any]] | None = None,
        given_up: Callable[[], bool] = lambda: False,
    ) -> Message:
        """Call and wait for the answer; the process is started where it is not there.

        Parameters
        ----------
        call : str
            What to do.
        facts, arrays : mapping, optional
            What it needs for that.
        given_up : callable
            Asked meanwhile; once it says yes, the process is ended.

        Raises
        ------
        Cancelled
            If the call was given up.
        ComputeFailed
            If the process ended; it is started anew with the next call.
        StudioError
            As the process raised it.
        """

    def close(self) -> None:
        """End the process."""


Residents = Callable[[str], Resident]
"""Gives the resident whose main is the module of that name."""


def described(arrays: Mapping[str, NDArray[Any]]) -> Sequence[tuple[str, str, list[int]]]:
    """Return name, dtype and shape of arrays, as the head of a message has them."""
    return [(name, array.dtype.str, list(array.shape)) for name, array in arrays.items()]
