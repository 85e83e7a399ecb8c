"""The Samples tab with the real loader and a real network."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from app.training.picture_grid import Picture, PictureGrid, cells, grid_columns
from app.training.sample_boxes import BoxRow, box_rows, lonely_text
from app.training.sample_tab import SampleTab
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig

LONG = 240_000
TINY = TrainConfig(epochs=6, no_aug_epochs=2, batch_size=2, image_size=64, workers=1, device="cpu", seed=5)


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


@pytest.fixture
def tab(qtbot: QtBot, panel: TrainingPanel) -> SampleTab:
    assert panel.samples.preview is None
    panel.tabs.setCurrentWidget(panel.samples)
    _wait(qtbot, panel.samples)
    return panel.samples


def _wait(qtbot: QtBot, tab: SampleTab, before: object = None) -> None:
    qtbot.waitUntil(lambda: tab.preview is not None and tab.preview is not before, timeout=LONG)


def _place(tab: SampleTab) -> tuple[int, int]:
    return (tab.preview.request.epoch, tab.preview.request.step) if tab.preview else (0, 0)


def test_that_the_pictures_hold_the_pixels_of_the_batch(qtbot: QtBot, tab: SampleTab) -> None:
    assert tab.preview is not None
    assert len(tab.grid.pictures) == len(tab.preview.samples) == 8
    for picture, sample in zip(tab.grid.pictures, tab.preview.samples, strict=True):
        image = picture.image
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
        assert np.array_equal(pixels[..., :3], sample.image)
        assert [mark.caption for mark in picture.marks] == ["square"] * len(sample.boxes)
    assert "Seed 5" in tab.bar.place.text()


def test_that_a_roll_shows_others_and_the_numbers_bring_them_back(qtbot: QtBot, tab: SampleTab) -> None:
    first = tab.preview
    assert first is not None
    qtbot.mouseClick(tab.bar.reroll, Qt.MouseButton.LeftButton)
    _wait(qtbot, tab, first)
    rolled = tab.preview
    assert rolled is not None
    assert _place(tab) != (1, 1)
    for number in (tab.bar.epoch, tab.bar.step):
        number.setValue(1)
    qtbot.waitUntil(lambda: _place(tab) == (1, 1), timeout=LONG)
    assert tab.preview is not None
    assert all(np.array_equal(a.image, b.image) for a, b in zip(tab.preview.samples, first.samples, strict=True))


def test_that_the_last_epochs_are_plain(qtbot: QtBot, tab: SampleTab) -> None:
    before = tab.preview
    qtbot.mouseClick(tab.bar.phase.buttons["plain"], Qt.MouseButton.LeftButton)
    _wait(qtbot, tab, before)
    assert tab.preview is not None
    assert tab.preview.is_plain
    assert tab.bar.epoch.value() in (5, 6)


def test_that_settings_are_followed_while_the_tab_is_seen(qtbot: QtBot, panel: TrainingPanel, tab: SampleTab) -> None:
    before = tab.preview
    panel.setup.form.inputs["image_size"].write(96)
    _wait(qtbot, tab, before)
    assert tab.preview is not None
    assert tab.preview.shape == (96, 96)
    panel.tabs.setCurrentWidget(panel.view)
    before = tab.preview
    panel.setup.form.inputs["image_size"].write(128)
    qtbot.wait(600)
    assert tab.preview is before
    panel.tabs.setCurrentWidget(tab)
    _wait(qtbot, tab, before)
    assert tab.preview.shape == (128, 128)


def test_that_settings_at_fault_are_told_in_place(qtbot: QtBot, panel: TrainingPanel, tab: SampleTab) -> None:
    panel.setup.form.inputs["mosaic_scale_min"].write(3.0)
    panel.setup.form.inputs["mosaic_scale_max"].write(2.0)
    qtbot.waitUntil(lambda: "mosaic_scale_min is above" in tab.messages.text, timeout=LONG)
    assert tab.grid.pictures == ()
    panel.setup.form.inputs["mosaic_scale_max"].write(4.0)
    _wait(qtbot, tab)
    assert tab.messages.text == ""


def test_that_positive_points_are_drawn_and_listed(qtbot: QtBot, tab: SampleTab) -> None:
    tab.bar.assigns.click()
    qtbot.waitUntil(lambda: tab.preview is not None and tab.preview.has_positives, timeout=LONG)
    assert tab.preview is not None
    for picture, sample in zip(tab.grid.pictures, tab.preview.samples, strict=True):
        assert sample.positives is not None
        assert len(picture.dots) == len(sample.positives.boxes)
    qtbot.waitUntil(tab.table.isVisible)
    rows = box_rows(tab.preview)
    assert tab.boxes.rowCount() == len(rows) == sum(len(sample.boxes) for sample in tab.preview.samples)
    assert sum(row.positives for row in rows) == sum(len(picture.dots) for picture in tab.grid.pictures)
    tab.grid.enlarge(3)
    assert {row.sample for row in tab.boxes.rows} <= {3}
    tab.bar.assigns.click()
    qtbot.waitUntil(lambda: tab.preview is not None and not tab.preview.has_positives, timeout=LONG)
    qtbot.waitUntil(lambda: not tab.table.isVisible())


def test_that_boxes_without_a_positive_are_counted() -> None:
    rows = [BoxRow(0, n, "a", 3, 3, positives=int(n > 2), iou=0.0) for n in range(41)]
    assert lonely_text(rows).startswith("3 of 41 boxes get no positive point")
    assert lonely_text(rows[3:]) == ""


def test_that_a_click_enlarges_a_picture_and_another_brings_the_grid_back(qtbot: QtBot) -> None:
    grid = PictureGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 220)
    grid.show()
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    grid.show_pictures([Picture(image, 50, 50, title=str(number)) for number in range(3)])
    second = grid.places()[1][1].center().toPoint()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=second)
    assert grid.enlarged == 1
    qtbot.waitUntil(lambda: grid.is_drawn)
    assert grid.grab().toImage().pixelColor(QPoint(200, 100)) == QColor("red")
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.enlarged == 2
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=second)
    assert grid.enlarged == -1


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (8, 4), (9, 5), (16, 6)])
def test_that_a_grid_fills_a_wide_space(count: int, columns: int) -> None:
    assert grid_columns(count, QSizeF(1000, 480), 1.0) == columns
    placed = cells(count, QRectF(0, 0, 1000, 480), 1.0)
    assert all(QRectF(0, 0, 1001, 481).contains(cell) for cell in placed)
    assert not any(a.intersects(b) for a in placed for b in placed if a is not b)
