"""What a user asks of a run under way: pause, stop, stop after the epoch; and what a run without success says."""

import gc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread, Timer

import pytest
import torch

from yolox_core.checkpoint import load_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.control import RunControl
from yolox_core.train.events import (
    EvalProgress,
    Evaluated,
    Notice,
    Paused,
    Preparing,
    Resumed,
    RunFinished,
    StepDone,
    TrainEvent,
)
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer

CONFIG = TrainConfig(epochs=3, batch_size=4, image_size=64, multiscale_range=1, workers=1, device="cpu")


@pytest.fixture(autouse=True)
def fast(one_thread: None) -> None:
    """Small networks gain nothing from more threads."""


def _learned(events: list[TrainEvent]) -> list[object]:
    """Losses and figures of a run, in order."""
    figures: list[object] = [(e.step, e.total_loss, e.image_size) for e in events if isinstance(e, StepDone)]
    return figures + [(e.epoch, e.ap, e.ap50) for e in events if isinstance(e, Evaluated)]


def _until(events: Iterator[TrainEvent], kind: type[TrainEvent]) -> TrainEvent:
    return next(event for event in events if isinstance(event, kind))


@pytest.mark.parametrize("kind", [StepDone, EvalProgress])
def test_that_a_pause_frees_the_network_and_changes_nothing(
    squares: Path, tmp_path: Path, kind: type[TrainEvent]
) -> None:
    folder = open_folder(squares)
    whole = list(Trainer(CONFIG, folder, tmp_path / "whole").run())
    control = RunControl()
    told: list[TrainEvent] = []
    gc.disable()  # what a pause frees must not wait for the collector
    try:
        before = _weights()
        for event in Trainer(CONFIG, folder, tmp_path / "paused", control=control).run():
            told.append(event)
            if isinstance(event, kind) and not any(isinstance(one, Paused) for one in told):
                alive = [each for each in _weights() if each not in before]
                assert len(alive) > 100
                control.pause()
            if isinstance(event, Paused):
                assert _weights() <= before
                assert load_checkpoint(tmp_path / "paused" / "last.pth").class_names == ("square",)
                Timer(0.3, control.resume).start()
    finally:
        gc.enable()
    resumed = next(event for event in told if isinstance(event, Resumed))
    finished = told[-1]
    assert isinstance(finished, RunFinished)
    assert finished.state == "done"
    assert resumed.paused_s > 0.25
    assert _learned(told) == _learned(whole)
    ours, wanted = (load_checkpoint(tmp_path / name / "last.pth").weights for name in ("paused", "whole"))
    assert all(ours[key].equal(wanted[key]) for key in wanted)


def _weights() -> set[int]:
    """Identities of the parameters that are alive."""
    return {id(each) for each in gc.get_objects() if type(each) is torch.nn.Parameter}


@pytest.mark.parametrize("kind", [Preparing, StepDone, EvalProgress])
def test_that_stop_is_obeyed_at_once_whatever_the_run_does(
    squares: Path, tmp_path: Path, kind: type[TrainEvent]
) -> None:
    control = RunControl()
    events = Trainer(CONFIG, open_folder(squares), tmp_path / "run", control=control).run()
    _until(events, kind)
    control.stop()
    rest = list(events)
    assert len(rest) <= 2
    assert isinstance(rest[-1], RunFinished)
    assert rest[-1].state == "stopped"
    assert bool(rest[-1].best) is (kind is not Preparing)


def test_that_stop_ends_a_pause(squares: Path, tmp_path: Path) -> None:
    control = RunControl()
    events = Trainer(CONFIG, open_folder(squares), tmp_path / "run", control=control).run()
    _until(events, StepDone)
    control.pause()
    _until(events, Paused)
    Timer(0.2, control.stop).start()
    resumed, finished = events
    assert isinstance(finished, RunFinished)
    assert (type(resumed), finished.state) == (Resumed, "stopped")
    resumed_run = list(Trainer(CONFIG, open_folder(squares), tmp_path / "run", is_resumed=True).run())
    assert _learned(list(read_events(RunFolder(tmp_path / "run")))) == _learned(
        list(Trainer(CONFIG, open_folder(squares), tmp_path / "whole").run())
    )
    assert isinstance(resumed_run[-1], RunFinished)


def test_that_stop_after_the_epoch_measures_it_and_keeps_it(squares: Path, tmp_path: Path) -> None:
    control = RunControl()
    config = replace(CONFIG, eval_interval=3)
    events = Trainer(config, open_folder(squares), tmp_path / "run", control=control).run()
    _until(events, StepDone)
    control.stops_after_epoch = True
    rest = list(events)
    finished = rest[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.state, finished.epochs) == ("stopped", 1)
    assert [event.epoch for event in rest if isinstance(event, Evaluated)] == [1]
    assert load_checkpoint(Path(finished.last)).epoch == load_checkpoint(Path(finished.best)).epoch == 1


def test_that_a_second_process_cannot_work_on_the_same_run(squares: Path, tmp_path: Path) -> None:
    folder = open_folder(squares)
    with closing(Trainer(CONFIG, folder, tmp_path / "run").run()) as events:
        _until(events, StepDone)
        other: list[UserError] = []

        def resume() -> None:
            try:
                list(Trainer(CONFIG, folder, tmp_path / "run", is_resumed=True).run())
            except UserError as error:
                other.append(error)

        thread = Thread(target=resume)
        thread.start()
        thread.join()
    assert "going on in another process" in str(other[0])


def _notices(config: TrainConfig, squares: Path, run: Path) -> str:
    return " ".join(e.text for e in Trainer(config, open_folder(squares), run).run() if isinstance(e, Notice))


def test_that_ap_of_0_is_explained_from_the_data(squares: Path, tmp_path: Path) -> None:
    once = replace(CONFIG, epochs=1)
    early = _notices(once, squares, tmp_path / "early")
    assert "AP is 0 after step 2" in early
    val = [squares / "Annotations" / f"{number}.xml" for number in (8, 9)]
    for path in val:
        path.write_text(path.read_text().replace("square", "circle"))
    other = _notices(once, squares, tmp_path / "names")
    assert "measure on show only “circle”; the training images show only “square”" in other
    for path in val:
        path.write_text(path.read_text().replace("<width>80</width>", "<width>800</width>"))
        path.write_text(path.read_text().replace("circle", "square"))
    assert "800 × 60 pixels, the image has 80 × 60" in _notices(once, squares, tmp_path / "sizes")
    for path in val:
        path.write_text("<annotation><size><width>80</width><height>60</height></size></annotation>")
    assert "have no boxes" in _notices(once, squares, tmp_path / "boxes")


def test_that_a_class_that_no_anchor_point_learns_is_named(squares: Path, tmp_path: Path) -> None:
    """Boxes of one pixel vanish when the image is made smaller."""
    dot = (
        "<object><name>dot</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>"
        "</annotation>"
    )
    for path in (squares / "Annotations").iterdir():
        path.write_text(path.read_text().replace("</annotation>", dot))
    notices = _notices(replace(CONFIG, epochs=2, mosaic_prob=0.0), squares, tmp_path / "r")
    assert notices.count("nothing learned of dot: none of its 8 boxes") == 1
    assert "nothing learned of square" not in notices
