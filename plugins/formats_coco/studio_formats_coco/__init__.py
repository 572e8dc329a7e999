"""Labels as COCO keeps them: one JSON file for all pictures."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_coco",
    title="COCO",
    api="0.1",
    formats=("studio_formats_coco.coco:Coco",),
)
