"""The estimate on the page, with real dry runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.estimate_box import UNKNOWN
from app.training.setup import Setup
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig

LEFT = Qt.MouseButton.LeftButton
LONG = 120_000
TINY = TrainConfig(epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


@pytest.fixture
def setup(qtbot: QtBot, squares: Path) -> Iterator[Setup]:
    session = Session(SettingsStore(), Problems())
    made = Setup(session)
    qtbot.addWidget(made)
    made.set_folder(open_folder(squares))
    made.set_config(TINY)
    made.show()
    yield made
    session.stop_jobs()


def test_that_an_estimate_is_made_on_demand_and_remembered_for_its_settings(qtbot: QtBot, setup: Setup) -> None:
    box = setup.estimate
    assert box.text.text() == UNKNOWN
    qtbot.mouseClick(box.measure, LEFT)
    assert box.cancel.isVisible()
    qtbot.waitUntil(lambda: not box.estimator.is_running, timeout=LONG)
    first = box.text.text()
    assert "an epoch with its evaluation" in first
    setup.form.inputs["batch_size"].write(2)
    assert box.text.text() == UNKNOWN
    setup.form.inputs["batch_size"].write(4)
    assert box.text.text() == first
    setup.form.inputs["epochs"].write(2000)
    assert "an epoch with its evaluation" in box.text.text()
    assert box.text.text() != first


def test_that_a_dry_run_can_be_cancelled(qtbot: QtBot, setup: Setup) -> None:
    qtbot.mouseClick(setup.estimate.measure, LEFT)
    qtbot.mouseClick(setup.estimate.cancel, LEFT)
    assert not setup.estimate.estimator.is_running
    assert setup.estimate.text.text() == UNKNOWN
    assert setup.estimate.measure.isVisible()


def test_that_a_fitted_batch_size_is_taken_over(qtbot: QtBot, setup: Setup) -> None:
    setup.set_config(replace(TINY, batch_size=64))
    qtbot.mouseClick(setup.estimate.fit, LEFT)
    qtbot.waitUntil(lambda: not setup.estimate.estimator.is_running, timeout=LONG)
    assert setup.config().batch_size in (1, 2)
    assert setup.estimate.text.text().startswith(f"Batch size {setup.config().batch_size}: a larger one")


def test_that_why_nothing_could_be_tried_is_said(qtbot: QtBot, setup: Setup) -> None:
    setup.set_config(replace(TINY, train_split="nowhere"))
    with qtbot.waitSignal(setup.estimate.estimator.failed, timeout=LONG):
        qtbot.mouseClick(setup.estimate.measure, LEFT)
    qtbot.waitUntil(lambda: not setup.estimate.estimator.is_running, timeout=LONG)
    assert "nowhere" in setup.estimate.text.text()
