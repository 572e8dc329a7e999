"""Any filter finds what walking over all pictures finds, after any edits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box, Circle, Geometry, Tag, area
from studio.domain.ids import digest_of
from studio.domain.labels import (
    LABELS,
    PROPOSALS,
    CopyLayer,
    Label,
    LabelId,
    LabelSchema,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
)
from studio.domain.media import (
    ANY,
    AddMedia,
    MediaFilter,
    MediaId,
    MediaItem,
    NamedFilter,
    SetFilters,
    Span,
    said,
)
from studio.domain.project import Project
from studio.domain.reviews import REVIEW_STATES, Comment, CommentId, Review, SetComment, SetReviews
from studio.storage import finding
from studio.storage.media import StoredMedia
from studio.storage.project_files import DiskProjectFiles

FILES = DiskProjectFiles()
SCHEMA = LabelSchema(
    labels=(
        Label(id=LabelId("car"), name="Car", colour="#4477aa"),
        Label(id=LabelId("wheel"), name="Wheel", colour="#ee6677", parent=LabelId("car")),
        Label(id=LabelId("tree"), name="Tree", colour="#228833"),
    )
)
COUNT = 12


def picture(number: int) -> MediaItem:
    return MediaItem(
        id=MediaId(digest_of(b"find%d" % number)),
        name=f"{'AB'[number % 2]}/Bild_{number * 7 % COUNT:02d}.png",
        width=100 + 10 * number,
        height=200,
        group=("", "patient 1", "patient 2")[number % 3],
    )


def random_shape(chance: random.Random, layer: str) -> Shape:
    geometries: list[Geometry] = [
        Box(0, 0, chance.choice((5, 20, 80)), 10),
        Circle(30, 30, chance.choice((2, 9))),
        Tag(),
    ]
    attributes = {"truncated": chance.random() < 0.5} if chance.random() < 0.5 else {}
    return Shape(
        id=ShapeId(f"s{chance.randrange(6)}"),
        label=LabelId(chance.choice(("car", "wheel", "tree"))),
        geometry=chance.choice(geometries),
        attributes=attributes,
        author=chance.choice(("", "anna", "bo")),
        score=round(chance.random(), 2) if layer == PROPOSALS and chance.random() < 0.9 else None,
    )


def deed(project: Project, chance: random.Random) -> None:
    """Change something about one picture, or take the last change back."""
    media = picture(chance.randrange(COUNT)).id
    kind = chance.choice(("shape", "shape", "shape", "drop", "review", "comment", "undo", "redo"))
    layer = chance.choice((LABELS, LABELS, PROPOSALS, "annotator:bo"))
    there = project.state.layer(layer).of(media)
    if kind == "shape":
        shape = random_shape(chance, layer)
        before = tuple(one for one in there if one.id == shape.id)
        project.perform(SetShapes(media=media, before=before, after=(shape,), layer=layer))
    elif kind == "drop" and there:
        project.perform(SetShapes(media=media, before=(chance.choice(there),), layer=layer))
    elif kind == "review":
        state = chance.choice(REVIEW_STATES)
        now = project.state.reviews.of(media)
        project.perform(SetReviews(before=((media, now),), after=((media, Review(state=state)),)))
    elif kind == "comment":
        said_now = project.state.comments.of(media)
        if said_now and chance.random() < 0.4:
            project.perform(SetComment(before=said_now[0], after=None))
        else:
            id_ = CommentId(f"c{media[-4:]}{len(said_now)}")
            resolved = chance.random() < 0.5
            after = Comment(id=id_, media=media, text="Look", resolved=resolved)
            project.perform(SetComment(after=after))
    elif kind in ("undo", "redo") and len(project.history.titles) > 3:
        (project.undo if kind == "undo" else project.redo)()


def within(value: float, span: Span) -> bool:
    low, high = span
    return (low is None or value >= low) and (high is None or value <= high)


def shape_passes(shape: Shape, item: MediaItem, where: MediaFilter) -> bool:
    under = SCHEMA.under(LabelId(where.label)) if where.label else set()
    value = shape.attributes.get(where.attribute)
    size = area(shape.geometry)
    return (
        (where.label in ("", "-") or shape.label in under)
        and (not where.attribute or value is not None)
        and (not where.attribute or not where.value or said(value or False) == where.value)
        and where.geometry in ("", shape.kind)
        and where.author in ("", shape.author)
        and within(size, where.area)
        and within(size / (item.width * item.height), where.share)
    )


def passes(project: Project, item: MediaItem, where: MediaFilter) -> bool:
    """The oracle: what the words of `MediaFilter` say, one picture after the other."""
    state = project.state
    shapes = state.layer(where.layer).of(item.id)
    of_shapes = where.label not in ("", "-") or where.attribute or where.geometry or where.author
    if where.label == "-" and shapes:
        return False
    if (of_shapes or where.area != ANY or where.share != ANY) and not any(
        shape_passes(shape, item, where) for shape in shapes
    ):
        return False
    scores = [s.score for s in state.layer(PROPOSALS).of(item.id) if s.score is not None]
    if where.score != ANY and not any(within(score, where.score) for score in scores):
        return False
    comments = state.comments.of(item.id)
    talked = {
        "": True,
        "any": bool(comments),
        "none": not comments,
        "open": any(not comment.resolved for comment in comments),
    }[where.comments]
    return (
        where.text.casefold() in item.name.casefold()
        and where.review in ("", state.reviews.of(item.id).state)
        and where.group in ("", item.group)
        and within(len(state.annotations.of(item.id)), where.shapes)
        and within(item.width, where.width)
        and within(item.height, where.height)
        and talked
    )


def expected(project: Project, where: MediaFilter) -> list[MediaItem]:
    items = [item for item in project.state.media if passes(project, item, where)]
    if where.order == "name":
        items.sort(key=lambda item: item.name.casefold())
    elif where.order == "shapes":
        items.sort(key=lambda item: len(project.state.annotations.of(item.id)))
    elif where.order == "least_sure":
        items.sort(key=lambda item: least(project, item))
    return items[::-1] if where.descending else items


def least(project: Project, item: MediaItem) -> float:
    proposals = project.state.layer(PROPOSALS).of(item.id)
    return min((shape.score for shape in proposals if shape.score is not None), default=2.0)


def spans(*values: float) -> st.SearchStrategy[Span]:
    ends = st.sampled_from((None, None, *values))
    return st.tuples(ends, ends)


WORDS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(("bild_0", "a/", "nowhere")),
    "label": st.sampled_from(("car", "wheel", "tree", "-", "gone")),
    "attribute": st.sampled_from(("truncated", "unknown")),
    "value": st.sampled_from(("true", "false")),
    "geometry": st.sampled_from(("box", "circle", "tag")),
    "author": st.just("anna"),
    "area": spans(50, 150, 300),
    "share": spans(0.001, 0.01),
    "layer": st.just("annotator:bo"),
    "shapes": spans(0, 1, 2),
    "score": spans(0.3, 0.7),
    "review": st.sampled_from(("open", "approved")),
    "comments": st.sampled_from(("open", "any", "none")),
    "group": st.just("patient 1"),
    "width": spans(120, 180),
    "height": spans(150),
    "order": st.sampled_from(("name", "shapes", "least_sure")),
    "descending": st.booleans(),
}
# Few words at a time: a filter that asks for everything finds nothing.
FILTERS = (
    st.sets(st.sampled_from(sorted(WORDS)), max_size=3)
    .flatmap(lambda names: st.fixed_dictionaries({name: WORDS[name] for name in names}))
    .map(lambda said_of: MediaFilter(**said_of))
)


@pytest.fixture(scope="module")
def well_used() -> Iterator[Project]:
    with TemporaryDirectory() as folder:
        project: Project = FILES.create(Path(folder) / "project", "Finding")
        project.perform(AddMedia(items=tuple(picture(number) for number in range(COUNT))))
        project.perform(SetSchema(before=LabelSchema(), after=SCHEMA))
        chance = random.Random(7)
        for _ in range(150):
            deed(project, chance)
        yield project
        project.close()


@settings(max_examples=300, deadline=None)
@given(where=FILTERS)
def test_any_filter_finds_what_a_plain_walk_finds(well_used: Project, where: MediaFilter) -> None:
    wanted = expected(well_used, where)
    media = well_used.state.media
    assert media.count(where) == len(wanted)
    # Of pictures with an equal key any order will do, but pages must not overlap.
    found = [*media.page(0, 5, where), *media.page(5, COUNT, where)]
    if where.order in ("shapes", "least_sure"):
        assert sorted(item.id for item in found) == sorted(item.id for item in wanted)
        one = replace(where, order="added")
        assert len(media.page(0, COUNT, one)) == len(found)
    else:
        assert [item.id for item in found] == [item.id for item in wanted]
    after = picture(4)
    everyone = [item.id for item in media]
    later = [item.id for item in found if everyone.index(item.id) > everyone.index(after.id)]
    behind = media.following(after.id, where)
    first = min(later, key=everyone.index, default=None)
    assert (behind and behind.id) == first
    ids = [item.id for item in found]
    for id_ in (after.id, *ids[-1:]):
        assert media.position(id_, where) == (ids.index(id_) if id_ in ids else None)
    if where.order == "shapes":
        counts = [len(well_used.state.annotations.of(item.id)) for item in found]
        assert counts == sorted(counts, reverse=where.descending)
    if where.order == "least_sure":
        scores = [least(well_used, item) for item in found]
        assert scores == sorted(scores, reverse=where.descending)


def test_the_labels_of_a_picture_are_those_of_its_shapes(well_used: Project) -> None:
    seen = 0
    for layer in ("", *well_used.state.layers()):
        shapes = well_used.state.layer(layer)
        for item in well_used.state.media:
            wanted = {shape.label for shape in shapes.of(item.id)}
            found = shapes.labels(item.id)
            assert set(found) == wanted
            assert len(found) == len(wanted)
            seen += len(wanted)
    assert seen > COUNT
    assert well_used.state.annotations.labels(MediaId("not there")) == []


@settings(max_examples=20, deadline=None)
@given(where=FILTERS, seed=st.integers(0, 2**32))
def test_what_is_remembered_follows_every_edit(where: MediaFilter, seed: int) -> None:
    where = replace(where, order="added")
    with TemporaryDirectory() as folder:
        project: Project = FILES.create(Path(folder) / "project", "Finding")
        project.perform(AddMedia(items=tuple(picture(number) for number in range(COUNT))))
        project.perform(SetSchema(before=LabelSchema(), after=SCHEMA))
        chance = random.Random(seed)
        for _ in range(12):
            deed(project, chance)
            # A page far down makes the index remember all places, and mend them later.
            assert list(project.state.media.page(5000, 5, where)) == []
            wanted = [item.id for item in expected(project, where)]
            assert [item.id for item in project.state.media.page(0, COUNT, where)] == wanted
            assert project.state.media.count(where) == len(wanted)
        project.close()


def test_the_newest_change_comes_first(well_used: Project) -> None:
    for number in (3, 1, 4, 1):
        shape = random_shape(random.Random(number), LABELS)
        media = picture(number).id
        there = [one for one in well_used.state.annotations.of(media) if one.id == shape.id]
        well_used.perform(SetShapes(media=media, before=tuple(there), after=(shape,)))
    newest = well_used.state.media.page(0, 3, MediaFilter(order="changed"))
    assert [item.id for item in newest] == [picture(number).id for number in (1, 4, 3)]
    oldest = well_used.state.media.page(0, COUNT, MediaFilter(order="changed", descending=True))
    assert [item.id for item in oldest[-3:]] == [picture(number).id for number in (3, 4, 1)]


def test_counts_by_facet_survive_copied_and_emptied_layers(well_used: Project) -> None:
    well_used.perform(CopyLayer(source=LABELS, target="branch:x"))
    state = well_used.state
    assert state.layer("branch:x").counts() == state.annotations.counts()
    for label in ("car", "tree", "-"):
        where = MediaFilter(label=label)
        assert state.media.count(replace(where, layer="branch:x")) == state.media.count(where)
    well_used.undo()
    assert state.media.count(MediaFilter(label="car", layer="branch:x")) == 0
    assert "branch:x" not in state.layers()


def test_an_index_made_anew_finds_the_same(tmp_path: Path) -> None:
    project: Project = FILES.create(tmp_path / "project", "Finding")
    project.perform(AddMedia(items=tuple(picture(number) for number in range(COUNT))))
    project.perform(SetSchema(before=LabelSchema(), after=SCHEMA))
    kept = NamedFilter(name="Small cars", where=MediaFilter(label="car", area=(None, 100)))
    project.perform(SetFilters(before=(), after=(kept,)))
    chance = random.Random(3)
    for _ in range(60):
        deed(project, chance)
    asked = [MediaFilter(), kept.where, MediaFilter(order="changed"), MediaFilter(review="open")]
    before = [[item.id for item in project.state.media.page(0, COUNT, one)] for one in asked]
    project.close()
    (tmp_path / "project" / "project.db").unlink()
    again: Project = FILES.open(tmp_path / "project")
    assert again.state.filters == (kept,)
    after = [[item.id for item in again.state.media.page(0, COUNT, one)] for one in asked]
    assert after == before
    again.close()


def test_saved_filters_are_undone(well_used: Project) -> None:
    before = well_used.state.filters
    kept = NamedFilter(name="Unsure", where=MediaFilter(score=(None, 0.5), order="least_sure"))
    well_used.perform(SetFilters(before=before, after=(kept,)))
    assert well_used.state.filters == (kept,)
    well_used.undo()
    assert well_used.state.filters == before


def test_the_words_of_shapes_are_known_for_choices(well_used: Project) -> None:
    state = well_used.state
    drawn = [shape for item in state.media for shape in state.annotations.of(item.id)]
    media = state.media
    assert set(media.words("author")) >= {shape.author for shape in drawn} - {""}
    assert set(media.words("attribute")) >= {name for one in drawn for name in one.attributes}
    assert set(media.words("geometry")) >= {shape.geometry.kind for shape in drawn}


@pytest.mark.parametrize("order", ["added", "name", "shapes"])
def test_frequent_and_rare_things_are_found_alike(
    well_used: Project, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    media: Any = well_used.state.media
    label = well_used.state.schema.labels[0].id
    found = []
    for rare in (20_000, 0):
        monkeypatch.setattr(finding, "_RARE", rare)
        where = MediaFilter(label=label, geometry="box", order=order)  # type: ignore[arg-type]
        # Another reader of the same project remembers nothing of the first.
        found.append(StoredMedia(media._database).page(0, COUNT, where))
    assert found[0] == found[1]
    assert found[0]
