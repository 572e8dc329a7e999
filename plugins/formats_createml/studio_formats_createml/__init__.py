"""Labels as CreateML keeps them: one JSON list of pictures with boxes by their centre."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_createml",
    title="CreateML",
    api="0.1",
    formats=("studio_formats_createml.createml:Createml",),
)
