"""The four states of an image, as keys set them and files keep them."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QPlainTextEdit

from tests.app.editor.desk import Desk
from yolox_core.records import ImageState


def state(desk: Desk) -> ImageState:
    return desk.panel.document.annotation.state


def test_that_all_four_states_are_shown(desk: Desk) -> None:
    shown = []
    for _ in range(4):
        shown.append(state(desk))
        assert state(desk).value in desk.panel.status.text
        desk.key(Qt.Key.Key_D)
    assert shown == [ImageState.LABELLED, ImageState.LABELLED, ImageState.EMPTY, ImageState.UNLABELLED]
    desk.key(Qt.Key.Key_Space)
    assert ImageState.VERIFIED.value in desk.panel.status.text


def test_that_one_key_decides_that_an_image_is_empty_and_undo_takes_the_file_away(desk: Desk, root: Path) -> None:
    path = root / "Annotations" / "d.xml"
    desk.panel.show_image(root / "JPEGImages" / "d.png")
    desk.key(Qt.Key.Key_N)
    assert state(desk) is ImageState.EMPTY
    assert "empty by decision" in desk.panel.status.text
    desk.ctrl(Qt.Key.Key_S)
    assert "<object>" not in path.read_text()
    desk.ctrl(Qt.Key.Key_Z)
    assert state(desk) is ImageState.UNLABELLED
    desk.ctrl(Qt.Key.Key_S)
    assert not path.exists()


def test_that_an_image_with_boxes_cannot_be_decided_empty(desk: Desk) -> None:
    desk.key(Qt.Key.Key_N)
    assert state(desk) is ImageState.LABELLED
    assert desk.panel.document.dirty_images == ()


def write_note(desk: Desk, text: str) -> None:
    def type_it() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        editor = dialog.findChild(QPlainTextEdit)
        assert editor is not None
        editor.clear()
        desk.qtbot.keyClicks(editor, text)
        dialog.accept()

    QTimer.singleShot(0, type_it)
    desk.key(Qt.Key.Key_M)
    desk.panel.activateWindow()
    desk.panel.canvas.setFocus()
    desk.qtbot.waitUntil(desk.panel.canvas.hasFocus)


def test_that_a_note_is_kept_in_the_file_shown_undone_and_removed(desk: Desk, root: Path) -> None:
    path = root / "Annotations" / "a.xml"
    before = path.read_text()
    write_note(desk, "ask Ann <again>")
    assert "ask Ann <again>" in desk.panel.status.text
    desk.ctrl(Qt.Key.Key_S)
    assert path.read_text() == before.replace("<annotation>", '<annotation note="ask Ann &lt;again&gt;">')
    desk.ctrl(Qt.Key.Key_Z)
    desk.ctrl(Qt.Key.Key_S)
    assert path.read_text() == before
    desk.ctrl(Qt.Key.Key_Y)
    write_note(desk, "")
    desk.ctrl(Qt.Key.Key_S)
    assert path.read_text() == before


def test_that_a_note_goes_to_the_image_that_it_was_written_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = desk.session.folder
    assert folder is not None

    def write(*_rest: object) -> tuple[str, bool]:
        desk.panel.document.open(folder.images[1])  # as where a search ends meanwhile
        return "blurred", True

    monkeypatch.setattr(QInputDialog, "getMultiLineText", write)
    desk.key(Qt.Key.Key_M)
    assert desk.name == "a"
    assert desk.panel.document.annotation.note == "blurred"
    held = desk.panel.document.held_annotation("b")
    assert held is None or held.note == ""
