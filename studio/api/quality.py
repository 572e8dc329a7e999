"""What plugins that judge labels need: what they find, overlap, and near hashes."""

from __future__ import annotations

from studio.domain.geometry import Box, bounds
from studio.domain.quality import (
    DuplicateGroups,
    LabelErrors,
    Suspect,
    SuspectKind,
    Twin,
    components,
    near_pairs,
    overlaps,
)

__all__ = [
    "Box",
    "DuplicateGroups",
    "LabelErrors",
    "Suspect",
    "SuspectKind",
    "Twin",
    "bounds",
    "components",
    "near_pairs",
    "overlaps",
]
