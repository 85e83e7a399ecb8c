from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from app.editor.gestures import edges_around
from app.editor.hands import Pointing, Tool
from tests.app.editor.desk import NO_KEY, Desk

SHIFT = Qt.KeyboardModifier.ShiftModifier
SIZE = (200, 160)
TOP, LEFT_END, BOTTOM, RIGHT_END = (85, 105), (70, 120), (80, 140), (95, 112)


def right_click(desk: Desk, x: float, y: float) -> None:
    """A right click as the window system sends it: the press, and the wish for a menu."""
    canvas, at = desk.panel.canvas, desk.at(x, y)
    desk.qtbot.mousePress(canvas, Qt.MouseButton.RightButton, NO_KEY, at)
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at)))
    desk.qtbot.mouseRelease(canvas, Qt.MouseButton.RightButton, NO_KEY, at)


def points(desk: Desk) -> int:
    gesture = desk.panel.canvas.hands.gesture
    return len(gesture.points) if isinstance(gesture, Pointing) else 0


@pytest.mark.parametrize("order", list(permutations((TOP, LEFT_END, BOTTOM, RIGHT_END)))[::5])
def test_that_four_clicks_in_any_order_draw_one_tight_box_in_one_step(desk: Desk, order: tuple[tuple[int, int], ...]):
    desk.key(Qt.Key.Key_W, SHIFT)
    for point in order:
        desk.click(*point)
    assert desk.edges[2:] == [(70, 105, 95, 140)]
    assert desk.panel.document.selected == (desk.boxes[2].key,)
    assert desk.panel.document.undo_stack.count() == 1
    assert desk.panel._actions["draw_by_points"].isChecked()
    desk.ctrl(Qt.Key.Key_Z)
    assert len(desk.boxes) == 2


def test_that_the_mode_stays_for_the_next_box(desk: Desk):
    desk.key(Qt.Key.Key_W, SHIFT)
    for point in (TOP, LEFT_END, BOTTOM, RIGHT_END, (5, 5), (10, 3), (15, 9), (8, 20)):
        desk.click(*point)
    assert desk.edges[2:] == [(70, 105, 95, 140), (5, 3, 15, 20)]


def test_that_escape_takes_the_points_back_one_by_one_then_leaves_the_mode(desk: Desk):
    desk.key(Qt.Key.Key_W, SHIFT)
    desk.click(*TOP)
    desk.click(*LEFT_END)
    counts = []
    for _ in range(2):
        desk.key(Qt.Key.Key_Escape)
        counts.append(points(desk))
    assert counts == [1, 0]
    assert desk.panel.canvas.hands.tool is Tool.POINT
    desk.key(Qt.Key.Key_Escape)
    assert desk.panel.canvas.hands.tool is Tool.HOLD
    assert not desk.panel._actions["draw_by_points"].isChecked()


def test_that_a_right_click_takes_the_last_point_back_without_a_menu(desk: Desk):
    menus: list[object] = []
    canvas = desk.panel.canvas
    canvas.menu_wanted.disconnect()
    canvas.menu_wanted.connect(menus.append)
    desk.key(Qt.Key.Key_W, SHIFT)
    desk.click(*TOP)
    desk.click(5, 5)
    right_click(desk, 40, 55)
    assert (points(desk), len(menus)) == (1, 0)
    for point in (LEFT_END, BOTTOM, RIGHT_END):
        desk.click(*point)
    assert desk.edges[2:] == [(70, 105, 95, 140)]
    right_click(desk, 40, 55)
    assert len(menus) == 1


def test_that_the_other_draw_mode_and_the_next_image_drop_the_points(desk: Desk):
    desk.key(Qt.Key.Key_W, SHIFT)
    desk.click(*TOP)
    desk.key(Qt.Key.Key_W)
    assert points(desk) == 0
    assert desk.panel._actions["draw"].isChecked()
    assert not desk.panel._actions["draw_by_points"].isChecked()
    desk.key(Qt.Key.Key_W, SHIFT)
    desk.click(*TOP)
    desk.key(Qt.Key.Key_D)
    assert points(desk) == 0
    assert desk.panel.canvas.hands.tool is Tool.POINT


def test_that_each_point_is_shown_where_it_was_clicked(desk: Desk):
    desk.key(Qt.Key.Key_W, SHIFT)
    desk.click(*TOP)
    desk.move(180, 150)
    at = desk.at(*TOP)
    ring = [desk.panel.canvas.grab().toImage().pixelColor(at.x() + dx, at.y()) for dx in (-6, -5, -4)]
    assert any(color.lightness() > 240 for color in ring)


@given(st.lists(st.tuples(st.floats(-50, 250), st.floats(-50, 210)), min_size=4, max_size=4))
def test_that_a_box_around_points_lies_on_whole_pixels_inside_the_image_and_holds_those_that_do(
    clicked: list[tuple[float, float]],
):
    x1, y1, x2, y2 = edges_around(clicked, SIZE)
    assert 0 <= x1 < x2 <= SIZE[0]
    assert 0 <= y1 < y2 <= SIZE[1]
    assert all(value == int(value) for value in (x1, y1, x2, y2))
    for x, y in clicked:
        if 0 <= x <= SIZE[0] and 0 <= y <= SIZE[1]:
            assert x1 - 0.5 <= x <= x2 + 0.5
            assert y1 - 0.5 <= y <= y2 + 0.5
