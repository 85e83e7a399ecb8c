"""Drafts with the real keyboard, the real mouse and a real network."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.editor.draft_tools import GO_ON, LEAVE_EMPTY
from tests.app.editor.desk import LEFT, NO_KEY, Desk, MakeDesk, write_folder, write_image
from tests.app.player.clips import write_checkpoint
from yolox_core.dataset.folder import ImageFile
from yolox_core.drafts.draft import Draft, Source
from yolox_core.records import Annotation, Box

SHIFT = Qt.KeyboardModifier.ShiftModifier
KITE, BIRD = Box("kite", 10, 110, 50, 150), Box("Bird", 160, 10, 190, 40)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained nano network for `drone` and `bird`: it proposes boxes of every score."""
    return write_checkpoint(tmp_path_factory.mktemp("weights") / "small.pth")


def propose(desk: Desk, *boxes: Box, stem: str = "", scores: tuple[float, ...] = ()) -> None:
    """Put drafts on the image on the desk, or on another, with these scores (else 0.9, 0.89 ...)."""
    image = image_of(desk, stem or desk.name)
    held = desk.panel.document.held_annotation(image.name) or Annotation(200, 160)
    ranked = scores or tuple(0.9 - 0.01 * rank for rank in range(len(boxes)))
    drafts = tuple(Draft(box, score, Source.MODEL) for box, score in zip(boxes, ranked, strict=True))
    desk.panel.drafts.desk.put(image, drafts, held)


def image_of(desk: Desk, stem: str) -> ImageFile:
    folder = desk.session.folder
    assert folder is not None
    return next(image for image in folder.images if image.path.stem == stem)


def shown(desk: Desk) -> list[Box]:
    return [draft.box for draft in desk.panel.drafts.desk.shown.drafts]


def wait_until_idle(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: not desk.panel.drafts.is_busy, timeout=60_000)


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_that_one_key_accepts_one_rejects_and_the_next_draft_follows(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_E)
    assert [box.class_name for box in desk.boxes] == ["drone", "bird", "kite"]
    assert desk.panel.drafts.desk.shown.current is not None
    desk.key(Qt.Key.Key_X)
    assert shown(desk) == []
    assert len(desk.boxes) == 3


def test_that_an_accepted_draft_lies_on_whole_pixels(desk: Desk):
    propose(desk, KITE.with_edges(100.4, 20.6, 139.6, 300.0))
    desk.key(Qt.Key.Key_E)
    assert desk.edges[2] == (100, 21, 140, 160)


def test_that_drafts_are_never_written_before_they_are_accepted(desk: Desk, root: Path):
    before = files(root)
    propose(desk, KITE)
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_A)
    desk.ctrl(Qt.Key.Key_S)
    assert files(root) == before
    assert shown(desk) == [KITE]
    desk.key(Qt.Key.Key_E)
    desk.key(Qt.Key.Key_D)
    assert (root / "Annotations" / "a.xml").read_text().count("<object>") == 3


def test_that_drafts_where_boxes_of_their_class_stand_are_hidden_until_these_go(desk: Desk):
    propose(desk, Box("drone", 22, 30, 62, 80))
    assert shown(desk) == []
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    assert len(shown(desk)) == 1


def test_that_accepting_is_one_step_of_undo_across_images(desk: Desk, root: Path):
    before = files(root)
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_E, SHIFT)
    assert len(desk.boxes) == 4
    desk.key(Qt.Key.Key_D)
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.name == "a"
    assert len(desk.boxes) == 2
    assert len(shown(desk)) == 2
    desk.ctrl(Qt.Key.Key_Y)
    assert len(desk.boxes) == 4
    assert shown(desk) == []
    desk.ctrl(Qt.Key.Key_Z)
    desk.key(Qt.Key.Key_D)
    assert files(root) == before


def test_that_an_accepted_box_that_is_deleted_does_not_come_back_as_a_draft(desk: Desk):
    propose(desk, KITE)
    desk.key(Qt.Key.Key_E)
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.boxes) == 2
    assert shown(desk) == []


def test_that_rejected_drafts_do_not_return(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_X)
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_A)
    propose(desk, KITE.with_edges(11, 110, 51, 150), BIRD)
    assert [box.class_name for box in shown(desk)] == ["bird"]


def test_that_undo_brings_rejected_drafts_back_on_their_image_and_redo_drops_them(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_X, SHIFT)
    desk.key(Qt.Key.Key_D)
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.panel.document.image is not None
    assert desk.panel.document.image.name == "a"
    assert [box.class_name for box in shown(desk)] == ["kite", "bird"]
    assert desk.panel.document.undo_stack.redoText() == "Reject 2 drafts"
    desk.ctrl(Qt.Key.Key_Y)
    assert shown(desk) == []


def test_that_rejections_and_boxes_are_taken_back_in_their_order(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_X)
    desk.key(Qt.Key.Key_E)
    assert len(desk.boxes) == 3
    desk.ctrl(Qt.Key.Key_Z)
    assert [box.class_name for box in shown(desk)] == ["bird"]
    desk.ctrl(Qt.Key.Key_Z)
    assert [box.class_name for box in shown(desk)] == ["kite", "bird"]
    assert len(desk.boxes) == 2


def test_that_the_slider_filters_at_once(desk: Desk):
    propose(desk, KITE, BIRD, scores=(0.8, 0.3))
    bar = desk.panel.drafts.bar
    assert len(shown(desk)) == 1
    assert "1 below" in bar.text.text()
    bar.slider.setFocus()
    desk.key(Qt.Key.Key_PageDown, widget=bar.slider)
    assert len(shown(desk)) == 2
    desk.key(Qt.Key.Key_End, widget=bar.slider)
    assert shown(desk) == []
    assert bar.isVisible()
    assert desk.panel.drafts.desk.images == frozenset()


def test_that_accepting_all_takes_only_what_scores_enough(desk: Desk):
    propose(desk, KITE, BIRD, scores=(0.8, 0.3))
    desk.key(Qt.Key.Key_E, SHIFT)
    assert [box.class_name for box in desk.boxes] == ["drone", "bird", "kite"]


def test_that_a_click_on_a_draft_makes_it_current_and_boxes_come_first(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.click(175, 25)
    current = desk.panel.drafts.desk.shown.current
    assert current is not None
    assert current.box.class_name == "bird"
    desk.click(40, 55)
    assert desk.panel.document.selected == (1,)


def test_that_the_buttons_answer_too(desk: Desk):
    propose(desk, KITE, BIRD)
    buttons = desk.panel.drafts.bar.buttons
    desk.qtbot.mouseClick(buttons["reject_draft"], LEFT, NO_KEY)
    desk.qtbot.mouseClick(buttons["accept_draft"], LEFT, NO_KEY)
    assert [box.class_name for box in desk.boxes] == ["drone", "bird", "bird"]
    assert not desk.panel.drafts.bar.isVisible()


def test_that_the_names_of_images_with_drafts_are_known(desk: Desk):
    names = desk.panel.drafts.desk
    propose(desk, KITE)
    propose(desk, KITE, stem="b")
    assert names.images == {"a", "b"}
    with desk.qtbot.waitSignal(names.images_changed) as heard:
        desk.key(Qt.Key.Key_E)
    assert heard.args == [frozenset({"b"})]
    with desk.qtbot.waitSignal(names.images_changed):
        desk.ctrl(Qt.Key.Key_Z)
    assert names.images == {"a", "b"}


def test_that_a_class_is_spelled_as_the_folder_does_and_new_ones_are_added(desk: Desk):
    propose(desk, KITE, BIRD)
    desk.key(Qt.Key.Key_E, SHIFT)
    assert [box.class_name for box in desk.boxes[2:]] == ["kite", "bird"]
    assert "kite" in desk.panel.classes.names
    assert "Bird" not in desk.panel.classes.names


def test_that_without_a_checkpoint_one_is_asked_for(desk: Desk, checkpoint: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getOpenFileName", lambda *_: (str(checkpoint), ""))
    desk.panel.drafts.desk.set_threshold(0.05)
    desk.key(Qt.Key.Key_G)
    bar = desk.panel.drafts.wants_checkpoint
    assert bar.isVisible()
    desk.qtbot.mouseClick(next(iter(bar.buttons.values())), LEFT, NO_KEY)
    assert desk.session.checkpoint == checkpoint
    desk.qtbot.waitUntil(lambda: bool(shown(desk)), timeout=60_000)
    wait_until_idle(desk)


def test_that_the_network_proposes_for_the_whole_list_but_not_where_nothing_is_by_decision(
    desk: Desk, checkpoint: Path, root: Path
):
    before = files(root)
    desk.session.set_checkpoint(checkpoint)
    desk.panel.drafts.desk.set_threshold(0.05)
    desk.ctrl(Qt.Key.Key_G)
    wait_until_idle(desk)
    assert desk.panel.drafts.desk.images == {"a", "b", "d"}
    assert "empty by decision" in desk.panel.drafts.notices.text
    assert files(root) == before


def test_that_an_image_empty_by_decision_is_filled_only_after_a_yes(desk: Desk, checkpoint: Path):
    desk.session.set_checkpoint(checkpoint)
    desk.panel.document.open(image_of(desk, "c"))
    question = desk.panel.drafts.wants_to_fill
    desk.key(Qt.Key.Key_B)
    assert question.isVisible()
    desk.qtbot.mouseClick(question.buttons[LEAVE_EMPTY], LEFT, NO_KEY)
    assert desk.boxes == ()
    desk.key(Qt.Key.Key_B)
    desk.qtbot.mouseClick(question.buttons[GO_ON], LEFT, NO_KEY)
    assert desk.edges == [(50, 50, 90, 90)]


def test_that_a_run_can_be_cancelled_and_keeps_what_it_found(desk: Desk, checkpoint: Path):
    desk.session.set_checkpoint(checkpoint)
    desk.panel.drafts.desk.set_threshold(0.05)
    desk.ctrl(Qt.Key.Key_G)
    bar = desk.panel.drafts.bar
    desk.qtbot.waitUntil(lambda: bool(desk.panel.drafts.desk.images), timeout=60_000)
    desk.qtbot.mouseClick(bar.cancel, LEFT, NO_KEY)
    assert not bar.cancel.isVisible()
    desk.qtbot.waitUntil(lambda: not desk.session.running_jobs, timeout=60_000)
    assert "a" in desk.panel.drafts.desk.images


def test_that_the_boxes_of_the_image_before_are_added_once(desk: Desk):
    desk.key(Qt.Key.Key_D)
    desk.key(Qt.Key.Key_B)
    assert desk.edges == [(50, 50, 90, 90), (20, 30, 60, 80), (100, 40, 150, 100)]
    desk.key(Qt.Key.Key_B)
    assert len(desk.boxes) == 3
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.edges == [(50, 50, 90, 90)]


def moving_sequence(root: Path, count: int) -> Path:
    """Images of a picture that moves by 6 px a frame, a box on the first."""
    import cv2

    write_folder(root, {f"f{n}": ((("drone", 31, 41, 80, 90),) if n == 0 else None) for n in range(count)})
    whole = cv2.imread(str(write_image(root / "whole.png", width=320)))
    assert whole is not None
    for n in range(count):
        cv2.imwrite(str(root / "JPEGImages" / f"f{n}.png"), whole[:, 60 - 6 * n : 260 - 6 * n])
    (root / "whole.png").unlink()
    return root


@pytest.fixture
def sequence(open_desk: MakeDesk, tmp_path: Path) -> Desk:
    desk = open_desk(moving_sequence(tmp_path / "sequence", 5))
    desk.wait_for_picture()
    return desk


def test_that_boxes_are_carried_on_frame_by_frame(sequence: Desk):
    for frame in (1, 2):
        sequence.key(Qt.Key.Key_T)
        sequence.qtbot.waitUntil(lambda frame=frame: sequence.name == f"f{frame}", timeout=20_000)
        wait_until_idle(sequence)
        assert sequence.boxes == ()
        sequence.key(Qt.Key.Key_E)
        assert sequence.edges[0] == pytest.approx((30 + 6 * frame, 40, 80 + 6 * frame, 90), abs=1)


def test_that_boxes_between_two_key_frames_are_drafts(sequence: Desk):
    document = sequence.panel.document
    document.open(image_of(sequence, "f4"))
    box = replace(Box("drone", 54, 40, 104, 90), key=document.new_key())
    document.change("Draw", replace(document.annotation, boxes=(box,), is_decided=True))
    sequence.key(Qt.Key.Key_I)
    wait_until_idle(sequence)
    assert sequence.panel.drafts.desk.images == {"f1", "f2", "f3"}
    document.open(image_of(sequence, "f2"))
    assert [(box.x1, box.y1, box.x2, box.y2) for box in shown(sequence)] == [(42, 40, 92, 90)]


def test_that_fifty_drafts_are_answered_with_one_key_each(open_desk: MakeDesk, tmp_path: Path):
    desk = open_desk(write_folder(tmp_path / "set", {f"i{n}": None for n in range(5)}))
    right = {(n, k): k % 3 != 0 for n in range(5) for k in range(10)}
    for n in range(5):
        boxes = (Box("drone" if right[n, k] else "wrong", 20 * k, 10, 20 * k + 15, 30) for k in range(10))
        propose(desk, *boxes, stem=f"i{n}")
    keys = 0
    for n in range(5):
        while (current := desk.panel.drafts.desk.shown.current) is not None:
            desk.key(Qt.Key.Key_X if current.box.class_name == "wrong" else Qt.Key.Key_E)
            keys += 1
        assert [box.class_name for box in desk.boxes] == ["drone"] * sum(right[n, k] for k in range(10))
        desk.key(Qt.Key.Key_D)
    assert keys == 50
    assert desk.panel.drafts.desk.images == frozenset()
