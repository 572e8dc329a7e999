"""Films from files: any frame by its number, exactly, for the window, the engine and plugins alike.

A film's packets are read through once, without decoding, which gives the time of every frame. To
show frame n the reader goes to the last keyframe at or before n and decodes from there; frames that
no other frame leans on are not decoded on the way. Files whose packets do not say when they are
shown are decoded from the start.
"""

from __future__ import annotations

import contextlib
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from types import TracebackType
from typing import BinaryIO, NamedTuple

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from studio.api.images import LARGEST_PX, Pixels
from studio.errors import NotFound, UnreadableFilm

_KEPT_PX = 16 * 1920 * 1080
"""Decoded frames are kept up to so many pixels, so that a step back costs nothing."""
_BROKEN = (av.FFmpegError, OSError, ValueError, EOFError)


class FilmIndex(NamedTuple):
    """When the frames of a film are shown, and at which of them decoding can begin."""

    times: tuple[int, ...]
    """Time of each frame in ticks, rising; empty where the file does not tell."""
    starts: tuple[tuple[int, int], ...]
    """Shown at and found at, in ticks, of frames that can be decoded alone; rising."""
    frames: int
    """How many frames there are."""


class Film:
    """A film in a file that can be sought in; any thread may ask, one is served at a time.

    Parameters
    ----------
    file : BinaryIO
        Open for reading.
    index : FilmIndex or None
        Of the same file, if it is known already; it saves reading the file through.
    owned : bool
        Whether `close` closes the file too; otherwise it stays the caller's to close.

    Raises
    ------
    UnreadableFilm
        With the reason in its first sentence.
    """

    def __init__(
        self, file: BinaryIO, index: FilmIndex | None = None, *, owned: bool = False
    ) -> None:
        self._file = file
        self._owned = owned
        self._lock = threading.RLock()
        self._kept: OrderedDict[int, Pixels] = OrderedDict()
        self._container = self._opened()
        self._next = 0
        """Number of the frame that the decoder gives next, in films without times."""
        try:
            self.index = _index(self._container) if index is None else index
            if not self.index.times and not self.index.frames:
                self.index = FilmIndex((), (), self._counted())
            self._numbers = {time: number for number, time in enumerate(self.index.times)}
            self._decoded = self._from_start()
            first = self._first()
            self.height, self.width = int(first.shape[0]), int(first.shape[1])
            self.rate = _rate(_stream(self._container), self.index)
        except BaseException:
            self._container.close()
            raise

    @property
    def frames(self) -> int:
        """How many frames can be shown."""
        return self.index.frames

    def close(self) -> None:
        """Let the decoder go."""
        with self._lock:
            self._container.close()
            if self._owned:
                self._file.close()

    def __enter__(self) -> Film:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def seconds(self, number: int) -> float:
        """Return when a frame is shown, s from the first frame."""
        self._check(number)
        if not self.index.times:
            return float(number / self.rate)
        base = _stream(self._container).time_base or Fraction(1, 90000)
        return float((self.index.times[number] - self.index.times[0]) * base)

    def picture(self, number: int) -> Pixels:
        """Return one frame, upright.

        Parameters
        ----------
        number : int
            From 0, in the order in which frames are shown.

        Returns
        -------
        (H, W, 3) uint8
            RGB; not to be written to, others may hold it too.

        Raises
        ------
        NotFound
            If the film has no such frame.
        UnreadableFilm
            If the file is broken at that place.
        """
        self._check(number)
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
            with _explained(f"Frame {number:,} cannot be decoded"):
                told = bool(self.index.times)
                frame = self._sought(number) if told else self._counted_to(number)
                return self._keep(number, frame)

    def _check(self, number: int) -> None:
        if not 0 <= number < self.frames:
            raise NotFound(
                f"There is no frame {number:,} in this film.",
                f"Its frames go from 0 to {self.frames - 1:,}.",
            )

    def _keep(self, number: int, frame: VideoFrame) -> Pixels:
        pixels = _upright(frame)
        pixels.setflags(write=False)
        self._kept[number] = pixels
        most = max(2, _KEPT_PX // max(1, pixels.shape[0] * pixels.shape[1]))
        while len(self._kept) > most:
            self._kept.popitem(last=False)
        return pixels

    def _opened(self) -> InputContainer:
        with _explained("It is not a film of a known format"):
            self._file.seek(0)
            container = av.open(self._file, "r", metadata_errors="replace")
        try:
            stream = _stream(container)
            if stream.codec_context.width * stream.codec_context.height > LARGEST_PX:
                raise UnreadableFilm("Its frames claim an absurd number of pixels.")
            stream.thread_type = "AUTO"
        except BaseException:
            container.close()
            raise
        return container

    def _from_start(self) -> Iterator[VideoFrame]:
        """Begin to decode at the start; a new container, as not every format can go back."""
        self._container.close()
        self._container = self._opened()
        self._next = 0
        return _decoding(self._container, None)

    def _counted(self) -> int:
        count = 0
        with contextlib.suppress(av.FFmpegError):
            for _ in self._from_start():
                count += 1
        if not count:
            raise UnreadableFilm("It has no frame that can be decoded.", "Export it anew.")
        return count

    def _first(self) -> Pixels:
        """Show that frame 0 can be decoded, and how large it is."""
        return self.picture(0)

    def _counted_to(self, number: int) -> VideoFrame:
        if number < self._next:
            self._decoded = self._from_start()
        for frame in self._decoded:
            self._next += 1
            if self._next == number + 1:
                return frame
        raise UnreadableFilm(f"Frame {number:,} cannot be decoded.", "The file is damaged there.")

    def _sought(self, number: int) -> VideoFrame:
        wanted = self.index.times[number]
        if self._next <= number and not self._start_between(self._next, number):
            found = self._forward(wanted)
            if found is not None:
                return found
        at = bisect_right(self.index.starts, wanted, key=lambda start: start[0]) - 1
        for back in (at, at - 1, at - 2):
            if back >= 0:
                self._container.seek(
                    self.index.starts[back][1], stream=_stream(self._container), backward=True
                )
                self._decoded = _decoding(self._container, wanted)
                found = self._forward(wanted)
                if found is not None:
                    return found
        self._decoded = self._from_start()
        found = self._forward(wanted)
        if found is None:
            raise UnreadableFilm(
                f"Frame {number:,} cannot be decoded.", "The file is damaged there."
            )
        return found

    def _start_between(self, number: int, wanted: int) -> bool:
        """Tell whether going to a keyframe is shorter than decoding on from where we are."""
        starts, times = self.index.starts, self.index.times
        at = bisect_right(starts, times[wanted], key=lambda start: start[0]) - 1
        return at >= 0 and starts[at][0] > times[number]

    def _forward(self, wanted: int) -> VideoFrame | None:
        """Decode up to a time; None if it is not there."""
        for frame in self._decoded:
            if frame.pts is None:
                continue
            known = self._numbers.get(frame.pts)
            if known is not None:
                self._next = known + 1
            if frame.pts == wanted:
                return frame
            if frame.pts > wanted:
                break
        self._next = self.frames
        return None


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn what the decoder raises into `UnreadableFilm`."""
    try:
        yield
    except _BROKEN as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableFilm(
            f"{what}: {reason.rstrip('.')}.", "Check that the file is whole, or export it anew."
        ) from error
    except MemoryError as error:
        raise UnreadableFilm("Its frames do not fit into memory.") from error


def _stream(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise UnreadableFilm("It has sound but no picture.", "Choose a film.")
    return container.streams.video[0]


def _index(container: InputContainer) -> FilmIndex:
    """Read all packets of a film, decoding none."""
    stream = _stream(container)
    times: list[int] = []
    starts: list[tuple[int, int]] = []
    told = True
    # What is left of a file that was cut short can still be used: the index ends with it.
    with contextlib.suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.size == 0 or packet.is_discard:
                continue
            if packet.pts is None:
                told = False
                break
            times.append(packet.pts)
            if packet.is_keyframe:
                found = packet.pts if packet.dts is None else min(packet.pts, packet.dts)
                starts.append((packet.pts, found))
    if not told or len(set(times)) != len(times) or not starts:
        return FilmIndex((), (), 0)
    first = min(shown for shown, _ in starts)
    shown = tuple(sorted(time for time in times if time >= first))
    return FilmIndex(shown, tuple(sorted(starts)), len(shown))


def _decoding(container: InputContainer, wanted: int | None) -> Iterator[VideoFrame]:
    """Decode from where the container stands; before `wanted` only what later frames lean on."""
    stream = _stream(container)
    context = stream.codec_context
    for packet in container.demux(stream):
        passing = wanted is not None and packet.pts is not None and packet.pts < wanted
        context.skip_frame = "NONREF" if passing else "DEFAULT"
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            # One broken packet does not take the frames after it along.
            continue


def _rate(stream: VideoStream, index: FilmIndex) -> Fraction:
    """Return the mean frames per second."""
    times, base = index.times, stream.time_base
    if len(times) > 1 and base:
        steps = {b - a for a, b in pairwise(times)}
        nominal = stream.average_rate
        mean = Fraction(len(times) - 1) / ((times[-1] - times[0]) * base)
        # Times are rounded to ticks; a nominal rate that they agree with is the truer one.
        if nominal and max(steps) - min(steps) <= 1 and abs(mean / nominal - 1) < 0.001:
            return Fraction(nominal)
        return mean.limit_denominator(100_000)
    return Fraction(stream.average_rate or stream.guessed_rate or 25)


def _upright(frame: VideoFrame) -> Pixels:
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    quarters = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, quarters)) if quarters else pixels
