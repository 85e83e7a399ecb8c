"""Results of runs: the best checkpoint evaluated with details and timed, kept in the run's folder."""

import shutil
from pathlib import Path

import pytest

from yolox_core.dataset.folder import open_folder
from yolox_core.errors import FileError
from yolox_core.evaluate.speed import read_speed
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs import read_run
from yolox_core.train.runs_result import RESULT, RunResult, kept_result, measure_result, weights_of
from yolox_core.train.trainer import Trainer

TINY = TrainConfig(epochs=1, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


def _measured(run: Path, squares: Path) -> RunResult:
    *progress, result = measure_result(run, open_folder(squares), device="cpu")
    assert progress
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(result, RunResult)
    return result


def test_that_a_result_is_kept_and_knows_its_checkpoint(squares: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    list(Trainer(TINY, open_folder(squares), run).run())
    with pytest.raises(FileError, match="not been evaluated"):
        kept_result(run)
    made = _measured(run, squares)
    assert made.not_kept == ""
    assert made.kept.evaluation.ap == pytest.approx(read_run(run).ap, abs=0.02)  # another backend than in training
    assert made.speed is not None
    assert 0 < made.speed.network_ms < made.speed.total_ms
    assert read_speed(run) == made.speed
    moved = Path(shutil.move(run, tmp_path / "moved"))
    again = kept_result(moved)
    assert again.is_current
    assert again.kept.evaluation.ap == made.kept.evaluation.ap
    assert again.kept.evaluation.details is not None
    assert {image.path.parent for image in again.kept.evaluation.details.images} == {squares / "JPEGImages"}
    weights_of(moved).write_bytes(b"another network")
    assert not kept_result(moved).is_current


def test_that_a_result_that_cannot_be_kept_is_given_all_the_same(squares: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    list(Trainer(TINY, open_folder(squares), run).run())
    (run / RESULT).mkdir()
    assert "Could not be written" in _measured(run, squares).not_kept


def test_that_a_run_without_weights_says_so(squares: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no weights"):
        list(measure_result(tmp_path, open_folder(squares)))
