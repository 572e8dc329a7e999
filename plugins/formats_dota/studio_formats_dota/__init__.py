"""Labels as DOTA keeps them: one text file a picture, four corners a line."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_dota",
    title="DOTA",
    api="0.1",
    formats=("studio_formats_dota.dota:Dota",),
)
