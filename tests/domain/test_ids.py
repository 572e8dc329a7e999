"""Names of things: digests, canonical JSON, sortable ids."""

from __future__ import annotations

import hashlib
import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.ids import canonical_json, digest_of, is_digest, new_id

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.binary())
def test_a_digest_is_the_sha256(data: bytes) -> None:
    digest = digest_of(data)
    assert is_digest(digest)
    assert digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert digest_of(bytearray(data)) == digest_of(memoryview(data)) == digest


@given(st.text(max_size=80))
def test_other_texts_are_no_digests(text: str) -> None:
    assert not is_digest(text)
    assert not is_digest(digest_of(b"").upper())
    assert not is_digest(digest_of(b"") + "0")


@given(st.dictionaries(st.text(), plain, max_size=6))
def test_canonical_json_does_not_depend_on_order(document: dict[str, object]) -> None:
    turned = dict(reversed(document.items()))
    assert canonical_json(document) == canonical_json(turned)  # type: ignore[arg-type]
    assert json.loads(canonical_json(document)) == document  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_canonical_json_refuses_what_json_cannot_say(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": [number]})


def test_new_ids_sort_by_time_and_differ() -> None:
    early = new_id("job")
    time.sleep(0.003)
    late = [new_id("job") for _ in range(1_000)]
    assert len(set(late)) == 1_000
    assert all(early < one for one in late)
    assert all(len(one) == len("job-") + 20 for one in late)
