"""Labels as the VGG image annotator keeps them: JSON or CSV of versions 1 to 3."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_via",
    title="VIA",
    api="0.1",
    formats=(
        "studio_formats_via.via:Via",
        "studio_formats_via.table:ViaTable",
        "studio_formats_via.via3:Via3",
    ),
)
