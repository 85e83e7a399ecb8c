"""Small videos drawn for tests: each frame shows its own number as a row of blocks."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 10
BLOCK = 16
WIDTH, HEIGHT = BITS * BLOCK, 96


def numbered_frame(number: int) -> NDArray[np.uint8]:
    """Frame `number`, uint8 [96, 160, 3]: dark, with a bright block for each bit that is set, lowest bit left."""
    image = np.full((HEIGHT, WIDTH, 3), 50, np.uint8)
    image[60:, number * 7 % 140 :][:20, :20] = (30, 160, 90)
    for bit in range(BITS):
        if number >> bit & 1:
            image[16:48, bit * BLOCK : (bit + 1) * BLOCK] = 220
    return image


def number_shown(image: NDArray[np.uint8]) -> int:
    """The number that a decoded frame shows."""
    middles = image[32, BLOCK // 2 :: BLOCK].mean(axis=1)[:BITS]
    return sum(1 << bit for bit, value in enumerate(middles) if value > 135)


def write_clip(
    path: Path,
    codec: str,
    frames: int,
    *,
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    times_ms: list[int] | None = None,
) -> Path:
    """A clip of numbered frames at 25 per second, or shown at `times_ms`, with a keyframe at least every 12."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = WIDTH, HEIGHT, pixels, 12
        if times_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered_frame(number), format="bgr24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
