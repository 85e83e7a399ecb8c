"""Where the first weights of a run come from, with and without a network."""

from dataclasses import replace
from pathlib import Path

import pytest

from yolox_core.dataset.folder import open_folder
from yolox_core.errors import Unavailable
from yolox_core.published import MIRROR, PUBLISHED, published_path
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import Notice, RunStarted
from yolox_core.train.presets import BEST_START
from yolox_core.train.start import BUILT_IN, Start, built_in_start, find_start
from yolox_core.train.trainer import Trainer

NOBODY_LISTENS = "http://127.0.0.1:9/"
TINY = TrainConfig(epochs=1, batch_size=8, image_size=64, multiscale_range=0, workers=1, device="cpu")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR, NOBODY_LISTENS)


def _start(size: str, weights: str) -> Start:
    *_, found = find_start(TrainConfig(size=size, weights=weights))
    assert isinstance(found, Start)
    return found


def test_that_the_best_start_is_the_published_one_that_is_here() -> None:
    path = published_path(PUBLISHED["s"])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"as if loaded")
    assert _start("s", BEST_START) == Start(str(path))


def test_that_without_a_network_nano_starts_from_our_own_and_says_so() -> None:
    found = _start("nano", BEST_START)
    assert found.weights == str(built_in_start())
    assert "yolox_nano.pth cannot be loaded" in found.notice


def test_that_without_a_network_other_sizes_start_from_random_weights_and_say_so() -> None:
    found = _start("tiny", BEST_START)
    assert found.weights == ""
    assert "random weights" in found.notice


def test_that_published_weights_asked_for_by_name_are_not_replaced() -> None:
    with pytest.raises(Unavailable, match="cannot be loaded") as caught:
        list(find_start(TrainConfig(weights="coco")))
    assert "Start from other weights" in caught.value.action


def test_that_a_file_and_the_words_are_told_apart() -> None:
    assert _start("nano", "/some/best.pth") == Start("/some/best.pth")
    assert _start("nano", BUILT_IN) == Start(str(built_in_start()))
    assert _start("nano", "") == Start("")


def test_that_a_run_without_a_network_trains_and_its_notice_is_shown(squares: Path, tmp_path: Path) -> None:
    config = replace(TINY, weights=BEST_START)
    events = list(Trainer(config, open_folder(squares), tmp_path / "run").run())
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.config["weights"] == str(built_in_start())
    assert any("own small network" in event.text for event in events if isinstance(event, Notice))
