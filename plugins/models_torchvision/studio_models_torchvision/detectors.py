"""Builders of detectors: torchvision's FCOS on some backbone, with dense, decoded outputs.

In eval mode `forward(x)` gives all boxes (N, A, 4) in px of the input and their scores (N, A, K), A
fixed by the input's size; nothing is suppressed. `training_losses(x, targets)` gives torchvision's
own losses of FCOS (Tian et al. 2019).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping

import torch
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import (
    mobilenet_backbone,
    resnet_fpn_backbone,
)
from torchvision.models.detection.fcos import FCOS
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork

from studio.api.engine import InputSpec

Options = Mapping[str, object]
Targets = list[dict[str, torch.Tensor]]


class DenseFcos(nn.Module):
    """FCOS for one input size, without the parts of torchvision's that depend on the data.

    Parameters
    ----------
    backbone : nn.Module
        Gives an ordered dict of feature maps, finest first, with `out_channels` channels each.
    labels : int
        Number of labels, numbered from 0.
    spec : InputSpec
        The input's size.
    levels : int
        Number of feature maps.
    first_anchor : int
        Side of the anchor of the finest level, px; doubled at each further one.
    """

    anchors: torch.Tensor

    def __init__(
        self, backbone: nn.Module, labels: int, spec: InputSpec, levels: int, first_anchor: int
    ) -> None:
        super().__init__()
        sizes = tuple((first_anchor * 2**level,) for level in range(levels))
        generator = AnchorGenerator(sizes, ((1.0,),) * levels)
        fcos = FCOS(backbone, labels, anchor_generator=generator)
        self.backbone = fcos.backbone
        self.head = fcos.head
        # Kept out of the modules: its parts are ours already, and its transform is not used.
        self._rules = [fcos]
        probe = torch.zeros(1, 3, spec.height, spec.width)
        self.backbone.eval()
        with torch.no_grad():
            maps = list(self.backbone(probe).values())
        self.backbone.train()
        shape = ImageList(probe, [(spec.height, spec.width)])
        self._per_level = [feature.shape[-2] * feature.shape[-1] for feature in maps]
        self.register_buffer("anchors", generator(shape, maps)[0], persistent=False)

    def _outputs(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        outputs: dict[str, torch.Tensor] = self.head(list(self.backbone(pixels).values()))
        return outputs

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give boxes (N, A, 4), px of the input, and scores (N, A, K) in 0..1."""
        outputs = self._outputs(pixels)
        sides = self.anchors[:, 2:] - self.anchors[:, :2]
        centres = (self.anchors[:, 2:] + self.anchors[:, :2]) / 2
        reach = outputs["bbox_regression"] * torch.cat([sides, sides], 1)
        boxes = torch.cat([centres - reach[..., :2], centres + reach[..., 2:]], -1)
        certain = torch.sigmoid(outputs["cls_logits"]) * torch.sigmoid(outputs["bbox_ctrness"])
        return boxes, torch.sqrt(certain)

    def training_losses(self, pixels: torch.Tensor, targets: Targets) -> dict[str, torch.Tensor]:
        """Give the losses of labels, boxes and centres.

        Parameters
        ----------
        pixels : (N, 3, H, W) float32
            Normalised.
        targets : list of dict
            `boxes` (M, 4), px of the input, and `labels` (M,) int64 for each picture.
        """
        outputs = {name: value.float() for name, value in self._outputs(pixels).items()}
        anchors = [self.anchors] * len(targets)
        losses: dict[str, torch.Tensor] = self._rules[0].compute_loss(
            targets, outputs, anchors, self._per_level
        )
        return losses


class SmallBackbone(nn.Module):
    """Convolutions with group normalisation, so that small batches train well from scratch.

    Gives two maps, at strides 8 and 16, joined by a feature pyramid.
    """

    out_channels = 64

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.stem = nn.Sequential(_stage(3, width, 2), _stage(width, width, 2))
        self.stride8 = nn.Sequential(_stage(width, 2 * width, 2), _stage(2 * width, 2 * width, 1))
        self.stride16 = nn.Sequential(
            _stage(2 * width, 4 * width, 2), _stage(4 * width, 4 * width, 1)
        )
        self.pyramid = FeaturePyramidNetwork([2 * width, 4 * width], self.out_channels)

    def forward(self, pixels: torch.Tensor) -> OrderedDict[str, torch.Tensor]:
        """Give maps of 64 channels at strides 8 and 16."""
        fine = self.stride8(self.stem(pixels))
        found: OrderedDict[str, torch.Tensor] = self.pyramid(
            OrderedDict([("0", fine), ("1", self.stride16(fine))])
        )
        return found


def _stage(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, 1, bias=False),
        nn.GroupNorm(math.gcd(8, after), after),
        nn.ReLU(),
    )


def fcos_small(labels: int, spec: InputSpec, options: Options) -> nn.Module:
    """Build FCOS on the small backbone."""
    del options
    return DenseFcos(SmallBackbone(), labels, spec, levels=2, first_anchor=8)


def fcos_resnet18(labels: int, spec: InputSpec, options: Options) -> nn.Module:
    """Build FCOS on ResNet-18 with a feature pyramid."""
    del options
    backbone = resnet_fpn_backbone(
        backbone_name="resnet18",
        weights=None,
        trainable_layers=5,
        norm_layer=nn.BatchNorm2d,
        returned_layers=[2, 3, 4],
        extra_blocks=None,
    )
    return DenseFcos(backbone, labels, spec, levels=4, first_anchor=8)


def fcos_mobilenet_v3(labels: int, spec: InputSpec, options: Options) -> nn.Module:
    """Build FCOS on MobileNet V3 large with a feature pyramid."""
    del options
    backbone = mobilenet_backbone(
        backbone_name="mobilenet_v3_large",
        weights=None,
        fpn=True,
        trainable_layers=6,
        norm_layer=nn.BatchNorm2d,
    )
    return DenseFcos(backbone, labels, spec, levels=3, first_anchor=16)
