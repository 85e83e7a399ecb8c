import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.editor.canvas import Canvas
from app.editor.hands import Tool
from tests.app.editor.desk import LEFT, NO_KEY, Desk

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def wheel(canvas: Canvas, at: QPoint, steps: int) -> None:
    where = QPointF(at)
    event = QWheelEvent(
        where,
        canvas.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        NO_KEY,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_that_boxes_are_drawn_by_drags_one_after_the_other(desk: Desk):
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (30, 25))
    desk.drag((160, 120), (130, 140))
    assert desk.edges[2:] == [(5, 5, 30, 25), (130, 120, 160, 140)]
    assert desk.panel.canvas.hands.is_drawing_mode


def test_that_two_clicks_draw_a_box_with_the_same_tool(desk: Desk):
    desk.key(Qt.Key.Key_W)
    desk.click(70, 10)
    desk.move(90, 20)
    assert len(desk.boxes) == 2
    desk.click(95, 30)
    assert desk.edges[2:] == [(70, 10, 95, 30)]


def test_that_escape_drops_a_box_being_drawn_then_leaves_the_draw_mode(desk: Desk):
    desk.key(Qt.Key.Key_W)
    desk.click(70, 10)
    desk.key(Qt.Key.Key_Escape)
    assert desk.panel.canvas.hands.is_drawing_mode
    desk.key(Qt.Key.Key_Escape)
    assert not desk.panel.canvas.hands.is_drawing_mode
    assert len(desk.boxes) == 2


def test_that_a_drawn_box_gets_the_last_class_and_is_selected(desk: Desk):
    desk.click(125, 70)
    names = desk.panel.classes.names
    desk.key(Qt.Key.Key_1 if names[0] == "bird" else Qt.Key.Key_2)
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (15, 15))
    assert desk.boxes[2].class_name == "bird"
    assert desk.panel.document.selected == (desk.boxes[2].key,)


def test_that_a_box_is_moved_in_one_drag_and_one_step_of_undo(desk: Desk):
    desk.drag((40, 55), (50, 50))
    assert desk.edges[0] == (30, 25, 70, 75)
    assert desk.panel.document.undo_stack.count() == 1
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges[0] == (20, 30, 60, 80)


def test_that_a_click_moves_nothing(desk: Desk):
    desk.click(40, 55)
    desk.click(40, 55)
    assert desk.panel.document.undo_stack.count() == 0
    assert desk.panel.document.selected == (1,)


def test_that_escape_in_a_drag_puts_the_box_back_and_leaves_no_step(desk: Desk):
    desk.qtbot.mousePress(desk.panel.canvas, LEFT, NO_KEY, desk.at(40, 55))
    desk.move(60, 60)
    assert desk.edges[0] != (20, 30, 60, 80)
    desk.key(Qt.Key.Key_Escape)
    assert desk.edges[0] == (20, 30, 60, 80)
    assert desk.panel.document.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("grip", "end", "expected"),
    [
        ((20, 30), (10, 20), (10, 20, 60, 80)),
        ((40, 30), (40, 20), (20, 20, 60, 80)),
        ((60, 30), (70, 20), (20, 20, 70, 80)),
        ((60, 55), (75, 55), (20, 30, 75, 80)),
        ((60, 80), (75, 90), (20, 30, 75, 90)),
        ((40, 80), (40, 90), (20, 30, 60, 90)),
        ((20, 80), (10, 90), (10, 30, 60, 90)),
        ((20, 55), (10, 55), (10, 30, 60, 80)),
    ],
)
def test_that_each_of_eight_handles_resizes(desk: Desk, grip: tuple[int, int], end: tuple[int, int], expected: object):
    desk.drag(grip, end)
    assert desk.edges[0] == expected


def test_that_a_box_of_6_pixels_on_screen_can_be_moved_and_resized(desk: Desk):
    canvas = desk.panel.canvas
    desk.key(Qt.Key.Key_W)
    desk.drag((80, 110), (86, 116))
    desk.key(Qt.Key.Key_W)
    canvas.show_actual_size()
    desk.qtbot.mousePress(canvas, LEFT, NO_KEY, desk.at(83, 113))
    desk.move(93, 118)
    desk.qtbot.mouseRelease(canvas, LEFT, NO_KEY, desk.at(93, 118))
    assert desk.edges[2] == (90, 115, 96, 121)
    grip = desk.at(96, 121) + QPoint(4, 4)
    desk.qtbot.mousePress(canvas, LEFT, NO_KEY, grip)
    desk.qtbot.mouseMove(canvas, grip + QPoint(10, 20))
    desk.qtbot.mouseRelease(canvas, LEFT, NO_KEY, grip + QPoint(10, 20))
    assert desk.edges[2] == (90, 115, 106, 141)


def test_that_repeated_clicks_cycle_through_overlapping_boxes(desk: Desk):
    desk.key(Qt.Key.Key_W)
    desk.drag((25, 35), (50, 70))
    desk.drag((30, 40), (45, 60))
    desk.key(Qt.Key.Key_W)
    keys = [box.key for box in desk.boxes]
    desk.click(180, 150)
    order = []
    for _ in range(4):
        desk.click(38, 50)
        order.append(desk.panel.document.selected[0])
    assert order == [keys[3], keys[2], keys[0], keys[3]]


def test_that_ctrl_click_adds_and_a_drag_moves_all_selected(desk: Desk):
    desk.click(40, 55)
    desk.click(125, 70, CTRL)
    assert desk.panel.document.selected == (1, 2)
    desk.drag((125, 70), (130, 75))
    assert desk.edges == [(25, 35, 65, 85), (105, 45, 155, 105)]
    desk.click(40, 55, CTRL)
    assert desk.panel.document.selected == (2,)


def test_that_a_click_beside_the_boxes_selects_nothing_and_a_drag_there_pans(desk: Desk):
    desk.click(40, 55)
    before = desk.panel.canvas.view
    at = desk.at(80, 110)
    desk.qtbot.mousePress(desk.panel.canvas, LEFT, NO_KEY, at)
    desk.qtbot.mouseMove(desk.panel.canvas, at + QPoint(30, -20))
    desk.qtbot.mouseRelease(desk.panel.canvas, LEFT, NO_KEY, at + QPoint(30, -20))
    after = desk.panel.canvas.view
    assert (after.left - before.left, after.top - before.top) == (30, -20)
    assert desk.panel.document.selected == (1,)
    desk.click(80, 110)
    assert desk.panel.document.selected == ()


def test_that_arrows_nudge_by_1_and_with_shift_by_10_in_one_step_of_undo(desk: Desk):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_Down, SHIFT)
    assert desk.edges[0] == (22, 40, 62, 90)
    assert desk.panel.document.undo_stack.count() == 1


def test_that_a_nudge_after_another_change_is_a_step_of_its_own(desk: Desk):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_1)
    desk.key(Qt.Key.Key_Right)
    count = desk.panel.document.undo_stack.count()
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges[0] == (21, 30, 61, 80)
    assert count >= 2


def test_that_the_wheel_zooms_to_the_pointer(desk: Desk):
    canvas = desk.panel.canvas
    at = desk.at(60, 80)
    wheel(canvas, at, 2)
    assert canvas.view.scale > 4
    assert canvas.view.to_image(at.x(), at.y()) == pytest.approx((60, 80), abs=0.13)


def test_that_space_with_a_drag_pans_and_does_not_verify(desk: Desk):
    canvas = desk.panel.canvas
    before, at = canvas.view, desk.at(40, 55)
    desk.qtbot.keyPress(canvas, Qt.Key.Key_Space)
    desk.qtbot.mousePress(canvas, LEFT, NO_KEY, at)
    desk.qtbot.mouseMove(canvas, at + QPoint(25, 15))
    desk.qtbot.mouseRelease(canvas, LEFT, NO_KEY, at + QPoint(25, 15))
    desk.qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert (canvas.view.left - before.left, canvas.view.top - before.top) == (25, 15)
    assert not desk.panel.document.annotation.is_verified
    assert desk.edges[0] == (20, 30, 60, 80)


def test_that_the_middle_button_pans(desk: Desk):
    canvas, at = desk.panel.canvas, desk.at(40, 55)
    before = canvas.view
    desk.qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, NO_KEY, at)
    desk.qtbot.mouseMove(canvas, at + QPoint(25, 15))
    desk.qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, NO_KEY, at + QPoint(25, 15))
    assert (canvas.view.left - before.left, canvas.view.top - before.top) == (25, 15)


def test_that_fit_and_100_percent_have_keys(desk: Desk):
    desk.key(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert desk.panel.canvas.view.scale == pytest.approx(1.0)
    desk.key(Qt.Key.Key_F)
    assert desk.panel.canvas.view.scale == 3.0
    assert "300 %" in desk.panel.status.text


def test_that_the_status_line_shows_the_pixel_under_the_pointer(desk: Desk):
    desk.move(33.5, 44.5)
    assert "x 33  y 44" in desk.panel.status.text


def test_that_above_300_percent_every_image_pixel_is_a_square_of_one_colour(desk: Desk):
    canvas = desk.panel.canvas
    canvas.zoom(2.0)
    canvas.set_tool(Tool.HOLD)
    shot = canvas.grab().toImage()
    at = canvas.view.to_screen(80, 110)
    colors = {shot.pixelColor(round(at[0]) + x, round(at[1]) + y).rgb() for x in range(1, 7) for y in range(1, 7)}
    assert len(colors) == 1
    assert canvas.picture is not None
    blue, green, red, _ = (int(value) for value in canvas.picture.levels[0][110, 80])
    assert colors == {0xFF000000 | red << 16 | green << 8 | blue}


def test_that_a_selected_box_is_painted_with_its_class_colour_and_handles(desk: Desk):
    desk.panel.document.select(())
    before = desk.panel.canvas.grab().toImage()
    desk.panel.document.select((1,))
    assert desk.panel.canvas.grab().toImage() != before


def test_that_keys_move_one_side_out_and_in_as_one_step_of_undo(desk: Desk):
    desk.click(40, 55)
    assert desk.edges[0] == (20, 30, 60, 80)
    alt = Qt.KeyboardModifier.AltModifier
    for key, modifier in (
        (Qt.Key.Key_Left, CTRL),
        (Qt.Key.Key_Right, CTRL | SHIFT),
        (Qt.Key.Key_Up, alt),
        (Qt.Key.Key_Down, alt | SHIFT),
    ):
        desk.key(key, modifier)
    assert desk.edges[0] == (19, 31, 70, 70)
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges[0] == (20, 30, 60, 80)


def test_that_a_side_stays_in_the_image_and_a_box_keeps_a_pixel(desk: Desk):
    desk.click(40, 55)
    for _ in range(30):
        desk.key(Qt.Key.Key_Left, CTRL | SHIFT)
        desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier | SHIFT)
    x1, y1, x2, y2 = desk.edges[0]
    assert (x1, x2, y2 - y1 >= 1) == (0, 60, True)
