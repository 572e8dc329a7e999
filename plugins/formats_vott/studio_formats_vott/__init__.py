"""Labels as VoTT keeps them: one JSON file or one CSV table for all pictures."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_vott",
    title="VoTT",
    api="0.1",
    formats=(
        "studio_formats_vott.vott:Vott",
        "studio_formats_vott.table:VottTable",
    ),
)
