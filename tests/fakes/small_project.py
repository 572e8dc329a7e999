"""A real project on disk, small enough to train in seconds: bright and dark pictures, tagged."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.api.images import png
from studio.app import Studio
from studio.domain.datasets import SplitPlan
from studio.domain.geometry import Box, Geometry, Tag
from studio.domain.ids import Digest
from studio.domain.jobs import JobExit
from studio.domain.media import AddMedia, MediaId, MediaItem
from studio.services.session import Session


def small_project(house: Studio, folder: Path, count: int = 24, boxes: bool = False) -> Session:
    """Make a project of `count` pictures of 28 x 28 px with two labels."""
    session = house.create(folder, "Bright and dark")
    rng = np.random.default_rng(3)
    items = []
    for number in range(count):
        level = 40 if number % 2 else 200
        pixels = (level + rng.integers(-30, 30, (28, 28, 3))).astype(np.uint8)
        digest = session.project.store.put(png(pixels))
        items.append(MediaItem(id=MediaId(digest), name=f"{number:03d}.png", width=28, height=28))
    session.project.perform(AddMedia(items=tuple(items)))
    labels = [session.labelling.add_label(name) for name in ("bright", "dark")]
    for number, item in enumerate(items):
        geometry: Geometry = Box(x0=4, y0=4, x1=20, y1=20) if boxes else Tag()
        session.labelling.add(item.id, labels[number % 2].id, geometry)
    return session


def dataset_of(session: Session) -> Digest:
    """Make a dataset version and wait for it."""
    submission = session.datasets.create(SplitPlan(strategy="stratified"))
    if submission.outputs is not None:
        return submission.outputs["dataset"]
    assert submission.job is not None
    ended: JobExit = session.runner.wait(submission.job)
    assert ended.state == "finished", ended.what_happened
    return ended.outputs["dataset"]
