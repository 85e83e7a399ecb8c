import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.player.frame_view import FrameView
from app.player.overlay import chip_corners, fit
from yolox_core.infer.suppress import without_classes
from yolox_core.records import Detections


def detections(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def test_that_a_frame_is_fitted_in_the_middle_whatever_the_shape() -> None:
    wide = fit(640, 272, QRectF(0, 0, 640, 640))
    assert (wide.scale, wide.left, wide.top) == (1.0, 0.0, 184.0)
    tall = fit(100, 400, QRectF(0, 0, 200, 200))
    assert (tall.scale, tall.left, tall.top) == (0.5, 75.0, 0.0)


@given(st.integers(-50, 450), st.integers(-50, 350), st.integers(1, 300), st.integers(1, 300))
def test_that_names_stay_inside_the_frame(x: int, y: int, width: int, height: int) -> None:
    boxes = [(x, y, x + width, y + height)] * 2
    for left, top in chip_corners(boxes, [(80, 16)] * 2, (400, 300)):
        assert 0 <= left <= 320
        assert 0 <= top <= 284


def test_that_a_name_sits_on_its_box_where_there_is_room() -> None:
    assert chip_corners([(100, 100, 150, 150)], [(80, 16)], (400, 300)) == [(100, 84)]


def test_that_the_names_of_boxes_that_nearly_agree_do_not_cover_one_another() -> None:
    boxes = [(100, 100, 150, 150), (103, 104, 155, 150), (102, 98, 160, 150)]
    corners = chip_corners(boxes, [(80, 16)] * 3, (400, 300))
    assert corners == [(100, 84), (103, 104), (102, 150)]


def test_that_hidden_classes_are_left_out_and_the_others_keep_their_order() -> None:
    found = detections((0, 0, 1, 1, 0.9, 0), (0, 0, 2, 2, 0.8, 1), (0, 0, 3, 3, 0.7, 0))
    assert without_classes(found, frozenset({1})).boxes[:, 2].tolist() == [1, 3]
    assert without_classes(found, frozenset()) is found


def test_that_a_box_is_drawn_in_its_class_colour_at_its_place(qtbot: QtBot) -> None:
    view = FrameView(lambda name: QColor("#00ff00") if name == "drone" else QColor("#ff0000"))
    qtbot.addWidget(view)
    picture = np.full((100, 200, 4), 128, np.uint8)
    view.set_frame(picture)
    view.set_detections(detections((40, 50, 120, 90, 0.9, 0)), ("drone", "bird"))
    image = view.image_with_boxes()
    assert (image.width(), image.height()) == (200, 100)
    assert image.pixelColor(80, 89).name() == "#00ff00"
    assert image.pixelColor(80, 70).name() == "#808080"
    assert view.image.pixelColor(80, 89).name() == "#808080"  # the frame itself stays as it was


def test_that_the_view_scales_smoothly_once_the_frame_stands_still(qtbot: QtBot) -> None:
    view = FrameView(lambda name: QColor("#00ff00"))
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:, ::2] = 255
    view.set_frame(picture)
    middle = view.rect().center()

    def is_smooth() -> bool:
        values = {view.grab().toImage().pixelColor(middle.x() + step, middle.y()).red() for step in range(40)}
        return any(20 < value < 235 for value in values)

    qtbot.waitUntil(is_smooth)
