"""The network over a whole video, in the background: every frame once, resumed where an earlier pass ended."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from yolox_core.infer.batch_size import fastest_batch
from yolox_core.infer.prediction_files import PredictionFiles, prune
from yolox_core.infer.predictions import FLOOR, VideoPredictions
from yolox_core.infer.sources import open_source
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

WRITE_INTERVAL_S = 5.0
CACHE_BYTES = 0  # frames are seen once, in order


def analyse_video(
    detector: "Detector", video_path: Path, predictions: VideoPredictions, files: PredictionFiles, *, start: int = 0
) -> Iterator[Progress]:
    """Fill in the frames that have not been looked at, from `start` on and around the end.

    Progress after each batch. What is found is written every few seconds and when the iterator is closed. Raises
    FileError where the video cannot be decoded or the cache cannot be written.
    """
    detector = detector.with_limits(floor=FLOOR, top_k=predictions.key.most_a_frame)
    written_s = monotonic()
    try:
        with open_source(video_path, cache_bytes=CACHE_BYTES) as video:
            batch = fastest_batch(detector, video.frame(start))
            while numbers := _missing(predictions, start, batch):
                images = [video.frame(number) for number in numbers]
                for number, candidates in zip(numbers, detector.predict(images), strict=True):
                    predictions.append(number, candidates, is_damaged=video.is_damaged(number))
                start = (numbers[-1] + 1) % video.frames
                yield Progress(predictions.done, video.frames, "looking at all frames")
                if monotonic() - written_s > WRITE_INTERVAL_S:
                    files.write(predictions)
                    written_s = monotonic()
    finally:
        files.write(predictions)
        prune()


def _missing(predictions: VideoPredictions, start: int, most: int) -> list[int]:
    """The next frames to look at: as many as follow one another, up to `most`."""
    first = predictions.next_missing(start)
    if first is None:
        return []
    numbers = [first]
    while len(numbers) < most and numbers[-1] + 1 < predictions.key.frames and not predictions.has(numbers[-1] + 1):
        numbers.append(numbers[-1] + 1)
    return numbers
