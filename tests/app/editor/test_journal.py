"""Unsaved edits survive the end of the program, however it comes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.editor.journal import DISCARD, RESTORE
from app.editor.save_bar import TRY_AGAIN
from tests.app.editor.desk import Desk, MakeDesk, voc_xml

REPOSITORY = Path(__file__).resolve().parents[3]
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.start import make_window

app = QApplication([])
window = make_window(app, Session(SettingsStore(), Problems()))
window.show()
window.open_folder(Path(sys.argv[1]))
panel = lambda: window.pages.made_page("edit")
while panel() is None or panel().canvas.picture is None:
    QTest.qWait(20)
QTest.keyClick(panel().canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
QTest.keyClick(panel().canvas, Qt.Key.Key_Right)
print("edited", flush=True)
app.exec()
"""


def label(root: Path, stem: str) -> Path:
    return root / "Annotations" / f"{stem}.xml"


def entries(home: Path) -> list[Path]:
    return list((home / "data" / "journal").glob("*/*/*.json"))


def press(desk: Desk, button: str) -> None:
    desk.qtbot.mouseClick(desk.panel.journal.bar.buttons[button], Qt.MouseButton.LeftButton)


def edit_first_image(desk: Desk) -> None:
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_Right)


@pytest.fixture
def killed(qtbot: QtBot, root: Path, own_home: Path) -> Path:
    """The folder after a window that moved the boxes of its first image was killed with its edit in the journal."""
    child = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(root)],
        cwd=REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "edited\n"
            qtbot.waitUntil(lambda: bool(entries(own_home)), timeout=2000)
        finally:
            child.kill()
    return root


@pytest.fixture
def left(open_desk: MakeDesk, root: Path) -> Path:
    """The folder after a window ended without saving; its first image's boxes were moved. Faster than a kill."""
    desk = open_desk(root)
    desk.wait_for_picture()
    edit_first_image(desk)
    desk.panel.shut_down()
    return root


def test_that_an_edit_survives_kill_9_and_the_next_start_offers_it(
    killed: Path, open_desk: MakeDesk, own_home: Path
) -> None:
    before = label(killed, "a").read_bytes()
    desk = open_desk(killed)
    desk.wait_for_picture()
    assert "1 image (a)" in desk.panel.journal.bar.text
    assert desk.edges[0] == (20, 30, 60, 80)
    press(desk, RESTORE)
    assert desk.edges == [(21, 30, 61, 80), (101, 40, 151, 100)]
    assert "not saved" in desk.panel.status.text
    assert label(killed, "a").read_bytes() == before
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges[0] == (20, 30, 60, 80)
    assert "not saved" not in desk.panel.status.text
    desk.ctrl(Qt.Key.Key_Y)
    desk.ctrl(Qt.Key.Key_S)
    assert label(killed, "a").read_text() == voc_xml("a.png", (("drone", 22, 31, 61, 80), ("bird", 102, 41, 151, 100)))
    desk.qtbot.waitUntil(lambda: not entries(own_home))


def test_that_what_is_discarded_is_not_offered_again(left: Path, open_desk: MakeDesk, own_home: Path) -> None:
    desk = open_desk(left)
    press(desk, DISCARD)
    assert entries(own_home) == []
    assert desk.panel.journal.bar.text == ""
    desk.panel.shut_down()
    assert open_desk(left).panel.journal.bar.text == ""


def test_that_an_offer_that_nobody_answers_is_made_again(left: Path, open_desk: MakeDesk) -> None:
    open_desk(left).panel.shut_down()
    assert "1 image (a)" in open_desk(left).panel.journal.bar.text


def test_that_a_file_changed_since_the_crash_is_said_and_asked_about(left: Path, open_desk: MakeDesk) -> None:
    theirs = voc_xml("a.png", (("kite", 1, 1, 10, 10),))
    label(left, "a").write_text(theirs)
    desk = open_desk(left)
    desk.wait_for_picture()
    assert "changed by another program" in desk.panel.journal.bar.text
    press(desk, RESTORE)
    desk.key(Qt.Key.Key_D)
    assert label(left, "a").read_text() == theirs
    assert "a" in desk.panel.conflicts.text


def test_that_an_edit_that_reached_the_disk_is_not_offered(left: Path, open_desk: MakeDesk) -> None:
    saved = voc_xml("a.png", (("drone", 22, 31, 61, 80), ("bird", 102, 41, 151, 100)))
    label(left, "a").write_text(saved)
    assert open_desk(left).panel.journal.bar.text == ""


def test_that_a_second_window_is_not_offered_the_edits_of_the_first(
    desk: Desk, open_desk: MakeDesk, root: Path, own_home: Path
) -> None:
    edit_first_image(desk)
    desk.qtbot.waitUntil(lambda: len(entries(own_home)) == 1)
    assert open_desk(root).panel.journal.bar.text == ""


def test_that_a_saved_edit_leaves_the_journal(desk: Desk, own_home: Path) -> None:
    edit_first_image(desk)
    desk.qtbot.waitUntil(lambda: len(entries(own_home)) == 1)
    desk.key(Qt.Key.Key_D)
    desk.qtbot.waitUntil(lambda: not entries(own_home))
    desk.panel.shut_down()
    assert list((own_home / "data" / "journal").glob("*/*")) == []


def test_that_browsing_makes_no_journal(desk: Desk, own_home: Path) -> None:
    for _ in range(3):
        desk.key(Qt.Key.Key_D)
    desk.panel.journal.flush()
    assert not (own_home / "data").exists()


def test_that_the_state_before_a_saved_deletion_comes_back_byte_for_byte_after_a_crash(
    desk: Desk, open_desk: MakeDesk, root: Path
) -> None:
    original = label(root, "a").read_bytes()
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    desk.ctrl(Qt.Key.Key_S)
    desk.ctrl(Qt.Key.Key_Z)
    desk.panel.shut_down()
    later = open_desk(root)
    press(later, RESTORE)
    later.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_bytes() == original


def test_that_what_cannot_be_saved_is_in_the_journal_and_saved_when_that_is_asked(
    desk: Desk, root: Path, own_home: Path
) -> None:
    annotations = root / "Annotations"
    annotations.rename(root / "away")
    annotations.write_text("a file in the way")
    edit_first_image(desk)
    desk.key(Qt.Key.Key_D)
    assert desk.name == "b"
    assert "in the journal" in desk.panel.save_bar.text
    desk.qtbot.waitUntil(lambda: len(entries(own_home)) == 1)
    annotations.unlink()
    (root / "away").rename(annotations)
    desk.qtbot.mouseClick(desk.panel.save_bar.buttons[TRY_AGAIN], Qt.MouseButton.LeftButton)
    assert "<xmin>22</xmin>" in label(root, "a").read_text()
    assert desk.panel.save_bar.text == ""
    desk.qtbot.waitUntil(lambda: not entries(own_home))


def test_that_closing_with_an_unwritable_folder_keeps_the_edit_for_the_next_start(
    desk: Desk, open_desk: MakeDesk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotations = root / "Annotations"
    annotations.rename(root / "away")
    annotations.write_text("a file in the way")
    edit_first_image(desk)
    monkeypatch.setattr(QMessageBox, "warning", lambda *_rest: QMessageBox.StandardButton.Close)
    assert desk.panel.can_close()
    desk.panel.shut_down()
    annotations.unlink()
    (root / "away").rename(annotations)
    later = open_desk(root)
    press(later, RESTORE)
    assert later.edges[0] == (21, 30, 61, 80)


def test_that_changes_discarded_at_closing_are_neither_saved_nor_offered(
    desk: Desk, open_desk: MakeDesk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = label(root, "a").read_bytes()
    desk.session.settings.set("autosave", False)
    edit_first_image(desk)
    monkeypatch.setattr(QMessageBox, "question", lambda *_rest: QMessageBox.StandardButton.Discard)
    assert desk.panel.can_close()
    desk.session.set_folder(None)
    desk.panel.shut_down()
    assert label(root, "a").read_bytes() == before
    assert open_desk(root).panel.journal.bar.text == ""


def test_that_a_journal_that_cannot_be_written_is_said(desk: Desk, own_home: Path) -> None:
    (own_home / "data").write_text("a file in the way")
    edit_first_image(desk)
    desk.qtbot.waitUntil(lambda: "journal" in desk.panel.notices.text)


def test_that_a_damaged_entry_is_passed_over_and_stays(left: Path, open_desk: MakeDesk, own_home: Path) -> None:
    damaged = entries(own_home)[0].with_name("damaged.json")
    damaged.write_bytes(b'{"image": "b"')
    desk = open_desk(left)
    assert "1 image (a)" in desk.panel.journal.bar.text
    press(desk, DISCARD)
    assert damaged.exists()
