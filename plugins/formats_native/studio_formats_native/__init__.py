"""Labels as the studio has them, with nothing lost."""

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_native",
    title="The studio's own labels",
    api="0.1",
    formats=("studio_formats_native.native:Native",),
)
