"""Films whose every frame carries its own number, as black and white stripes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

BITS = 12


def numbered(number: int, width: int = 192, height: int = 96) -> NDArray[np.uint8]:
    """Draw a frame: the upper half shows the number in upright stripes, the lower a slope."""
    picture = np.zeros((height, width, 3), np.uint8)
    wide = width // BITS
    for bit in range(BITS):
        if number >> bit & 1:
            picture[: height // 2, bit * wide : (bit + 1) * wide] = 255
    slope = (np.arange(width) * 3 + number * 7) % 200
    picture[height // 2 :] = slope.astype(np.uint8)[None, :, None]
    return picture


def number_of(picture: NDArray[np.uint8]) -> int:
    """Read the number out of a frame."""
    height, width = picture.shape[:2]
    wide = width // BITS
    row = picture[height // 8 : 3 * height // 8].mean((0, 2))
    return sum(
        int(row[bit * wide + wide // 4 : (bit + 1) * wide - wide // 4].mean() > 127) << bit
        for bit in range(BITS)
    )


def film(
    frames: int = 60,
    form: str = "mp4",
    codec: str = "libx264",
    *,
    size: tuple[int, int] = (192, 96),
    between: int = 2,
    keyframes: int = 15,
    times: Sequence[int] = (),
    options: dict[str, str] | None = None,
) -> bytes:
    """Write a film; `times` are in 1/1000 s, `between` is the greatest run of B-frames."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options=options or {}) as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size = keyframes
        if codec != "mjpeg":
            stream.max_b_frames = between
        if times:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number, *size), format="rgb24")
            if times:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
