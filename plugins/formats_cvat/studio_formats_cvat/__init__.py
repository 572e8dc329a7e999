"""Labels as CVAT keeps them: one XML file for all pictures or a video."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_cvat",
    title="CVAT",
    api="0.1",
    formats=("studio_formats_cvat.cvat:Cvat",),
)
