"""Labels as LabelMe and X-AnyLabeling keep them: one JSON file beside each picture."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_labelme",
    title="LabelMe",
    api="0.1",
    formats=("studio_formats_labelme.labelme:Labelme",),
)
