"""Another program writes the labels that are on the desk."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from app.editor.comparison import KEEP, TAKE, ConflictDialog, only_in
from app.editor.conflict_bar import SEE
from tests.app.editor.desk import Desk, Placed, voc_xml
from yolox_core.records import Annotation, Box

KITE: tuple[Placed, ...] = (("drone", 21, 31, 60, 80), ("kite", 1, 1, 10, 10))


def label(root: Path, stem: str) -> Path:
    return root / "Annotations" / f"{stem}.xml"


def conflict(desk: Desk, root: Path) -> None:
    """Delete the bird here while another program makes it a kite."""
    desk.click(125, 70)
    desk.key(Qt.Key.Key_Delete)
    label(root, "a").write_text(voc_xml("a.png", KITE))
    desk.ctrl(Qt.Key.Key_S)


def answer_dialog(desk: Desk, button: str) -> list[ConflictDialog]:
    """Press a button of the dialog that comes next; the list holds it afterwards."""
    seen: list[ConflictDialog] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConflictDialog)
        seen.append(dialog)
        named = {one.text(): one for one in dialog.findChildren(QPushButton)}
        desk.qtbot.mouseClick(named[button], Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, press)
    desk.qtbot.mouseClick(desk.panel.conflicts.buttons[SEE], Qt.MouseButton.LeftButton)
    return seen


def test_that_both_versions_can_be_seen_before_one_is_taken(desk: Desk, root: Path) -> None:
    conflict(desk, root)
    before = label(root, "a").read_bytes()
    assert len(answer_dialog(desk, "Decide later")) == 1
    assert label(root, "a").read_bytes() == before
    assert len(desk.boxes) == 1
    assert desk.panel.conflicts.isVisible()
    answer_dialog(desk, TAKE)
    assert [box.class_name for box in desk.boxes] == ["drone", "kite"]
    assert label(root, "a").read_bytes() == before
    assert not desk.panel.conflicts.isVisible()


def test_that_mine_can_be_kept_after_seeing_both(desk: Desk, root: Path) -> None:
    conflict(desk, root)
    dialog = answer_dialog(desk, KEEP)[0]
    assert dialog.choice == KEEP
    assert label(root, "a").read_text() == voc_xml("a.png", KITE[:1])


def test_that_the_two_versions_look_different_where_they_differ(desk: Desk, root: Path) -> None:
    conflict(desk, root)
    dialog = answer_dialog(desk, "Decide later")[0]
    dialog.resize(900, 500)
    mine, theirs = dialog.mine.grab().toImage(), dialog.theirs.grab().toImage()
    assert mine.size() == theirs.size()
    assert mine != theirs


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ((Box("a", 0, 0, 9, 9, 1),), (Box("a", 0, 0, 9, 9, 7),), set()),
        ((Box("a", 0, 0, 9, 9, 1),), (Box("b", 0, 0, 9, 9, 1),), {1}),
        ((Box("a", 0, 0, 9, 9, 1), Box("a", 0, 0, 9, 9, 2)), (Box("a", 0, 0, 9, 9, 1),), {2}),
        ((Box("a", 0, 0, 9, 9, 1, difficult=True),), (Box("a", 0, 0, 9, 9, 1),), {1}),
        ((), (Box("a", 0, 0, 9, 9, 1),), set()),
    ],
)
def test_that_boxes_differ_by_what_they_say_and_not_by_their_key(
    own: tuple[Box, ...], other: tuple[Box, ...], expected: set[int]
) -> None:
    assert only_in(Annotation(20, 20, own), Annotation(20, 20, other)) == expected


def test_that_each_image_with_a_conflict_is_asked_about(desk: Desk, root: Path) -> None:
    for stem in ("a", "b"):
        desk.panel.show_image(root / "JPEGImages" / f"{stem}.png")
        desk.ctrl(Qt.Key.Key_A)
        desk.key(Qt.Key.Key_Right)
        label(root, stem).write_text(voc_xml(f"{stem}.png", KITE))
        desk.ctrl(Qt.Key.Key_S)
    assert "2 images" in desk.panel.conflicts.text
    for stem in ("a", "b"):
        assert desk.panel.conflicts.text.startswith(f"{stem}:")
        desk.qtbot.mouseClick(desk.panel.conflicts.buttons[TAKE], Qt.MouseButton.LeftButton)
    assert not desk.panel.conflicts.isVisible()
    assert desk.panel.document.dirty_images == ()


def test_that_labels_written_by_another_program_appear_without_being_asked_for(desk: Desk, root: Path) -> None:
    label(root, "a").write_text(voc_xml("a.png", KITE))
    desk.qtbot.waitUntil(lambda: [box.class_name for box in desk.boxes] == ["drone", "kite"])
    temporary = root / "Annotations" / "new"
    temporary.write_text(voc_xml("a.png", ()))
    temporary.replace(label(root, "a"))
    desk.qtbot.waitUntil(lambda: desk.boxes == ())


def test_that_a_conflict_is_said_before_anything_is_saved(desk: Desk, root: Path) -> None:
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_Right)
    label(root, "a").write_text(voc_xml("a.png", KITE))
    desk.qtbot.waitUntil(desk.panel.conflicts.isVisible)
    assert desk.edges[0] == (21, 30, 61, 80)
