"""Tracks are read once, and never shown as they were before a change."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box
from studio.domain.ids import Digest
from studio.domain.labels import LabelId
from studio.domain.tracks import Keyframe, SetTracks, Track, TrackId
from studio.storage.project_files import DiskProjectFiles

VIDEO, OTHER = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)


def track(name: str, x: float) -> Track:
    keys = (Keyframe(frame=0, geometry=Box(x, 0, x + 5, 5)),)
    return Track(id=TrackId(name), label=LabelId("car"), keyframes=keys, z=x)


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["put", "remove", "undo", "redo"]),
            st.sampled_from(["one", "two", "three"]),
            st.integers(0, 9),
            st.sampled_from([VIDEO, OTHER]),
        ),
        max_size=12,
    )
)
def test_whatever_is_done_what_is_read_is_what_was_written(
    tmp_path_factory: object, steps: list[tuple[str, str, int, Digest]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("tracks")  # type: ignore[attr-defined]
    project = DiskProjectFiles().create(folder / "project", "Tracks")
    states = [{VIDEO: {}, OTHER: {}}]
    at = 0
    for verb, name, x, video in steps:
        now = states[at]
        if verb in ("put", "remove"):
            before = now[video].get(name)
            after = track(name, float(x)) if verb == "put" else None
            if before == after:
                continue
            old, new = ((before,) if before else ()), ((after,) if after else ())
            project.perform(SetTracks(video=video, before=old, after=new))
            kept = {k: v for k, v in {**now[video], name: after}.items() if v is not None}
            states = [*states[: at + 1], {**now, video: kept}]
            at += 1
        elif verb == "undo" and at:
            project.undo()
            at -= 1
        elif verb == "redo" and at + 1 < len(states):
            project.redo()
            at += 1
        for film in (VIDEO, OTHER):
            found = {one.id: one for one in project.state.tracks.of(film)}
            assert found == states[at][film]
            assert project.state.tracks.of(film) is project.state.tracks.of(film)
    project.close()
