"""Trackers that need no weights."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="tracking",
    title="Tracking",
    api="0.1",
    trackers=("studio_tracking.flow:FlowTracker", "studio_tracking.template:TemplateTracker"),
    linkers=("studio_tracking.linking:OverlapLinker",),
)
