"""Labels as Label Studio keeps them: one JSON list of tasks, in hundredths of the picture."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_label_studio",
    title="Label Studio",
    api="0.1",
    formats=("studio_formats_label_studio.tasks:LabelStudio",),
)
