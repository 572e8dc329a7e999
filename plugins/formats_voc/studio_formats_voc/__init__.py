"""Labels as Pascal VOC keeps them: one XML file a picture."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_voc",
    title="Pascal VOC",
    api="0.1",
    formats=("studio_formats_voc.voc:Voc", "studio_formats_voc.voc:VocTurned"),
)
