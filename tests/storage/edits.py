"""A random edit of each kind that a project knows, made to fit the state it stands in."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from studio.domain.geometry import (
    Box,
    Circle,
    Ellipse,
    Geometry,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Tag,
)
from studio.domain.history import Edit
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import (
    LABELS,
    PROPOSALS,
    AnnotateMany,
    CopyLayer,
    LabelId,
    LayerName,
    SetBranches,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import AddMedia, MediaFilter, MediaId, MediaItem, NamedFilter, SetFilters
from studio.domain.pipelines import ChangeGraph, Node, NodeId
from studio.domain.project import Batch, ProjectState
from studio.domain.reviews import (
    REVIEW_STATES,
    Comment,
    CommentId,
    Reply,
    Review,
    SetComment,
    SetReviews,
)
from studio.domain.tracks import AddVideos, Keyframe, SetTracks, Track, TrackId, Video

Making = Callable[[ProjectState, random.Random], "Edit[Any] | None"]


def fresh(chance: random.Random) -> str:
    return f"{chance.randrange(2**60):016x}"


def some(things: Sequence[Any], chance: random.Random) -> list[Any]:
    return chance.sample(list(things), chance.randint(0, min(3, len(things))))


def one_media(state: ProjectState, chance: random.Random) -> MediaId | None:
    found = [item.id for item in state.media]
    return chance.choice(found) if found else None


def geometry(chance: random.Random) -> Geometry:
    x, y = round(chance.uniform(0, 300), 3), round(chance.uniform(0, 300), 3)
    corners = ((x, y), (x + 30, y + 4), (x + 9.5, y + 40))
    return chance.choice(
        (
            Box(x, y, x + 20, y + 10), RotatedBox(x, y, 40, 20, 15), Polygon((corners,)),
            Polyline(corners), Points(corners), Ellipse(x, y, 9, 4, 30), Circle(x, y, 7), Tag(),
            Mask(int(x), int(y), 4, 3, (2, 5, 5)),
        )
    )  # fmt: skip


def shape(chance: random.Random, id_: str = "") -> Shape:
    return Shape(
        id=ShapeId(id_ or fresh(chance)),
        label=LabelId(chance.choice(("cap", "nut"))),
        geometry=geometry(chance),
        attributes=chance.choice(({}, {"state": "worn"}, {"count": 3, "seen": True})),
        author=chance.choice(("", "person", "model:abc")),
        score=chance.choice((None, 0.25)),
        z=chance.uniform(-3, 3),
        group=chance.choice(("", "pair")),
        locked=chance.random() < 0.2,
    )


def layer(chance: random.Random) -> LayerName:
    return chance.choice((LABELS, PROPOSALS))


def add_media(state: ProjectState, chance: random.Random) -> Edit[Any]:
    del state
    ids = [MediaId(digest_of(fresh(chance).encode())) for _ in range(chance.randint(1, 3))]
    return AddMedia(
        items=tuple(MediaItem(id=id_, name=f"{id_[-6:]}.png", width=640, height=480) for id_ in ids)
    )


def set_shapes(state: ProjectState, chance: random.Random) -> Edit[Any] | None:
    media, name = one_media(state, chance), layer(chance)
    if media is None:
        return None
    before = some(state.layer(name).of(media), chance)
    after = [shape(chance, one.id) for one in some(before, chance)] + [shape(chance)]
    return SetShapes(media=media, before=tuple(before), after=tuple(after), layer=name)


def annotate_many(state: ProjectState, chance: random.Random) -> Edit[Any] | None:
    media = some([item.id for item in state.media], chance)
    shapes = tuple((id_, tuple(shape(chance) for _ in range(2))) for id_ in media)
    return AnnotateMany(shapes=shapes, layer=layer(chance)) if media else None


def copy_layer(state: ProjectState, chance: random.Random) -> Edit[Any]:
    return CopyLayer(
        source=chance.choice(state.layers() or [LABELS]), target=f"branch:{fresh(chance)}"
    )


def set_branches(state: ProjectState, chance: random.Random) -> Edit[Any]:
    after = (*some(state.branches, chance), fresh(chance))
    return SetBranches(before=state.branches, after=after)


def set_schema(state: ProjectState, chance: random.Random) -> Edit[Any]:
    return SetSchema(before=state.schema, after=extended(state.schema, [f"label {fresh(chance)}"]))


def set_filters(state: ProjectState, chance: random.Random) -> Edit[Any]:
    where = MediaFilter(text=fresh(chance)[:3], review="rejected", score=(0.2, None))
    after = (*some(state.filters, chance), NamedFilter(name=fresh(chance), where=where))
    return SetFilters(before=state.filters, after=after)


def set_reviews(state: ProjectState, chance: random.Random) -> Edit[Any] | None:
    media = some([item.id for item in state.media], chance)
    after = [
        (id_, Review(state=chance.choice(REVIEW_STATES[1:]), by="person", at=5.0)) for id_ in media
    ]
    before = tuple((id_, state.reviews.of(id_)) for id_ in media)
    return SetReviews(before=before, after=tuple(after)) if media else None


def set_comment(state: ProjectState, chance: random.Random) -> Edit[Any] | None:
    known = list(state.comments.all())
    before = chance.choice(known) if known and chance.random() < 0.6 else None
    media = one_media(state, chance) if before is None else before.media
    if media is None or (before is not None and chance.random() < 0.4):
        return None if before is None else SetComment(before=before, after=None)
    after = Comment(
        id=CommentId(fresh(chance)) if before is None else before.id,
        media=media,
        text=f"Look here {fresh(chance)}",
        place=chance.choice((None, Box(1, 2, 3, 4))),
        author="person",
        at=3.5 if before is None else before.at,
        resolved=chance.random() < 0.5,
        replies=tuple(Reply(text="Seen", author="other", at=4.0) for _ in range(2)),
    )
    return SetComment(before=before, after=after)


def add_videos(state: ProjectState, chance: random.Random) -> Edit[Any]:
    del state
    digest = digest_of(fresh(chance).encode())
    video = Video(digest=digest, name="film.mp4", width=320, height=240, frames=90, rate="30/1")
    return AddVideos(videos=(video,))


def set_tracks(state: ProjectState, chance: random.Random) -> Edit[Any] | None:
    videos: list[Digest] = [video.digest for video in state.videos]
    if not videos:
        return None
    video = chance.choice(videos)
    before = some(state.tracks.of(video), chance)
    ids = [one.id for one in some(before, chance)] + [TrackId(fresh(chance))]
    after = [_track(id_, chance) for id_ in ids]
    return SetTracks(video=video, before=tuple(before), after=tuple(after))


def _track(id_: TrackId, chance: random.Random) -> Track:
    frames = sorted(chance.sample(range(90), 3))
    keyframes = [
        Keyframe(frame=frame, geometry=Box(frame, 1, frame + 9, 8), occluded=frame % 2 == 0)
        for frame in frames
    ]
    return Track(id=id_, label=LabelId("cap"), keyframes=tuple(keyframes), z=chance.random())


def change_graph(state: ProjectState, chance: random.Random) -> Edit[Any]:
    node = NodeId(f"node_{chance.randrange(3)}")
    graph, arrangement = state.graphs.get("main") or (None, None)
    before = graph.nodes.get(node) if graph else None
    place = arrangement.positions.get(node) if arrangement else None
    after = None if before else Node(op="train.classifier@1", params={"epochs": 3})
    moved = (1.0, 2.0) if after else None
    return ChangeGraph(
        name="main", before={node: before}, after={node: after}, moved_from={node: place},
        moved_to={node: moved},
    )  # fmt: skip


def batch(state: ProjectState, chance: random.Random) -> Edit[Any]:
    """Edits that do not lean on one another, as each is made for the state before all."""
    parts = [set_schema(state, chance), set_branches(state, chance), add_media(state, chance)]
    shapes = set_shapes(state, chance)
    return Batch.of("Several", [*parts, shapes] if shapes is not None else parts)


MAKERS: dict[str, Making] = {
    "batch": batch,
    "branches.set": set_branches,
    "comment.set": set_comment,
    "filters.set": set_filters,
    "graph.change": change_graph,
    "layer.copy": copy_layer,
    "media.add": add_media,
    "reviews.set": set_reviews,
    "schema.set": set_schema,
    "shapes.many": annotate_many,
    "shapes.set": set_shapes,
    "tracks.set": set_tracks,
    "videos.add": add_videos,
}


def all_of(state: ProjectState) -> tuple[object, ...]:
    """Return everything that edits can change, so that two states can be compared."""
    media = tuple(state.media)
    names = state.graphs.names()
    return (
        media,
        {name: dict(state.layer(name).all()) for name in state.layers()},
        {item.id: state.reviews.of(item.id) for item in media},
        tuple(state.comments.all()),
        tuple(state.videos),
        {video.digest: tuple(state.tracks.of(video.digest)) for video in state.videos},
        {name: state.graphs.get(name) for name in names},
        state.schema,
        state.branches,
        state.filters,
    )
