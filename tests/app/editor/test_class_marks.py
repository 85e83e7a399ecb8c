from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from app.editor.class_list import EYE, LOCK, NAME
from app.editor.class_marks import Marks
from app.theme import class_color
from tests.app.editor.desk import LEFT, NO_KEY, Desk
from yolox_core.records import Annotation, Box

SHIFT = Qt.KeyboardModifier.ShiftModifier
DRONE, BIRD = 1, 2  # keys of the two boxes of image a
OVER_DRONE, OVER_BIRD = (40, 55), (125, 70)


def click_class(desk: Desk, name: str, column: int) -> None:
    """Click a cell of the class list."""
    view = desk.panel.classes.view
    index = view.model().index(desk.panel.classes.names.index(name), column)
    desk.qtbot.mouseClick(view.viewport(), LEFT, NO_KEY, view.visualRect(index).center())


def has_color(desk: Desk, class_name: str) -> bool:
    """Whether the outline of the class is anywhere on the canvas."""
    shot = desk.panel.canvas.grab().toImage()
    wanted = class_color(class_name).rgb()
    return any(shot.pixel(x, y) == wanted for y in range(0, shot.height(), 3) for x in range(shot.width()))


@pytest.mark.parametrize("shows_only_listed", [False, True])
def test_that_a_class_can_be_hidden_and_shown_whether_all_or_only_some_are_shown(shows_only_listed: bool):
    marks = Marks(frozenset({"bird"}), shows_only_listed)
    for name in ("bird", "kite"):
        assert marks.with_hidden((name,), is_hidden=True).hides(name)
        assert not marks.with_hidden((name,), is_hidden=False).hides(name)
    assert Marks(frozenset({"bird"}), shows_only_listed).hides("never met") is shows_only_listed


def test_that_without_hidden_classes_an_annotation_is_shown_as_it_is():
    annotation = Annotation(10, 10, (Box("bird", 1, 1, 2, 2),))
    assert Marks(locked=frozenset({"bird"})).shown(annotation) is annotation


def test_that_the_eye_hides_a_class_from_sight_clicks_tab_and_select_all(desk: Desk):
    assert has_color(desk, "bird")
    click_class(desk, "bird", EYE)
    assert not has_color(desk, "bird")
    assert has_color(desk, "drone")
    desk.click(*OVER_BIRD)
    assert desk.panel.document.selected == ()
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab):
        desk.key(key)
        assert desk.panel.document.selected == (DRONE,)
    desk.ctrl(Qt.Key.Key_A)
    assert desk.panel.document.selected == (DRONE,)
    click_class(desk, "bird", EYE)
    desk.click(*OVER_BIRD)
    assert desk.panel.document.selected == (BIRD,)


def test_that_hidden_boxes_are_saved_with_the_others(desk: Desk, root: Path):
    click_class(desk, "bird", EYE)
    desk.drag(OVER_DRONE, (45, 55))
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_Delete)
    desk.ctrl(Qt.Key.Key_S)
    saved = (root / "Annotations" / "a.xml").read_text()
    assert "<name>bird</name>" in saved
    assert "<xmax>150</xmax>" in saved
    assert "<name>drone</name>" not in saved


def test_that_a_locked_box_is_shown_but_no_hand_and_no_key_changes_it(desk: Desk):
    before = desk.boxes
    desk.click(*OVER_BIRD)
    click_class(desk, "bird", LOCK)
    assert desk.panel.document.selected == ()
    assert has_color(desk, "bird")
    desk.drag(OVER_BIRD, (130, 80))
    desk.drag((150, 70), (160, 70))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_1, Qt.Key.Key_2):
        desk.key(key)
    desk.key(Qt.Key.Key_D, SHIFT)
    assert desk.boxes == before
    assert desk.panel.document.undo_stack.count() == 0


def test_that_a_click_passes_through_a_locked_box_to_the_one_below(desk: Desk):
    names = desk.panel.classes.names
    desk.key(Qt.Key.Key_1 if names[0] == "bird" else Qt.Key.Key_2)
    desk.key(Qt.Key.Key_W)
    desk.drag((30, 40), (50, 70))
    desk.key(Qt.Key.Key_W)
    desk.panel.document.select(())
    click_class(desk, "bird", LOCK)
    desk.click(*OVER_DRONE)
    desk.click(*OVER_DRONE)
    assert desk.panel.document.selected == (DRONE,)


def test_that_the_table_of_boxes_neither_selects_nor_flags_a_locked_box(desk: Desk):
    click_class(desk, "bird", LOCK)
    table = desk.panel.boxes
    row = next(row for row in range(2) if table.model().index(row, 0).data() == "bird")
    for column in range(4):
        index = table.model().index(row, column)
        desk.qtbot.mouseClick(table.viewport(), LEFT, NO_KEY, table.visualRect(index).center())
    table.selectionModel().select(table.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    assert desk.panel.document.selected == ()
    assert desk.panel.document.undo_stack.count() == 0


def test_that_undo_gives_no_hold_of_a_locked_box(desk: Desk):
    desk.drag(OVER_BIRD, (130, 80))
    click_class(desk, "bird", LOCK)
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges[1] == (100, 40, 150, 100)
    assert desk.panel.document.selected == ()


def test_that_keys_hide_lock_and_show_the_class_of_the_selection_or_of_new_boxes(desk: Desk):
    marks = desk.panel.sight.marks
    desk.click(*OVER_BIRD)
    desk.key(Qt.Key.Key_H)
    assert marks.marks.hides("bird")
    assert desk.panel.document.selected == ()
    desk.key(Qt.Key.Key_H)
    assert marks.marks.hides(desk.panel.commands.class_name)
    desk.key(Qt.Key.Key_H, SHIFT | Qt.KeyboardModifier.ControlModifier)
    assert not marks.marks.hides_some
    desk.click(*OVER_BIRD)
    desk.key(Qt.Key.Key_K)
    assert marks.marks.locked == {"bird"}


def test_that_only_one_class_stays_shown_from_image_to_image_and_says_so(desk: Desk):
    sign = desk.panel.sight.sign
    desk.click(*OVER_BIRD)
    desk.key(Qt.Key.Key_H, SHIFT)
    assert desk.panel.document.selected == (BIRD,)
    assert (sign.text(), sign.isVisible()) == ("1 box hidden", True)
    desk.key(Qt.Key.Key_D)
    assert (desk.name, sign.text()) == ("b", "1 box hidden")
    assert not has_color(desk, "drone")
    desk.key(Qt.Key.Key_D)
    assert not sign.isVisible()
    desk.key(Qt.Key.Key_A)
    desk.qtbot.mouseClick(sign, LEFT)
    assert not sign.isVisible()
    assert not desk.panel.sight.marks.marks.hides_some


def test_that_a_new_box_of_a_hidden_class_shows_the_class_again(desk: Desk):
    drawn = desk.panel.commands.class_name
    click_class(desk, drawn, EYE)
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (15, 15))
    assert not desk.panel.sight.marks.marks.hides(drawn)
    assert desk.panel.document.selected == (desk.boxes[2].key,)


def test_that_an_undone_step_is_never_out_of_sight(desk: Desk):
    desk.click(*OVER_BIRD)
    desk.key(Qt.Key.Key_Delete)
    click_class(desk, "bird", EYE)
    desk.ctrl(Qt.Key.Key_Z)
    assert not desk.panel.sight.marks.marks.hides("bird")
    assert desk.panel.document.selected == (BIRD,)


def test_that_a_click_on_eye_or_padlock_chooses_no_class(desk: Desk):
    before = desk.panel.commands.class_name
    other = next(name for name in desk.panel.classes.names if name != before)
    click_class(desk, other, EYE)
    click_class(desk, other, LOCK)
    assert desk.panel.commands.class_name == before
    click_class(desk, other, NAME)
    assert desk.panel.commands.class_name == other


def test_that_another_folder_begins_with_all_classes_shown(desk: Desk):
    click_class(desk, "bird", EYE)
    desk.session.set_folder(None)
    assert not desk.panel.sight.marks.marks.hides_some
