"""A canvas of its own, and a hand on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.canvas_hand import CanvasHand
from fakes.open_project import Project, fill
from PySide6.QtWidgets import QApplication

from studio.domain.labels import LabelSchema, SkeletonSpec
from studio.services.labelling import Labelling
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView

SPEC = SkeletonSpec(
    joints=("head", "hand", "foot"),
    edges=((0, 1), (0, 2)),
    start=((0.5, 0.0), (0.0, 0.5), (1.0, 1.0)),
)


@pytest.fixture
def canvas_hand(dressed: QApplication, tmp_path: Path) -> Iterator[CanvasHand]:
    """A hand on a picture of 80 × 60 px, whose labels have three joints; 10 logical px each."""
    project = Project(tmp_path)
    fill(project, 1)
    schema = project.state.schema
    labels = [label.model_copy(update={"skeleton": SPEC}) for label in schema.labels]
    project.state.schema = LabelSchema(labels=tuple(labels))
    model = CanvasModel(Labelling(project))  # type: ignore[arg-type]
    model.show(project.state.media.items[0], project.state.schema)
    # A history that undoes tells the page, which shows the picture anew; here it is told directly.
    project.events.edited.connect(lambda _: model.show(model.item, project.state.schema))
    shown = CanvasView(model, project.store)  # type: ignore[arg-type]
    shown.resize(848, 648)
    shown.show()
    shown.setFocus()
    QApplication.processEvents()
    yield CanvasHand(shown, project)
    shown.close_up()
    shown.close()
