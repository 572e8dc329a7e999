from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.artefacts import Artefact
from studio.domain.labels import LabelSet
from studio.errors import BadInput
from tests.fakes.media_work import Work, picture


def test_the_plugin_to_copy_keeps_one_label(work: Work, data: Path) -> None:
    for name in ("cat/1", "cat/2", "dog/3"):
        picture(data / f"{name}.png")
    labels = work.read(data).labels
    operation = work.plugins.get("labels.keep")

    def keep(**values: object) -> LabelSet:
        made: Artefact = operation.function(work, labels=labels, params=operation.parse(values))
        assert isinstance(made, LabelSet)
        return made

    only = keep(label="cat")
    assert (only.media_count, only.shape_count, only.label_schema.names) == (2, 2, ["cat"])
    assert keep(label="cat", pictures_without=True).media_count == 3
    with pytest.raises(BadInput, match="no label “bird”"):
        keep(label="bird")
