"""Grad-CAM against a forward pass and against captum: python benchmarks/gradcam.py [rounds]

Goal: at most 1.1 times a forward pass. Rounds of the three alternate, and the medians are compared,
so that a busy machine disturbs all of them alike.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import torch
from captum.attr import LayerGradCam
from torchvision.models import resnet18

from studio.engine.gradcam import grad_cam

GOAL = 1.1


def seconds(deed: Callable[[], object]) -> float:
    begun = time.process_time()
    deed()
    return time.process_time() - begun


def main(rounds: int = 25) -> int:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = resnet18().eval()
    inputs = torch.randn(1, 3, 224, 224)
    captum = LayerGradCam(network, network.layer4)

    def forward() -> torch.Tensor:
        with torch.no_grad():
            found: torch.Tensor = network(inputs)
        return found

    deeds: dict[str, Callable[[], object]] = {
        "forward pass": forward,
        "this Grad-CAM": lambda: grad_cam(network, inputs, network.layer4, 7),
        "captum": lambda: captum.attribute(inputs, 7),
    }
    times: dict[str, list[float]] = {name: [] for name in deeds}
    for turn in range(rounds + 3):
        for name, deed in deeds.items():
            spent = seconds(deed)
            if turn >= 3:
                times[name].append(spent)
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["forward pass"]
    for name, value in medians.items():
        print(f"{name:14} {1000 * value:7.1f} ms  {value / base:5.2f}x a forward pass")
    ratio = medians["this Grad-CAM"] / base
    print(f"goal {GOAL}x: {'kept' if ratio <= GOAL else 'MISSED'}")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
