"""Label files are written off the window's thread; here the disk is busy until the test lets it go on."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.editor.label_writer import THREAD_NAME
from tests.app.editor.desk import Desk
from yolox_core.user_folders import data_folder

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that has labels for good only once this is set."""
    is_ready, fsync = threading.Event(), os.fsync

    def slow_fsync(descriptor: int) -> None:
        if threading.current_thread().name.startswith(THREAD_NAME):
            assert is_ready.wait(10)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    yield is_ready
    is_ready.set()


def press(desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, without waiting for what it saves."""
    desk.qtbot.keyClick(desk.panel.canvas, key, modifier)


def nudge_first_box(desk: Desk) -> None:
    first = desk.boxes[0]
    desk.panel.document.select((first.key,))
    press(desk, Qt.Key.Key_Right)
    assert desk.boxes[0].x1 == first.x1 + 1


def labels(root: Path, stem: str = "a") -> str:
    return (root / "Annotations" / f"{stem}.xml").read_text()


def wait_until_saved(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: not desk.panel.document.dirty_images)


def is_journaled() -> bool:
    return any(data_folder().glob("journal/*/*/*.json"))


def test_that_the_window_goes_on_while_the_disk_is_busy_and_says_not_saved_until_it_is(
    desk: Desk, root: Path, disk: threading.Event
) -> None:
    before = labels(root)
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    press(desk, Qt.Key.Key_D)
    assert desk.name == "b"
    assert [image.name for image in desk.panel.document.dirty_images] == ["a"]
    press(desk, Qt.Key.Key_A)
    assert "not saved" in desk.panel.status.text
    assert labels(root) == before
    disk.set()
    wait_until_saved(desk)
    assert "not saved" not in desk.panel.status.text
    assert "<xmin>22</xmin>" in labels(root)


def test_that_the_journal_keeps_an_edit_until_it_is_on_disk_for_good(
    desk: Desk, root: Path, disk: threading.Event
) -> None:
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    desk.qtbot.waitUntil(is_journaled)
    disk.set()
    desk.qtbot.waitUntil(lambda: not is_journaled())
    assert "<xmin>22</xmin>" in labels(root)


def test_that_an_edit_made_during_a_save_is_saved_after_it_when_that_is_asked(
    desk: Desk, root: Path, disk: threading.Event
) -> None:
    for _ in range(3):
        nudge_first_box(desk)
        press(desk, Qt.Key.Key_S, CTRL)
    disk.set()
    wait_until_saved(desk)
    assert "<xmin>24</xmin>" in labels(root)


def test_that_a_step_taken_back_during_its_save_counts_as_a_change_afterwards(
    desk: Desk, root: Path, disk: threading.Event
) -> None:
    before = labels(root)
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    press(desk, Qt.Key.Key_Z, CTRL)
    with desk.qtbot.waitSignal(desk.panel.document.saved):
        disk.set()
    assert "<xmin>22</xmin>" in labels(root)
    assert desk.panel.document.dirty_images
    press(desk, Qt.Key.Key_S, CTRL)
    wait_until_saved(desk)
    assert labels(root) == before


def test_that_closing_waits_for_what_is_being_written(desk: Desk, root: Path, disk: threading.Event) -> None:
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_D)
    threading.Timer(0.2, disk.set).start()
    assert desk.panel.can_close()
    assert disk.is_set()
    assert "<xmin>22</xmin>" in labels(root)


def test_that_a_file_changed_between_asking_and_writing_is_asked_about(
    desk: Desk, root: Path, disk: threading.Event
) -> None:
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_D)
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    theirs = labels(root, "b").replace("drone", "kite")
    (root / "Annotations" / "b.xml").write_text(theirs)
    disk.set()
    desk.qtbot.waitUntil(desk.panel.conflicts.isVisible)
    assert labels(root, "b") == theirs
    assert [image.name for image in desk.panel.document.dirty_images] == ["b"]


def test_that_a_save_that_fails_is_said_and_the_edit_kept(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = labels(root)

    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    nudge_first_box(desk)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        press(desk, Qt.Key.Key_S, CTRL)
        desk.qtbot.waitUntil(desk.panel.save_bar.isVisible)
    assert "No space left" in desk.panel.save_bar.text
    assert labels(root) == before
    assert desk.panel.document.is_dirty("a")


def test_that_looking_at_the_disk_during_a_save_finds_no_other_program(
    desk: Desk, disk: threading.Event, root: Path
) -> None:
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    disk.set()
    while "<xmin>22</xmin>" not in labels(root):
        time.sleep(0.01)  # the window does not hear of it meanwhile
    desk.panel.document.look_at_disk()
    assert not desk.panel.conflicts.isVisible()
    wait_until_saved(desk)


def test_that_what_another_program_wrote_right_after_a_save_is_seen(desk: Desk, root: Path) -> None:
    nudge_first_box(desk)
    press(desk, Qt.Key.Key_S, CTRL)
    document = desk.panel.document
    while "<xmin>22</xmin>" not in labels(root) or (document.is_dirty("a") and not document._writer.is_ended("a")):
        time.sleep(0.01)  # where the write was quick, the key press itself has heard of its end
    (root / "Annotations" / "a.xml").write_text(labels(root).replace("<xmin>22</xmin>", "<xmin>15</xmin>"))
    desk.panel.document.look_at_disk()
    wait_until_saved(desk)
    assert desk.boxes[0].x1 == 14
