from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.editor.pictures import Picture
from app.editor.tones import LIMIT, Tones, stretched
from tests.app.editor.desk import LEFT, Desk, MakeDesk, write_folder


def level_at(desk: Desk, x: float, y: float) -> int:
    """The mean of red, green and blue on screen."""
    at = desk.at(x, y)
    color = desk.panel.canvas.grab().toImage().pixelColor(at)
    return (color.red() + color.green() + color.blue()) // 3


def shown(tones: Tones) -> np.ndarray:
    return tones.table[0, :, 0].astype(int)


def test_that_neutral_tones_change_no_level_and_no_tones_turn_the_order():
    assert shown(Tones()).tolist() == list(range(256))
    for tones in (Tones(50), Tones(-50), Tones(contrast=80), Tones(contrast=-80), Tones(gamma=90), Tones(-20, 30, -40)):
        assert np.all(np.diff(shown(tones)) >= 0)
        assert tones.table[0, :, 3].tolist() == list(range(256))


def test_that_each_tone_does_what_its_name_says():
    assert shown(Tones(brightness=20))[100] == 151
    assert shown(Tones(contrast=50))[[112, 143]].tolist() == [66, 190]
    assert shown(Tones(gamma=LIMIT))[[0, 10, 255]].tolist() == [0, round(255 * (10 / 255) ** 0.2), 255]


@pytest.mark.parametrize(("low", "high"), [(3, 40), (0, 255), (90, 220), (7, 7)])
def test_that_auto_stretches_the_levels_of_a_picture(low: int, high: int):
    pixels = np.full((80, 80, 4), low, np.uint8)
    pixels[:, 40:] = high
    table = shown(stretched(Picture(Path("a.png"), (pixels,))))
    if low < high:
        assert table[low] <= 8
        assert table[high] >= 247
    assert stretched(Picture(Path("broken.png"))).is_neutral


def test_that_the_sliders_act_at_once_on_the_screen_alone_and_stay_for_the_next_image(desk: Desk, root: Path):
    before = level_at(desk, 180, 150)
    assert desk.panel.canvas.picture is not None
    pixels = desk.panel.canvas.picture.levels[0].copy()
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    desk.ctrl(Qt.Key.Key_B)
    bar = desk.panel.sight.tone_bar
    assert bar.isVisible()
    desk.qtbot.keyClick(bar.sliders["brightness"], Qt.Key.Key_PageUp)
    desk.qtbot.keyClick(bar.sliders["gamma"], Qt.Key.Key_End)
    assert level_at(desk, 180, 150) > before + 20
    assert "picture adjusted" in desk.panel.status.text
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    assert desk.panel.canvas.look.tones == Tones(brightness=10, gamma=LIMIT)
    desk.key(Qt.Key.Key_A)
    desk.wait_for_picture()
    assert np.array_equal(desk.panel.canvas.picture.levels[0], pixels)
    assert files == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    desk.qtbot.mouseClick(bar.reset, LEFT)
    desk.panel.canvas.fit()
    assert desk.panel.canvas.look.tones.is_neutral
    assert "adjusted" not in desk.panel.status.text
    desk.ctrl(Qt.Key.Key_B)
    assert bar.isHidden()


def test_that_the_ground_beside_the_picture_keeps_its_colour(desk: Desk):
    desk.panel.canvas.fit()
    corner = desk.panel.canvas.grab().toImage().pixel(2, 2)
    desk.panel.sight.tone_bar.tones_wanted.emit(Tones(brightness=60))
    assert desk.panel.canvas.grab().toImage().pixel(2, 2) == corner


def test_that_auto_makes_a_dark_frame_visible(open_desk: MakeDesk, tmp_path: Path):
    root = write_folder(tmp_path / "night", {"a": None})
    dark = np.random.default_rng(0).integers(0, 30, (160, 200, 3), dtype=np.uint8)
    cv2.imwrite(str(root / "JPEGImages" / "a.png"), dark)
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.show_whole_pixels()
    y, x = divmod(int(dark.mean(axis=2)[10:100, 10:100].argmax()), 90)
    at = (x + 10.5, y + 10.5)
    assert level_at(desk, *at) < 30
    desk.qtbot.mouseClick(desk.panel.sight.tone_bar.auto, LEFT)
    assert level_at(desk, *at) > 200
