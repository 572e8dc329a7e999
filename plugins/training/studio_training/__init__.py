"""Training of classifiers and detectors."""

from studio.api.plugin import Plugin

plugin = Plugin(
    name="training",
    title="Training",
    api="0.1",
    operations=(
        "studio_training.operations:train_classifier",
        "studio_training.operations:train_detector",
    ),
)
