"""The label review: each finding settled with one key, labels changed only by what was accepted, verdicts kept."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox

from app.editor.filter_form import DOUBTS
from app.editor.review_bar import TimeLeft
from app.editor.review_queue import QueueFilter, ReviewQueue
from app.editor.trash import PUT_BACK
from app.review_findings import keep_findings, kept_findings
from tests.app.editor.conftest import TWO_BOXES
from tests.app.editor.desk import Desk, MakeDesk, write_folder
from yolox_core.records import Box, Progress
from yolox_core.review.decisions import FILE_NAME, Decisions, Verdict
from yolox_core.review.records import Finding, FindingKind
from yolox_core.user_folders import cache_folder

KEYS = Qt.Key
DRONE, BIRD = Box("drone", 20, 30, 60, 80), Box("bird", 100, 40, 150, 100)  # as the editor counts, from 0
BETTER = Box("drone", 22, 32, 66, 84)
MISSED = Box("drone", 160, 10, 190, 30)
POOR = Finding(FindingKind.POOR, "a", 0.9, "The network sees it elsewhere.", DRONE, BETTER)
WRONG = Finding(FindingKind.WRONG_CLASS, "a", 0.8, "It looks like a drone.", BIRD, replace(BIRD, class_name="drone"))
MISSING = Finding(FindingKind.MISSING, "a", 0.6, "The network sees a drone here.", None, MISSED)
DOUBT = Finding(FindingKind.SPURIOUS, "b", 0.4, "The network sees nothing here.", Box("drone", 50, 50, 90, 90))
UNLIKELY = Finding(FindingKind.SPURIOUS, "a", 0.2, "Hm.", BIRD)
ALL = (UNLIKELY, DOUBT, MISSING, WRONG, POOR)


@pytest.fixture
def reviewing(desk: Desk) -> Desk:
    desk.panel.review.begin(ALL)
    return desk


def placed(desk: Desk) -> list[tuple[str, float, float, float, float]]:
    return [(box.class_name, box.x1, box.y1, box.x2, box.y2) for box in desk.boxes]


def current(desk: Desk) -> Finding | None:
    queue = desk.panel.review.queue
    return queue.current if queue is not None else None


def test_that_one_key_settles_a_finding_and_shows_the_next(reviewing: Desk) -> None:
    assert reviewing.name == "a"
    assert "Poor drone  90%" in reviewing.panel.review.bar.what.text()
    for finding, key in ((POOR, KEYS.Key_Y), (WRONG, KEYS.Key_U), (MISSING, KEYS.Key_Y), (DOUBT, KEYS.Key_Y)):
        assert current(reviewing) == finding
        assert reviewing.name == finding.image
        reviewing.key(key)
    assert current(reviewing) is None
    assert "Nothing left" in reviewing.panel.review.bar.what.text()
    assert placed(reviewing) == []  # the last one deleted the box of b
    folder = reviewing.session.folder
    assert folder is not None
    reviewing.panel.document.open(folder.images[0])
    assert placed(reviewing) == [
        ("drone", 22, 32, 66, 84),
        ("bird", 100, 40, 150, 100),
        ("drone", 160, 10, 190, 30),
    ]


def test_that_the_finding_is_near_with_both_boxes_drawn(reviewing: Desk) -> None:
    view = reviewing.panel.canvas.view
    x, y = view.to_screen(43, 57)
    width, height = reviewing.panel.canvas.view_size
    assert abs(x - width / 2) < 30
    assert abs(y - height / 2) < 30
    assert reviewing.panel.review.overlay.isVisible()
    reviewing.wait_for_picture()
    reviewing.panel.grab()


def test_that_verdicts_survive_and_never_come_back(reviewing: Desk, open_desk: MakeDesk, root: Path) -> None:
    reviewing.key(KEYS.Key_U)  # the drone is right as it is
    reviewing.key(KEYS.Key_P)  # the bird later
    again = open_desk(root)
    again.panel.review.begin(ALL)
    queue = again.panel.review.queue
    assert queue is not None
    assert queue.place == (1, 3)
    assert queue.current == WRONG
    assert {(one.finding.kind, one.verdict) for one in Decisions(root)} == {
        (FindingKind.POOR, Verdict.REJECTED),
        (FindingKind.WRONG_CLASS, Verdict.SKIPPED),
    }


def test_that_a_verdict_and_its_change_are_taken_back(reviewing: Desk) -> None:
    before = placed(reviewing)
    reviewing.key(KEYS.Key_Y)
    assert placed(reviewing) != before
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert current(reviewing) == POOR
    assert placed(reviewing) == before
    reviewing.key(KEYS.Key_Y)
    reviewing.key(KEYS.Key_A, Qt.KeyboardModifier.ControlModifier)
    reviewing.key(KEYS.Key_Delete)  # another edit in between stays
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert current(reviewing) == POOR
    assert placed(reviewing) == []
    assert "Other edits" in reviewing.panel.review.notices.text


def test_that_sure_findings_of_an_image_are_one_step(reviewing: Desk) -> None:
    before = placed(reviewing)
    reviewing.key(KEYS.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert [name for name, *_ in placed(reviewing)] == ["drone"]  # of b: the queue went on
    assert current(reviewing) == DOUBT
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert current(reviewing) == POOR
    assert placed(reviewing) == before


def test_that_a_proposal_can_be_adjusted_before_going_on(reviewing: Desk) -> None:
    reviewing.key(KEYS.Key_O)
    assert reviewing.name == "a"
    [selected] = reviewing.panel.document.selected
    box = reviewing.panel.document.annotation.box(selected)
    assert box is not None
    assert (box.x1, box.y1) == (22, 32)
    assert reviewing.panel.review.bar.what.text() == "Adjust the box"
    reviewing.key(KEYS.Key_Right)
    assert placed(reviewing)[0] == ("drone", 23, 32, 67, 84)
    reviewing.key(KEYS.Key_Y)  # goes on, and accepts nothing by itself
    assert current(reviewing) == WRONG
    assert placed(reviewing)[1][0] == "bird"


def test_that_editing_where_a_deletion_is_proposed_keeps_the_box(reviewing: Desk) -> None:
    for _ in range(3):
        reviewing.key(KEYS.Key_P)
    assert current(reviewing) == DOUBT
    reviewing.key(KEYS.Key_O)
    [selected] = reviewing.panel.document.selected
    box = reviewing.panel.document.annotation.box(selected)
    assert box is not None
    assert (box.x1, box.y1) == (50, 50)
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert current(reviewing) == DOUBT


def test_that_the_list_shows_the_images_in_doubt_worst_first(reviewing: Desk) -> None:
    images = reviewing.panel.images
    reviewing.qtbot.waitUntil(lambda: not reviewing.session.index.is_busy)
    images.filter_form.mark.setCurrentText(DOUBTS)
    reviewing.qtbot.waitUntil(lambda: [image.name for image in images.images] == ["a", "b"])
    for _ in range(3):
        reviewing.key(KEYS.Key_U)
    reviewing.qtbot.waitUntil(lambda: [image.name for image in images.images] == ["b"])
    reviewing.panel.review.begin((replace(DOUBT, probability=0.95), replace(MISSING, probability=0.4)))
    reviewing.qtbot.waitUntil(lambda: [image.name for image in images.images] == ["b"])  # that of a was rejected
    reviewing.panel.review.begin((replace(DOUBT, probability=0.95), UNLIKELY, replace(DOUBT, image="c")))
    reviewing.qtbot.waitUntil(lambda: [image.name for image in images.images] == ["b", "c"])


def test_that_filters_choose_kinds_classes_and_unlikely_ones(reviewing: Desk) -> None:
    review = reviewing.panel.review
    assert review.queue is not None
    review.bar.kind_chosen.emit("missing")
    assert review.queue.place == (1, 1)
    review.bar.kind_chosen.emit("")
    review.bar.class_chosen.emit("bird")
    assert current(reviewing) == WRONG
    reviewing.key(KEYS.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert review.queue.place == (1, 2)


def test_that_a_box_that_was_changed_since_is_left_alone(reviewing: Desk) -> None:
    document = reviewing.panel.document
    document.select((document.annotation.boxes[0].key,))
    reviewing.panel.commands.delete()
    before = placed(reviewing)
    reviewing.key(KEYS.Key_Y)
    assert placed(reviewing) == before
    assert current(reviewing) == WRONG
    assert "not as it was" in reviewing.panel.review.notices.text
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)  # nothing of it to undo: the deletion stays
    assert current(reviewing) == POOR
    assert placed(reviewing) == before


def test_that_a_verdict_from_another_image_first_shows_the_finding(reviewing: Desk) -> None:
    reviewing.panel.review.bar.kind_chosen.emit("missing")
    folder = reviewing.session.folder
    assert folder is not None
    reviewing.panel.document.open(folder.images[1])
    before = placed(reviewing)
    reviewing.key(KEYS.Key_Y)
    assert reviewing.name == "a"
    assert current(reviewing) == MISSING
    reviewing.panel.document.open(folder.images[1])
    assert placed(reviewing) == before


def test_that_findings_are_kept_for_the_next_start(tmp_path: Path) -> None:
    assert kept_findings(tmp_path) == ((), "")
    keep_findings(tmp_path, ALL, "nano.pth")
    assert kept_findings(tmp_path) == (ALL, "nano.pth")


def test_that_a_session_takes_few_keys_a_finding(open_desk: MakeDesk, tmp_path: Path) -> None:
    names = [f"i{number:02}" for number in range(20)]
    root = write_folder(tmp_path / "set", dict.fromkeys(names, TWO_BOXES))
    findings = [replace(one, image=name) for name in names for one in (POOR, WRONG)]
    desk = open_desk(root)
    desk.panel.review.begin(tuple(findings))
    keys = 0
    while (finding := current(desk)) is not None:
        if finding.kind is FindingKind.POOR and finding.image in names[::5]:  # every tenth proposal is adjusted by hand
            desk.key(KEYS.Key_O)
            desk.key(KEYS.Key_Right)
            desk.key(KEYS.Key_Y)
            keys += 3
        else:
            desk.key(KEYS.Key_Y if finding.kind is FindingKind.POOR else KEYS.Key_U)
            keys += 1
    assert keys / len(findings) <= 1.3
    assert len(list(Decisions(root))) == len(findings)


def test_that_the_yield_is_told_and_stopping_hinted_at(tmp_path: Path) -> None:
    findings = [replace(POOR, image=f"i{number}", probability=0.9 - number / 100) for number in range(50)]
    queue = ReviewQueue(findings, Decisions(tmp_path))
    for number in range(30):
        assert number > 26 or queue.hint == ""
        queue.decide(Verdict.ACCEPTED if number < 4 else Verdict.REJECTED)
    assert queue.precision == (4, 30)
    assert queue.hint.startswith("Only 4 of the last 30")
    queue.set_filter(QueueFilter(images=frozenset({"i40"})))
    assert queue.place == (1, 1)


def test_that_the_time_left_is_told_once_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("app.editor.review_bar.monotonic", lambda: now[0])
    left = TimeLeft()
    told = []
    for done in (10, 20, 30):  # what was done before it was looked at took no time
        told.append(left.seconds(Progress(done, 100, "Fold 1 of 2")))
        now[0] += 10
    assert told == [None, 80, 70]
    assert left.seconds(Progress(0, 40, "Looking at the images")) is None


def test_that_findings_of_a_deleted_image_are_passed_over_until_it_is_back(
    reviewing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_rest: QMessageBox.StandardButton.Yes)
    queue = reviewing.panel.review.queue
    assert queue is not None
    reviewing.key(KEYS.Key_U)
    reviewing.key(KEYS.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert current(reviewing) == DOUBT
    assert reviewing.name == "b"
    assert queue.place == (1, 1)
    reviewing.key(KEYS.Key_U)
    assert current(reviewing) is None
    reviewing.qtbot.mouseClick(reviewing.panel.trash.bar.buttons[PUT_BACK], Qt.MouseButton.LeftButton)
    assert queue.place == (1, 2)
    assert current(reviewing) == WRONG


def test_that_an_object_drawn_by_hand_gets_no_second_box(reviewing: Desk) -> None:
    review, document = reviewing.panel.review, reviewing.panel.document
    review.bar.kind_chosen.emit("missing")
    drawn = replace(MISSED, x1=161, y1=11, key=document.new_key())
    document.change("Draw", replace(document.annotation, boxes=(*document.annotation.boxes, drawn)))
    reviewing.key(KEYS.Key_Y)
    assert len(placed(reviewing)) == 3
    assert "a box already" in review.notices.text
    assert verdicts(reviewing)[MISSING] is Verdict.ACCEPTED


def verdicts(desk: Desk) -> dict[Finding, Verdict]:
    queue = desk.panel.review.queue
    assert queue is not None
    return {one.finding: one.verdict for one in queue.decisions}


def test_that_without_a_place_for_verdicts_no_label_changes(reviewing: Desk, root: Path) -> None:
    (root / FILE_NAME).mkdir()  # as good as a read-only drive
    before = placed(reviewing)
    for key in (KEYS.Key_Y, KEYS.Key_O, KEYS.Key_U):
        reviewing.panel.review.notices.clear()
        reviewing.key(key)
        assert "cannot be kept" in reviewing.panel.review.notices.text
        assert current(reviewing) == POOR
    assert placed(reviewing) == before


def test_that_a_verdict_that_cannot_be_taken_back_stays_with_its_change(reviewing: Desk, root: Path) -> None:
    reviewing.key(KEYS.Key_Y)
    after = placed(reviewing)
    (root / FILE_NAME).unlink()
    (root / FILE_NAME).mkdir()
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert "cannot be kept" in reviewing.panel.review.notices.text
    assert placed(reviewing) == after
    (root / FILE_NAME).rmdir()
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert placed(reviewing) != after
    assert current(reviewing) == POOR


def test_that_taking_back_undoes_no_step_of_somebody_else(reviewing: Desk) -> None:
    reviewing.key(KEYS.Key_Y)
    reviewing.key(KEYS.Key_Z, Qt.KeyboardModifier.ControlModifier)
    reviewing.panel.document.select((2,))
    reviewing.panel.commands.delete()  # now at the place in the list of steps where the verdict was
    after = placed(reviewing)
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert placed(reviewing) == after
    assert "Other edits" in reviewing.panel.review.notices.text


def test_that_what_changed_nothing_is_no_fault_found(reviewing: Desk) -> None:
    document = reviewing.panel.document
    document.select((document.annotation.boxes[0].key,))
    reviewing.panel.commands.delete()
    reviewing.key(KEYS.Key_Y)
    assert verdicts(reviewing) == {POOR: Verdict.SKIPPED}
    queue = reviewing.panel.review.queue
    assert queue is not None
    assert queue.precision == (0, 0)
    reviewing.key(KEYS.Key_Y, Qt.KeyboardModifier.ShiftModifier)  # the others of the image are as they were
    assert verdicts(reviewing) == {POOR: Verdict.SKIPPED, WRONG: Verdict.ACCEPTED, MISSING: Verdict.ACCEPTED}


def test_that_verdicts_given_while_a_search_goes_on_hold(reviewing: Desk) -> None:
    former = reviewing.panel.review.queue
    assert former is not None
    made = ReviewQueue(ALL, Decisions(former.decisions.path.parent))  # read before the verdict
    reviewing.key(KEYS.Key_U)
    made.adopt(former)
    assert POOR not in made.listed
    assert len(made.listed) == 3
    assert made.decisions is former.decisions


def test_that_an_empty_split_lists_nothing(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": TWO_BOXES, "b": (("drone", 51, 51, 90, 90),)})
    main = root / "ImageSets" / "Main"
    main.mkdir(parents=True)
    for split, names in (("train", "a\nb\n"), ("val", "b\n"), ("test", "")):
        (main / f"{split}.txt").write_text(names)
    desk = open_desk(root)
    desk.panel.review.begin(ALL)
    queue = desk.panel.review.queue
    assert queue is not None
    for split, many in (("val", 1), ("test", 0), ("", 4)):
        desk.panel.review.bar.split_chosen.emit(split)
        assert len(queue.listed) == many


def test_that_absent_classes_are_named_and_filtered(desk: Desk) -> None:
    absent = tuple(
        Finding(FindingKind.MISSING, "c", probability, f"No {name} here.", absent=name)
        for name, probability in (("RBC", 0.9), ("WBC", 0.8))
    )
    review = desk.panel.review
    review.begin(absent)
    assert review.bar.what.text().startswith("Missing RBC")
    desk.key(KEYS.Key_U)
    assert current(desk) == absent[1]
    review.bar.class_chosen.emit("WBC")
    assert current(desk) == absent[1]


@pytest.mark.parametrize("damage", ['{"by": "x", "findings": [{"kind": "poor"}]}', "7", "[" * 100_000, '{"by": 1}'])
def test_that_damaged_findings_are_searched_anew(tmp_path: Path, damage: str) -> None:
    keep_findings(tmp_path, ALL, "nano.pth")
    [path] = (cache_folder() / "reviews").glob("*.json")
    path.write_text(damage)
    assert kept_findings(tmp_path) == ((), "")


def test_that_findings_of_odd_types_are_no_findings(tmp_path: Path) -> None:
    keep_findings(tmp_path, ALL, "nano.pth")
    [path] = (cache_folder() / "reviews").glob("*.json")
    path.write_text(path.read_text().replace('"image": "a"', '"image": ["a"]'))
    assert kept_findings(tmp_path) == ((), "")


def test_that_the_time_left_begins_anew_with_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("app.editor.review_bar.monotonic", lambda: now[0])
    left = TimeLeft()
    for done in (0, 50, 100):
        left.seconds(Progress(done, 100, "Looking at the images"))
        now[0] += 300
    told = []
    for done in (0, 10):  # as many labels as images, but read in a moment
        told.append(left.seconds(Progress(done, 100, "Reading labels")))
        now[0] += 6
    assert told == [None, 54]


def test_that_buttons_name_their_keys_as_they_are(reviewing: Desk) -> None:
    action = next(one for one in reviewing.panel.actions() if one.objectName() == "accept_finding")
    assert action.iconText() == "Accept  Y"
    action.setShortcut(QKeySequence("J"))
    assert action.iconText() == "Accept  J"
    for without in ([QKeySequence("Ctrl+7")], []):
        action.setShortcuts(without)
        assert action.iconText() == "Accept"


def delete_image(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_rest: QMessageBox.StandardButton.Yes)
    desk.key(KEYS.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def test_that_a_verdict_on_a_deleted_image_is_taken_back_without_going_there(
    reviewing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewing.key(KEYS.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    folder = reviewing.session.folder
    assert folder is not None
    reviewing.panel.document.open(folder.images[0])
    delete_image(reviewing, monkeypatch)
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert "was deleted" in reviewing.panel.review.notices.text
    assert reviewing.name == "b"
    assert current(reviewing) == DOUBT
    reviewing.key(KEYS.Key_U)
    assert verdicts(reviewing) == {DOUBT: Verdict.REJECTED}


def test_that_a_new_queue_knows_which_images_are_gone(desk: Desk, root: Path) -> None:
    gone = replace(DOUBT, image="gone", probability=0.99)  # deleted while the search went on
    desk.panel.review._take_up(ReviewQueue((gone, *ALL), Decisions(root)), goes_there=True)
    assert current(desk) == POOR
    desk.key(KEYS.Key_U)
    assert current(desk) == WRONG


def test_that_an_answer_to_many_is_kept_as_a_whole_or_not(reviewing: Desk, root: Path) -> None:
    document = reviewing.panel.document
    document.select((document.annotation.boxes[0].key,))
    reviewing.panel.commands.delete()
    before = placed(reviewing)
    (root / FILE_NAME).mkdir()
    reviewing.key(KEYS.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert placed(reviewing) == before
    assert verdicts(reviewing) == {}
    (root / FILE_NAME).rmdir()
    reviewing.key(KEYS.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert "were left alone" in reviewing.panel.review.notices.text
    assert verdicts(reviewing) == {POOR: Verdict.SKIPPED, WRONG: Verdict.ACCEPTED, MISSING: Verdict.ACCEPTED}
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert placed(reviewing) == before
    assert verdicts(reviewing) == {}


def test_that_nothing_is_said_where_the_change_is_undone_already(reviewing: Desk) -> None:
    reviewing.key(KEYS.Key_Y)
    reviewing.key(KEYS.Key_Z, Qt.KeyboardModifier.ControlModifier)
    after = placed(reviewing)
    reviewing.key(KEYS.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert placed(reviewing) == after
    assert reviewing.panel.review.notices.text == ""
    assert current(reviewing) == POOR


def test_that_editing_the_last_finding_ends_the_list(reviewing: Desk) -> None:
    for _ in range(3):
        reviewing.key(KEYS.Key_U)
    reviewing.key(KEYS.Key_O)
    assert "Nothing left" in reviewing.panel.review.bar.what.text()
    assert reviewing.panel.document.selected


def test_that_images_that_come_meanwhile_do_not_interrupt_an_edit(reviewing: Desk) -> None:
    reviewing.key(KEYS.Key_O)
    folder = reviewing.session.folder
    assert folder is not None
    reviewing.session.set_folder(replace(folder, images=folder.images[:-1]))
    assert reviewing.panel.review.bar.what.text() == "Adjust the box"


def test_that_an_edit_is_not_interrupted_where_the_next_image_is_gone(reviewing: Desk) -> None:
    folder = reviewing.session.folder
    assert folder is not None
    reviewing.panel.review.begin((POOR, DOUBT, replace(MISSING, image="c", probability=0.31)))
    reviewing.key(KEYS.Key_O)
    assert current(reviewing) == DOUBT
    rest = tuple(image for image in folder.images if image.name != "b")
    reviewing.session.set_folder(replace(folder, images=rest))
    assert reviewing.name == "a"
    assert reviewing.panel.review.bar.what.text() == "Adjust the box"
    reviewing.key(KEYS.Key_Y)
    assert reviewing.name == "c"


def test_that_of_twins_settled_one_by_one_the_deletion_is_remembered(desk: Desk, root: Path) -> None:
    twin = replace(DRONE, x1=21)
    document = desk.panel.document
    document.change("Draw", replace(document.annotation, boxes=(*document.annotation.boxes, replace(twin, key=9))))
    boxes = ((twin, DRONE), (DRONE, twin))
    pair = [Finding(FindingKind.DUPLICATE, "a", 0.9, "", one, twin=other) for one, other in boxes]
    desk.panel.review.begin(tuple(pair))
    for _ in pair:
        desk.key(KEYS.Key_Y)
    assert [name for name, *_ in placed(desk)] == ["drone", "bird"]
    assert Verdict.ACCEPTED in {one.verdict for one in Decisions(root)}


def test_that_asking_for_a_review_takes_the_keys_from_a_text_field(desk: Desk, root: Path) -> None:
    keep_findings(root, ALL, "nano.pth")
    desk.panel.images.filter_line.setFocus()
    next(one for one in desk.panel.actions() if one.objectName() == "review_labels").trigger()
    desk.qtbot.waitUntil(lambda: current(desk) is not None)
    assert desk.panel.canvas.hasFocus()
    assert desk.panel.review.bar.what.text().startswith("Poor drone")
