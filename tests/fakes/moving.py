"""Films in which a thing moves as is known."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence

import av
import cv2
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from studio.domain.geometry import Box, RotatedBox, bounds
from studio.domain.geometry.placing import Similarity, placed

Frame = NDArray[np.uint8]
WIDTH, HEIGHT = 320, 240
THING = Box(40, 60, 100, 110)
"""Where the thing is on the first frame."""


def _texture(seed: int, high: int, wide: int, grain: float) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (high, wide)).astype(np.float32), (0, 0), grain)
    return np.asarray(fine / fine.std(), np.float32)


def path(number: int, turn: float = 0.0, grow: float = 0.0) -> Similarity:
    """Return how the thing stands on a frame: it goes along a wave, turns and grows."""
    angle = math.radians(turn * number)
    scale = (1 + grow) ** number
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    x, y = THING.centre
    goal = x + 1.4 * number, y + 25 * math.sin(number / 16)
    return Similarity(a, b, goal[0] - (a * x - b * y), goal[1] - (b * x + a * y))


def frame(by: Similarity | None, noise: float = 3.0, seed: int = 0) -> Frame:
    """Draw a frame: a textured thing over a textured ground, with noise; None leaves it out."""
    ground = 110 + 18 * _texture(1, HEIGHT, WIDTH, 3.0)
    if by is not None:
        skin = 140 + 45 * _texture(2, HEIGHT, WIDTH, 1.8)
        inside = np.zeros((HEIGHT, WIDTH), np.float32)
        inside[int(THING.y0) : int(THING.y1), int(THING.x0) : int(THING.x1)] = 1
        # Pixel middles lie at halves.
        first = by.of((0.5, 0.5))
        matrix = np.array([[by.a, -by.b, first[0] - 0.5], [by.b, by.a, first[1] - 0.5]])
        skin = cv2.warpAffine(skin, matrix, (WIDTH, HEIGHT))
        inside = cv2.warpAffine(inside, matrix, (WIDTH, HEIGHT))
        ground = ground * (1 - inside) + skin * inside
    ground = ground + np.random.default_rng(seed).normal(0, noise, ground.shape)
    grey = np.clip(ground, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def frames(count: int, motion: Callable[[int], Similarity | None]) -> list[Frame]:
    return [frame(motion(number), seed=number) for number in range(count)]


def filmed(pictures: Sequence[Frame]) -> bytes:
    """Write pictures as a film, at good quality."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "16"})
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def iou(a: Box, b: Box) -> float:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    high = min(a.y1, b.y1) - max(a.y0, b.y0)
    both = max(0.0, wide) * max(0.0, high)
    return both / (a.area + b.area - both)


def around(by: Similarity) -> Box:
    """Return the upright box around the thing."""
    turned = RotatedBox(*THING.centre, THING.width, THING.height, 0.0)
    found = bounds(placed(turned, by))
    assert found is not None
    return found
