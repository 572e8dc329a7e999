"""Formats in JSON and CSV: what goes out comes in again, and nothing hostile breaks them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.losses import keeps_of, losses
from studio.domain.geometry import Box, Geometry, Points, RotatedBox
from studio.errors import StudioError
from tests.fakes.drawn_things import KINDS, NAMES, flat, labelled
from tests.fakes.media_work import Reading, Work, plugins

FORMS = (
    "labelme",
    "createml",
    "vott",
    "vott_csv",
    "via",
    "via_csv",
    "via3",
    "label_studio",
    "open_images",
    "tfrecord",
)
WITHIN = {"label_studio": 1e-6, "open_images": 1e-4, "tfrecord": 1e-4}
WORDS = {"tag": "labels of whole pictures", "bezier": "curves", "points": "points",
         "rotated_box": "rotated boxes", "box": "boxes"}  # fmt: skip
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).map(
    str.strip
)


def values() -> st.SearchStrategy[Any]:
    return st.one_of(words, st.booleans(), st.integers(-999, 999), st.just(0.25))


def trip(work: Work, form: str, labels: Any, folder: Path) -> Reading:
    work.write(labels, form, folder)
    return work.read(folder)


def same_place(form: str, ours: Geometry, theirs: Geometry) -> None:
    assert ours.kind == theirs.kind
    within = WITHIN.get(form, 1e-9)
    if isinstance(ours, RotatedBox) and isinstance(theirs, RotatedBox):
        pairs = zip(sorted(ours.corners), sorted(theirs.corners), strict=True)
        assert all(a == pytest.approx(b, abs=1e-6) for a, b in pairs)
        return
    assert list(flat(theirs)) == pytest.approx(list(flat(ours)), abs=within)


CASES = [
    (form, kind) for form in FORMS for kind in sorted(keeps_of(plugins().format(form)).geometries)
]


@pytest.mark.parametrize(("form", "kind"), CASES)
def test_each_kind_comes_back_as_it_went(form: str, kind: str) -> None:
    keeps = keeps_of(plugins().format(form))

    @quick
    @given(st.data())
    def law(data: st.DataObject) -> None:
        strategy = KINDS[kind]
        if form.startswith(("via", "label_studio")) and kind == "points":
            # These have single points alone, and say so when they take others apart.
            strategy = strategy.map(lambda found: Points(found.points[:1]))
        if form == "label_studio" and kind == "rotated_box":
            # One that is not turned is the same as an upright box there.
            strategy = strategy.filter(lambda found: found.angle != 0)
        one = st.tuples(st.sampled_from(NAMES), strategy)
        unique = (lambda pair: pair[0]) if kind == "tag" else None
        pairs = data.draw(st.lists(one, min_size=1, max_size=4, unique_by=unique))
        bag: st.SearchStrategy[dict[str, Any]] = st.just({})
        if keeps.attributes == "any" and kind != "tag":
            bag = st.dictionaries(
                words.filter(lambda w: w not in ("", "label")), values(), max_size=3
            )
        groups = (
            st.sampled_from(["", "7", "pair"]) if keeps.groups and kind != "tag" else st.just("")
        )
        drawn = [(name, geometry, data.draw(bag), data.draw(groups)) for name, geometry in pairs]
        with tempfile.TemporaryDirectory() as folder:
            work = Work(Path(folder) / "job")
            labels = labelled(work, drawn)
            (item,) = labels.read(work.store)
            assert losses(keeps, labels.label_schema, [item]) == []
            again = trip(work, form, labels, Path(folder) / "out")
        assert again.reasons == ""
        assert again.report.format == form
        back = again.shapes()
        # The files of some formats are sorted by label, or keep kinds apart.
        assert sorted(shape[1] for shape in back) == sorted(name for name, *_ in drawn)
        groups_back = [shape.group for item in again.items for shape in item.shapes]
        for ours, theirs, group in zip(drawn, back, groups_back, strict=True):
            assert theirs[1] == ours[0]
            same_place(form, ours[1], theirs[2])
            assert theirs[3] == ours[2]
            assert group == ours[3]

    law()


@pytest.mark.parametrize("form", FORMS)
def test_what_a_format_cannot_say_is_named(form: str, tmp_path: Path) -> None:
    from tests.domain.test_geometry_kinds import EVERY

    work = Work(tmp_path / "job")
    labels = labelled(work, [("cat", one, {"age": 3}, "pair") for one in EVERY])
    (item,) = labels.read(work.store)
    keeps = keeps_of(plugins().format(form))
    named = " ".join(loss.what for loss in losses(keeps, labels.label_schema, [item]))
    again = trip(work, form, labels, tmp_path / "out")
    kinds = {shape[2].kind for shape in again.shapes()}
    for geometry in EVERY:
        if geometry.kind not in kinds:
            assert WORDS.get(geometry.kind, f"{geometry.kind}s") in named
    if keeps.attributes != "any":
        assert "attributes are left out" in named
    if not keeps.groups:
        assert "groups are left out" in named


LISTS = ("shapes", "annotations", "regions", "metadata", "result")
HOSTILE: tuple[Any, ...] = (
    None, True, "", "x" * 5000, "\ud800", -1, 0, 1e308, 10**400, float("nan"), float("-inf"),
    [], {}, [[[]]], {"x": {}}, "..", "../../etc/passwd", "C:\\a\\b.png", "1e999", "{", "[1,2",
)  # fmt: skip


def holes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    entries = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in entries:
        yield from holes(inner, (*path, key))


def stuffed(value: Any, path: tuple[Any, ...], what: Any) -> Any:
    if not path:
        return what
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = stuffed(value[path[0]], path[1:], what)
    return copy


def spoiled(data: bytes, name: str, draw: st.DataObject) -> bytes:
    if name.endswith(".json"):
        whole = json.loads(data)
        path = draw.draw(st.sampled_from(sorted(holes(whole), key=str)))
        text = json.dumps(stuffed(whole, path, draw.draw(st.sampled_from(HOSTILE))))
        return text.encode()
    if name.endswith(".csv"):
        rows = list(csv.reader(io.StringIO(data.decode())))
        row = draw.draw(st.integers(0, len(rows) - 1))
        cell = draw.draw(st.integers(0, len(rows[row]) - 1))
        what = draw.draw(st.sampled_from(["", "nan", "-1", "1e400", "{}", "[", '"', "x" * 200000]))
        rows[row][cell] = what
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue().encode()
    at = draw.draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes([draw.draw(st.integers(0, 255))]) + data[at + 1 :]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_hostile_breaks_a_reader(form: str) -> None:
    geometries = sorted(keeps_of(plugins().format(form)).geometries)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def law(data: st.DataObject) -> None:
        drawn = [
            (name, data.draw(KINDS[kind]), {"occluded": True}, "1")
            for name, kind in zip(NAMES * 3, geometries, strict=False)
        ]
        with tempfile.TemporaryDirectory() as folder:
            work = Work(Path(folder) / "job")
            out = Path(folder) / "out"
            files = work.write(labelled(work, drawn), form, out)
            names = [n for n in files.files if not n.endswith((".png", ".txt", ".pbtxt"))]
            name = data.draw(st.sampled_from(sorted(names)))
            (out / name).write_bytes(spoiled((out / name).read_bytes(), name, data))
            with contextlib.suppress(StudioError):
                assert work.read(out, form).report.pictures == 1

    law()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "data", [b"", b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"a": ' * 90_000, b"1"]
)
def test_what_is_no_such_file_is_said_to_be_so(form: str, data: bytes, tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    for ending in ("json", "csv", "tfrecord"):
        (tmp_path / f"a.{ending}").write_bytes(data)
        assert plugins().format(form).recognises(tmp_path / f"a.{ending}") <= 1
        with pytest.raises(StudioError):
            work.read(tmp_path / f"a.{ending}", form)


@pytest.mark.parametrize("form", FORMS)
def test_one_bad_shape_never_loses_the_others(form: str, tmp_path: Path) -> None:
    work = Work(tmp_path / "job")
    drawn = [("cat", Box(5 + n, 5, 25 + n, 30), {}, "") for n in range(3)]
    files = work.write(labelled(work, drawn), form, tmp_path / "out")
    name = next(n for n in sorted(files.files) if n.endswith((".json", ".csv", ".tfrecord")))
    if name.endswith(".csv"):
        rows = (tmp_path / "out" / name).read_text().splitlines()
        for bad in (",,,,,,,,", "x", "{}", '"[1"', ",".join(["nan"] * 20)):
            (tmp_path / "out" / name).write_text("\n".join((*rows[:2], bad, *rows[3:])))
            again = work.read(tmp_path / "out", form)
            assert [one[2].x0 for one in again.shapes()] == pytest.approx([5, 7], abs=1e-4)
            assert again.reasons
        return
    if not name.endswith(".json"):
        pytest.skip("it has a test of its own")
    path = tmp_path / "out" / name
    whole = json.loads(path.read_bytes())
    shapes, second = next(
        (p, keys[1])
        for p in sorted(holes(whole), key=len)
        if p and p[-1] in LISTS and len(keys := entries_of(whole, p)) == 3
    )
    for bad in (None, 3, [], {}, "x", {"label": "cat", "coordinates": 1, "points": [[1]]}):
        path.write_text(json.dumps(stuffed(whole, (*shapes, second), bad)))
        again = work.read(tmp_path / "out", form)
        assert [shape[2].x0 for shape in again.shapes()] == pytest.approx([5, 7])
        assert again.reasons


def entries_of(value: Any, path: tuple[Any, ...]) -> list[Any]:
    """Return the keys of a collection of dictionaries; empty for anything else."""
    for key in path:
        value = value[key]
    if isinstance(value, dict):
        return list(value) if all(isinstance(one, dict) for one in value.values()) else []
    dictionaries = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return list(range(len(value))) if dictionaries else []
