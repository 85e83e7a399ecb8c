"""The Edit page shows how labels count pixels and lets the user set it."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from app.editor.convention_dialog import ConventionDialog
from tests.app.editor.desk import Desk, MakeDesk, voc_xml, write_folder
from yolox_core.dataset.convention import EDGES, FROM_ZERO


def choose(desk: Desk, name: str, button: QDialogButtonBox.StandardButton) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConventionDialog)
        dialog.options[name].click()
        desk.qtbot.mouseClick(dialog.buttons.button(button), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, answer)
    next(action for action in desk.panel.actions() if action.objectName() == "pixel_convention").trigger()


def test_that_another_convention_moves_the_boxes_on_screen_but_no_number_on_disk(desk: Desk, root: Path) -> None:
    before = {path: path.read_bytes() for path in (root / "Annotations").iterdir()}
    desk.key(Qt.Key.Key_D)
    choose(desk, "edges", QDialogButtonBox.StandardButton.Ok)
    assert desk.name == "b"
    assert desk.edges == [(51, 51, 90, 90)]
    assert EDGES.span in desk.panel.status.text
    desk.key(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_D)
    assert {path: path.read_bytes() for path in (root / "Annotations").iterdir()} == before


def test_that_a_dialog_that_is_cancelled_changes_nothing(desk: Desk) -> None:
    choose(desk, "zero", QDialogButtonBox.StandardButton.Cancel)
    assert desk.edges[0] == (20, 30, 60, 80)


def test_that_edits_are_saved_as_the_folder_counts_before_it_counts_otherwise(desk: Desk, root: Path) -> None:
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    choose(desk, "zero", QDialogButtonBox.StandardButton.Ok)
    text = (root / "Annotations" / "a.xml").read_text()
    assert text == voc_xml("a.png", (("drone", 22, 31, 61, 80), ("bird", 101, 41, 150, 100)))


def test_that_a_folder_that_counts_from_zero_is_edited_in_its_own_way(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "zero", {"a": (("drone", 0, 0, 199, 159), ("bird", 100, 40, 149, 99))})
    desk = open_desk(root)
    desk.wait_for_picture()
    assert FROM_ZERO.span in desk.panel.status.text
    assert desk.edges == [(0, 0, 200, 160), (100, 40, 150, 100)]
    desk.panel.document.select((2,))
    desk.key(Qt.Key.Key_Left)
    desk.ctrl(Qt.Key.Key_S)
    expected = voc_xml("a.png", (("drone", 0, 0, 199, 159), ("bird", 99, 40, 148, 99)))
    assert (root / "Annotations" / "a.xml").read_text() == expected
