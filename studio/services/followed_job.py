"""One job as this process knows it: read from its folder, piece by piece."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from studio.api.job_folder import JobFolder
from studio.domain.jobs import Compute, JobExit, JobHandle, JobId, JobOrder, JobState
from studio.domain.runs import RunRecord
from studio.errors import ComputeFailed


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
    pipeline : JobId or None
        The pipeline whose node it is.
    trouble : str
        Why the place where it runs cannot be asked right now; empty if it can.
    busy : threading.RLock
        Held by whoever reads or starts the job; the place it runs at may be slow to answer.
    """

    order: JobOrder
    folder: JobFolder
    handle: JobHandle | None
    record: RunRecord = field(default_factory=RunRecord)
    offset: int = 0
    state: JobState = "queued"
    exit: JobExit | None = None
    noted: bool = False
    pipeline: JobId | None = None
    trouble: str = ""
    busy: AbstractContextManager[object] = field(default_factory=threading.RLock)

    def refresh(self, target: Compute | None) -> bool:
        """Read new events and derive the state; returns whether anything changed.

        Parameters
        ----------
        target : Compute or None
            Where it runs; None to look at the folder alone.
        """
        with self.busy:
            before = self.state, self.trouble
            alive = self._look_there(target)
            batch = self.folder.read(self.offset)
            self.record.take(batch.messages)
            self.offset = batch.offset
            self.exit = self.folder.exit()
            self.state = self.exit.state if self.exit is not None else self._live_state(alive)
            return bool(batch.messages) or (self.state, self.trouble) != before

    def _look_there(self, target: Compute | None) -> bool | None:
        """Ask the place where it runs; that it cannot be reached is no end of the job."""
        if target is None or self.handle is None:
            return None
        try:
            target.sync(self.handle, self.folder.path)
            alive = target.alive(self.handle)
        except ComputeFailed as error:
            self.trouble = str(error)
            return None
        self.trouble = ""
        return alive

    def _live_state(self, alive: bool | None) -> JobState:
        if self.handle is None:
            return "queued"
        if alive is False:
            # The exit may have been written between the two looks.
            self.exit = self.folder.exit()
            return self.exit.state if self.exit is not None else "lost"
        # While nobody can be asked, it is taken to be at work.
        return self.folder.state(alive=True)

    def nodes(self) -> list[FollowedJob]:
        """Return the jobs of a pipeline's nodes that have a folder of their own by now."""
        found = []
        for node in self.record.nodes.values():
            path = self.folder.path / "nodes" / node.node
            begun = (path / "lease.json").exists() or (path / "exit.json").exists()
            if node.job is None or not begun:
                continue
            order = JobFolder(path).order()
            if order.id == node.job:
                handle = JobHandle(job=order.id, target=order.target, folder=str(path))
                found.append(FollowedJob(order, JobFolder(path), handle, pipeline=self.order.id))
        return found
