"""Packaging: verified ONNX packages, and prediction through them."""

from studio.api.plugin import Plugin

PLUGIN = Plugin(
    name="packaging",
    title="Packaging",
    api="0.1",
    operations=(
        "studio_packaging.operations:package_onnx",
        "studio_packaging.operations:predict_package",
    ),
)
