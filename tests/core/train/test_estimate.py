"""Estimates: their arithmetic, and dry runs on real batches."""

from dataclasses import replace
from pathlib import Path

import pytest

from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train import measure
from yolox_core.train.config import TrainConfig
from yolox_core.train.dry_run import DryRun
from yolox_core.train.estimate import Pace, estimate_of, pace_key
from yolox_core.train.measure import BatchChoice, find_batch_size, measure_pace
from yolox_core.train.sizes import largest_shape, mean_area

TINY = TrainConfig(epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")
PACE = Pace(
    step_s=0.5,
    eval_start_s=1.0,
    eval_image_s=0.1,
    save_s=0.25,
    read_s=0.02,
    readers=2,
    is_on_gpu=False,
    image_bytes=1_000_000,
    train_images=100,
    val_images=20,
    peak_bytes=10**9,
)


def test_that_a_run_takes_its_steps_evaluations_checkpoints_and_the_first_reading() -> None:
    config = replace(TINY, batch_size=10, epochs=4, eval_interval=2)
    found = estimate_of(PACE, config)
    assert found.epoch_s == pytest.approx(10 * 0.5 + 0.25 + 3.0)
    assert found.run_s == pytest.approx(4 * 5.25 + 2 * 3.0 + 100 * 0.02 / 2)
    assert found.images_per_s == pytest.approx(20)


def test_that_images_that_do_not_fit_into_the_cache_are_read_every_epoch() -> None:
    config = replace(TINY, batch_size=10, epochs=2, cache_mb=50, mosaic_prob=1.0)
    found = estimate_of(PACE, config)
    assert found.epoch_s == pytest.approx(5 + 0.25 + 3 + 50 * 4 * 0.01)
    hidden = estimate_of(replace(PACE, is_on_gpu=True), config)
    assert hidden.epoch_s == pytest.approx(5 + 0.25 + 3)


def test_that_the_cache_counts_as_main_memory_alone() -> None:
    config = replace(TINY, cache_mb=30)
    assert estimate_of(PACE, config).peak_bytes == pytest.approx(1.2 * (10**9 + 30_000_000))
    assert estimate_of(replace(PACE, is_on_gpu=True), config).peak_bytes == 10**9


def test_that_changing_sizes_take_their_mean_area_and_the_largest_memory() -> None:
    config = replace(TINY, image_size=320, multiscale_range=1)
    assert mean_area(config) == pytest.approx((0.81 + 1 + 1.21) / 3)
    assert largest_shape(replace(config, image_height=192)) == (224, 352)


def test_that_a_pace_holds_for_other_epochs_but_not_for_another_batch() -> None:
    assert pace_key(replace(TINY, epochs=99, base_lr=0.5)) == pace_key(TINY)
    assert pace_key(replace(TINY, batch_size=8)) != pace_key(TINY)


def test_that_a_dry_run_measures_everything_and_leaves_the_folder_alone(squares: Path) -> None:
    before = {path: path.read_bytes() for path in squares.rglob("*") if path.is_file()}
    *progress, pace = measure_pace(TINY, open_folder(squares))
    assert isinstance(pace, Pace)
    assert (pace.train_images, pace.val_images) == (8, 2)
    assert min(pace.step_s, pace.eval_image_s, pace.save_s, pace.read_s) > 0
    assert all(isinstance(record, Progress) for record in progress)
    assert {path: path.read_bytes() for path in squares.rglob("*") if path.is_file()} == before


def test_that_a_dry_run_of_what_cannot_train_says_why(squares: Path) -> None:
    with pytest.raises(UserError, match="no split"):
        list(measure_pace(replace(TINY, train_split="nowhere"), open_folder(squares)))


def _chosen(monkeypatch: pytest.MonkeyPatch, run: object, tried: dict[int, BatchChoice | None]) -> BatchChoice:
    monkeypatch.setattr(measure, "_tried", lambda _run, size: tried[size])
    *_, found = measure._best_batch(run)  # type: ignore[arg-type]
    assert isinstance(found, BatchChoice)
    return found


@pytest.fixture
def dry_run(squares: Path, monkeypatch: pytest.MonkeyPatch) -> DryRun:
    *_, run = measure.prepared(TINY, open_folder(squares))
    assert isinstance(run, DryRun)
    monkeypatch.setattr(run.memory, "limit", lambda: 100)
    run.data = replace(run.data, train=run.data.train * 8)
    return run


def test_that_a_batch_grows_while_the_cpu_gets_faster(dry_run: DryRun, monkeypatch: pytest.MonkeyPatch) -> None:
    speeds = {1: 10.0, 2: 15.0, 4: 20.0, 8: 20.5}
    found = _chosen(monkeypatch, dry_run, {size: BatchChoice(size, speed, 1) for size, speed in speeds.items()})
    assert (found.batch_size, found.reason) == (4, "a larger one is no faster")


@pytest.mark.parametrize("last", [None, BatchChoice(4, 40.0, 90)])
def test_that_a_batch_never_takes_more_than_the_memory(
    dry_run: DryRun, monkeypatch: pytest.MonkeyPatch, last: BatchChoice | None
) -> None:
    found = _chosen(monkeypatch, dry_run, {1: BatchChoice(1, 10.0, 20), 2: BatchChoice(2, 20.0, 40), 4: last})
    assert found.batch_size == 2
    assert "memory" in found.reason


def test_that_a_batch_leaves_an_epoch_four_steps(squares: Path) -> None:
    *_, found = find_batch_size(TINY, open_folder(squares))
    assert isinstance(found, BatchChoice)
    assert found.batch_size in (1, 2)
    assert found.images_per_s > 0
