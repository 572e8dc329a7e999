"""The plugin to copy: one small operation."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="hello",
    title="Hello",
    api="0.1",
    operations=("studio_hello.counting:keep_label",),
)
