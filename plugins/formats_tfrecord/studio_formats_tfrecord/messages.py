"""The one protocol buffer that is needed: `tensorflow.Example`, a table of lists by name."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Feature: TypeAlias = list[bytes] | list[float] | list[int]
_BYTES, _FLOATS, _INTS = 1, 2, 3


def parsed(data: bytes) -> dict[str, Feature]:
    """Read an example.

    Raises
    ------
    ValueError
        If it is none.
    """
    found: dict[str, Feature] = {}
    for number, features in _fields(data):
        if number == 1 and isinstance(features, bytes):
            for at, entry in _fields(features):
                if at == 1 and isinstance(entry, bytes):
                    pair = dict(_fields(entry))
                    key, value = pair.get(1, b""), pair.get(2, b"")
                    if isinstance(key, bytes) and isinstance(value, bytes):
                        found[key.decode("utf-8", "replace")] = _feature(value)
    return found


def _feature(data: bytes) -> Feature:
    for kind, content in _fields(data):
        if not isinstance(content, bytes):
            continue
        values = [value for number, value in _fields(content) if number == 1]
        if kind == _BYTES:
            return [value for value in values if isinstance(value, bytes)]
        if kind == _FLOATS:
            whole = b"".join(value for value in values if isinstance(value, bytes))
            return list(struct.unpack(f"<{len(whole) // 4}f", whole[: len(whole) // 4 * 4]))
        if kind == _INTS:
            return [n for value in values for n in _ints(value)]
    return []


def _ints(value: int | bytes) -> Iterator[int]:
    if isinstance(value, int):
        yield _signed(value)
        return
    at = 0
    while at < len(value):
        number, at = _varint(value, at)
        yield _signed(number)


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a number is broken")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value & 2**64 - 1, at


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Walk over the fields of a message: numbers as such, everything else as bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            length, at = _varint(data, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError("a field is of an unknown kind")
        if at + length > len(data):
            raise ValueError("a field ends too late")
        yield number, data[at : at + length]
        at += length


def packed(features: Mapping[str, Feature | Sequence[bytes | float | int]]) -> bytes:
    """Write an example with its features by name, so that equal ones are equal bytes."""
    out = b""
    for name in sorted(features):
        entry = _field(1, name.encode()) + _field(2, _packed(list(features[name])))
        out += _field(1, entry)
    return _field(1, out)


def _packed(values: Sequence[bytes | float | int]) -> bytes:
    if values and isinstance(values[0], bytes):
        return _field(_BYTES, b"".join(_field(1, v) for v in values if isinstance(v, bytes)))
    numbers = [value for value in values if not isinstance(value, bytes)]
    if numbers and isinstance(numbers[0], float):
        return _field(_FLOATS, _field(1, struct.pack(f"<{len(numbers)}f", *numbers)))
    return _field(_INTS, _field(1, b"".join(_number(int(value)) for value in numbers)))


def _field(number: int, content: bytes) -> bytes:
    return _number(number << 3 | 2) + _number(len(content)) + content


def _number(value: int) -> bytes:
    value %= 2**64
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
