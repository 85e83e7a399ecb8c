import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox

from app.editor.actions import SHORTCUTS
from app.editor.conflict_bar import KEEP, TAKE
from tests.app.editor.desk import Desk, MakeDesk, Placed, voc_xml, write_folder, write_image

CTRL = Qt.KeyboardModifier.ControlModifier
Snapshot = dict[Path, tuple[int, bytes]]


def snapshot(root: Path) -> Snapshot:
    """Time of change and bytes of every file."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


def label(root: Path, stem: str) -> Path:
    return root / "Annotations" / f"{stem}.xml"


def test_that_browsing_writes_nothing(desk: Desk, root: Path):
    before = snapshot(root)
    for _ in range(3):
        desk.key(Qt.Key.Key_D)
        desk.wait_for_picture()
        desk.click(60, 60)
    for _ in range(3):
        desk.key(Qt.Key.Key_A)
    assert desk.name == "a"
    assert snapshot(root) == before


def test_that_leaving_an_image_saves_its_changes_and_keeps_unknown_elements(desk: Desk, root: Path):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    with desk.qtbot.waitSignal(desk.session.annotation_saved) as saved:
        desk.key(Qt.Key.Key_D)
    assert saved.args == [root / "JPEGImages" / "a.png"]
    text = label(root, "a").read_text()
    expected = voc_xml("a.png", (("drone", 22, 31, 61, 80), ("bird", 101, 41, 150, 100)))
    assert text == expected


def test_that_automatic_saving_can_be_off_and_the_edit_waits(desk: Desk, root: Path):
    before = snapshot(root)
    desk.session.settings.set("autosave", False)
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_D)
    assert snapshot(root) == before
    desk.key(Qt.Key.Key_A)
    assert len(desk.boxes) == 1
    assert "not saved" in desk.panel.status.text
    desk.ctrl(Qt.Key.Key_S)
    assert "not saved" not in desk.panel.status.text
    assert label(root, "a").read_text().count("<object>") == 1


def test_that_undo_across_images_shows_the_changed_image_first(desk: Desk, root: Path):
    before = label(root, "a").read_bytes()
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_D)
    assert desk.name == "c"
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.name == "a"
    assert desk.edges[0] == (20, 30, 60, 80)
    assert desk.panel.document.selected == (1,)
    desk.key(Qt.Key.Key_D)
    assert label(root, "a").read_bytes() == before
    desk.key(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.name == "a"
    assert len(desk.boxes) == 1


def test_that_undo_of_the_first_box_leaves_no_label_file_behind(desk: Desk, root: Path):
    desk.panel.show_image(root / "JPEGImages" / "d.png")
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (30, 25))
    desk.key(Qt.Key.Key_A)
    assert label(root, "d").exists()
    desk.ctrl(Qt.Key.Key_Z)
    desk.key(Qt.Key.Key_A)
    assert not label(root, "d").exists()


def test_that_digits_relabel_the_selection_as_one_step(desk: Desk):
    desk.qtbot.waitUntil(lambda: desk.panel.classes.names == ("bird", "drone"))
    desk.click(40, 55)
    desk.key(Qt.Key.Key_1)
    assert desk.boxes[0].class_name == "bird"
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.boxes[0].class_name == "drone"


def test_that_a_class_can_be_found_by_typing_and_a_new_one_added(desk: Desk):
    search = desk.panel.classes.search_line
    desk.click(40, 55)
    desk.key(Qt.Key.Key_C)
    assert search.hasFocus()
    desk.qtbot.keyClicks(search, "bi")
    desk.key(Qt.Key.Key_Return, widget=search)
    assert desk.boxes[0].class_name == "bird"
    assert desk.panel.canvas.hasFocus()
    desk.key(Qt.Key.Key_C)
    desk.qtbot.keyClicks(search, "bird of prey")
    desk.key(Qt.Key.Key_Return, widget=search)
    assert desk.boxes[0].class_name == "bird of prey"
    assert "bird of prey" in desk.panel.classes.names
    desk.key(Qt.Key.Key_C)
    desk.qtbot.keyClicks(search, "bir")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier, widget=search)
    assert desk.boxes[0].class_name == "bir"


def test_that_paste_adds_and_never_replaces(desk: Desk):
    desk.ctrl(Qt.Key.Key_A)
    desk.ctrl(Qt.Key.Key_C)
    desk.key(Qt.Key.Key_D)
    desk.ctrl(Qt.Key.Key_V)
    assert desk.edges == [(50, 50, 90, 90), (20, 30, 60, 80), (100, 40, 150, 100)]
    desk.ctrl(Qt.Key.Key_V)
    assert len(desk.boxes) == 5
    assert len({box.key for box in desk.boxes}) == 5


def test_that_duplicate_puts_a_selected_copy_beside_the_box(desk: Desk):
    desk.click(40, 55)
    desk.ctrl(Qt.Key.Key_D)
    assert desk.edges[2] == (30, 40, 70, 90)
    assert desk.panel.document.selected == (desk.boxes[2].key,)


def test_that_space_toggles_the_verified_mark(desk: Desk, root: Path):
    desk.key(Qt.Key.Key_Space)
    assert desk.panel.document.annotation.is_verified
    desk.ctrl(Qt.Key.Key_S)
    assert 'verified="yes"' in label(root, "a").read_text()
    desk.key(Qt.Key.Key_Space, widget=desk.panel.images.view)
    assert not desk.panel.document.annotation.is_verified


def test_that_an_image_without_objects_can_be_decided_empty(desk: Desk, root: Path):
    desk.panel.show_image(root / "JPEGImages" / "d.png")
    desk.key(Qt.Key.Key_Space)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "d").exists()
    assert "<object>" not in label(root, "d").read_text()


def test_that_xml_that_does_not_parse_is_shown_as_such_and_never_overwritten(open_desk: MakeDesk, root: Path):
    broken = b"<annotation>\n<object>\n</annotation>\n"
    label(root, "a").write_bytes(broken)
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (30, 25))
    desk.key(Qt.Key.Key_Space)
    desk.ctrl(Qt.Key.Key_V)
    desk.ctrl(Qt.Key.Key_S)
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_A)
    assert desk.boxes == ()
    assert label(root, "a").read_bytes() == broken
    assert desk.panel.image_notices.isVisible()
    assert desk.panel.document.problem is not None
    assert "line" in str(desk.panel.document.problem)
    assert "read-only" in desk.panel.status.text


def test_that_a_truncated_image_says_so_and_the_next_one_opens(open_desk: MakeDesk, root: Path):
    path = write_image(root / "JPEGImages" / "b.png", seed=9)
    path.write_bytes(path.read_bytes()[:900])
    before = snapshot(root)
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    assert desk.panel.canvas.picture is not None
    assert desk.panel.canvas.picture.problem is not None
    assert desk.panel.image_notices.isVisible()
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    assert desk.name == "c"
    assert desk.panel.canvas.picture.problem is None
    assert not desk.panel.image_notices.isVisible()
    assert snapshot(root) == before


def test_that_an_edit_that_cannot_be_saved_is_kept_and_said(desk: Desk, root: Path):
    desk.panel.show_image(root / "JPEGImages" / "d.png")
    for path in (root / "Annotations").iterdir():
        path.unlink()
    (root / "Annotations").rmdir()
    (root / "Annotations").write_text("a file in the way")
    desk.key(Qt.Key.Key_W)
    desk.drag((5, 5), (30, 25))
    desk.key(Qt.Key.Key_A)
    assert desk.name == "c"
    assert desk.panel.save_bar.isVisible()
    desk.key(Qt.Key.Key_D)
    assert desk.edges == [(5, 5, 30, 25)]
    assert "not saved" in desk.panel.status.text
    assert (root / "Annotations").read_text() == "a file in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
def test_that_a_read_only_folder_keeps_the_edit_in_memory(desk: Desk, root: Path):
    before = snapshot(root)
    (root / "Annotations").chmod(0o555)
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_D)
    assert desk.panel.save_bar.isVisible()
    desk.key(Qt.Key.Key_A)
    assert len(desk.boxes) == 1
    (root / "Annotations").chmod(0o755)
    assert snapshot(root) == before


def test_that_labels_changed_by_another_program_are_not_overwritten_unasked(desk: Desk, root: Path):
    theirs = voc_xml("a.png", (("kite", 1, 1, 10, 10),))
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    label(root, "a").write_text(theirs)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_text() == theirs
    assert desk.panel.conflicts.isVisible()
    desk.qtbot.mouseClick(desk.panel.conflicts.buttons[KEEP], Qt.MouseButton.LeftButton)
    assert label(root, "a").read_text().count("<object>") == 1
    assert "bird" in label(root, "a").read_text()
    assert not desk.panel.conflicts.isVisible()


def test_that_theirs_can_be_taken_and_their_boxes_are_then_on_the_desk(desk: Desk, root: Path):
    theirs = voc_xml("a.png", (("kite", 1, 1, 10, 10),))
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    label(root, "a").write_text(theirs)
    desk.key(Qt.Key.Key_D)
    desk.qtbot.mouseClick(desk.panel.conflicts.buttons[TAKE], Qt.MouseButton.LeftButton)
    desk.key(Qt.Key.Key_A)
    assert [box.class_name for box in desk.boxes] == ["kite"]
    desk.ctrl(Qt.Key.Key_Z)
    assert [box.class_name for box in desk.boxes] == ["kite"]
    desk.key(Qt.Key.Key_D)
    assert label(root, "a").read_text() == theirs


def test_that_a_touched_file_with_the_same_bytes_is_no_conflict(desk: Desk, root: Path):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    label(root, "a").write_bytes(label(root, "a").read_bytes())
    desk.ctrl(Qt.Key.Key_S)
    assert not desk.panel.conflicts.isVisible()
    assert label(root, "a").read_text().count("<object>") == 1


def test_that_boxes_outside_the_image_stay_as_they_are_until_changed(open_desk: MakeDesk, tmp_path: Path):
    boxes: tuple[Placed, ...] = (("drone", -19, 11, 260, 50), ("bird", 81, 61, 40, 90))
    root = write_folder(tmp_path / "odd", {"a": boxes, "b": ()})
    before = label(root, "a").read_text()
    desk = open_desk(root)
    desk.wait_for_picture()
    assert desk.edges[0] == (-20, 10, 260, 50)
    desk.panel.canvas.grab()
    desk.key(Qt.Key.Key_Space)
    desk.key(Qt.Key.Key_D)
    after = label(root, "a").read_text()
    assert after.replace(' verified="yes"', "") == before


def test_that_objects_without_sense_and_a_wrong_size_are_said_and_kept(open_desk: MakeDesk, root: Path):
    text = voc_xml("a.png", (("drone", 21, 31, 60, 80),), width=640)
    odd = text.replace("</annotation>", "\t<object>\n\t\t<name>drone</name>\n\t</object>\n</annotation>")
    label(root, "a").write_text(odd)
    desk = open_desk(root)
    desk.wait_for_picture()
    assert len(desk.boxes) == 1
    assert desk.panel.document.remarks
    assert "640" in " ".join(desk.panel.document.remarks)
    assert desk.panel.image_notices.isVisible()
    desk.panel.document.select((1,))
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_D)
    assert label(root, "a").read_text() == odd.replace(">21<", ">22<").replace(">60<", ">61<")


def test_that_a_label_folder_in_another_format_is_read_only_and_says_why(open_desk: MakeDesk, shared: Path):
    desk = open_desk(shared / "data" / "coco-val128")
    desk.wait_for_picture()
    assert not desk.panel.document.is_editable
    assert desk.panel.image_notices.isVisible()
    count = len(desk.boxes)
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.boxes) == count


def test_that_closing_saves_and_asks_only_when_something_would_be_lost(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def answer(_parent: object, title: str, *_rest: object) -> QMessageBox.StandardButton:
        asked.append(title)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "warning", answer)
    assert desk.panel.can_close()
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    assert desk.panel.can_close()
    assert label(root, "a").read_text().count("<object>") == 1
    label(root, "a").write_text(voc_xml("a.png", ()))
    desk.ctrl(Qt.Key.Key_Z)
    assert not desk.panel.can_close()
    assert len(asked) == 1


def test_that_every_action_has_its_own_keys_and_is_in_the_menu(desk: Desk):
    names = [action.objectName() for action in desk.panel.actions()]
    assert names == [action.name for action in SHORTCUTS]
    keys = [
        key.toString()
        for action in SHORTCUTS
        for key in QKeySequence.listFromString(action.shortcut)
        if action.shortcut
    ]
    assert len(keys) == len(set(keys))


def test_that_letters_typed_into_the_filter_are_no_shortcuts(desk: Desk):
    line = desk.panel.images.filter_line
    desk.ctrl(Qt.Key.Key_F)
    assert line.hasFocus()
    desk.qtbot.keyClicks(line, "wad")
    assert line.text() == "wad"
    assert desk.name == "a"
    assert not desk.panel.canvas.hands.is_drawing_mode


def test_that_a_real_folder_is_edited_and_its_file_keeps_all_else(open_desk: MakeDesk, shared: Path, tmp_path: Path):
    source = shared / "data" / "BCCD"
    root = tmp_path / "BCCD"
    for stem in ("BloodImage_00000", "BloodImage_00001"):
        for part, suffix in (("JPEGImages", ".jpg"), ("Annotations", ".xml")):
            (root / part).mkdir(parents=True, exist_ok=True)
            (root / part / f"{stem}{suffix}").write_bytes((source / part / f"{stem}{suffix}").read_bytes())
    before = label(root, "BloodImage_00000").read_text()
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.panel.document.select((1,))
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_D)
    after = label(root, "BloodImage_00000").read_text()
    assert after == before.replace("<xmin>260<", "<xmin>261<", 1).replace("<xmax>491<", "<xmax>492<", 1)
