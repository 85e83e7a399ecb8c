"""Deleting an image asks, loses nothing, and can be undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from app.editor.trash import PUT_BACK
from tests.app.editor.desk import Desk
from yolox_core.dataset.folder import open_folder

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_rest: button)


def test_that_deleting_an_image_asks_and_no_is_the_default(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(root)
    asked: list[object] = []

    def refuse(*question: object) -> QMessageBox.StandardButton:
        asked.append(question[-1])
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", refuse)
    desk.key(Qt.Key.Key_D, CTRL_SHIFT)
    assert asked == [QMessageBox.StandardButton.No]
    assert files(root) == before


def test_that_image_and_labels_go_to_the_trash_together_and_come_back(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(root)
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_D, CTRL_SHIFT)
    assert desk.name == "c"
    assert [image.name for image in desk.panel.images.images] == ["a", "c", "d"]
    assert [image.name for image in open_folder(root).images] == ["a", "c", "d"]
    assert sorted(path.name for path in (root / ".trash").rglob("b.*")) == ["b.png", "b.xml"]
    desk.qtbot.mouseClick(desk.panel.trash.bar.buttons[PUT_BACK], Qt.MouseButton.LeftButton)
    assert desk.name == "b"
    assert files(root) == before


def test_that_an_image_is_not_put_back_over_another_one(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    desk.key(Qt.Key.Key_D, CTRL_SHIFT)
    (root / "JPEGImages" / "a.png").write_bytes(b"another")
    problems: list[object] = []
    desk.session.problems.problem_shown.connect(problems.append)
    desk.qtbot.mouseClick(desk.panel.trash.bar.buttons[PUT_BACK], Qt.MouseButton.LeftButton)
    assert len(problems) == 1
    assert desk.panel.trash.bar.isVisible()
    assert (root / "JPEGImages" / "a.png").read_bytes() == b"another"
    assert list((root / ".trash").rglob("a.png"))


def test_that_the_last_image_can_be_deleted_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    for _ in range(4):
        desk.key(Qt.Key.Key_D, CTRL_SHIFT)
    assert desk.panel.images.images == ()
    assert desk.panel.document.image is None
