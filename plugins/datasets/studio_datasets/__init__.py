"""Dataset versions: dealing pictures to splits and looking for leaks."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="datasets",
    title="Dataset versions",
    api="0.1",
    operations=("studio_datasets.split:split",),
)
