"""Grad-CAM: where on a picture a classifier looked."""

from studio.api.plugin import Plugin

PLUGIN = Plugin(
    name="explain_gradcam",
    title="Grad-CAM",
    api="0.1",
    operations=("studio_explain_gradcam.operations:explain_gradcam",),
)
