"""Classifiers and detectors built from torchvision's parts."""

from studio.api.plugin import Plugin

plugin = Plugin(
    name="models_torchvision",
    title="Models of torchvision",
    api="0.1",
    architectures=("studio_models_torchvision.architectures:ALL",),
)
