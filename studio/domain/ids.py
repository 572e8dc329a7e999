"""Identity: a thing is named by the sha256 of its bytes; an event by a sortable random id."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import NewType, TypeAlias

from typing_extensions import TypeAliasType

# A named alias, because pydantic can follow a recursive type only by its name.
JsonValue = TypeAliasType(
    "JsonValue",
    "None | bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...]"
    " | dict[str, JsonValue]",
)
JsonObject: TypeAlias = dict[str, JsonValue]

Digest = NewType("Digest", str)
"""`sha256:` followed by 64 lower-case hexadecimal digits, as in the OCI image specification."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def digest_of(data: bytes | bytearray | memoryview) -> Digest:
    """Name a run of bytes by its sha256.

    Parameters
    ----------
    data : bytes
        Any length.

    Returns
    -------
    Digest
        `sha256:` and 64 hexadecimal digits.
    """
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def is_digest(text: str) -> bool:
    """Tell whether a text has the exact form of a `Digest`."""
    scheme, _, digits = text.partition(":")
    return scheme == "sha256" and len(digits) == 64 and set(digits) <= set("0123456789abcdef")


def canonical_json(value: JsonValue) -> bytes:
    """Write a value as JSON in the one form from which digests are taken.

    Keys are sorted, there is no white space, text is UTF-8 and not-a-number is refused.

    Parameters
    ----------
    value : JsonValue
        Plain JSON; no dates, no bytes.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    ValueError
        If a number is infinite or not a number.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def new_id(prefix: str) -> str:
    """Make a fresh id that sorts by the time it was made.

    Parameters
    ----------
    prefix : str
        What kind of thing it names, for example `job`.

    Returns
    -------
    str
        `prefix-` and 20 characters of base 32: ten of milliseconds, ten of randomness.
    """
    number = (time.time_ns() // 1_000_000 << 50) | secrets.randbits(50)
    digits = ""
    for _ in range(20):
        digits = _ALPHABET[number & 31] + digits
        number >>= 5
    return f"{prefix}-{digits}"
