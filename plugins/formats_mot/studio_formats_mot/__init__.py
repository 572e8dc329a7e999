"""Labels as MOT keeps them: one line a box, frame and thing."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_mot",
    title="MOT",
    api="0.1",
    formats=("studio_formats_mot.mot:Mot",),
)
