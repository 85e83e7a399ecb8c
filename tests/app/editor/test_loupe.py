import pytest
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor

from app.editor.loupe import GAP, POWER, SIDE, lens_corner, magnified
from app.editor.tones import Tones
from app.editor.viewport import View
from app.theme import class_color
from tests.app.editor.desk import LEFT, NO_KEY, Desk

ROOM = QSize(900, 600)


@pytest.mark.parametrize("x", [0, 300, 899])
@pytest.mark.parametrize("y", [0, 300, 599])
def test_that_the_lens_lies_wholly_on_the_canvas_and_never_under_the_pointer(x: int, y: int):
    lens = QRect(lens_corner(QPointF(x, y), ROOM), QSize(SIDE, SIDE))
    assert QRect(0, 0, 900, 600).contains(lens)
    assert not lens.adjusted(-GAP // 2, -GAP // 2, GAP // 2, GAP // 2).contains(x, y)


def test_that_the_middle_of_the_lens_is_the_point_under_the_pointer():
    view, at = View(0.5, 30, -20), QPointF(200, 100)
    lens = magnified(view, at)
    assert lens.scale == view.scale * POWER
    assert lens.to_image(SIDE / 2, SIDE / 2) == pytest.approx(view.to_image(200, 100))


def lens_color(desk: Desk, dx: int, dy: int) -> QColor:
    """The colour in the lens, so many screen pixels from its middle."""
    return desk.panel.sight.loupe.grab().toImage().pixelColor(SIDE // 2 + dx, SIDE // 2 + dy)


def pixel_color(desk: Desk, x: int, y: int) -> QColor:
    """The colour of a pixel of the picture."""
    picture = desk.panel.canvas.picture
    assert picture is not None
    blue, green, red, _ = (int(value) for value in picture.levels[0][y, x])
    return QColor(red, green, blue)


def has_edge(desk: Desk, dx: int, dy: int) -> bool:
    """Whether the line of a drone is there in the lens, give or take a screen pixel."""
    near = [lens_color(desk, dx + x, dy + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return class_color("drone") in near


def test_that_a_key_shows_sharp_pixels_beside_the_pointer_and_the_key_takes_them_away(desk: Desk):
    loupe = desk.panel.sight.loupe
    desk.move(80, 110)
    assert not loupe.isVisible()
    desk.key(Qt.Key.Key_L)
    assert loupe.isVisible()
    assert desk.panel._actions["loupe"].isChecked()
    assert lens_color(desk, 5, 5) == lens_color(desk, 12, 12) == pixel_color(desk, 80, 110)
    assert lens_color(desk, 24, 40) == pixel_color(desk, 81, 112)
    before = loupe.pos()
    desk.move(90, 110)
    assert loupe.pos() != before
    assert lens_color(desk, 5, 5) == pixel_color(desk, 90, 110)
    desk.key(Qt.Key.Key_L)
    assert not loupe.isVisible()


def test_that_the_lens_shows_the_edge_of_the_box_being_drawn_and_lets_clicks_through(desk: Desk):
    desk.key(Qt.Key.Key_L)
    desk.key(Qt.Key.Key_W)
    desk.move(80, 110)
    at = desk.panel.sight.loupe.geometry().center()
    desk.click(80, 110)
    desk.move(90, 120)
    assert has_edge(desk, -20, 0)
    assert has_edge(desk, 0, -20)
    assert not has_edge(desk, 20, 0)
    desk.click(90, 120)
    desk.key(Qt.Key.Key_Escape)
    assert desk.edges[2] == (80, 110, 90, 120)
    assert desk.panel.canvas.childAt(at) is None


def test_that_the_lens_shows_the_edge_of_the_box_being_resized(desk: Desk):
    desk.key(Qt.Key.Key_L)
    desk.qtbot.mousePress(desk.panel.canvas, LEFT, NO_KEY, desk.at(60, 55))
    desk.move(70, 55)
    assert has_edge(desk, 0, 40)
    assert not has_edge(desk, 8, 40)
    desk.qtbot.mouseRelease(desk.panel.canvas, LEFT, NO_KEY, desk.at(70, 55))
    assert desk.edges[0] == (20, 30, 70, 80)


def test_that_the_lens_shows_the_picture_as_bright_as_the_canvas(desk: Desk):
    desk.key(Qt.Key.Key_L)
    desk.move(80, 110)
    desk.panel.sight.tone_bar.tones_wanted.emit(Tones(brightness=100, contrast=100))
    assert lens_color(desk, 5, 5) == QColor("white")
