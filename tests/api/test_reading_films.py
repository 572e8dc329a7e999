"""Any frame of a film is had by its number, exactly."""

from __future__ import annotations

import io
import random
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from studio.api.films import Film, UnreadableFilm
from studio.errors import NotFound
from tests.fakes.films import film, number_of

_FORMS = [
    ("mp4", "libx264", 2),
    ("mp4", "libx264", 0),
    ("matroska", "libx264", 3),
    ("mpegts", "libx264", 2),
    ("avi", "mpeg4", 0),
    ("avi", "mpeg4", 2),
    ("avi", "mjpeg", 0),
    ("mpeg", "mpeg2video", 2),
    ("h264", "libx264", 2),
]


@pytest.mark.parametrize(("form", "codec", "between"), _FORMS)
def test_every_frame_is_the_one_that_was_asked_for(form: str, codec: str, between: int) -> None:
    with Film(io.BytesIO(film(60, form, codec, between=between))) as read:
        assert (read.frames, read.width, read.height) == (60, 192, 96)
        order = list(range(60)) + random.Random(1).choices(range(60), k=60) + [59, 0, 58, 1]
        assert [number_of(read.picture(number)) for number in order] == order


def test_frames_at_uneven_times_keep_their_numbers() -> None:
    rng = random.Random(2)
    times = np.cumsum([rng.choice([7, 40, 400]) for _ in range(60)]).tolist()
    with Film(io.BytesIO(film(60, "matroska", times=times))) as read:
        order = rng.sample(range(60), 60)
        assert [number_of(read.picture(number)) for number in order] == order
        assert read.seconds(59) == pytest.approx((times[59] - times[0]) / 1000, abs=0.002)


def test_many_threads_get_their_own_frames() -> None:
    with Film(io.BytesIO(film(60))) as read, ThreadPoolExecutor(4) as pool:
        order = random.Random(3).choices(range(60), k=80)
        assert [number_of(p) for p in pool.map(read.picture, order)] == order


def test_a_film_held_sideways_is_shown_upright() -> None:
    data = bytearray(film(5))
    at = data.index(b"tkhd") + 4
    # The matrix of a quarter turn clockwise, as a telephone writes it (ISO 14496-12, 8.3.2).
    data[at + 40 : at + 76] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 96 << 16, 0, 1 << 30)
    with Film(io.BytesIO(bytes(data))) as read:
        assert (read.width, read.height) == (96, 192)
        assert number_of(np.rot90(read.picture(3))) == 3


@pytest.mark.parametrize("data", [b"", b"no film at all" * 50, film(30)[:3000]])
def test_what_is_no_whole_film_is_refused_with_words(data: bytes) -> None:
    with pytest.raises(UnreadableFilm) as caught:
        Film(io.BytesIO(data))
    assert caught.value.what_happened
    assert caught.value.what_to_do


@pytest.mark.parametrize("form", ["matroska", "mpegts"])
def test_what_is_left_of_a_film_cut_short_can_be_used(form: str) -> None:
    data = film(60, form)
    with Film(io.BytesIO(data[: len(data) * 2 // 3])) as read:
        assert 10 < read.frames < 60
        assert number_of(read.picture(read.frames // 2)) == read.frames // 2


def test_a_frame_beyond_the_end_is_not_found() -> None:
    with Film(io.BytesIO(film(5))) as read, pytest.raises(NotFound):
        read.picture(5)
