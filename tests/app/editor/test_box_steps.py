"""From box to box by Tab with real keys, zoom to boxes, and the view kept from image to image."""

from pathlib import Path

from PySide6.QtCore import Qt

from app.editor.box_steps import in_reading_order
from app.editor.viewport import View, framed, is_easy_to_see
from tests.app.editor.desk import Desk, MakeDesk
from yolox_core.records import Box

SHIFT = Qt.KeyboardModifier.ShiftModifier


def _box(key: int, x1: float, y1: float, x2: float, y2: float) -> Box:
    return Box("a", x1, y1, x2, y2, key=key)


def test_that_tab_goes_round_the_boxes_and_back(desk: Desk):
    wanted = [box.key for box in in_reading_order(desk.boxes)]
    seen = []
    for _ in range(len(wanted) + 1):
        desk.key(Qt.Key.Key_Tab)
        seen.append(desk.panel.document.selected)
    assert seen == [(key,) for key in (*wanted, wanted[0])]
    desk.key(Qt.Key.Key_Backtab, SHIFT)
    assert desk.panel.document.selected == (wanted[-1],)


def test_that_tab_in_a_text_field_goes_on_to_the_next_field(desk: Desk):
    line = desk.panel.images.filter_line
    line.setFocus()
    desk.key(Qt.Key.Key_Tab, widget=line)
    assert desk.panel.document.selected == ()


def test_that_a_speck_is_brought_nearer_and_a_large_box_leaves_the_view_alone(desk: Desk):
    desk.show_whole_pixels()
    canvas = desk.panel.canvas
    desk.key(Qt.Key.Key_Tab)
    selected = desk.panel.document.annotation.box(desk.panel.document.selected[0])
    assert selected is not None
    edges = (selected.x1, selected.y1, selected.x2, selected.y2)
    assert is_easy_to_see(edges, canvas.view, canvas.view_size)
    before = canvas.view
    desk.key(Qt.Key.Key_Backtab, SHIFT)
    desk.key(Qt.Key.Key_Tab)
    assert canvas.view.scale >= before.scale


def test_that_z_shows_the_selected_box_large_and_in_the_middle(desk: Desk):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Z)
    canvas = desk.panel.canvas
    x, y = canvas.view.to_screen(40, 55)
    assert abs(x - canvas.width() / 2) < 1
    assert abs(y - canvas.height() / 2) < 1
    assert canvas.view.scale > 2


def test_that_the_view_is_kept_on_the_next_image_only_when_wanted(desk: Desk):
    canvas = desk.panel.canvas
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Z)
    near = canvas.view
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    assert canvas.view != near
    desk.key(Qt.Key.Key_A)
    desk.wait_for_picture()
    desk.key(Qt.Key.Key_Z, SHIFT)
    canvas.show_view(near)
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    assert canvas.view == near


def test_that_boxes_are_read_line_by_line() -> None:
    boxes = [_box(1, 60, 12, 80, 40), _box(2, 5, 50, 30, 90), _box(3, 5, 10, 30, 40), _box(4, 60, 55, 80, 70)]
    assert [box.key for box in in_reading_order(boxes)] == [3, 1, 2, 4]
    assert in_reading_order([]) == []


def test_that_a_framed_box_takes_its_share_of_the_room() -> None:
    view = framed((100, 100, 140, 120), (800, 600), share=0.5)
    assert view.scale == 10
    assert view.to_screen(120, 110) == (400, 300)
    assert is_easy_to_see((100, 100, 140, 120), view, (800, 600))
    assert not is_easy_to_see((100, 100, 140, 120), View(), (800, 110))
    assert not is_easy_to_see((10, 10, 14, 14), View(), (800, 600))


def test_that_zooming_by_tab_can_be_switched_off(desk: Desk):
    canvas = desk.panel.canvas
    canvas.zoom(1 / 8)
    before = canvas.view.scale
    desk.panel._actions["zoom_to_small"].trigger()
    desk.key(Qt.Key.Key_Tab)
    assert len(desk.panel.document.selected) == 1
    assert canvas.view.scale == before
    desk.panel._actions["zoom_to_small"].trigger()
    desk.key(Qt.Key.Key_Tab)
    assert canvas.view.scale > before


def test_that_the_habits_of_zooming_are_remembered(desk: Desk, open_desk: MakeDesk, root: Path):
    for name, is_on in (("keep_view", False), ("zoom_to_small", True)):
        assert desk.panel._actions[name].isChecked() == is_on
        desk.panel._actions[name].trigger()
    again = open_desk(root).panel
    assert again.canvas.keeps_view
    assert again._actions["keep_view"].isChecked()
    assert not again._actions["zoom_to_small"].isChecked()
