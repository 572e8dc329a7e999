"""Bringing pictures with their labels in, and writing labels out."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="media",
    title="Media and labels",
    api="0.1",
    operations=(
        "studio_media.reading:import_labels",
        "studio_media.writing:export_labels",
    ),
)
