"""Sample projects, made of pictures that ship with the studio."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio.domain.ids import Digest
from studio.errors import NotFound, StudioError
from studio.paths import resources

if TYPE_CHECKING:
    from studio.services.session import Session


class Sample(NamedTuple):
    """A sample project that can be made."""

    title: str
    note: str


SAMPLES: dict[str, Sample] = {
    "digits": Sample(
        "Handwritten digits",
        "1,797 handwritten digits for image classification, from scikit-learn.",
    ),
    "scenes": Sample(
        "Drawn scenes", "Generated pictures of circles, squares and triangles for detection."
    ),
}


class Samples:
    """Makes sample projects.

    Parameters
    ----------
    create : callable
        Makes an empty project from a folder and a name, and opens it.
    """

    def __init__(self, create: Callable[[Path, str], Session]) -> None:
        self._create = create

    def create(self, kind: str, folder: Path) -> Session:
        """Make a sample project with its pictures and labels.

        Parameters
        ----------
        kind : str
            `digits` or `scenes`.
        folder : Path
            New or empty.

        Returns
        -------
        Session
            Open.

        Raises
        ------
        NotFound
            If there is no such sample.
        StudioError
            If its pictures could not be read.
        """
        archive = resources() / "samples" / f"{kind}.zip"
        if kind not in SAMPLES or not archive.is_file():
            raise NotFound(
                f"There is no sample project “{kind}”.", f"Known are {', '.join(SAMPLES)}."
            )
        with contextlib.ExitStack() as undo:
            session = self._create(folder, SAMPLES[kind].title)
            undo.callback(session.close)
            self._fill(session, archive)
            undo.pop_all()
        return session

    @staticmethod
    def _fill(session: Session, archive: Path) -> None:
        submission = session.importing.start(archive)
        outputs = dict(submission.outputs or {})
        if submission.job is not None:
            ended = session.runner.wait(submission.job)
            if ended.state != "finished":
                raise StudioError(
                    ended.what_happened or "The sample could not be read.", ended.what_to_do
                )
            outputs = dict(ended.outputs)
        session.importing.accept({name: Digest(digest) for name, digest in outputs.items()})
