"""Labels as Datumaro keeps them: one JSON file a share of the pictures."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_datumaro",
    title="Datumaro",
    api="0.1",
    formats=("studio_formats_datumaro.datumaro:Datumaro",),
)
