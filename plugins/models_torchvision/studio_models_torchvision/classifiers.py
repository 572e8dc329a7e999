"""Builders of classifiers: `build(labels, spec, options)` gives logits for pictures."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import torch
from torch import nn
from torchvision import models

from studio.api.engine import InputSpec

Options = Mapping[str, object]
Builder = Callable[[int, InputSpec, Options], nn.Module]


class SmallCnn(nn.Module):
    """Three stages of two convolutions, for pictures of some 8 to 64 px.

    Parameters
    ----------
    channels : int
        Of the input.
    labels : int
        Number of logits.
    width : int
        Channels of the first stage; each further one has twice as many.
    """

    def __init__(self, channels: int, labels: int, width: int = 16) -> None:
        super().__init__()
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        before = channels
        for number in range(3):
            after = width * 2**number
            stages[f"conv{number}a"] = _convolution(before, after)
            stages[f"conv{number}b"] = _convolution(after, after)
            if number < 2:
                stages[f"pool{number}"] = nn.MaxPool2d(2)
            before = after
        self.features = nn.Sequential(stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(before, labels)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Give logits (N, labels) for (N, channels, H, W) float32."""
        pooled = self.pool(self.features(pixels)).flatten(1)
        logits: torch.Tensor = self.head(self.drop(pooled))
        return logits


def _convolution(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )


def small_cnn(labels: int, spec: InputSpec, options: Options) -> nn.Module:
    """Build the small CNN."""
    width = options.get("width", 16)
    return SmallCnn(spec.channels, labels, width if isinstance(width, int) else 16)


def _of_torchvision(name: str) -> Builder:
    def build(labels: int, spec: InputSpec, options: Options) -> nn.Module:
        del spec, options
        network: nn.Module = models.get_model(name, weights=None, num_classes=labels)
        # Gradients must be taken at inner layers, which in-place activations forbid.
        for module in network.modules():
            if hasattr(module, "inplace"):
                module.inplace = False
        return network

    return build


mobilenet_v3_small = _of_torchvision("mobilenet_v3_small")
"""Howard et al. 2019."""
mobilenet_v3_large = _of_torchvision("mobilenet_v3_large")
"""Howard et al. 2019."""
resnet18 = _of_torchvision("resnet18")
"""He et al. 2015."""
resnet50 = _of_torchvision("resnet50")
"""He et al. 2015."""
efficientnet_b0 = _of_torchvision("efficientnet_b0")
"""Tan, Le 2019."""
convnext_tiny = _of_torchvision("convnext_tiny")
"""Liu et al. 2022."""
