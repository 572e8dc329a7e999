"""The framing of TFRecord files: each record with its length, both guarded by a masked CRC-32C."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8
_ALL = 0xFFFFFFFF
MOST_RECORD_BYTES = 2**30


def _table() -> NDArray[np.uint32]:
    entries = []
    for entry in range(256):
        for _ in range(8):
            entry = entry >> 1 ^ (_POLYNOMIAL if entry & 1 else 0)
        entries.append(entry)
    return np.array(entries, np.uint32)


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """Return the Castagnoli checksum of RFC 3720.

    The data is cut into lanes that go through the table side by side; a checksum is linear, so the
    lanes are joined by pushing each result through the zeros that would follow it.
    """
    if len(data) < 4:
        value = _ALL
        for byte in data:
            value = int(_TABLE[(value ^ byte) & 0xFF]) ^ value >> 8
        return value ^ _ALL
    lanes = max(1, min(4096, int(len(data) ** 0.5)))
    length = -(-len(data) // lanes)
    padded = np.zeros(lanes * length, np.uint8)
    # Zeros in front change nothing once the start value is put into the first four bytes.
    start = padded.size - len(data)
    padded[start:] = np.frombuffer(data, np.uint8)
    padded[start : start + 4] ^= 0xFF
    columns = np.ascontiguousarray(padded.reshape(lanes, length).T)
    state: NDArray[np.uint32] = np.zeros(lanes, np.uint32)
    basis: NDArray[np.uint32] = np.left_shift(np.uint32(1), np.arange(32, dtype=np.uint32))
    for column in columns:
        state = _TABLE[(state ^ column) & 0xFF] ^ state >> 8
        basis = _TABLE[basis & 0xFF] ^ basis >> 8
    shift = basis.tolist()
    value = 0
    for lane in state.tolist():
        pushed = 0
        while value:
            lowest = value & -value
            pushed ^= shift[lowest.bit_length() - 1]
            value ^= lowest
        value = pushed ^ lane
    return value ^ _ALL


def masked(data: bytes) -> int:
    """Return the checksum as the files keep it."""
    value = crc32c(data)
    return ((value >> 15 | value << 17) + _MASK) & _ALL


def records(data: bytes, told: list[str]) -> Iterator[bytes]:
    """Walk over the records of a file.

    Parameters
    ----------
    data : bytes
        The file.
    told : list of str
        Grows by a sentence for every record that is broken; after a broken length nothing can be
        found any more.
    """
    at = number = 0
    while at < len(data):
        number += 1
        head = data[at : at + 12]
        if len(head) < 12 or struct.unpack("<I", head[8:])[0] != masked(head[:8]):
            told.append(f"Record {number}: its length is broken, so the rest was left out")
            return
        (length,) = struct.unpack("<Q", head[:8])
        at += 12
        body, tail = data[at : at + length], data[at + length : at + length + 4]
        if len(body) < length or len(tail) < 4 or length > MOST_RECORD_BYTES:
            told.append(f"Record {number}: the file ends inside it")
            return
        at += length + 4
        if struct.unpack("<I", tail)[0] != masked(body):
            told.append(f"Record {number}: its bytes are broken")
            continue
        yield body


def framed(bodies: Iterable[bytes]) -> bytes:
    """Write records as one file."""
    out = bytearray()
    for body in bodies:
        head = struct.pack("<Q", len(body))
        out += head + struct.pack("<I", masked(head)) + body + struct.pack("<I", masked(body))
    return bytes(out)
