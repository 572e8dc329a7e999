"""Filming: films come into a project, and frames of them become pictures."""

from __future__ import annotations

import math
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.api import film_shelf
from studio.api.films import Film
from studio.domain.history import Edit
from studio.domain.ids import Digest
from studio.domain.media import AddMedia, MediaId, Problem
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.tracks import AddVideos, Video
from studio.errors import BadInput, Cancelled, NotFound, StudioError
from studio.services.tracked_shapes import picked, written

ENDINGS = frozenset({".mp4", ".m4v", ".mkv", ".webm", ".avi", ".mov", ".mpg", ".mpeg", ".ts"})
"""Of files that are taken for films, in lower case."""

_ROUNDED_S = 1e-6
"""Times that differ by less are the same."""

Progress = Callable[[int, int, str], None]
"""Told how many are done, of how many, and the name of what is at hand."""


def nobody(done: int, total: int, name: str) -> None:
    """Nobody is told of the progress."""
    del done, total, name


def never() -> bool:
    """Tell that nobody gave up."""
    return False


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import of films."""

    videos: tuple[Video, ...]
    """Those that are new."""
    problems: tuple[Problem, ...] = ()
    """Films that are broken or there already; never fatal."""


class Filming:
    """The films of one open project.

    Parameters
    ----------
    project : Project
        Takes films and pictures.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def videos(self) -> Sequence[Video]:
        """Return the films, in the order in which they were added."""
        return tuple(self._project.state.videos)

    def import_films(
        self,
        files: Sequence[Path],
        progress: Progress = nobody,
        cancelled: Callable[[], bool] = never,
    ) -> Imported:
        """Bring films in, as one edit; each is read through once.

        Parameters
        ----------
        files : sequence of Path
            Films, and folders that are searched for films to their depths.
        progress : callable
            Told before each film.
        cancelled : callable
            Asked before each film.

        Returns
        -------
        Imported
            Broken films are told as problems.

        Raises
        ------
        Cancelled
            If the person gave up; the project is as it was.
        """
        read = self.read_films(files, progress, cancelled)
        self.take(read)
        return read

    def read_films(
        self,
        files: Sequence[Path],
        progress: Progress = nobody,
        cancelled: Callable[[], bool] = never,
    ) -> Imported:
        """Do the long part of an import, in any thread; `take` does the rest. See there."""
        found = list(_films(files))
        known = {video.digest for video in self.videos()}
        videos: list[Video] = []
        problems: list[Problem] = []
        for number, (file, name) in enumerate(found):
            if cancelled():
                raise Cancelled("The import was given up.", "Nothing was taken over.")
            progress(number, len(found), name)
            try:
                video = self._read(file, name)
            except StudioError as error:
                problems.append(Problem(path=name, reason=str(error)))
                continue
            if video.digest in known:
                reason = "The project has this film already."
                problems.append(Problem(path=name, reason=reason, severity="duplicate"))
                continue
            known.add(video.digest)
            videos.append(video)
        return Imported(tuple(videos), tuple(problems))

    def take(self, read: Imported) -> None:
        """Take films over that were read, as one edit."""
        known = {video.digest for video in self.videos()}
        videos = tuple(video for video in read.videos if video.digest not in known)
        if videos:
            self._project.perform(AddVideos(videos=videos))

    def open(self, digest: Digest) -> Film:
        """Open a film to look at any frame of it; it is the caller's to close.

        Raises
        ------
        NotFound
            If the store lacks it.
        UnreadableFilm
            With the reason in its first sentence.
        """
        return film_shelf.opened(self._project.store, digest)

    def picked(self, digest: Digest) -> Mapping[int, MediaId]:
        """Return the frames that are pictures of the project, by number, rising."""
        return picked(self._project.state, self._video(digest))

    def pick(self, digest: Digest, frames: Sequence[int]) -> Sequence[MediaId]:
        """Make frames pictures of the project, with the tracks that stand on them, as one edit.

        Parameters
        ----------
        digest : Digest
            Of the film.
        frames : sequence of int
            From 0; those that are pictures already are passed over.

        Returns
        -------
        sequence of MediaId
            Of all these frames, each once, rising.

        Raises
        ------
        NotFound
            If there is no such film or frame; nothing is picked then.
        """
        video, state = self._video(digest), self._project.state
        wanted = sorted(set(frames))
        for number in wanted:
            _check(video, number)
        items = tuple(item for item in map(video.frame, wanted) if item.id not in state.media)
        if items:
            new = [item.page for item in items]
            edits: list[Edit[ProjectState]] = [AddMedia(items=items)]
            edits += written(state, video, new)
            words = f"frame {new[0]:,}" if len(new) == 1 else f"{len(new):,} frames"
            self._project.perform(Batch.of(f"Pick {words} of “{video.name}”", edits))
        return [video.frame(number).id for number in wanted]

    def rate(
        self,
        digest: Digest,
        every_s: float | None = None,
        per_second: float | None = None,
        every: int | None = None,
    ) -> Sequence[int]:
        """Return the numbers of frames at a rate; give exactly one of the three.

        Parameters
        ----------
        digest : Digest
            Of the film.
        every_s : float, s
            So far apart in time: the last frame shown by then is taken.
        per_second : float
            So many a second.
        every : int
            Every how manyth frame.

        Returns
        -------
        sequence of int
            Rising, each once, from frame 0.

        Raises
        ------
        BadInput
            If it is not exactly one number above zero.
        """
        given = [value for value in (every_s, per_second, every) if value is not None]
        if len(given) != 1 or not 0 < given[0] < float("inf"):
            raise BadInput("That is no rate.", "Give one number above zero.")
        video = self._video(digest)
        if every is not None:
            return range(0, video.frames, every)
        step = Fraction(every_s) if every_s is not None else 1 / Fraction(per_second or 1)
        with self.open(digest) as film:
            return _spaced(film, step)

    def close(self) -> None:
        """Close the films that stayed open."""
        film_shelf.let_go(self._project.store)

    def _video(self, digest: Digest) -> Video:
        return self._project.state.videos.get(digest)

    def _read(self, file: Path, name: str) -> Video:
        # Looked at where it lies first: what is no film does not come into the store.
        try:
            source = file.open("rb")
        except OSError as error:
            raise NotFound(f"It could not be read ({error.strerror}).", "") from error
        with source, Film(source) as film:
            digest = self._project.store.put_file(file)
            film_shelf.keep_index(digest, film.index)
            return Video(
                digest=digest,
                name=name,
                width=film.width,
                height=film.height,
                frames=film.frames,
                rate=str(film.rate),
            )


def _films(files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Walk over films and the names they get; a file that is named is taken at its word."""
    for path in files:
        if not path.is_dir():
            yield path, path.name
            continue
        for folder, below, names in os.walk(path):
            below.sort()
            for name in sorted(names):
                file = Path(folder, name)
                if file.suffix.casefold() in ENDINGS:
                    yield file, file.relative_to(path).as_posix()


def _check(video: Video, number: int) -> None:
    if not 0 <= number < video.frames:
        raise NotFound(
            f"“{video.name}” has no frame {number:,}.",
            f"Its frames go from 0 to {video.frames - 1:,}.",
        )


def _spaced(film: Film, step: Fraction) -> list[int]:
    """Return the frames that are shown at 0, step, 2 step, …; each once."""
    times = [film.seconds(number) for number in range(film.frames)]
    found: list[int] = []
    due = 0
    while (at := float(due * step) + _ROUNDED_S) <= times[-1] + 2 * _ROUNDED_S:
        number = bisect_right(times, at) - 1
        if number + 1 == len(times):
            return [*found, number]
        found.append(number)
        # Steps that end within the same frame are passed over at once.
        due = max(due + 1, math.ceil(Fraction(times[number + 1] - _ROUNDED_S) / step))
    return found
