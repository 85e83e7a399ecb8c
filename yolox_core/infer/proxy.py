"""A small copy of a video in the cache folder in which every frame is a keyframe: any frame is there at once."""

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.files import make_folder
from yolox_core.infer.sources import FrameSource, stamp
from yolox_core.infer.video import Video
from yolox_core.infer.video_writer import new_video
from yolox_core.records import Progress
from yolox_core.user_folders import cache_folder

MOST_HEIGHT = 540
MOST_CACHE_BYTES = 20_000_000_000
KEPT_BYTES = 8_000_000  # of decoded pictures: each is asked for once
EVERY_FRAME_A_KEY = {"crf": "26", "preset": "ultrafast", "tune": "fastdecode", "g": "1", "bf": "0"}
VERSION = 1
Size = tuple[int, int]


def proxy_path(video: Path) -> Path:
    """Where the proxy of this video, as it is now, lies or would lie. Raises FileError where the video is gone."""
    words = json.dumps([VERSION, str(video.resolve()), *stamp(video)]).encode()
    return cache_folder() / "proxies" / f"{hashlib.sha256(words).hexdigest()[:24]}.mp4"


class ProxyReader:
    """The proxy of an open video, taken into use as soon as it is there. For one thread at a time."""

    def __init__(self, video: FrameSource) -> None:
        self._video = video
        self._path = proxy_path(video.path)
        self._proxy: Video | None = None
        self._is_unfit = False

    def close(self) -> None:
        """Let go of the file."""
        if self._proxy is not None:
            self._proxy.close()
            self._proxy = None

    def frame(self, number: int) -> NDArray[np.uint8] | None:
        """Frame `number` of the video, small, uint8 [H, W, 3] BGR; None where there is no proxy that fits."""
        if self._proxy is None and not self._is_unfit and self._path.is_file():
            self._open()
        try:
            return self._proxy.frame(number) if self._proxy is not None else None
        except FileError:
            self._is_unfit = True
            self.close()
            return None

    def _open(self) -> None:
        try:
            self._proxy = Video.open(self._path, cache_bytes=KEPT_BYTES, rounds=True)
        except FileError:
            self._is_unfit = True
            return
        if self._proxy.frames != self._video.frames:
            self._is_unfit = True
            self.close()


def make_proxy(video_path: Path) -> Iterator[Progress]:
    """Write the proxy; Progress after each frame. A generator closed before its end leaves nothing behind.

    Raises FileError where the video cannot be decoded or the cache cannot be written.
    """
    target = proxy_path(video_path)
    make_folder(target.parent)
    with Video.open(video_path, cache_bytes=0) as video:
        size = proxy_size(video.width, video.height)
        rate = Fraction(video.fps).limit_denominator(1001)
        with new_video(target, size=size, rate=rate, time_base=1 / rate, options=EVERY_FRAME_A_KEY) as writer:
            for number in range(video.frames):
                image = cv2.resize(video.frame(number), size, interpolation=cv2.INTER_AREA)
                writer.write(np.asarray(image, np.uint8), number, 1)
                yield Progress(number + 1, video.frames, "preparing for dragging")
    _prune(target)


def proxy_size(width: int, height: int) -> Size:
    """Even sides, at most MOST_HEIGHT px high."""
    scale = min(MOST_HEIGHT / max(height, 1), 1.0)
    return max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2)


def _prune(newest: Path) -> None:
    """Delete the proxies made longest ago until the rest take no more than MOST_CACHE_BYTES; the newest stays."""
    found = sorted(newest.parent.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in found:
        total += path.stat().st_size
        if total > MOST_CACHE_BYTES and path != newest:
            path.unlink(missing_ok=True)
