"""Labels as YOLO keeps them: one text file a picture, in shares of its size."""

from __future__ import annotations

from studio.api.plugin import Plugin

plugin = Plugin(
    name="formats_yolo",
    title="YOLO",
    api="0.1",
    formats=(
        "studio_formats_yolo.yolo:Yolo",
        "studio_formats_yolo.yolo:YoloPose",
        "studio_formats_yolo.yolo:YoloTurned",
    ),
)
