"""The whole path through the real window: label, train, watch, and bad input on the way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.editor.panel import EditorPanel
from app.main_window import MainWindow
from app.player.panel import PlayerPanel
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from tests.app.editor.desk import Desk, write_folder
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.train.config import TrainConfig

LONG = 240_000
LEFT = Qt.MouseButton.LeftButton
MakeWindow = Callable[[], MainWindow]


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[MakeWindow]:
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Session(SettingsStore(), Problems()))
        qtbot.addWidget(window)
        window.resize(1400, 900)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()


def _open(qtbot: QtBot, window: MainWindow, root: Path) -> None:
    with qtbot.waitSignal(window.session.folder_changed, timeout=LONG):
        window.open_folder(root)


def _go_to(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Click a page in the navigation rail."""
    button = next(b for b in window.findChildren(QToolButton) if b.text() == text and b.isVisible())
    qtbot.mouseClick(button, LEFT)


def _desk(qtbot: QtBot, window: MainWindow) -> Desk:
    panel = window.pages.made_page("edit")
    assert isinstance(panel, EditorPanel)
    panel.canvas.setFocus()
    desk = Desk(qtbot, window.session, panel)
    desk.wait_for_picture()
    return desk


def test_that_a_box_drawn_resized_relabelled_and_saved_is_found_again(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    root = write_folder(tmp_path / "cells", {"a": (("RBC", 11, 11, 50, 60),), "b": (("WBC", 5, 5, 40, 40),)})
    untouched = (root / "Annotations" / "b.xml").read_bytes()
    window = make_window()
    _open(qtbot, window, root)
    desk = _desk(qtbot, window)
    desk.key(Qt.Key.Key_W)
    desk.drag((80, 30), (140, 90))
    assert len(desk.boxes) == 2
    desk.key(Qt.Key.Key_Escape)
    desk.click(110, 60)
    desk.drag((140, 90), (160, 120))
    desk.key(Qt.Key.Key_2)
    assert desk.boxes[1].class_name == "WBC"
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.boxes[1].class_name == "RBC"
    desk.key(Qt.Key.Key_2)
    desk.ctrl(Qt.Key.Key_S)
    window.close()

    folder = open_folder(root)
    saved = read_annotation(folder, folder.images[0])
    assert [box.class_name for box in saved.boxes] == ["RBC", "WBC"]
    x1, y1, x2, y2 = (getattr(saved.boxes[1], name) for name in ("x1", "y1", "x2", "y2"))
    assert (abs(x1 - 80) <= 2, abs(y1 - 30) <= 2, abs(x2 - 160) <= 3, abs(y2 - 120) <= 3) == (True,) * 4
    text = (root / "Annotations" / "a.xml").read_text()
    assert "<!-- by hand -->" in text
    assert "<weather>rain</weather>" in text
    assert "<colour>red</colour>" in text
    assert (root / "Annotations" / "b.xml").read_bytes() == untouched
    again = make_window()
    _open(qtbot, again, root)
    assert len(_desk(qtbot, again).boxes) == 2


def test_that_training_fills_the_curves_and_its_checkpoint_reaches_the_player(
    qtbot: QtBot, make_window: MakeWindow, squares: Path
) -> None:
    window = make_window()
    _open(qtbot, window, squares)
    _go_to(qtbot, window, "Train")
    page = window.pages.made_page("train")
    assert isinstance(page, TrainingPanel)
    config = replace(TrainConfig(), epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")
    page.setup.set_config(config)
    qtbot.mouseClick(page.setup.start, LEFT)
    qtbot.waitUntil(lambda: page.view.state.text() == "Done", timeout=LONG)
    assert len(page.status.steps) == 4
    assert len(page.status.evaluations) == 2
    qtbot.mouseClick(page.view.play, LEFT)
    assert window.pages.current == "play"
    assert window.session.checkpoint == Path(page.status.best_path)


def test_that_sliders_change_the_boxes_of_a_playing_video(qtbot: QtBot, make_window: MakeWindow, shared: Path) -> None:
    window = make_window()
    window.session.set_checkpoint(shared / "weights" / "yolox_nano.pth")
    _go_to(qtbot, window, "Play")
    page = window.pages.made_page("play")
    assert isinstance(page, PlayerPanel)
    page.open_video(shared / "videos" / "bikes.mp4")
    playback, view = page.playback, page.stage.view

    def has_boxes() -> bool:
        return playback.shown is not None and playback.shown.candidates is not None and view.detections is not None

    qtbot.waitUntil(has_boxes, timeout=LONG)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: playback.shown is not None and playback.shown.index >= 3, timeout=LONG)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: has_boxes() and playback.shown.index == playback.index, timeout=LONG)  # type: ignore[union-attr]
    qtbot.wait(1500)  # the frame that the feed had begun when playing stopped
    passes = playback.feed.network_passes
    assert _boxes(page, confidence=60, overlap=45) < _boxes(page, confidence=2, overlap=45)
    assert _boxes(page, confidence=2, overlap=5) < _boxes(page, confidence=2, overlap=95)
    assert playback.feed.network_passes == passes


def _boxes(page: PlayerPanel, *, confidence: int, overlap: int) -> int:
    """How many boxes are drawn with the sliders at these hundredths."""
    page.stage.thresholds.confidence.slider.setValue(confidence)
    page.stage.thresholds.overlap.slider.setValue(overlap)
    found = page.stage.view.detections
    return 0 if found is None else len(found)


def test_that_a_folder_with_a_broken_label_file_stays_as_it_was(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    root = write_folder(tmp_path / "cells", {"a": (("RBC", 11, 11, 50, 60),), "b": None})
    (root / "Annotations" / "a.xml").write_text("<annotation><object></annotation>")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    window = make_window()
    _open(qtbot, window, root)
    desk = _desk(qtbot, window)
    assert "a.xml" in desk.panel.notices.text + desk.panel.image_notices.text
    desk.key(Qt.Key.Key_W)
    desk.drag((80, 30), (140, 90))
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_A)
    _go_to(qtbot, window, "Data")
    _go_to(qtbot, window, "Train")
    window.close()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
