"""What the network sees in every frame of a video, kept on disk: thresholds of a whole video follow a slider.

Of each frame the best candidates are kept as columns of numbers, appended in the order in which frames were looked at:
a score, a class, a box in steps of 1/40000 of the longer side, and for suppression within and across classes the bits
of `keep_masks`, 44 bytes on disk. A kill loses at most the frames written last. F frames, N kept candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.candidates import Candidates
from yolox_core.infer.keep_masks import keep_masks, step_of
from yolox_core.infer.sources import stamp
from yolox_core.infer.thresholds import Region, Thresholds, centred_in
from yolox_core.records import Detections

FLOOR = 0.05
MOST_A_FRAME = 60
MOST_BYTES = 380_000_000
SCORE_STEPS = 65_535
BOX_STEPS = 40_000  # of the longer side; the rest of 16 bits is room for boxes that leave the picture
BOX_MARGIN = 12_000

COLUMNS: dict[str, tuple[type[np.generic], tuple[int, ...]]] = {
    "scores": (np.uint16, ()),
    "class_ids": (np.uint16, ()),
    "boxes": (np.uint16, (4,)),
    "own_low": (np.uint64, ()),
    "own_high": (np.uint64, ()),
    "any_low": (np.uint64, ()),
    "any_high": (np.uint64, ()),
}
CANDIDATE_BYTES = 48  # of the columns and the number of its frame
CHUNK = 2**18


@dataclass(frozen=True, slots=True)
class VideoKey:
    """What predictions belong to: a video and a network, both as files of that size and time, and the frame size.

    For images that differ in size, the frame size is as large as the largest.
    """

    video: str
    video_bytes: int
    video_time_ns: int
    network: str
    network_bytes: int
    network_time_ns: int
    width: int
    height: int
    frames: int
    class_names: tuple[str, ...]

    @classmethod
    def of(
        cls, video: Path, network: Path, *, width: int, height: int, frames: int, class_names: tuple[str, ...]
    ) -> "VideoKey":
        """The key of two files as they are now. Raises FileError where one is gone."""
        names = str(video.resolve()), str(network.resolve())
        return cls(names[0], *stamp(video), names[1], *stamp(network), width, height, frames, class_names)

    @property
    def most_a_frame(self) -> int:
        """Candidates kept of a frame: fewer in a long video, so that all take no more than MOST_BYTES."""
        return max(min(MOST_A_FRAME, MOST_BYTES // (CANDIDATE_BYTES * max(self.frames, 1))), 1)


@dataclass(frozen=True, eq=False)
class Part:
    """Frames uint32 [M] in the order in which they were looked at, their candidates' counts [M], and the columns.

    `damaged` are those among them that the file has lost or broken.
    """

    frames: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    rows: dict[str, NDArray[Any]]
    damaged: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class FoundBoxes:
    """Boxes of several frames, frames ascending: `frames` int64 [N] and the columns of Detections."""

    frames: NDArray[np.int64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]


class VideoPredictions:
    """The kept candidates of the frames looked at so far. One thread appends; any may read what is there.

    `damaged` holds the frames among them that the file has lost or broken, or that lean on such a one.

    `frames` below are numbers 0 to F - 1; thresholds are 0 to 1, IoU to the nearest hundredth.
    """

    def __init__(self, key: VideoKey) -> None:
        self.key = key
        most = key.frames * key.most_a_frame
        self._columns = {name: np.empty((most, *shape), kind) for name, (kind, shape) in COLUMNS.items()}
        self._frame_of = np.empty(most, np.uint32)
        self._starts = np.full(key.frames, -1, np.int64)
        self._counts = np.zeros(key.frames, np.uint32)
        self._order: list[int] = []
        self.damaged: set[int] = set()
        self._region_known: tuple[Region | None, NDArray[np.bool_]] = (None, np.zeros(0, np.bool_))
        self._length = 0
        self._box_scale = BOX_STEPS / max(key.width, key.height, 1)

    @property
    def done(self) -> int:
        """How many frames have been looked at."""
        return len(self._order)

    @property
    def byte_count(self) -> int:
        """Bytes that the kept candidates take."""
        return self._length * CANDIDATE_BYTES

    def has(self, frame: int) -> bool:
        """Whether a frame has been looked at."""
        return bool(self._starts[frame] >= 0)

    def next_missing(self, frame: int) -> int | None:
        """The first frame from this one on, around the end, that has not been looked at; None when all have."""
        missing = np.flatnonzero(np.roll(self._starts, -frame) < 0)
        return int((missing[0] + frame) % self.key.frames) if len(missing) else None

    def append(self, frame: int, candidates: Candidates, *, is_damaged: bool = False) -> None:
        """Keep the best candidates of a frame, best first; one that is there already stays as it is."""
        if self.has(frame):
            return
        self.add_part(self._part_of(frame, candidates))
        if is_damaged:
            self.damaged.add(frame)

    def part(self, since: int) -> Part:
        """All that was appended after the first `since` frames."""
        frames = np.array(self._order[since:], np.uint32)
        start = int(self._starts[frames[0]]) if len(frames) else self._length
        rows = {name: column[start : self._length].copy() for name, column in self._columns.items()}
        damaged = np.array([frame for frame in frames.tolist() if frame in self.damaged], np.uint32)
        return Part(frames, self._counts[frames], rows, damaged)

    def add_part(self, part: Part) -> None:
        """Take up frames that were appended at another time; none of them may be here."""
        place = slice(self._length, self._length + int(part.counts.sum()))
        for name, column in self._columns.items():
            column[place] = part.rows[name]
        self._frame_of[place] = np.repeat(part.frames, part.counts)
        self._counts[part.frames] = part.counts
        self._starts[part.frames] = self._length + np.cumsum(part.counts) - part.counts
        self._length = place.stop
        self._order += part.frames.tolist()
        self.damaged.update(part.damaged.tolist())

    def candidates(self, frame: int) -> Candidates:
        """What was kept of a frame; nothing where it has not been looked at."""
        return self._candidates(self._place(frame))

    def recall(self, frame: int, thresholds: Thresholds) -> Candidates | None:
        """What was kept of a frame, where that is all that can pass the thresholds; else None."""
        if not self.has(frame) or thresholds.lowest < FLOOR:
            return None
        candidates = self.candidates(frame)
        is_cut = len(candidates) == self.key.most_a_frame and candidates.scores[-1] >= thresholds.lowest
        return None if is_cut else candidates

    def detections(self, frame: int, thresholds: Thresholds) -> Detections:
        """The boxes of a frame that pass the thresholds, best first."""
        place = self._place(frame)
        found = self._candidates(place.start + np.flatnonzero(self._passes(place, thresholds)))
        return Detections(found.boxes, found.scores, found.class_ids)

    def found(self, first: int, last: int, thresholds: Thresholds) -> FoundBoxes:
        """The boxes that pass the thresholds in frames `first` to `last`, both included; best first in each."""
        counts = self._counts[first : last + 1].astype(np.int64)
        frames = np.repeat(np.arange(first, first + len(counts)), counts)
        ends = np.cumsum(counts)
        rows = np.repeat(self._starts[first : last + 1] - ends + counts, counts) + np.arange(len(frames))
        chosen = np.flatnonzero(self._passes(rows, thresholds))
        passing = self._candidates(rows[chosen])
        return FoundBoxes(frames[chosen], passing.boxes, passing.scores, passing.class_ids)

    def looked_at(self) -> NDArray[np.bool_]:
        """Which frames [F] have been looked at."""
        known: NDArray[np.bool_] = self._starts >= 0
        return known

    def mean_counts(self, thresholds: Thresholds, *, bins: int, first: int = 0, last: int = -1) -> NDArray[np.float64]:
        """Mean boxes a frame [C, bins] of each class in equal parts of the video; nan where no frame was looked at.

        `first` to `last` frame, both included, are looked at; -1 is the last one of the video.
        """
        last = self.key.frames - 1 if last < 0 else last
        bin_of = np.full(self.key.frames, bins, np.int32)  # what lies outside has a part of its own
        bin_of[first : last + 1] = np.arange(last + 1 - first) * bins // (last + 1 - first)
        looked_at = np.bincount(bin_of[self._starts >= 0], minlength=bins + 1)
        sums = np.zeros(len(self.key.class_names) * (bins + 1))
        for frames, class_ids in self._passing(thresholds):
            sums += np.bincount(class_ids * np.int32(bins + 1) + bin_of[frames], minlength=len(sums))
        means = np.where(looked_at > 0, sums.reshape(-1, bins + 1) / np.maximum(looked_at, 1), np.nan)
        return means[:, :bins]

    def frames_with(self, class_ids: Sequence[int], thresholds: Thresholds) -> NDArray[np.int64]:
        """Ascending frames that show at least one box of one of these classes."""
        has_box = np.zeros(self.key.frames, np.bool_)
        for frames, found in self._passing(thresholds):
            has_box[frames[np.isin(found, class_ids)]] = True
        return np.flatnonzero(has_box)

    def _part_of(self, frame: int, candidates: Candidates) -> Part:
        count = min(int((candidates.scores >= FLOOR).sum()), self.key.most_a_frame)
        boxes, class_ids = candidates.boxes[:count], candidates.class_ids[:count]
        own, across = keep_masks(boxes, class_ids), keep_masks(boxes, np.zeros(count, np.int64))
        rows = {
            "scores": np.rint(candidates.scores[:count] * SCORE_STEPS),
            "class_ids": class_ids,
            "boxes": np.clip(np.rint(boxes * self._box_scale) + BOX_MARGIN, 0, 65_535),
            "own_low": own[:, 0],
            "own_high": own[:, 1],
            "any_low": across[:, 0],
            "any_high": across[:, 1],
        }
        return Part(np.array([frame], np.uint32), np.array([count], np.uint32), rows, np.zeros(0, np.uint32))

    def _place(self, frame: int) -> slice:
        start = max(int(self._starts[frame]), 0)
        return slice(start, start + int(self._counts[frame]))

    def _candidates(self, places: "slice | NDArray[np.int64]") -> Candidates:
        boxes = (self._columns["boxes"][places].astype(np.float32) - BOX_MARGIN) / np.float32(self._box_scale)
        scores = self._columns["scores"][places].astype(np.float32) / np.float32(SCORE_STEPS)
        return Candidates(boxes, scores, self._columns["class_ids"][places].astype(np.int64))

    def _passing(self, thresholds: Thresholds) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint16]]]:
        """Frames and classes of all candidates that pass, in chunks that stay in the processor's cache."""
        for start in range(0, self._length, CHUNK):
            place = slice(start, min(start + CHUNK, self._length))
            chosen = np.flatnonzero(self._passes(place, thresholds))
            yield self._frame_of[place][chosen], self._columns["class_ids"][place][chosen]

    def _passes(self, place: "slice | NDArray[np.int64]", thresholds: Thresholds) -> NDArray[np.bool_]:
        """Which candidates score enough and are covered by no better one."""
        step = step_of(thresholds.nms_threshold)
        bits = self._columns[f"{'any' if thresholds.class_agnostic else 'own'}_{'high' if step >= 64 else 'low'}"][
            place
        ]
        is_sure = self._columns["scores"][place] >= self._least_steps(place, thresholds)
        passes: NDArray[np.bool_] = is_sure & (bits & np.uint64(1 << step % 64) != 0)
        if thresholds.region is not None:
            passes &= self._inside(thresholds.region)[place]
        return passes

    def _least_steps(self, place: "slice | NDArray[np.int64]", thresholds: Thresholds) -> "int | NDArray[np.float64]":
        """The least score, in steps, of all candidates or of each."""
        if not thresholds.own:
            return ceil(thresholds.conf_threshold * SCORE_STEPS)
        by_class = thresholds.least_scores(np.arange(len(self.key.class_names)))
        return np.ceil(by_class * SCORE_STEPS)[self._columns["class_ids"][place]]

    def _inside(self, region: Region) -> NDArray[np.bool_]:
        """Which of the candidates kept so far have their centre in a region; found once for each region.

        Threads that ask for different regions may replace each other's answer, never mix them.
        """
        known, length = self._region_known, self._length
        start = len(known[1]) if known[0] == region else 0
        if known[0] == region and start >= length:
            return known[1]
        scaled = tuple(edge * self._box_scale + BOX_MARGIN for edge in region)
        found = [known[1]] if start else []
        for first in range(start, length, CHUNK):
            boxes = self._columns["boxes"][first : min(first + CHUNK, length)].astype(np.uint32)
            found.append(centred_in(boxes, scaled))  # type: ignore[arg-type]
        inside = np.concatenate(found) if found else np.zeros(0, np.bool_)
        self._region_known = region, inside
        return inside
