"""The Train page with the real trainer: start, curves, pause, stop, past runs, failures."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.runs import runs_of
from app.session import EndedRun, Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from app.training.status import State
from yolox_core.checkpoint import load_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs import read_runs

LONG = 240_000  # a loaded machine imports torch slowly
TINY = TrainConfig(epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


@pytest.fixture
def session(squares: Path) -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    made.set_folder(open_folder(squares))
    yield made
    made.stop_jobs()


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> TrainingPanel:
    made = TrainingPanel(session)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.setup.set_config(TINY)
    return made


def _start(qtbot: QtBot, panel: TrainingPanel) -> None:
    qtbot.mouseClick(panel.setup.start, Qt.MouseButton.LeftButton)


def test_that_a_run_through_the_page_ends_done_with_curves_and_a_checkpoint(
    qtbot: QtBot, panel: TrainingPanel, session: Session
) -> None:
    _start(qtbot, panel)
    assert not panel.setup.start.isEnabled()
    qtbot.waitUntil(lambda: panel.view.state.text() == "Done", timeout=LONG)
    assert len(panel.status.steps) == 4
    assert [event.epoch for event in panel.status.evaluations] == [1, 2]
    assert panel.view.state.text() == "Done"
    assert panel.view.curves is not None
    qtbot.waitUntil(panel.setup.start.isEnabled)
    assert "after epoch" in panel.view.activity.text()
    assert panel.view.scores.texts == [f"square {panel.status.best.ap50:.3f}"] if panel.status.best else True
    assert panel.status.path is not None
    name = panel.status.path.name
    qtbot.waitUntil(lambda: panel.runs.currentText().startswith(f"{name} · done"))
    qtbot.waitUntil(lambda: panel.results.reader.result is not None, timeout=LONG)  # measured by itself
    qtbot.mouseClick(panel.view.play, Qt.MouseButton.LeftButton)
    assert session.checkpoint is not None
    assert load_checkpoint(session.checkpoint).class_names == ("square",)


def test_that_pause_holds_and_stop_keeps_the_weights(qtbot: QtBot, panel: TrainingPanel, session: Session) -> None:
    panel.setup.set_config(replace(TINY, epochs=500))
    _start(qtbot, panel)
    qtbot.waitUntil(lambda: panel.status.step > 1, timeout=LONG)
    qtbot.mouseClick(panel.view.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.status.state is State.PAUSED, timeout=LONG)
    qtbot.mouseClick(panel.view.pause, Qt.MouseButton.LeftButton)
    step = panel.status.step
    qtbot.waitUntil(lambda: panel.status.step > step + 1, timeout=LONG)
    qtbot.mouseClick(panel.view.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Stopped", timeout=LONG)
    assert load_checkpoint(Path(panel.status.last_path)).class_names == ("square",)
    assert session.folder is not None
    assert [run.state for run in read_runs(runs_of(session.folder.root))] == ["stopped"]


def test_that_a_failed_run_says_why_and_never_reads_done(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.setup.set_config(replace(TINY, weights="/nowhere/none.pth"))
    _start(qtbot, panel)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Failed", timeout=LONG)
    assert "/nowhere/none.pth" in panel.messages.text
    assert panel.view.state.text() == "Failed"
    assert panel.setup.start.isEnabled()


def test_that_a_past_run_is_read_from_its_folder(qtbot: QtBot, panel: TrainingPanel, session: Session) -> None:
    _start(qtbot, panel)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Done", timeout=LONG)
    later = TrainingPanel(session)
    qtbot.addWidget(later)
    later.show()
    qtbot.waitUntil(lambda: later.runs.count() == 1)
    assert later.runs.currentIndex() == -1
    later.runs.activated.emit(0)
    qtbot.waitUntil(lambda: later.status.state is State.DONE, timeout=LONG)
    assert later.runs.currentIndex() == 0
    assert len(later.status.steps) == 4


def test_that_a_value_out_of_range_disables_start_and_says_so(qtbot: QtBot, panel: TrainingPanel) -> None:
    panel.setup.form.inputs["image_size"].write(333)
    panel.setup.form.inputs["image_size"].edited.emit()
    assert not panel.setup.start.isEnabled()
    assert "marked" in panel.setup.reason.text()
    panel.setup.form.inputs["image_size"].write(320)
    panel.setup.form.inputs["image_size"].edited.emit()
    assert panel.setup.start.isEnabled()


def test_that_without_a_folder_start_says_what_to_do(qtbot: QtBot) -> None:
    panel = TrainingPanel(Session(SettingsStore(), Problems()))
    qtbot.addWidget(panel)
    assert not panel.setup.start.isEnabled()
    assert "Open a data set" in panel.setup.reason.text()


def test_that_a_run_that_is_gone_is_told_and_what_was_shown_comes_back(
    qtbot: QtBot, panel: TrainingPanel, tmp_path: Path
) -> None:
    panel.runs.addItem("a run that was deleted", tmp_path / "gone")
    panel.runs.activated.emit(panel.runs.count() - 1)
    qtbot.waitUntil(lambda: "no run here" in panel.messages.text)
    qtbot.waitUntil(lambda: "Reading" not in panel.view.activity.text())
    assert panel.status.state is State.READY


def test_that_a_run_is_gone_on_with_from_its_last_weights_and_settings(
    qtbot: QtBot, panel: TrainingPanel, session: Session
) -> None:
    ended: list[EndedRun] = []
    session.run_ended.connect(ended.append)
    _start(qtbot, panel)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Done", timeout=LONG)
    [run] = ended
    weights = run.weights
    assert weights.name == "best.pth"
    assert panel.status.best is not None
    assert run.ap == panel.status.best.ap
    panel.setup.set_config(replace(TINY, epochs=7))
    panel.train_from(weights)
    assert panel.setup.config() == replace(TINY, weights=str(weights.with_name("last.pth")))
    assert f"with the settings of {weights.parent.name}" in panel.messages.text
    assert panel.setup.start.isEnabled()


def test_that_a_checkpoint_without_a_run_is_started_from(panel: TrainingPanel, tmp_path: Path) -> None:
    panel.train_from(tmp_path / "other.pth")
    assert panel.setup.config() == replace(TINY, weights=str(tmp_path / "other.pth"))
    assert "Ready to train on from other.pth, on" in panel.messages.text
