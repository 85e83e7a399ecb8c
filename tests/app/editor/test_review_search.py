"""The search for label faults: who judges, networks that have not seen the images, other names, what is asked once."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from app.editor.class_mapping import ClassMappingDialog, likely
from app.editor.fold_form import FoldForm, Folds
from app.editor.hands import Tool
from app.editor.review_queue import ReviewQueue
from app.editor.review_search import NAME_CLASSES, Found, _searched
from app.editor.search_dialog import SearchDialog
from app.review_findings import EMPTY, NOT_YET, Judge, kept_findings
from app.runs import new_run_folder, weights_of
from tests.app.editor.conftest import TWO_BOXES
from tests.app.editor.desk import Desk, MakeDesk, write_folder
from tests.app.editor.test_review import KEYS, current
from tests.app.player.clips import write_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.review.cross_plan import CrossState
from yolox_core.review.decisions import Decisions
from yolox_core.review.records import FindingKind
from yolox_core.review.review import Review
from yolox_core.train.events import RunFinished, RunStarted, to_line
from yolox_core.train.runs import read_run

DOUBLED = (*TWO_BOXES, ("drone", 22, 31, 60, 80))


def dialog_of(desk: Desk) -> SearchDialog:
    """The dialog on show."""
    desk.qtbot.waitUntil(lambda: desk.panel.findChild(SearchDialog) is not None)
    dialog: SearchDialog = desk.panel.findChild(SearchDialog)
    return dialog


def choose(dialog: SearchDialog, text: str) -> None:
    row = next(row for row in range(dialog.judges.count()) if text in dialog.judges.itemText(row))
    dialog.judges.setCurrentIndex(row)
    dialog.judges.activated.emit(row)


def search_by(desk: Desk, text: str) -> None:
    """Choose who judges, and search."""
    dialog = dialog_of(desk)
    choose(dialog, text)
    dialog.search.click()
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)


def test_that_a_search_by_geometry_finds_doubled_boxes_and_is_kept(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES})
    desk = open_desk(root)
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    review = desk.panel.review
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    finding = current(desk)
    assert finding is not None
    assert finding.kind is FindingKind.DUPLICATE
    assert "geometry alone" in review.notices.text
    desk.key(KEYS.Key_Y)
    assert len(desk.boxes) == 2
    review.export(tmp_path / "decisions.json")
    assert [row["verdict"] for row in json.loads((tmp_path / "decisions.json").read_text())] == ["accepted"]
    desk.key(KEYS.Key_S)
    assert review.queue is None
    assert review.bar.isHidden()
    desk.key(KEYS.Key_S)
    desk.qtbot.waitUntil(lambda: "earlier search" in review.notices.text)
    assert current(desk) is None


def test_that_what_was_undone_after_all_is_found_again(open_desk: MakeDesk, tmp_path: Path) -> None:
    desk = open_desk(write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES}))
    review = desk.panel.review
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    desk.key(KEYS.Key_Y)
    assert current(desk) is None
    for found in (None, FindingKind.DUPLICATE):
        review.notices.clear()
        review.search.ask()
        search_by(desk, "Geometry")
        desk.qtbot.waitUntil(lambda: "in 2 images" in review.notices.text, timeout=20_000)
        finding = current(desk)
        assert (finding.kind if finding is not None else None) is found
        desk.ctrl(KEYS.Key_Z)  # the change, not the verdict


def test_that_images_without_labels_are_asked_about_once(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": DOUBLED, "b": None, "c": None})
    desk = open_desk(root)
    review = desk.panel.review
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: "2 images have no labels" in review.search.unlabelled.text, timeout=20_000)
    assert "in 1 images" in review.notices.text
    review.search.unlabelled.buttons[EMPTY].click()
    desk.qtbot.waitUntil(lambda: "in 3 images" in review.notices.text, timeout=20_000)
    assert review.search.unlabelled.isHidden()
    review.notices.clear()
    review.search.ask()
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: "in 3 images" in review.notices.text, timeout=20_000)
    assert review.search.unlabelled.isHidden()


def test_that_networks_that_have_not_seen_the_images_are_trained_with_one_click(
    open_desk: MakeDesk, squares: Path
) -> None:
    desk = open_desk(squares)
    desk.key(KEYS.Key_S)
    dialog = dialog_of(desk)
    assert not dialog.folds.isHidden()  # nothing else can judge: no checkpoint, no run
    dialog.folds.form.set_record(Folds(folds=2, image_size=64, epochs=1))
    assert dialog.folds.anew.isHidden()
    dialog.folds.estimate.click()
    desk.qtbot.waitUntil(lambda: dialog.folds.time.text().startswith("About"), timeout=60_000)
    plan = dialog.judge.plan
    assert plan is not None
    dialog.search.click()
    assert "Starting" in desk.panel.review.bar.task.text()
    desk.qtbot.waitUntil(lambda: desk.panel.review.queue is not None, timeout=120_000)
    assert plan.state(open_folder(squares)) is CrossState.DONE
    assert "cross-training in 2 folds" in desk.panel.review.notices.text
    desk.panel.review.search.ask()
    again = SearchDialog(desk.session, open_folder(squares))
    desk.qtbot.addWidget(again)
    again.folds.form.set_record(Folds(folds=2, image_size=64, epochs=1))
    assert "are kept" in again.folds.kept.text()
    again.folds.anew.click()
    assert again.judge == Judge(plan=plan, anew=True)
    again.folds.form.set_record(Folds(folds=2, image_size=64, epochs=2))
    assert "trained again" in again.folds.kept.text()


def test_that_a_search_can_be_cancelled_in_a_training(open_desk: MakeDesk, squares: Path) -> None:
    desk = open_desk(squares)
    desk.key(KEYS.Key_S)
    dialog = dialog_of(desk)
    dialog.folds.form.set_record(Folds(folds=2, image_size=64, epochs=500))
    dialog.search.click()
    bar = desk.panel.review.bar
    desk.qtbot.waitUntil(lambda: "Fold 1 of 2: epoch" in bar.task.text(), timeout=60_000)
    bar.cancel.click()
    assert bar.isHidden()
    assert desk.panel.review.search._job is None
    desk.qtbot.waitUntil(lambda: not desk.session.running_jobs, timeout=20_000)


def test_that_classes_of_other_names_are_asked_for_and_remembered(open_desk: MakeDesk, tmp_path: Path) -> None:
    checkpoint = write_checkpoint(tmp_path / "small.pth")  # it knows drone and bird
    boxes = tuple((f"{name}s".title(), *edges) for name, *edges in TWO_BOXES)
    desk = open_desk(write_folder(tmp_path / "set", {"a": boxes, "b": boxes}))  # type: ignore[arg-type]
    desk.session.set_checkpoint(checkpoint)
    desk.key(KEYS.Key_S)
    search = desk.panel.review.search
    desk.qtbot.waitUntil(lambda: "does not know" in search.classes.text, timeout=60_000)
    assert desk.panel.review.queue is None
    search.classes.buttons[NAME_CLASSES].click()
    dialog: ClassMappingDialog = desk.panel.findChild(ClassMappingDialog)
    assert dialog.mapping == {"Drones": "drone", "Birds": "bird"}  # proposed
    dialog.boxes["Birds"].setCurrentIndex(0)
    dialog.search.click()
    desk.qtbot.waitUntil(lambda: desk.panel.review.queue is not None, timeout=60_000)
    assert "does not know Birds." in search.classes.text
    [kept] = desk.session.settings.get("class_mappings").values()
    assert json.loads(kept) == {"Drones": "drone"}
    desk.panel.review.search.ask_classes()  # and can be changed later, by the menu
    again = desk.panel.findChildren(ClassMappingDialog)[-1]
    assert set(again.boxes) == {"Drones", "Birds"}
    assert again.mapping["Drones"] == "drone"
    again.boxes["Drones"].setCurrentIndex(0)
    again.boxes["Birds"].setCurrentText("bird")
    again.search.click()
    desk.qtbot.waitUntil(lambda: "does not know Drones." in search.classes.text, timeout=60_000)
    [kept] = desk.session.settings.get("class_mappings").values()
    assert json.loads(kept) == {"Birds": "bird"}


def test_that_a_class_is_proposed_only_where_names_are_alike() -> None:
    assert likely("RBC", ("rbc", "WBC")) == "rbc"
    assert likely("people", ("person", "car")) == ""


def test_that_runs_of_the_data_set_can_judge(open_desk: MakeDesk, root: Path, tmp_path: Path) -> None:
    run = new_run_folder(open_folder(root).root, "nano")
    run.mkdir(parents=True)
    started = RunStarted(str(run), "cpu", ("drone",), 1, 1, 3, 1, 1, data=str(root))
    run.joinpath("events.jsonl").write_text(
        "\n".join(map(to_line, (started, RunFinished("done", "", "", 0.0, 0.0, 3, 1.0)))) + "\n"
    )
    last = write_checkpoint(run / "last.pth")
    desk = open_desk(root)
    desk.key(KEYS.Key_S)
    dialog = dialog_of(desk)
    desk.qtbot.waitUntil(lambda: dialog.judge.weights is not None)  # taken by itself: nothing is in use
    assert dialog.judge == Judge(last)
    assert "last.pth" in dialog.judges.currentText()
    best = shutil.copy(last, run / "best.pth")
    summary = read_run(run)
    assert weights_of(summary) == Path(best)
    assert weights_of(replace(summary, state="running")) == last  # a run in progress: what it is now
    assert Judge(last).name == f"{run.name}, last.pth"


def test_that_nothing_of_one_data_set_is_asked_about_another(open_desk: MakeDesk, tmp_path: Path) -> None:
    boxes = tuple((f"{name}s".title(), *edges) for name, *edges in TWO_BOXES)
    desk = open_desk(write_folder(tmp_path / "one", {"a": boxes}))  # type: ignore[arg-type]
    desk.session.set_checkpoint(write_checkpoint(tmp_path / "small.pth"))
    search = desk.panel.review.search
    desk.key(KEYS.Key_S)
    desk.qtbot.waitUntil(lambda: "does not know" in search.classes.text, timeout=60_000)
    assert search.has_other_names
    desk.session.set_folder(open_folder(write_folder(tmp_path / "other", {"b": TWO_BOXES})))
    assert not search.has_other_names
    assert search.classes.text == ""


def test_that_networks_just_trained_are_not_trained_again_for_an_answer(desk: Desk) -> None:
    search = desk.panel.review.search
    plan = FoldForm(desk.session, desk.session.folder).plan  # type: ignore[arg-type]
    queue = ReviewQueue((), Decisions(desk.session.folder.root))  # type: ignore[union-attr]
    search._on_record(Found(queue, Review((), (), 1), Judge(plan=plan, anew=True)))
    assert search._judge == Judge(plan=plan)


def test_that_files_that_could_not_be_read_are_told(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES})
    (root / "Annotations" / "b.xml").write_text("<annotation>")
    desk = open_desk(root)
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: "1 file could not be read" in desk.panel.review.notices.text, timeout=20_000)
    assert "b.xml" in desk.panel.review.notices.text


def test_that_the_answer_about_images_without_labels_can_be_changed(open_desk: MakeDesk, tmp_path: Path) -> None:
    desk = open_desk(write_folder(tmp_path / "set", {"a": DOUBLED, "b": None}))
    review = desk.panel.review
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: "1 image has no labels" in review.search.unlabelled.text, timeout=20_000)
    review.search.unlabelled.buttons[EMPTY].click()
    desk.qtbot.waitUntil(lambda: "in 2 images" in review.notices.text, timeout=20_000)
    review.slots["review_unlabelled"]()
    assert "So far: nothing in them" in review.search.unlabelled.text
    review.search.unlabelled.buttons[NOT_YET].click()
    desk.qtbot.waitUntil(lambda: "in 1 images" in review.notices.text, timeout=20_000)


def test_that_renaming_a_class_takes_verdicts_along_and_old_findings_away(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": DOUBLED, "b": DOUBLED})
    desk = open_desk(root)
    review = desk.panel.review
    desk.key(KEYS.Key_S)
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    desk.key(KEYS.Key_U)  # there are two drones
    desk.panel.relabelling._apply({"drone": "uav"})
    desk.qtbot.waitUntil(lambda: "uav" in desk.panel.classes.names, timeout=20_000)
    desk.qtbot.waitUntil(lambda: not desk.session.running_jobs, timeout=20_000)
    assert review.queue is None
    assert kept_findings(root) == ((), "")
    review.slots["review_labels"]()
    search_by(desk, "Geometry")
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    assert [one.image for one in review.queue.listed] == ["b"]  # that of a is settled under its new name


def test_that_a_search_that_ends_while_something_is_edited_leaves_the_desk_alone(
    open_desk: MakeDesk, tmp_path: Path
) -> None:
    desk = open_desk(write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES}))
    review, folder = desk.panel.review, desk.session.folder
    assert folder is not None
    review.search.start(Judge())
    desk.panel.document.open(folder.images[1])
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    assert desk.name == "b"
    assert review.bar.what.text() == "Findings are ready"
    desk.key(KEYS.Key_Y)
    assert desk.name == "a"
    assert len(desk.boxes) == 3  # seen before it is settled
    desk.key(KEYS.Key_Y)
    assert len(desk.boxes) == 2


def test_that_a_box_half_drawn_is_not_lost_to_a_search_that_ends(open_desk: MakeDesk, tmp_path: Path) -> None:
    desk = open_desk(write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES}))
    review, folder = desk.panel.review, desk.session.folder
    assert folder is not None
    desk.panel.document.open(folder.images[1])
    desk.wait_for_picture()
    review.search.start(Judge())
    desk.panel.canvas.toggle_tool(Tool.POINT)
    desk.click(10, 10)
    desk.click(40, 60)
    desk.qtbot.waitUntil(lambda: review.queue is not None, timeout=20_000)
    assert desk.name == "b"
    assert desk.panel.canvas.hands.gesture is not None


def test_that_a_change_accepted_during_a_search_is_not_found_again(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": DOUBLED, "b": TWO_BOXES})
    desk = open_desk(root)
    review, settings = desk.panel.review, desk.session.settings
    folder = desk.session.folder
    assert folder is not None
    records = _searched(folder, Judge(), settings)
    first = next(one for one in records if isinstance(one, Found))
    records = _searched(folder, Judge(), settings)
    next(records)  # it has begun, and reads the labels as they are
    review._take_up(first.queue, goes_there=True)
    desk.qtbot.wait(2)
    desk.key(KEYS.Key_Y)
    again = next(one for one in records if isinstance(one, Found))
    review._take_up(again.queue, goes_there=True)
    assert current(desk) is None
