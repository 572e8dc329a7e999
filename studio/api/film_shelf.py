"""Films of an object store, kept open between two looks, and what is known of them kept for ever.

Whoever needs a frame of a film asks here: the window, a job, an export. Reading a long film through
takes seconds, so its index lies in the cache folder; it can be made anew at any time.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from studio.api.films import Film, FilmIndex
from studio.api.images import Pixels
from studio.domain.ids import Digest
from studio.domain.objects import ObjectStore
from studio.paths import cache_folder

_OPEN = 4
"""So many films of a store stay open."""
_LAYOUT = 1
"""Goes up when an index means something else than before."""

_lock = threading.Lock()
_shelves: WeakKeyDictionary[ObjectStore, OrderedDict[Digest, Film]] = WeakKeyDictionary()


def opened(store: ObjectStore, digest: Digest) -> Film:
    """Open a film of the store; it is the caller's to close.

    Raises
    ------
    NotFound
        If the store lacks it.
    UnreadableFilm
        With the reason in its first sentence.
    """
    file = store.open(digest)
    try:
        known = _known(digest)
        film = Film(file, known, owned=True)
    except BaseException:
        file.close()
        raise
    if known is None:
        keep_index(digest, film.index)
    return film


def frame(store: ObjectStore, digest: Digest, number: int) -> Pixels:
    """Return one frame of a film of the store; the film stays open for the next.

    Parameters
    ----------
    store : ObjectStore
        Has the film.
    digest : Digest
        Of the film.
    number : int
        Of the frame, from 0.

    Returns
    -------
    (H, W, 3) uint8
        RGB, upright; not to be written to.

    Raises
    ------
    NotFound
        If there is no such film or frame.
    UnreadableFilm
        With the reason in its first sentence.
    """
    with _lock:
        shelf = _shelves.setdefault(store, OrderedDict())
        film = shelf.get(digest)
        if film is None:
            film = shelf[digest] = opened(store, digest)
        shelf.move_to_end(digest)
        # What is pushed out may just be read by another thread, which then keeps it alive.
        gone = [shelf.popitem(last=False)[1] for _ in range(len(shelf) - _OPEN)]
    for one in gone:
        one.close()
    try:
        return film.picture(number)
    except ValueError:
        with opened(store, digest) as again:
            return again.picture(number)


def let_go(store: ObjectStore) -> None:
    """Close all films of a store that stayed open."""
    with _lock:
        films = list(_shelves.pop(store, {}).values())
    for film in films:
        film.close()


def _file(digest: Digest) -> Path:
    return cache_folder() / "films" / f"{digest.partition(':')[2]}-{_LAYOUT}.npz"


def _known(digest: Digest) -> FilmIndex | None:
    try:
        with np.load(_file(digest), allow_pickle=False) as kept:
            times = tuple(kept["times"].tolist())
            starts = tuple((int(a), int(b)) for a, b in kept["starts"].tolist())
            frames = int(kept["frames"])
    except (OSError, ValueError, KeyError, EOFError, TypeError):
        return None
    return FilmIndex(times, starts, frames) if frames > 0 else None


def keep_index(digest: Digest, index: FilmIndex) -> None:
    """Keep what reading a film through gave; if that fails, it is read through again next time."""
    file = _file(digest)
    part = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            np.savez(
                out,
                times=np.array(index.times, np.int64),
                starts=np.array(index.starts, np.int64).reshape(-1, 2),
                frames=np.int64(index.frames),
            )
        part.replace(file)
