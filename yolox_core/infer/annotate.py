"""A video with the detections burnt in: H.264 in .mp4, each frame at the time it had, the sound as it was.

Decoding, the network, and drawing with encoding run in three threads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError, UserError
from yolox_core.infer.box_look import BoxLook
from yolox_core.infer.drawing import USUAL, draw_detections
from yolox_core.infer.looks import Looks
from yolox_core.infer.sound import Silence, Sound, sound_of
from yolox_core.infer.sources import FrameSource, open_source
from yolox_core.infer.suppress import without_classes
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.tracks import Tracker
from yolox_core.infer.video_writer import VideoWriter, new_video
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.predictions import VideoPredictions

__all__ = ["AnnotatedVideo", "annotate_video", "draw_detections"]

CACHE_BYTES = 0  # frames are read once, in order


@dataclass(frozen=True, slots=True)
class AnnotatedVideo:
    """A finished video: its file, its frames, the boxes drawn, and the frames that have at least one.

    `sound_left_out` names the codecs of sound that an .mp4 does not take.
    """

    path: Path
    frames: int
    detections: int
    frames_with_detections: int
    sound_left_out: tuple[str, ...] = ()


def annotate_video(
    detector: "Detector",
    video_path: Path,
    out_path: Path,
    *,
    thresholds: Thresholds,
    hidden_class_ids: frozenset[int] = frozenset(),
    span: range | None = None,
    has_track_numbers: bool = False,
    known: "VideoPredictions | None" = None,
    box_look: BoxLook = USUAL,
) -> Iterator[Progress | AnnotatedVideo]:
    """Write the video, or a span of its frames, with its detections drawn; progress after each frame, the result last.

    Boxes of `hidden_class_ids` are neither drawn nor counted. Frames that are `known` need no network. Images of
    another size than the first are scaled to fit into it, on black. The file appears whole at the end: nothing is left
    behind when the iterator is closed early or fails. Raises UserError for an unusable output name, FileError for an
    unusable input or folder, Unavailable without H.264.
    """
    _check_output(video_path, out_path)
    looks = Looks(detector, thresholds, known)
    tracker = Tracker() if has_track_numbers else None
    counts: list[int] = []
    with open_source(video_path, cache_bytes=CACHE_BYTES) as video:
        numbers = span if span is not None else range(video.frames)
        with _new_video_like(video, out_path, numbers) as output, looks.ahead(_frames(video, numbers)) as looked_at:
            for look in looked_at:
                found = without_classes(look.detections, hidden_class_ids)
                tracks = tracker.update(look.number, found, sure_score=thresholds.lowest) if tracker else None
                output.write(look.number, draw_detections(look.image, found, detector.class_names, tracks, box_look))
                counts.append(len(found))
                yield Progress(len(counts), len(numbers), "drawing detections")
            output.sound.copy_until(float("inf"))
    yield AnnotatedVideo(out_path, len(counts), sum(counts), sum(count > 0 for count in counts), output.sound.left_out)


def _frames(video: FrameSource, numbers: range) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    return ((number, video.frame(number)) for number in numbers)


@dataclass(frozen=True)
class _Output:
    """The new video, its sound, and the video whose times it has."""

    video: FrameSource
    writer: VideoWriter
    sound: Sound | Silence
    first: int

    def write(self, number: int, image: NDArray[np.uint8]) -> None:
        ticks = self.video.ticks(number) - self.video.ticks(self.first)
        self.sound.copy_until(float(ticks * self.video.time_base))
        size = self.video.width, self.video.height
        self.writer.write(fitted(image, size), ticks, _duration(self.video, number))


@contextmanager
def _new_video_like(video: FrameSource, out_path: Path, numbers: range) -> Iterator[_Output]:
    rate = Fraction(video.fps).limit_denominator(100_000)
    start_s, last = video.file_time_s(numbers[0]), numbers[-1]
    end_s = video.file_time_s(last) + float(_duration(video, last) * video.time_base)
    with (
        new_video(out_path, size=(video.width, video.height), rate=rate, time_base=video.time_base) as writer,
        sound_of(video.path, writer.container, start_s=start_s, end_s=end_s) as sound,
    ):
        yield _Output(video, writer, sound, numbers[0])


def fitted(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """An image uint8 [H, W, 3] scaled into the middle of a black one of this width and height."""
    height, width = image.shape[:2]
    if (width, height) == size:
        return image
    scale = min(size[0] / width, size[1] / height)
    inner = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    whole = np.zeros((size[1], size[0], 3), np.uint8)
    whole[top : top + inner[1], left : left + inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    return whole


def _duration(video: FrameSource, number: int) -> int:
    """How long a frame is shown, in units of the video's time base."""
    if number + 1 < video.frames:
        return video.ticks(number + 1) - video.ticks(number)
    return max(round(1 / (video.fps * video.time_base)), 1)


def _check_output(video_path: Path, out_path: Path) -> None:
    if out_path.suffix.lower() != ".mp4":
        raise UserError("The annotated video is an .mp4 file.", where=out_path, action="Let its name end in .mp4.")
    if out_path.is_dir():
        raise UserError("There is a folder of this name.", where=out_path, action="Choose another name.")
    if not out_path.parent.is_dir():
        raise FileError("There is no such folder.", where=out_path.parent, action="Make it, or choose another one.")
    if out_path.exists() and video_path.exists() and out_path.samefile(video_path):
        raise UserError("This is the video that is to be read.", where=out_path, action="Choose another name.")
