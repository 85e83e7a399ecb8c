"""Epochs, phases and rates of a run."""

from dataclasses import replace

from yolox_core.train.config import TrainConfig
from yolox_core.train.plan import Plan

CONFIG = TrainConfig(epochs=30, batch_size=8, warmup_epochs=1, no_aug_epochs=3)


def test_that_the_last_epochs_go_without_mosaic_at_the_final_rate() -> None:
    plan = Plan.of(CONFIG, batches_per_epoch=10)
    assert [epoch for epoch in range(1, 31) if plan.is_plain(epoch)] == [28, 29, 30]
    assert plan.learning_rate(28, 271) == plan.schedule.final


def test_that_a_short_run_keeps_all_its_phases() -> None:
    plan = Plan.of(replace(CONFIG, epochs=3), batches_per_epoch=9)
    assert [plan.is_plain(epoch) for epoch in (1, 2, 3)] == [False, False, True]
    assert plan.schedule.warmup_steps == 9
    assert max(plan.learning_rate(1 + (step - 1) // 9, step) for step in range(1, 28)) > 0.9 * plan.schedule.peak


def test_that_summed_batches_make_fewer_steps_at_a_rate_in_proportion() -> None:
    plan = Plan.of(replace(CONFIG, accumulate=4), batches_per_epoch=10)
    assert plan.steps_per_epoch == 3
    assert plan.schedule.peak == 4 * Plan.of(CONFIG, batches_per_epoch=10).schedule.peak


def test_that_an_early_end_still_brings_the_epochs_without_mosaic() -> None:
    plan = Plan.of(CONFIG, batches_per_epoch=10).ending_after(12)
    assert plan.epochs == 15
    assert [epoch for epoch in range(1, 16) if plan.is_plain(epoch)] == [13, 14, 15]
    assert plan.learning_rate(13, 121) == plan.schedule.final
