"""Labels as pictures in which every pixel says its label."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_masks",
    title="Label pictures",
    api="0.1",
    formats=("studio_formats_masks.masks:Masks",),
)
