"""What was found in a video, frame by frame: known frames as they are kept, the others looked at first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.looks import Looks
from yolox_core.infer.sources import open_source
from yolox_core.infer.suppress import without_classes
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.tracks import NO_TRACK, Tracker
from yolox_core.records import Detections, Progress

CACHE_BYTES = 0


@dataclass(frozen=True, eq=False)
class FoundInFrame:
    """The boxes of one frame; `number` counts from 0, `tracks` int64 [N] from 1, NO_TRACK for none.

    `name` is the image's file name, empty in a video; `size` is width and height in pixels.
    """

    number: int
    time_s: float
    detections: Detections
    tracks: NDArray[np.int64]
    size: tuple[int, int]
    name: str = ""


@dataclass(frozen=True, eq=False)
class FoundInVideo:
    """The frames looked at, ascending, and what belongs to all of them; `frames` is the length of the whole video."""

    video: Path
    width: int
    height: int
    fps: float
    frames: int
    class_names: tuple[str, ...]
    thresholds: Thresholds
    found: tuple[FoundInFrame, ...]

    @property
    def detections(self) -> int:
        """How many boxes there are in all frames."""
        return sum(len(frame.detections) for frame in self.found)


def find_in_video(
    looks: Looks,
    video_path: Path,
    *,
    span: range | None = None,
    only_known: bool = False,
    has_track_numbers: bool = False,
    hidden_class_ids: frozenset[int] = frozenset(),
) -> Iterator[Progress | FoundInVideo]:
    """What is found in the frames of a video or a span of it; progress for those looked at now, the result last.

    With `only_known` frames that are not known are left out. Raises FileError for a video that cannot be used.
    """
    with open_source(video_path, cache_bytes=CACHE_BYTES) as video:
        numbers = span if span is not None else range(video.frames)
        found = {n: looks.thresholds.detections(kept) for n in numbers if (kept := looks.recall(n)) is not None}
        missing = [] if only_known else [number for number in numbers if number not in found]
        with looks.ahead((number, video.frame(number)) for number in missing) as looked_at:
            for done, look in enumerate(looked_at, start=1):
                found[look.number] = look.detections
                yield Progress(done, len(missing), "looking at frames")
        tracker = Tracker() if has_track_numbers else None
        frames: list[FoundInFrame] = []
        for number in sorted(found):
            shown = without_classes(found[number], hidden_class_ids)
            tracks = (
                tracker.update(number, shown, sure_score=looks.thresholds.lowest)
                if tracker
                else np.full(len(shown), NO_TRACK)
            )
            place = video.time_s(number), shown, tracks, video.size_of(number), video.name_of(number)
            frames.append(FoundInFrame(number, *place))
        names, size = looks.detector.class_names, (video.width, video.height)
        yield FoundInVideo(video_path, *size, video.fps, video.frames, names, looks.thresholds, tuple(frames))
