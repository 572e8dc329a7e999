"""Labels as TFRecord files keep them, read and written without TensorFlow."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_tfrecord",
    title="TFRecord",
    api="0.1",
    formats=("studio_formats_tfrecord.examples:TfRecord",),
)
