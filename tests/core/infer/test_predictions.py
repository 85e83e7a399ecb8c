"""Predictions of a whole video: the same boxes as suppression gives, kept on disk, filled in by the background pass."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.core.infer.candidates import piled
from tests.core.infer.clips import write_clip
from yolox_core.errors import FileError
from yolox_core.infer.analyse import analyse_video
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.detector import Detector
from yolox_core.infer.prediction_files import PredictionFiles, predictions_folder, prune
from yolox_core.infer.predictions import FLOOR, MOST_A_FRAME, VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds

KEY = VideoKey("/a.mp4", 1, 2, "/b.pth", 3, 4, width=640, height=360, frames=40, class_names=("a", "b", "c"))
STRICT, LOOSE = Thresholds(0.6, 0.3), Thresholds(0.05, 0.9)
OWN = Thresholds(0.5, 0.65, own=((0, 0.2), (2, 0.8)))
OWN_OF_ALL = replace(OWN, class_agnostic=True)
PART = replace(OWN, region=(200.005, 100.005, 450.005, 330.005))


def sure(count: int, seed: int) -> Candidates:
    """Candidates of three classes that all score above the floor."""
    made = piled(count, piles=8, classes=3, seed=seed)
    return replace(made, scores=np.maximum(made.scores, np.float32(FLOOR)))


@pytest.fixture
def filled() -> VideoPredictions:
    predictions = VideoPredictions(KEY)
    for frame in range(0, KEY.frames, 2):
        predictions.append(frame, sure(frame, seed=frame))
    return predictions


@pytest.mark.parametrize(
    "thresholds", [STRICT, LOOSE, Thresholds(0.3), Thresholds(0.3, class_agnostic=True), OWN, OWN_OF_ALL, PART]
)
def test_that_boxes_of_a_frame_are_those_that_suppression_keeps(
    filled: VideoPredictions, thresholds: Thresholds
) -> None:
    for frame in range(0, KEY.frames, 2):
        found, wanted = filled.detections(frame, thresholds), thresholds.detections(sure(frame, seed=frame))
        assert found.class_ids.tolist() == wanted.class_ids.tolist()
        assert np.allclose(found.scores, wanted.scores, atol=1e-5)
        assert np.allclose(found.boxes, wanted.boxes, atol=0.01)


def test_that_counts_and_frames_of_a_class_agree_with_each_frame(filled: VideoPredictions) -> None:
    thresholds = Thresholds(0.4, 0.5)
    means = filled.mean_counts(thresholds, bins=KEY.frames)
    for frame in range(KEY.frames):
        counts = filled.detections(frame, thresholds).per_class
        if filled.has(frame):
            assert means[:, frame].tolist() == [counts.get(class_id, 0) for class_id in range(3)]
        else:
            assert np.isnan(means[:, frame]).all()
    with_b = [frame for frame in range(KEY.frames) if filled.detections(frame, thresholds).per_class.get(1)]
    assert filled.frames_with([1], thresholds).tolist() == with_b


def test_that_a_region_is_followed_while_frames_come_in(filled: VideoPredictions) -> None:
    other = replace(PART, region=(0, 0, 320, 180))
    for frame in range(1, 12, 2):
        filled.append(frame, sure(30, seed=frame))
        for thresholds in (PART, other):
            wanted = thresholds.detections(sure(30, seed=frame))
            assert filled.detections(frame, thresholds).class_ids.tolist() == wanted.class_ids.tolist()
    means = filled.mean_counts(PART, bins=KEY.frames)
    assert [means[:, frame].sum() for frame in range(12)] == [len(filled.detections(n, PART)) for n in range(12)]


def test_that_least_scores_are_matched_by_name() -> None:
    assert OWN.renumbered(("a", "b", "c"), ("c", "d", "a")).own == ((0, 0.8), (2, 0.2))
    assert OWN.renumbered(("a", "b", "c"), ("x",)).own == ()
    assert OWN.lowest == 0.2
    assert OWN.scaled(0.5, least=0.15) == Thresholds(0.25, 0.65, own=((0, 0.15), (2, 0.4)))


def test_that_a_part_of_the_video_shows_the_mean_of_its_frames(filled: VideoPredictions) -> None:
    fine, coarse = (filled.mean_counts(LOOSE, bins=bins) for bins in (KEY.frames, 4))
    assert np.allclose(coarse, np.nanmean(fine.reshape(3, 4, -1), axis=2))


def test_that_a_stretch_of_the_video_can_be_counted_alone(filled: VideoPredictions) -> None:
    fine = filled.mean_counts(LOOSE, bins=KEY.frames)
    assert np.array_equal(filled.mean_counts(LOOSE, bins=7, first=11, last=17), fine[:, 11:18], equal_nan=True)


def test_that_the_best_candidates_are_kept_and_those_below_the_floor_are_not() -> None:
    predictions = VideoPredictions(KEY)
    predictions.append(3, piled(500, piles=100, classes=3, seed=1))
    predictions.append(4, replace(piled(5, piles=5, classes=1, seed=1), scores=np.full(5, FLOOR / 2, np.float32)))
    assert len(predictions.candidates(3)) == MOST_A_FRAME
    assert predictions.has(4)
    assert len(predictions.candidates(4)) == 0
    assert len(predictions.candidates(5)) == 0


def test_that_two_hours_take_no_more_than_their_bound() -> None:
    key = replace(KEY, frames=216_000)
    predictions = VideoPredictions(replace(key, frames=10))
    predictions.append(0, sure(key.most_a_frame, seed=1))
    assert key.frames * predictions.byte_count <= 380_000_000
    assert key.most_a_frame == 36


def test_that_what_is_missing_is_found_around_the_end() -> None:
    predictions = VideoPredictions(replace(KEY, frames=4))
    for frame in (1, 2, 3):
        predictions.append(frame, Candidates.none())
    assert predictions.next_missing(2) == 0
    predictions.append(0, Candidates.none())
    assert predictions.next_missing(2) is None


def test_that_predictions_are_there_again_and_go_on(filled: VideoPredictions) -> None:
    files = PredictionFiles(KEY)
    files.read()
    files.write(filled)
    filled.append(1, sure(9, seed=9))
    files.write(filled)
    files.write(filled)
    assert len(list(files.folder.iterdir())) == 2
    again = PredictionFiles(KEY).read()
    assert again.done == filled.done
    for frame in range(KEY.frames):
        assert np.array_equal(again.candidates(frame).boxes, filled.candidates(frame).boxes)
    assert np.array_equal(again.mean_counts(STRICT, bins=7), filled.mean_counts(STRICT, bins=7), equal_nan=True)


def test_that_another_network_or_video_begins_anew(filled: VideoPredictions) -> None:
    files = PredictionFiles(KEY)
    files.read()
    files.write(filled)
    assert PredictionFiles(replace(KEY, network_time_ns=5)).read().done == 0
    assert PredictionFiles(replace(KEY, video_bytes=5)).read().done == 0


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_that_a_damaged_part_is_looked_at_again(filled: VideoPredictions, damage: bytes | None) -> None:
    files = PredictionFiles(KEY)
    files.read()
    files.write(filled)
    (part,) = files.folder.iterdir()
    part.write_bytes(part.read_bytes()[:-200] if damage is None else damage)
    assert PredictionFiles(KEY).read().done == 0


def test_that_a_part_of_another_video_is_refused(filled: VideoPredictions) -> None:
    long, short = PredictionFiles(KEY), PredictionFiles(replace(KEY, frames=10))
    long.read()
    long.write(filled)
    long.folder.rename(short.folder)
    assert short.read().done == 0


def test_that_the_oldest_are_deleted_when_all_take_too_much(filled: VideoPredictions) -> None:
    for number in range(3):
        files = PredictionFiles(replace(KEY, video_time_ns=number))
        files.read()
        files.write(filled)
    folders = list(predictions_folder().iterdir())
    one = sum(path.stat().st_size for path in folders[0].iterdir())
    prune(2 * one)
    assert len(list(predictions_folder().iterdir())) == 2


def test_that_a_folder_that_cannot_be_written_is_told(filled: VideoPredictions) -> None:
    predictions_folder().parent.mkdir(parents=True, exist_ok=True)
    predictions_folder().write_text("in the way")
    with pytest.raises(FileError, match="cannot be made"):
        PredictionFiles(KEY).write(filled)


def sees_one_drone(images: Tensor) -> Tensor:
    """A backend that finds one box in every image."""
    return torch.tensor([40.0, 77.5, 40.0, 35.0, 1.0, 0.9]).repeat(len(images), 1, 1)


def test_that_the_pass_looks_at_every_frame_once_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    passes: list[int] = []

    def backend(images: Tensor) -> Tensor:
        passes.append(len(images))
        return sees_one_drone(images)

    detector = Detector(backend, ("drone",), 160, torch.device("cpu"))
    clip = write_clip(tmp_path / "clip.mp4", "libx264", 30)
    (tmp_path / "n.pth").touch()
    key = VideoKey.of(clip, tmp_path / "n.pth", width=160, height=96, frames=30, class_names=("drone",))
    files = PredictionFiles(key)
    first = analyse_video(detector, clip, files.read(), files, start=20)
    for progress in first:
        if progress.done == 12:
            first.close()
            break
    again = PredictionFiles(key)
    predictions = again.read()
    assert [frame for frame in range(30) if predictions.has(frame)] == [0, 1, *range(20, 30)]
    *_, end = analyse_video(detector, clip, predictions, again)
    assert (end.done, end.total) == (30, 30)
    assert sum(passes) == 30
    assert predictions.mean_counts(Thresholds(), bins=3).tolist() == [[1, 1, 1]]


def test_that_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        VideoKey.of(tmp_path / "none.mp4", tmp_path / "none.pth", width=1, height=1, frames=1, class_names=())
