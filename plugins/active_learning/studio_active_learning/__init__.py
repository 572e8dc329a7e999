"""Active learning: which pictures to label next, and whether choosing them pays."""

from studio.api.plugin import Plugin

PLUGIN = Plugin(
    name="active_learning",
    title="Active learning",
    api="0.1",
    operations=(
        "studio_active_learning.operations:label_queue",
        "studio_active_learning.operations:learning_study",
        "studio_active_learning.arms:compare_arms",
    ),
)
