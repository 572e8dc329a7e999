"""Random variation of training pictures, as a pure function of seed, epoch and picture.

Because nothing is drawn from a generator with a memory, neither the number of loading processes nor
a resume changes what a picture looks like in an epoch.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

_DRAWS = 8
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def draws(seed: int, epoch: int, indices: NDArray[np.int64]) -> NDArray[np.float32]:
    """Draw eight numbers for each picture of a batch.

    The generator is SplitMix64 (Steele, Lea, Flood 2014), seeded by seed, epoch and index.

    Parameters
    ----------
    seed, epoch : int
        Not negative.
    indices : (N,) int64
        Of the pictures in their split.

    Returns
    -------
    (N, 8) float32, in [0, 1)
    """
    with np.errstate(over="ignore"):
        base = _mixed(np.uint64(seed % 2**63) + _GOLDEN) + np.uint64(epoch)
        state = _mixed(_mixed(np.atleast_1d(base)) + indices.astype(np.uint64) * _GOLDEN)
        steps = np.arange(1, _DRAWS + 1, dtype=np.uint64) * _GOLDEN
        bits = _mixed(state[:, None] + steps[None, :])
    return (bits >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def _mixed(z: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    mixed = np.asarray(z, np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def vary(pixels: torch.Tensor, drawn: NDArray[np.float32], flip: bool) -> torch.Tensor:
    """Turn, shift, scale and relight pictures a little.

    Parameters
    ----------
    pixels : (N, C, H, W) float32, in 0..1
        Pictures.
    drawn : (N, 8) float32, in [0, 1)
        From `draws`.
    flip : bool
        Also mirror half of them left to right.

    Returns
    -------
    (N, C, H, W) float32
        Not clipped.
    """
    chance = torch.from_numpy(drawn).to(pixels.device)
    angle = (chance[:, 0] - 0.5) * (2 * 12 * torch.pi / 180)
    scale = 1 + (chance[:, 1] - 0.5) * 0.24
    mirror = torch.where(chance[:, 4] < 0.5, -1.0, 1.0) if flip else torch.ones_like(angle)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = torch.stack(
        [
            torch.stack([cos * mirror, -sin, (chance[:, 2] - 0.5) * 0.24], 1),
            torch.stack([sin * mirror, cos, (chance[:, 3] - 0.5) * 0.24], 1),
        ],
        1,
    )
    grid = functional.affine_grid(rows, list(pixels.shape), align_corners=False)
    turned = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    contrast = (1 + (chance[:, 5] - 0.5) * 0.3)[:, None, None, None]
    light = ((chance[:, 6] - 0.5) * 0.15)[:, None, None, None]
    return turned * contrast + light


def relight(pixels: torch.Tensor, drawn: NDArray[np.float32]) -> torch.Tensor:
    """Change contrast and brightness a little, leaving every pixel in its place."""
    chance = torch.from_numpy(drawn).to(pixels.device)
    contrast = (1 + (chance[:, 5] - 0.5) * 0.4)[:, None, None, None]
    light = ((chance[:, 6] - 0.5) * 0.2)[:, None, None, None]
    return pixels * contrast + light


def mirror_boxes(
    pixels: torch.Tensor,
    targets: list[dict[str, torch.Tensor]],
    drawn: NDArray[np.float32],
    flip: bool,
) -> tuple[torch.Tensor, list[dict[str, torch.Tensor]]]:
    """Mirror half of the pictures left to right, with their boxes.

    Parameters
    ----------
    pixels : (N, C, H, W) float32
        Pictures.
    targets : list of dict
        `boxes` (M, 4) px, `labels` (M,) of each picture.
    flip : bool
        Whether mirroring is allowed at all.
    """
    if not flip:
        return pixels, targets
    width = pixels.shape[3]
    turned, found = [], []
    for one, target, chance in zip(pixels, targets, drawn, strict=True):
        boxes = target["boxes"]
        if chance[4] < 0.5:
            one = one.flip(2)
            boxes = torch.stack(
                [width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], 1
            )
        turned.append(one)
        found.append({"boxes": boxes, "labels": target["labels"]})
    return torch.stack(turned), found
