"""Label quality: which labels look wrong, and which pictures look alike."""

from studio.api.plugin import Plugin

PLUGIN = Plugin(
    name="label_quality",
    title="Label quality",
    api="0.1",
    operations=(
        "studio_label_quality.operations:near_duplicates",
        "studio_label_quality.operations:label_errors",
        "studio_label_quality.operations:detection_errors",
    ),
)
