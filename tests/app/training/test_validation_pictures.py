"""The Validation tab on files of a run folder: labels, predictions by score, epochs, what is missing."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.status import RunStatus, State
from app.training.validation_pictures import ValidationPictures
from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate.truth import Compared, Truth
from yolox_core.records import Detections
from yolox_core.train.events import Evaluated, RunStarted
from yolox_core.train.pictures import write_pictures
from yolox_core.train.run_folder import RunFolder


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def tab(qtbot: QtBot, session: Session) -> ValidationPictures:
    made = ValidationPictures(session)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def _write(run: Path, squares: Path, epoch: int, scores: tuple[float, ...]) -> None:
    boxes = np.tile(np.array([10, 10, 40, 40], np.float32), (len(scores), 1))
    found = Detections(boxes, np.array(scores, np.float32), np.zeros(len(scores), np.int64))
    truth = Truth(np.array([[8.0, 8, 38, 38]]), np.array([0]), np.array([False]))
    shown = [Compared(truth, found, squares / "JPEGImages" / name) for name in ("8.jpg", "9.jpg")]
    write_pictures(RunFolder(run), epoch, shown, ("square",), squares)


def _status(run: Path, squares: Path) -> RunStatus:
    status = RunStatus(state=State.RUNNING)
    status.take(
        RunStarted(
            run=str(run),
            device="cpu",
            class_names=("square",),
            train_images=8,
            val_images=2,
            epochs=9,
            steps_per_epoch=2,
            parameters=1,
            data=str(squares),
        )
    )
    return status


def _evaluated(status: RunStatus, epoch: int) -> None:
    status.take(Evaluated(epoch, epoch * 2, 0.1, 0.1 * epoch, 0.2, {"square": 0.2}, 2, 0.1))


def _captions(tab: ValidationPictures) -> list[list[str]]:
    return [[mark.caption for mark in picture.marks if mark.is_dashed] for picture in tab.grid.pictures]


def test_that_each_evaluation_renews_the_pictures(
    qtbot: QtBot, tab: ValidationPictures, squares: Path, tmp_path: Path
) -> None:
    status = _status(tmp_path, squares)
    tab.show_status(status)
    assert tab.grid.pictures == ()
    _write(tmp_path, squares, 1, (0.9, 0.4, 0.1))
    _evaluated(status, 1)
    tab.refresh()
    qtbot.waitUntil(lambda: len(tab.grid.pictures) == 2)
    assert _captions(tab) == [["0.90 square", "0.40 square"]] * 2
    assert not tab.grid.pictures[0].image.isNull()
    tab.conf.setValue(50)
    assert _captions(tab) == [["0.90 square"]] * 2
    tab.conf.setValue(5)
    assert [len(captions) for captions in _captions(tab)] == [3, 3]
    _write(tmp_path, squares, 2, (0.7,))
    _evaluated(status, 2)
    tab.refresh()
    qtbot.waitUntil(lambda: tab.epoch_text.text() == "Epoch 2 of 9 · AP50 0.200")
    assert _captions(tab) == [["0.70 square"]] * 2
    tab.epoch.setValue(0)
    qtbot.waitUntil(lambda: tab.epoch_text.text() == "Epoch 1 of 9 · AP50 0.100")
    _write(tmp_path, squares, 3, (0.6,))
    _evaluated(status, 3)
    tab.refresh()
    qtbot.waitUntil(lambda: tab.epoch.maximum() == 2)
    assert tab.epoch.value() == 0


def test_that_a_missing_image_says_so(qtbot: QtBot, tab: ValidationPictures, squares: Path, tmp_path: Path) -> None:
    _write(tmp_path, squares, 1, (0.9,))
    (squares / "JPEGImages" / "9.jpg").unlink()
    tab.show_status(_status(tmp_path, squares))
    qtbot.waitUntil(lambda: len(tab.grid.pictures) == 2)
    first, second = tab.grid.pictures
    assert not first.image.isNull()
    assert second.image.isNull()
    assert second.remark.startswith("9.jpg")


def test_that_a_run_from_elsewhere_finds_its_images_in_the_open_folder(
    qtbot: QtBot, tab: ValidationPictures, session: Session, squares: Path, tmp_path: Path
) -> None:
    _write(tmp_path, squares, 1, (0.9,))
    session.set_folder(open_folder(squares))
    tab.show_status(_status(tmp_path, Path("/on/another/machine")))
    qtbot.waitUntil(lambda: len(tab.grid.pictures) == 2)
    assert not any(picture.image.isNull() for picture in tab.grid.pictures)


def test_that_a_broken_file_is_told_and_empty_states_say_what_to_do(
    qtbot: QtBot, tab: ValidationPictures, squares: Path, tmp_path: Path
) -> None:
    assert "Press Start" in tab.grid.hint
    status = _status(tmp_path, squares)
    tab.show_status(status)
    assert "first evaluation" in tab.grid.hint
    RunFolder(tmp_path).pictures.mkdir()
    RunFolder(tmp_path).picture(1).write_text(json.dumps({"pictures": 3}))
    _evaluated(status, 1)
    tab.refresh()
    qtbot.waitUntil(lambda: "cannot be read" in tab.grid.hint)
