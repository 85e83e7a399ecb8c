"""The sample's video: drones and birds crossing a landscape, H.264, with the true boxes of every frame."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.records import Box, Progress
from yolox_core.sample import actor as actors
from yolox_core.sample.actor import Actor
from yolox_core.sample.backdrop import draw_landscape
from yolox_core.sample.shot import Camera, Frame, Shot
from yolox_core.sample.sky import random_weather

FPS = 25
_CROSSING_S = 6.0  # an ordinary way across the picture
_COLUMNS = ("frame", "track", "class_name", "x1", "y1", "x2", "y2", "truncated")


def make_video(
    path: Path, *, frames: int = 150, width: int = 640, height: int = 480, seed: int = 0
) -> Iterator[Progress]:
    """Write the video to `path` and its boxes beside it (`truth_path`). Raises FileError where that cannot be done."""
    rng = np.random.default_rng([seed, 77])
    shot = _video_shot(rng, width=width, height=height, duration_s=frames / FPS)
    content = io.BytesIO()
    rows: list[tuple[int, Box]] = []
    with av.open(content, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "21", "preset": "veryfast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(frames):
            frame = shot.frame(index / FPS, rng)
            rows += [(index, box) for box in frame.boxes]
            container.mux(stream.encode(_video_frame(frame, index)))
            yield Progress(index + 1, frames, "Drawing the sample video")
        container.mux(stream.encode(None))
    write_atomically(path, content.getvalue())
    write_atomically(truth_path(path), _truth_csv(rows))


def truth_path(video: Path) -> Path:
    """Where the true boxes of a sample video lie."""
    return video.with_name(f"{video.stem}_truth.csv")


def read_truth(video: Path) -> dict[int, list[Box]]:
    """The true boxes by frame index, in pixels; a box's key is the number of its object throughout the video.

    Raises FileError for a list that is missing or damaged.
    """
    boxes: dict[int, list[Box]] = {}
    path = truth_path(video)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
                is_cut = row["truncated"] == "1"
                box = Box(row["class_name"], x1, y1, x2, y2, key=int(row["track"]), truncated=is_cut)
                boxes.setdefault(int(row["frame"]), []).append(box)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(
            f"The list of true boxes cannot be read ({error}).", where=path, action="Make the sample again."
        ) from error
    return boxes


def _video_frame(frame: Frame, index: int) -> av.VideoFrame:
    picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
    picture.pts = index
    picture.time_base = Fraction(1, FPS)
    return picture


def _truth_csv(rows: list[tuple[int, Box]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for index, box in rows:
        edges = [f"{edge:g}" for edge in (box.x1, box.y1, box.x2, box.y2)]
        writer.writerow([index, box.key, box.class_name, *edges, int(box.truncated)])
    return text.getvalue().encode()


def _video_shot(rng: np.random.Generator, *, width: int, height: int, duration_s: float) -> Shot:
    """A landscape by day with five drones, four birds and some clutter that come, cross and go."""
    drift_x, drift_y = float(rng.uniform(-14, 14)), float(rng.uniform(-4, 4))
    air_x, air_y = (2 * int(np.ceil(abs(drift) * duration_s)) for drift in (drift_x, drift_y))
    weather = random_weather(rng, ("clear", "cloudy"))
    backdrop = draw_landscape(rng, weather, width=width + air_x, height=height + air_y)
    cast = [actors.random_drone(rng, size) for size in (140.0, 112.0, 92.0, 76.0, 64.0)]
    cast += [actors.random_bird(rng, size) for size in (90.0, 76.0, 62.0)]
    cast += [actors.random_clutter(rng, size) for size in (80.0, 40.0)]
    lanes = (rng.permutation(len(cast)) + 0.5) / len(cast) * 0.72 * height + 0.06 * height
    starts = (rng.permutation(len(cast)) + 0.5) / len(cast) * width
    moving = [
        _crossing(rng, one, x=float(x), y=float(y), duration_s=duration_s, width=width)
        for one, x, y in zip(cast, starts, lanes, strict=True)
    ]
    camera = Camera(width, height, drift_x, drift_y, grain=1.5)
    return Shot(backdrop, tuple(sorted(moving, key=lambda one: one.size)), camera)


def _crossing(rng: np.random.Generator, one: Actor, *, x: float, y: float, duration_s: float, width: int) -> Actor:
    """The same object on a nearly level way across the picture that is at (x, y) half-way through the video."""
    speed = width / _CROSSING_S * float(rng.uniform(0.25, 1.1)) * (1.0 if rng.random() < 0.5 else -1.0)
    climb = float(rng.normal(0, 0.06)) * abs(speed)
    ahead = (0.0 if speed > 0 else float(np.pi)) + float(rng.normal(0, 0.3))
    start = replace(
        one,
        speed_x=speed,
        speed_y=climb,
        heading=ahead if one.flies_ahead else one.heading,
        exposure_s=min(one.exposure_s, 0.02),
        blur=min(one.blur, 0.8),
    )
    return start.moved(x - speed * duration_s / 2, y - climb * duration_s / 2)
