from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionViewItem

from app.editor.box_list import DIFFICULT
from app.editor.class_list import found_names, with_new_names
from app.editor.image_rows import MARK_ROLE
from app.editor.menu import box_menu
from tests.app.editor.desk import LEFT, NO_KEY, Desk
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import ImageState


def many_images(count: int) -> tuple[ImageFile, ...]:
    root = Path("/nowhere")
    return tuple(ImageFile.at(f"frame_{i:06}.jpg", root / f"{i}.jpg", root / f"{i}.xml") for i in range(count))


def test_that_the_states_of_visible_images_are_shown(desk: Desk):
    model = desk.panel.images.model

    def states() -> list[ImageState | None]:
        return [model.data(model.index(row), MARK_ROLE).state for row in range(4)]

    wanted = [ImageState.LABELLED, ImageState.LABELLED, ImageState.EMPTY, ImageState.UNLABELLED]
    desk.qtbot.waitUntil(lambda: states() == wanted)
    desk.key(Qt.Key.Key_Space)
    assert states()[0] is ImageState.VERIFIED
    assert model.data(model.index(0), MARK_ROLE).is_dirty


def test_that_states_come_from_the_index_where_it_knows_them(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.qtbot.waitUntil(lambda: not desk.session.index.is_busy)
    read: list[object] = []
    monkeypatch.setattr("app.editor.image_list.read_annotation", lambda *asked: read.append(asked))
    images = desk.panel.images
    images.read_marks_again()
    images.view.viewport().grab()
    row = images.model.index(3)
    desk.qtbot.waitUntil(lambda: images.model.data(row, MARK_ROLE).state is ImageState.UNLABELLED)
    assert read == []


def test_that_the_filter_needs_every_word_and_next_stays_within_it(desk: Desk):
    images = desk.panel.images
    images.filter_line.setText("c C")
    desk.qtbot.waitUntil(lambda: len(images.images) == 1)
    desk.key(Qt.Key.Key_D)
    assert desk.name == "c"
    images.filter_line.clear()
    assert len(images.images) == 4


def test_that_a_click_in_the_list_opens_the_image(desk: Desk):
    view = desk.panel.images.view
    rect = view.visualRect(desk.panel.images.model.index(2))
    desk.qtbot.mouseClick(view.viewport(), LEFT, NO_KEY, rect.center())
    assert desk.name == "c"
    assert "3 / 4" in desk.panel.status.text


def test_that_home_and_end_go_to_the_first_and_the_last_image(desk: Desk):
    view = desk.panel.images.view
    desk.key(Qt.Key.Key_End, widget=view)
    assert desk.name == "d"
    desk.key(Qt.Key.Key_Home, widget=view)
    assert desk.name == "a"
    desk.key(Qt.Key.Key_Down, widget=view)
    assert desk.name == "b"


def test_that_50000_images_are_listed_at_once(desk: Desk):
    folder = DataFolder(Path("/nowhere"), "voc", many_images(50_000))
    start = perf_counter()
    desk.panel.images.set_folder(folder)
    desk.panel.images.view.scrollTo(desk.panel.images.model.index(49_000))
    desk.panel.images.view.grab()
    assert len(desk.panel.images.images) == 50_000
    assert perf_counter() - start < 2.0


def test_that_boxes_are_selected_both_ways(desk: Desk):
    table = desk.panel.boxes
    model = table.model()
    desk.click(125, 70)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
    desk.qtbot.mouseClick(table.viewport(), LEFT, NO_KEY, table.visualRect(model.index(0, 0)).center())
    assert desk.panel.document.selected == (1,)
    assert [model.data(model.index(row, 1)) for row in range(2)] == ["40 × 50", "50 × 60"]


def test_that_a_flag_is_set_in_the_table_and_can_be_undone(desk: Desk):
    table = desk.panel.boxes
    index = table.model().index(1, DIFFICULT)
    option = QStyleOptionViewItem()
    option.rect = table.visualRect(index)
    option.features = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, table)
    desk.qtbot.mouseClick(table.viewport(), LEFT, NO_KEY, box.center())
    assert desk.boxes[1].difficult
    desk.ctrl(Qt.Key.Key_Z)
    assert not desk.boxes[1].difficult


@pytest.mark.parametrize(
    ("key", "flag"), [(Qt.Key.Key_D, "difficult"), (Qt.Key.Key_R, "truncated"), (Qt.Key.Key_O, "occluded")]
)
def test_that_a_key_flags_the_selected_box_and_again_clears_it(desk: Desk, key: Qt.Key, flag: str):
    desk.click(40, 55)
    desk.key(key, Qt.KeyboardModifier.ShiftModifier)
    assert [getattr(box, flag) for box in desk.boxes] == [True, False]
    assert next(action for action in desk.panel.actions() if action.objectName() == flag).isChecked()
    desk.ctrl(Qt.Key.Key_S)
    label = desk.panel.document.image.label_path  # type: ignore[union-attr]
    assert f"<{flag}>1</{flag}>" in label.read_text()
    desk.key(key, Qt.KeyboardModifier.ShiftModifier)
    assert not getattr(desk.boxes[0], flag)


def test_that_the_pose_is_set_by_the_menu_of_a_right_click(desk: Desk):
    desk.click(40, 55)
    panel = desk.panel
    menu = box_menu(panel, ("drone",), {a.objectName(): a for a in panel.actions()}, panel.commands, "Left")
    poses = next(entry.menu() for entry in menu.actions() if entry.text() == "Pose")
    assert isinstance(poses, QMenu)
    assert [entry.text() for entry in poses.actions() if entry.isChecked()] == ["Left"]
    next(entry for entry in poses.actions() if entry.text() == "Rear").trigger()
    assert [box.pose for box in desk.boxes] == ["Rear", "Left"]


def test_that_classes_show_their_number_key_and_count(desk: Desk):
    desk.qtbot.waitUntil(lambda: desk.panel.classes.names == ("bird", "drone"))
    model = desk.panel.classes.view.model()
    rows = [tuple(model.data(model.index(row, column)) for column in range(3)) for row in range(2)]
    assert rows == [("1", "bird", "1"), ("2", "drone", "1")]
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_2)
    assert model.data(model.index(1, 2)) == "2"


def test_that_a_click_on_a_class_relabels_the_selection_and_sets_new_boxes(desk: Desk):
    desk.qtbot.waitUntil(lambda: desk.panel.classes.names == ("bird", "drone"))
    view = desk.panel.classes.view
    desk.click(40, 55)
    at = view.visualRect(view.model().index(0, 1)).center()
    desk.qtbot.mouseClick(view.viewport(), LEFT, NO_KEY, QPoint(at.x(), at.y()))
    assert desk.boxes[0].class_name == "bird"
    assert desk.panel.commands.class_name == "bird"


def test_that_number_keys_never_change_their_class_while_a_folder_is_open(desk: Desk):
    assert with_new_names(("b", "a"), ("c", "a", "")) == ("b", "a", "c")
    desk.qtbot.waitUntil(lambda: desk.panel.classes.names == ("bird", "drone"))
    folder = desk.session.folder
    assert folder is not None
    desk.session.set_folder(replace(folder, class_names=("aeroplane", "drone")))
    assert desk.panel.classes.names == ("bird", "drone", "aeroplane")
    assert desk.name == "a"


def test_that_a_typed_name_finds_the_same_name_before_longer_ones():
    assert found_names(("cart", "my car", "car"), "Car") == ("car", "cart", "my car")
