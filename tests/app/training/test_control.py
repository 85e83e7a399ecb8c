"""What the user asks of a run on the Train page, and the runs that a crash or another program leaves there."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.runs import runs_of
from app.session import Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from app.training.status import State
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig

LONG = 60_000
LEFT = Qt.MouseButton.LeftButton
CONFIG = TrainConfig(epochs=500, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")
MakePanel = Callable[[], TrainingPanel]


@pytest.fixture
def make_panel(qtbot: QtBot, squares: Path) -> Iterator[MakePanel]:
    sessions: list[Session] = []

    def make() -> TrainingPanel:
        session = Session(SettingsStore(), Problems())
        session.set_folder(open_folder(squares))
        panel = TrainingPanel(session)
        qtbot.addWidget(panel)
        panel.resize(1200, 800)
        panel.show()
        panel.setup.set_config(CONFIG)
        sessions.append(session)
        return panel

    yield make
    for session in sessions:
        session.stop_jobs()


@pytest.fixture
def killed(squares: Path, tmp_path: Path) -> Path:
    """A run that was killed after its first epoch."""
    run = runs_of(squares) / "killed"
    config = tmp_path / "config.json"
    config.write_text(replace(CONFIG, epochs=4).to_json())
    options = ["--config", str(config), "--data", str(squares), "--output", str(run)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "yolox_core", "train", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "epoch 2" in line)
        os.kill(process.pid, signal.SIGKILL)
    return run


def _run(qtbot: QtBot, panel: TrainingPanel) -> None:
    qtbot.mouseClick(panel.setup.start, LEFT)
    qtbot.waitUntil(lambda: panel.status.step > 1, timeout=LONG)


def test_that_stop_after_this_epoch_measures_and_stops(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    _run(qtbot, panel)
    qtbot.mouseClick(panel.view.finish, LEFT)
    assert panel.view.finish.isChecked()
    qtbot.waitUntil(lambda: panel.view.state.text() == "Stopped", timeout=LONG)
    status = panel.status
    assert status.latest is not None
    assert status.latest.epoch == status.epoch < 500
    assert not panel.steering.actions["stop_run"].isEnabled()
    assert panel.steering.actions["resume_run"].isEnabled()


def test_that_a_stopped_run_goes_on_from_the_page(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    _run(qtbot, panel)
    panel.steering.actions["stop_run"].trigger()
    qtbot.waitUntil(lambda: panel.view.resume.isVisible(), timeout=LONG)
    step = panel.status.step
    qtbot.mouseClick(panel.view.resume, LEFT)
    qtbot.waitUntil(lambda: panel.status.step > step + 2, timeout=LONG)
    assert panel.status.state in (State.RUNNING, State.MEASURING)


def test_that_closing_asks_about_a_run_under_way(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    assert panel.can_quit()
    _run(qtbot, panel)
    for answer, is_agreed in (("Cancel", False), ("Stop and keep the weights", True)):
        QTimer.singleShot(100, lambda answer=answer: _press(answer))
        assert panel.can_quit() is is_agreed


def _press(answer: str) -> None:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text().replace("&", "") == answer).click()


def test_that_a_paused_run_does_not_keep_the_window_from_closing(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    _run(qtbot, panel)
    qtbot.mouseClick(panel.view.pause, LEFT)
    qtbot.waitUntil(lambda: panel.status.state is State.PAUSED, timeout=LONG)
    assert panel.view.pause.text() == "Resume"


def test_that_a_killed_run_is_offered_and_goes_on(qtbot: QtBot, make_panel: MakePanel, killed: Path) -> None:
    panel = make_panel()
    qtbot.waitUntil(lambda: "was cut short" in panel.open_run.text, timeout=LONG)
    qtbot.mouseClick(panel.open_run.buttons["Resume"], LEFT)
    assert panel.open_run.text == ""
    qtbot.waitUntil(lambda: panel.view.state.text() == "Done", timeout=LONG)
    assert panel.status.path == killed
    assert panel.status.epoch == 4
    again = make_panel()
    qtbot.waitUntil(lambda: not again._session.running_jobs, timeout=LONG)
    assert again.open_run.text == ""


def test_that_a_dismissed_run_is_not_offered_again(qtbot: QtBot, make_panel: MakePanel, killed: Path) -> None:
    panel = make_panel()
    qtbot.waitUntil(lambda: killed.name in panel.open_run.text, timeout=LONG)
    qtbot.mouseClick(panel.open_run.buttons["Dismiss"], LEFT)
    again = make_panel()
    qtbot.waitUntil(lambda: not again._session.running_jobs, timeout=LONG)
    assert again.open_run.text == ""


def test_that_a_run_of_another_process_is_watched_live_and_read_only(
    qtbot: QtBot, make_panel: MakePanel, squares: Path, tmp_path: Path
) -> None:
    panel = make_panel()
    run = tmp_path / "elsewhere"
    command = ["train", "--data", str(squares), "--output", str(run), "--epochs", "500", "--batch-size", "4"]
    options = ["--size", "64", "--device", "cpu", "--workers", "1"]
    with subprocess.Popen([sys.executable, "-m", "yolox_core", *command, *options], stderr=subprocess.DEVNULL) as other:
        qtbot.waitUntil((run / "events.jsonl").exists, timeout=LONG)
        panel.elsewhere.watched.watch(run)
        qtbot.waitUntil(lambda: panel.status.step > 2, timeout=LONG)
        step = panel.status.step
        qtbot.waitUntil(lambda: panel.status.step > step + 2, timeout=LONG)
        assert panel.view.state.text() in ("Running", "Measuring")
        assert not panel.view.pause.isVisible()
        assert not panel.view.stop.isVisible()
        other.terminate()  # as Ctrl+C: the weights are kept
        qtbot.waitUntil(lambda: panel.view.state.text() == "Stopped", timeout=LONG)
        assert other.wait() == 0
    assert (run / "best.pth").exists()


def test_that_two_processes_are_started_watched_and_stopped(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    panel.elsewhere.start(CONFIG, 2)
    assert not panel.setup.start.isEnabled()
    qtbot.waitUntil(lambda: panel.status.step > 2, timeout=2 * LONG)
    assert panel.status.started is not None
    assert panel.status.started.processes == 2
    QTimer.singleShot(100, lambda: _press("Cancel"))
    assert not panel.can_quit()
    qtbot.waitUntil(panel.view.stop.isVisible, timeout=LONG)
    qtbot.mouseClick(panel.view.stop, LEFT)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Stopped", timeout=LONG)
    qtbot.waitUntil(lambda: not panel.elsewhere.is_busy, timeout=LONG)
    assert panel.can_quit()
    assert Path(panel.status.last_path).exists()


def test_that_processes_that_cannot_begin_read_failed_and_name_their_log(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    panel.elsewhere.start(replace(CONFIG, batch_size=3), 2)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Failed", timeout=2 * LONG)
    log = Path(panel.view.activity.text().rpartition("see ")[2])
    assert "cannot be shared by 2 processes" in log.read_text()
    qtbot.waitUntil(panel.setup.start.isEnabled, timeout=LONG)


def test_that_the_end_is_told_where_another_window_is_in_use(
    qtbot: QtBot, make_panel: MakePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(QApplication, "alert", lambda window: told.append(window))
    panel = make_panel()
    panel.setup.set_config(replace(CONFIG, epochs=1))
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    _run(qtbot, panel)
    qtbot.waitUntil(lambda: panel.view.state.text() == "Done", timeout=LONG)
    qtbot.waitUntil(lambda: told == [panel])
    panel._session.remember(notify_end=False)
    panel.steering.resume(Path(panel.status.started.run) if panel.status.started else Path())
    qtbot.waitUntil(lambda: not panel.live.is_busy, timeout=LONG)
    assert told == [panel]


def test_that_a_run_shows_what_it_takes_of_the_machine(qtbot: QtBot, make_panel: MakePanel) -> None:
    panel = make_panel()
    _run(qtbot, panel)
    qtbot.waitUntil(lambda: "CPU" in panel.view.activity.text(), timeout=LONG)
    assert "waiting for images" in panel.view.activity.text()
