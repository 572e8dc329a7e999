"""How long it takes to show any frame of a 1080p film.

    python benchmarks/video_seek.py [--seconds 60] [--keyframes 50] [--seeks 100]

Makes a film whose frames carry their numbers, goes to frames at random with nothing kept from
before, checks what is shown, and prints the 50th and 95th percentile of the time it took, in ms.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from studio.api.films import Film
from tests.fakes.films import film, number_of


def main() -> int:
    """Make the film, seek, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keyframes", type=int, default=50)
    parser.add_argument("--seeks", type=int, default=100)
    asked = parser.parse_args()
    frames = min(asked.seconds * 25, 4096)
    made = film(frames, size=(1920, 1080), keyframes=asked.keyframes)
    begun = time.perf_counter()
    read = Film(io.BytesIO(made))
    opening = time.perf_counter() - begun
    took = []
    for number in random.Random(0).sample(range(frames), min(asked.seeks, frames)):
        begun = time.perf_counter()
        picture = read.picture(number)
        took.append((time.perf_counter() - begun) * 1000)
        if number_of(picture) != number:
            print(f"frame {number} is wrong", file=sys.stderr)
            return 1
    p50, p95 = np.percentile(took, (50, 95))
    print(f"frames={frames} opening_ms={opening * 1000:.0f} p50_ms={p50:.0f} p95_ms={p95:.0f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
