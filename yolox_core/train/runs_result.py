"""What a run has brought, measured with details on its validation images, and kept in its folder."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import FileError
from yolox_core.evaluate.result_file import KeptEvaluation, read_result, write_result
from yolox_core.evaluate.run import Evaluation, evaluate_images
from yolox_core.evaluate.speed import Speed, measure_speed, read_speed, write_speed
from yolox_core.records import Progress
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.samples import TrainingData, read_training_data

RESULT = "result.json"
TAIL_BYTES = 65_536


@dataclass(frozen=True)
class RunResult:
    """The evaluation of a run's best checkpoint, and the time that its network takes where that was measured.

    `is_current` says whether that checkpoint is still the one that was evaluated, `not_kept` why the result could not
    be written, if so.
    """

    run: Path
    kept: KeptEvaluation
    speed: Speed | None
    is_current: bool = True
    not_kept: str = ""


def weights_of(run: Path) -> Path:
    """The best checkpoint of a run, or the latest where AP was never measured. Raises FileError where there is none."""
    folder = RunFolder(run)
    for path in (folder.best, folder.last):
        if path.exists():
            return path
    raise FileError("This run has kept no weights.", where=run, action="Let it finish an epoch.")


def has_kept_weights(run: Path) -> bool:
    """Whether there is a checkpoint to measure."""
    return RunFolder(run).best.exists() or RunFolder(run).last.exists()


def kept_result(run: Path) -> RunResult:
    """The result as it was kept. Raises FileError where there is none that can be read."""
    kept = read_result(run / RESULT)
    try:
        is_current = kept.checkpoint == _fingerprint(weights_of(run))
    except FileError:
        is_current = True
    return RunResult(run, kept, read_speed(run), is_current)


def measure_result(run: Path, folder: DataFolder, *, device: str = "auto") -> Iterator[Progress | RunResult]:
    """Evaluate a run's checkpoint on the validation images of its settings, time it, and keep both; the result last.

    Where the run's folder cannot be written the result is given all the same. Raises UserError where the data set has
    no such images or other classes, FileError for the checkpoint or the settings.
    """
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.device import device_text

    weights, config = weights_of(run), RunFolder(run).read_config()
    checkpoint = _fingerprint(weights)
    yield Progress(0, 0, "loading the network")
    detector = Detector.open(weights, device=device)
    data = None
    for record in read_training_data(folder, config):
        if isinstance(record, TrainingData):
            data = record
        else:
            yield record
    assert data is not None
    for outcome in evaluate_images(
        detector,
        folder,
        data.val,
        conf_threshold=config.eval_conf_threshold,
        nms_threshold=config.eval_nms_threshold,
    ):
        if isinstance(outcome, Evaluation):
            evaluation = outcome
        else:
            yield outcome
    kept = KeptEvaluation(evaluation, checkpoint, config.val_split, device_text(detector.device))
    speed = None
    for timed in measure_speed(weights, [image.path for image in data.val], device=device):
        if isinstance(timed, Speed):
            speed = timed
        else:
            yield timed
    yield _written(RunResult(run, kept, speed))


def _written(result: RunResult) -> RunResult:
    """The result after it was written into its run's folder, or with the reason why it could not be."""
    try:
        write_result(result.run / RESULT, result.kept)
        if result.speed is not None:
            write_speed(result.run, result.speed)
    except FileError as problem:
        return replace(result, not_kept=problem.what)
    return result


def _fingerprint(weights: Path) -> str:
    """Tells one content of a checkpoint from another: its size, and its end, which has the checksums of its parts."""
    with weights.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - TAIL_BYTES, 0))
        return f"{weights.name} {size} {zlib.crc32(file.read()):08x}"
