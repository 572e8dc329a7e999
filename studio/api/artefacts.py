"""The artefacts that operations take and give, and what they are made of."""

from __future__ import annotations

from studio.domain.artefacts import Artefact, get_artefact, put_artefact
from studio.domain.datasets import (
    DatasetItem,
    DatasetVersion,
    Leak,
    Split,
    SplitPlan,
    deal,
)
from studio.domain.ids import Digest, digest_of
from studio.domain.labels import (
    AnnotatedMedia,
    ImportReport,
    Label,
    LabelId,
    LabelSchema,
    LabelSet,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaId, MediaItem, Problem, media_id
from studio.domain.packaging import Files

__all__ = [
    "AnnotatedMedia",
    "Artefact",
    "DatasetItem",
    "DatasetVersion",
    "Digest",
    "Files",
    "ImportReport",
    "Label",
    "LabelId",
    "LabelSchema",
    "LabelSet",
    "Leak",
    "MediaId",
    "MediaItem",
    "Problem",
    "Shape",
    "ShapeId",
    "Split",
    "SplitPlan",
    "deal",
    "digest_of",
    "extended",
    "get_artefact",
    "media_id",
    "put_artefact",
]
