"""Presets are good settings, say what they set, and reach a run from the command line."""

import pytest

from yolox_core.cli import parse
from yolox_core.cli.train import _config
from yolox_core.train.presets import ARTICLE, BALANCED, PRESETS, QUICK, changes, preset_for


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_that_a_preset_holds_values_that_can_work_and_names_them(preset: object) -> None:
    config = preset.config().checked()  # type: ignore[attr-defined]
    for value in (f"YOLOX-{config.size}", f"{config.epochs} epochs", f"{config.image_size} px"):
        assert value in preset.summary  # type: ignore[attr-defined]


def test_that_the_article_is_repeated_to_the_letter() -> None:
    config = ARTICLE.config()
    assert (config.size, config.epochs, config.image_size, config.flip_prob) == ("m", 25, 640, 0.5)
    assert (config.mosaic_prob, config.mixup_prob, config.hsv_prob) == (1.0, 1.0, 1.0)
    assert ARTICLE.summary.endswith("with mosaic, mixup, colour shifts and flips.")


def test_that_the_first_preset_follows_the_machine() -> None:
    assert (preset_for(has_gpu=False), preset_for(has_gpu=True)) == (QUICK, BALANCED)


def test_that_changes_are_told_with_both_values() -> None:
    config = QUICK.config()
    assert changes(config, config) == {}
    assert changes(BALANCED.config(), config)["size"] == ("nano", "s")


def test_that_options_win_over_the_preset_and_another_size_brings_its_recipe() -> None:
    words = ["train", "--data", "x", "--preset", "quick", "--model", "s", "--epochs", "7"]
    config = _config(parse(words))
    assert (config.size, config.epochs, config.image_size, config.mixup_prob) == ("s", 7, 320, 1.0)


def test_that_preset_and_config_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["train", "--data", "x", "--preset", "quick", "--config", "c.json"])
    assert "give one of them" in capsys.readouterr().err
