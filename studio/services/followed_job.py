"""One job as this process knows it: read from its folder, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.api.job_folder import JobFolder
from studio.domain.jobs import ACTIVE, Compute, JobExit, JobHandle, JobOrder, JobState
from studio.domain.runs import RunRecord


@dataclass
class FollowedJob:
    """What is known of a job.

    Attributes
    ----------
    order : JobOrder
        Never changes.
    folder : JobFolder
        On this machine; a mirror where the job runs elsewhere.
    handle : JobHandle or None
        Where it runs; None before it was started.
    record : RunRecord
        Curves, logs and nodes read so far.
    offset : int
        Position in the event file up to which was read, bytes.
    state : JobState
        As of the last look.
    exit : JobExit or None
        How it ended.
    noted : bool
        Whether its outputs stand in the index already.
    """

    order: JobOrder
    folder: JobFolder
    handle: JobHandle | None
    record: RunRecord = field(default_factory=RunRecord)
    offset: int = 0
    state: JobState = "queued"
    exit: JobExit | None = None
    noted: bool = False

    def refresh(self, target: Compute | None) -> bool:
        """Read new events and derive the state; returns whether anything changed.

        Parameters
        ----------
        target : Compute or None
            Where it runs; None if that place is not known any more.
        """
        if target is not None and self.handle is not None:
            target.sync(self.handle, self.folder.path)
        batch = self.folder.read(self.offset)
        self.record.take(batch.messages)
        self.offset = batch.offset
        before = self.state
        self.exit = self.folder.exit()
        if self.exit is not None:
            self.state = self.exit.state
        elif self.handle is None or target is None:
            self.state = self.folder.state() if self.handle else "queued"
        else:
            self.state = self._live_state(target.alive(self.handle))
        return bool(batch.messages) or self.state != before

    def _live_state(self, alive: bool | None) -> JobState:
        if alive is None:
            return self.state if self.state in ACTIVE else "running"
        if not alive:
            # The exit may have been written between the two looks.
            self.exit = self.folder.exit()
            return self.exit.state if self.exit is not None else "lost"
        return self.folder.state(alive=True)
