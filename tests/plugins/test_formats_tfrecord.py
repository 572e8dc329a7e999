from __future__ import annotations

import importlib
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import Box
from tests.fakes.drawn_things import labelled
from tests.fakes.media_work import Work, pixels, plugins


def part(name: str) -> Any:
    plugins()
    return importlib.import_module(f"studio_formats_tfrecord.{name}")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"123456789", 0xE3069283),
        (b"", 0),
        # The vectors of RFC 3720, appendix B.4.
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(reversed(range(32))), 0x113FDB5C),
    ],
)
def test_the_checksum_is_castagnoli_s(data: bytes, wanted: int) -> None:
    assert part("framing").crc32c(data) == wanted


@given(st.binary(max_size=3000))
def test_lanes_give_what_one_byte_after_the_other_gives(data: bytes) -> None:
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    assert part("framing").crc32c(data) == value ^ 0xFFFFFFFF


def test_an_example_is_what_protocol_buffers_make_of_it() -> None:
    pool = pytest.importorskip("google.protobuf.descriptor_pool")
    descriptor = importlib.import_module("google.protobuf.descriptor_pb2")
    factory = importlib.import_module("google.protobuf.message_factory")
    file = descriptor.FileDescriptorProto(name="e.proto", package="t", syntax="proto3")

    def message(name: str, *fields: tuple[str, int, int, int, str]) -> Any:
        made = file.message_type.add(name=name)
        for field, number, type_, label, of in fields:
            made.field.add(name=field, number=number, type=type_, label=label, type_name=of or None)
        return made

    message("BytesList", ("value", 1, 12, 3, ""))
    message("FloatList", ("value", 1, 2, 3, ""))
    message("Int64List", ("value", 1, 3, 3, ""))
    message(
        "Feature", ("b", 1, 11, 1, ".t.BytesList"), ("f", 2, 11, 1, ".t.FloatList"),
        ("i", 3, 11, 1, ".t.Int64List"),
    )  # fmt: skip
    message("Entry", ("key", 1, 9, 1, ""), ("value", 2, 11, 1, ".t.Feature"))
    message("Features", ("feature", 1, 11, 3, ".t.Entry"))
    message("Example", ("features", 1, 11, 1, ".t.Features"))
    made = pool.DescriptorPool()
    made.Add(file)
    example = factory.GetMessageClass(made.FindMessageTypeByName("t.Example"))()
    ours = {"a": [b"x", b""], "b": [0.5, -2.0], "c": [1, -3, 2**40], "d": [7] * 300}
    raw = part("messages").packed(ours)
    example.ParseFromString(raw)
    theirs = {
        e.key: list(e.value.b.value or e.value.f.value or e.value.i.value)
        for e in example.features.feature
    }
    assert theirs == ours
    assert part("messages").parsed(example.SerializeToString()) == ours


def test_pictures_inside_records_are_taken_and_broken_records_are_told(
    work: Work, data: Path
) -> None:
    edges = {"xmin": 0.25, "ymin": 0.1, "xmax": 0.5, "ymax": 0.2}
    bodies = [
        part("messages").packed(
            {
                "image/encoded": [pixels((40, 30), seed)],
                "image/filename": [f"{seed}.png".encode()],
                "image/object/class/label": [2, 2],
                **{f"image/object/bbox/{edge}": [n, float("nan")] for edge, n in edges.items()},
            }
        )
        for seed in range(3)
    ]
    whole = bytearray(part("framing").framed(bodies))
    whole[12 + len(bodies[0]) + 4 + 12 + 20] ^= 1
    (data / "train.record-00000-of-00001").write_bytes(whole)
    (data / "map.pbtxt").write_text("item {\n id: 7\n name: 'dog'\n}\nitem { name: \"cat\" id: 2 }")
    reading = work.read(data)
    assert reading.report.format == "tfrecord"
    assert [Path(name).name for name in reading.names] == ["0.png", "2.png"]
    assert all(one[1] == "cat" for one in reading.shapes())
    assert reading.shapes()[0][2] == Box(10, pytest.approx(3), 20, pytest.approx(6))
    assert "Record 2: its bytes are broken" in reading.reasons
    assert reading.reasons.count("Object 2: its label or its box makes no sense") == 2


@pytest.mark.parametrize("length", [0, 2**31, 2**63])
def test_a_length_that_lies_ends_the_reading(length: int, work: Work, data: Path) -> None:
    head = struct.pack("<Q", length)
    lie = head + struct.pack("<I", part("framing").masked(head))
    labels = labelled(work, [("cat", Box(5, 5, 20, 20), {}, "")])
    work.write(labels, "tfrecord", data / "out")
    file = data / "out" / "labels.tfrecord"
    file.write_bytes(file.read_bytes() + lie)
    reading = work.read(data / "out")
    assert reading.report.shapes == 1
    assert "the file ends inside it" in reading.reasons
