"""A video with the detections burnt in: H.264 in .mp4, each frame at the time it had; sound is left out."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from yolox_core.errors import FileError, UserError
from yolox_core.infer.drawing import draw_detections
from yolox_core.infer.suppress import suppress, without_classes
from yolox_core.infer.video import Video
from yolox_core.infer.video_writer import VideoWriter, new_video
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

__all__ = ["AnnotatedVideo", "annotate_video", "draw_detections"]

GPU_BATCH = 8  # on a CPU a batch only delays the first frame


@dataclass(frozen=True, slots=True)
class AnnotatedVideo:
    """A finished video: its file, its frames, the boxes drawn, and the frames that have at least one."""

    path: Path
    frames: int
    detections: int
    frames_with_detections: int


def annotate_video(
    detector: "Detector",
    video_path: Path,
    out_path: Path,
    *,
    conf_threshold: float,
    nms_threshold: float,
    class_agnostic: bool = False,
    hidden_class_ids: frozenset[int] = frozenset(),
) -> Iterator[Progress | AnnotatedVideo]:
    """Write the video with its detections drawn; progress after each batch of frames, the result last.

    Boxes of `hidden_class_ids` are neither drawn nor counted.
    The file appears whole at the end: nothing is left behind when the iterator is closed early or fails. Raises
    UserError for an unusable output name, FileError for an unusable input or folder, Unavailable without H.264.
    """
    _check_output(video_path, out_path)
    counts: list[int] = []
    with Video.open(video_path) as video, _new_video_like(video, out_path) as writer:
        step = GPU_BATCH if detector.device.type == "cuda" else 1
        for start in range(0, video.frames, step):
            numbers = range(start, min(start + step, video.frames))
            images = [video.frame(number) for number in numbers]
            for number, image, candidates in zip(numbers, images, detector.predict(images), strict=True):
                found = suppress(
                    candidates,
                    conf_threshold=conf_threshold,
                    nms_threshold=nms_threshold,
                    class_agnostic=class_agnostic,
                )
                found = without_classes(found, hidden_class_ids)
                painted = draw_detections(image, found, detector.class_names)
                writer.write(painted, video.ticks(number), _duration(video, number))
                counts.append(len(found))
            yield Progress(len(counts), video.frames, "drawing detections")
    yield AnnotatedVideo(out_path, len(counts), sum(counts), sum(count > 0 for count in counts))


def _new_video_like(video: Video, out_path: Path) -> AbstractContextManager[VideoWriter]:
    rate = Fraction(video.fps).limit_denominator(100_000)
    return new_video(out_path, size=(video.width, video.height), rate=rate, time_base=video.time_base)


def _duration(video: Video, number: int) -> int:
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
