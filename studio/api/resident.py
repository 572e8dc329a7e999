"""The inside of a resident process, and the messages it exchanges over its standard streams.

A message is the length of its head (four bytes, big-endian), the head as JSON, and the arrays that
the head describes, one after the other, in C order.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray

from studio.domain.ids import JsonObject
from studio.domain.residents import Message, described
from studio.errors import StudioError

__all__ = ["Answer", "Handler", "Message", "read_message", "serve", "write_message"]

Answer: TypeAlias = tuple[JsonObject, Mapping[str, NDArray[Any]]]
Handler: TypeAlias = Callable[[JsonObject, Mapping[str, NDArray[Any]]], Answer]
_LONGEST_HEAD = 64 * 2**20


def write_message(file: BinaryIO, message: Message) -> None:
    """Write a message and see it off."""
    arrays = {name: np.ascontiguousarray(array) for name, array in message.arrays.items()}
    head = orjson.dumps(
        {"call": message.call, "facts": message.facts, "arrays": described(arrays)},
        option=orjson.OPT_SERIALIZE_NUMPY,
    )
    file.write(len(head).to_bytes(4, "big") + head)
    for array in arrays.values():
        file.write(array.data if array.size else b"")
    file.flush()


def read_message(file: BinaryIO) -> Message | None:
    """Read a message, or None at the end of the stream; raises `EOFError` in the midst of one."""
    length = file.read(4)
    if not length:
        return None
    size = int.from_bytes(length, "big")
    if len(length) < 4 or size > _LONGEST_HEAD:
        raise EOFError("the stream does not go on with a message")
    head = orjson.loads(_exactly(file, size))
    arrays: dict[str, NDArray[Any]] = {}
    for name, dtype, shape in head["arrays"]:
        empty = np.empty(shape, np.dtype(dtype))
        data = _exactly(file, empty.nbytes)
        arrays[name] = np.frombuffer(data, empty.dtype).reshape(shape).copy()
    return Message(head["call"], head["facts"], arrays)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError("the stream ended in the midst of a message")
    return data


def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer calls until the other side is gone.

    A `StudioError` is an answer as well. Anything else ends the process, and the other side says
    so: half a state is worse than none.

    Parameters
    ----------
    handlers : mapping of str to callable
        What each call does, with its facts and arrays.
    """
    given = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while (message := read_message(given)) is not None:
        try:
            facts, arrays = handlers[message.call](message.facts, message.arrays)
        except StudioError as error:
            said: JsonObject = {
                "kind": type(error).__name__,
                "what_happened": error.what_happened,
                "what_to_do": error.what_to_do,
            }
            write_message(out, Message("error", said, {}))
        else:
            write_message(out, Message("answer", facts, arrays))
