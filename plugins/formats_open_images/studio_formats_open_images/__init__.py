"""Labels as Open Images keeps them: CSV tables of boxes in shares of the picture."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_open_images",
    title="Open Images",
    api="0.1",
    formats=("studio_formats_open_images.boxes:OpenImages",),
)
