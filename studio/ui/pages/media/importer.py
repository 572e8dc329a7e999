"""One import at a time, from the files to the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.domain.ids import Digest
from studio.domain.jobs import ACTIVE, JobId
from studio.domain.labels import ImportReport
from studio.errors import StudioError
from studio.ui.desk import Desk
from studio.ui.item_models.job_words import percent_of, time_left


class Importer(QObject):
    """Starts an import, follows its job, and takes what came in into the project.

    Parameters
    ----------
    desk : Desk
        Its session does the work.
    """

    progressed = Signal(str, object)
    """Words, and per cent or None."""
    ended = Signal(object)
    """Carries the `ImportReport`, or None where nothing came in."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job: JobId | None = None
        self._what = ""
        desk.bridge.jobs_changed.connect(self._changed)

    @property
    def busy(self) -> bool:
        """Whether an import is under way."""
        return self._job is not None

    def start(self, paths: Sequence[Path]) -> None:
        """Bring files and folders in."""
        if self.busy:
            self._desk.toast("An import is under way; wait for it, or cancel it first.", "warning")
            return
        self._what = f"“{paths[0].name}”" if len(paths) == 1 else f"{len(paths):,} files"
        try:
            given = paths[0] if len(paths) == 1 else list(paths)
            submission = self._desk.session.importing.start(given)
        except StudioError as error:
            self._desk.fail(error)
            return
        if submission.outputs is not None:
            self._accept(submission.outputs)
        elif submission.job is not None:
            self._job = submission.job
            self.progressed.emit(f"Importing {self._what}", None)

    def cancel(self) -> None:
        """Ask for the end of the import."""
        if self._job is not None:
            self._desk.session.runner.cancel(self._job)

    def _changed(self, ids: list[str]) -> None:
        if self._job is None or self._job not in ids:
            return
        view = self._desk.session.runner.view(self._job)
        if view.state in ACTIVE:
            words = f"Importing {self._what}"
            if left := time_left(view):
                words += f" · {left}"
            self.progressed.emit(words, percent_of(view))
            return
        self._job = None
        if view.exit is not None and view.exit.state == "finished":
            self._accept(view.exit.outputs)
            return
        self.ended.emit(None)
        if view.exit is not None and view.exit.state == "failed":
            self._desk.fail(StudioError(view.exit.what_happened, view.exit.what_to_do))

    def _accept(self, outputs: Mapping[str, Digest]) -> None:
        report: ImportReport | None = None
        try:
            report = self._desk.session.importing.accept(outputs)
        except StudioError as error:
            self._desk.fail(error)
        self.ended.emit(report)
