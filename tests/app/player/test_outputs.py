"""What leaves the Play page: numbers in files, and frames that are drafts on the Edit page at once."""

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from app.editor.panel import EditorPanel
from app.player.output_dialog import OutputChoice, OutputDialog
from app.player.send_dialog import SendDialog, numbers_in
from app.player.sending import CLOSE, SHOW, TAKE_BACK
from app.session import PageRequest
from tests.app.editor.desk import write_folder
from tests.app.player.clips import write_clip
from tests.app.player.conftest import Theatre
from yolox_core.dataset.folder import open_folder
from yolox_core.drafts.draft import Source
from yolox_core.infer.video import Video

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def playing(theatre: Theatre, clip: Path, checkpoint: Path) -> Theatre:
    """A video and a network, frame 0 with its boxes on screen."""
    theatre.open_checkpoint(checkpoint)
    theatre.open_video(clip)
    theatre.wait_for_boxes()
    return theatre


@pytest.fixture
def editor(playing: Theatre, tmp_path: Path) -> Iterator[EditorPanel]:
    """The Edit page in the same session, on a data set of one image."""
    root = write_folder(tmp_path / "data", {"one": (("drone", 1, 1, 9, 9),)})
    playing.session.set_folder(open_folder(root))
    panel = EditorPanel(playing.session)
    playing.qtbot.addWidget(panel)
    panel.show()
    yield panel
    panel.shut_down()


def send(playing: Theatre, *numbers: int) -> None:
    sending = playing.panel.sending
    sending.send(numbers)
    playing.qtbot.waitUntil(lambda: not sending.is_busy and bool(sending.done.text), timeout=60_000)


def listed(playing: Theatre) -> list[str]:
    folder = playing.session.folder
    return [image.name for image in folder.images] if folder else []


def test_that_a_key_makes_the_frame_an_image_with_drafts_in_the_editor(
    playing: Theatre, editor: EditorPanel, clip: Path
) -> None:
    playing.panel.stage.thresholds.confidence.slider.setValue(5)
    playing.panel.activateWindow()
    playing.qtbot.waitUntil(playing.panel.isActiveWindow)
    playing.qtbot.keyClick(playing.panel.stage.view, Qt.Key.Key_Q)
    playing.qtbot.waitUntil(lambda: "clip_000001" in listed(playing), timeout=60_000)
    playing.qtbot.waitUntil(lambda: "clip_000001" in editor.drafts.desk.images, timeout=60_000)
    folder = playing.session.folder
    assert folder is not None
    path = folder.root / "JPEGImages" / "clip_000001.png"
    with Video.open(clip) as video:
        assert np.array_equal(cv2.imread(str(path)), video.frame(0))
    editor.show_image(path)
    drafts = editor.drafts.desk.shown.drafts
    assert drafts
    assert {draft.source for draft in drafts} == {Source.VIDEO}
    assert editor.document.annotation.boxes == ()
    editor.drafts.desk.accept()
    assert len(editor.document.annotation.boxes) == 1


def test_that_a_rejected_draft_stays_away_and_comes_back_when_undone(playing: Theatre, editor: EditorPanel) -> None:
    playing.panel.stage.thresholds.confidence.slider.setValue(5)
    send(playing, 3)
    playing.qtbot.waitUntil(lambda: "clip_000004" in editor.drafts.desk.images, timeout=60_000)
    folder = playing.session.folder
    assert folder is not None
    kept = folder.root / ".drafts" / "clip_000004.json"
    editor.show_image(folder.root / "JPEGImages" / "clip_000004.png")
    before = kept.read_text()
    editor.drafts.desk.reject()
    assert len(kept.read_text()) < len(before)
    editor.document.undo_stack.undo()
    assert kept.read_text() == before


def test_that_the_bar_shows_the_first_frame_sent_and_takes_all_back(playing: Theatre, editor: EditorPanel) -> None:
    asked: list[PageRequest] = []
    playing.session.page_requested.connect(asked.append)
    send(playing, 0, 4, 9)
    done = playing.panel.sending.done
    assert "3 frames are in" in done.text
    playing.qtbot.waitUntil(lambda: len(listed(playing)) == 4, timeout=60_000)
    playing.qtbot.mouseClick(done.buttons[SHOW], LEFT)
    assert asked[0].path is not None
    assert asked[0].path.name == "clip_000001.png"
    done.ask(done.text)
    playing.qtbot.mouseClick(done.buttons[TAKE_BACK], LEFT)
    playing.qtbot.waitUntil(lambda: listed(playing) == ["one"], timeout=60_000)
    assert "trash" in done.text
    playing.qtbot.mouseClick(done.buttons[CLOSE], LEFT)
    assert not done.isVisible()


def test_that_frames_that_are_there_are_counted(playing: Theatre, editor: EditorPanel) -> None:
    send(playing, 2)
    send(playing, 2)
    assert playing.panel.sending.done.text == "No frame was sent. 1 already there."


def test_that_the_dialog_counts_the_frames_it_asks_for(playing: Theatre) -> None:
    sending = playing.panel.sending
    dialog = SendDialog(100, ("train",), sending._options, playing.panel)
    dialog.every.setValue(10)
    assert (dialog.numbers[:2], dialog.send.text()) == ([0, 10], "Send 10 frames")
    dialog.span.first.setValue(51)
    assert dialog.send.text() == "Send 5 frames"
    dialog.listed.setText("7, 9-11, 400, x")
    assert dialog.numbers == [6, 8, 9, 10]
    assert not dialog.every.isEnabled()
    dialog.split.setCurrentText("train")
    assert dialog.options.split == "train"


def test_that_numbers_outside_the_video_are_left_out() -> None:
    assert numbers_in("0, 1; 3-99, 2-", 4) == [0, 1, 2, 3]


def test_that_detections_are_written_with_a_span_and_track_numbers(playing: Theatre, tmp_path: Path) -> None:
    outputs, target = playing.panel.outputs, tmp_path / "found.csv"
    with playing.qtbot.waitSignal(outputs.strip.ended, timeout=60_000):
        outputs.write_numbers(target, OutputChoice(range(10, 15), has_track_numbers=True))
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["frame"] for row in rows} == {str(number) for number in range(11, 16)}
    assert "of 5 frames" in outputs.strip.text.text()


def test_that_a_name_of_no_format_is_refused_in_words(playing: Theatre, tmp_path: Path) -> None:
    outputs = playing.panel.outputs
    outputs.write_numbers(tmp_path / "found.xml")
    assert "Choose one of" in outputs.messages.text
    assert not outputs.strip.is_busy


def test_that_the_output_dialog_offers_known_frames_only_while_some_are_missing(playing: Theatre) -> None:
    some = OutputDialog("Export", 30, playing.panel, formats={"CSV": ".csv"}, known=12)
    some.show()
    assert some.only_known.isVisible()
    assert "12 of 30" in some.only_known.text()
    whole = OutputDialog("Export", 30, playing.panel, formats={"CSV": ".csv"}, known=30)
    whole.show()
    assert not whole.only_known.isVisible()


def test_that_closing_while_writing_asks_and_leaves_no_half_file(playing: Theatre, tmp_path: Path) -> None:
    playing.open_video(write_clip(tmp_path / "long.mp4", frames=300))
    folder = tmp_path / "out"
    folder.mkdir()
    strip = playing.panel.outputs.strip
    playing.panel.outputs.write_video(folder / "long_boxes.mp4")
    playing.qtbot.waitUntil(lambda: strip.bar.value() > 0, timeout=30_000)
    answers: list[str] = []

    def answer(text: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        answers.append(box.text())
        next(button for button in box.buttons() if text in button.text()).click()

    QTimer.singleShot(0, lambda: answer("Cancel"))
    assert not playing.panel.can_close()
    QTimer.singleShot(0, lambda: answer("Stop writing"))
    assert playing.panel.can_close()
    assert answers == ["Stop writing?"] * 2
    with playing.qtbot.waitSignal(strip.ended, timeout=30_000):
        playing.panel.shut_down()
    assert list(folder.iterdir()) == []


def test_that_a_second_file_is_not_replaced_without_asking(playing: Theatre, tmp_path: Path) -> None:
    target = tmp_path / "found.txt"
    beside = tmp_path / "found.seqinfo.ini"
    beside.write_text("mine")
    asked: list[str] = []

    def decline() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.reject()

    QTimer.singleShot(100, decline)
    playing.panel.outputs.write_numbers(target)
    assert asked == ["Replace found.seqinfo.ini?"]
    assert not playing.panel.outputs.strip.is_busy
    assert beside.read_text() == "mine"
    assert not target.exists()


def test_that_the_stretch_that_is_played_over_and_over_is_offered(playing: Theatre) -> None:
    playing.panel.loop.set_frames((4, 9))
    dialog = OutputDialog("Export", 30, playing.panel, span=playing.panel.playback.loop)
    playing.qtbot.addWidget(dialog)
    assert dialog.choice.span == range(4, 10)
