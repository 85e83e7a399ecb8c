"""Classes of the data set: the dialog, the change, and its undo, with the real keyboard and mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.editor.relabel_dialog import RelabelDialog
from app.editor.relabel_table import BOXES, CLASS, DELETE, IMAGES, NEW_NAME
from app.editor.relabel_words import changes_text, effect_text, faults_text
from app.editor.relabelling import CLOSE, FINISH, UNDO
from app.editor.work_dialog import WorkDialog
from tests.app.editor.desk import LEFT, Desk, MakeDesk, write_folder
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.relabel import relabel
from yolox_core.dataset.relabel_journal import JobState, jobs_folder, last_job
from yolox_core.dataset.relabel_survey import ClassSurvey
from yolox_core.errors import UserError
from yolox_core.records import Fault

MANY = 100


def labels(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "Annotations").iterdir()}


def open_dialog(desk: Desk) -> RelabelDialog:
    desk.panel._actions["relabel"].trigger()
    return shown_dialog(desk)


def shown_dialog(desk: Desk) -> RelabelDialog:
    def visible() -> list[RelabelDialog]:
        return [dialog for dialog in desk.panel.findChildren(RelabelDialog) if dialog.isVisible()]

    desk.qtbot.waitUntil(lambda: bool(visible()))
    (dialog,) = visible()
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def text_of(dialog: RelabelDialog, row: int) -> tuple[str, ...]:
    model = dialog.table.classes
    return tuple(str(model.index(row, column).data()) for column in (CLASS, BOXES, IMAGES, NEW_NAME))


def type_name(desk: Desk, dialog: RelabelDialog, name: str) -> None:
    """Type a new name for the class of the current row, without touching the mouse."""
    desk.qtbot.keyClick(dialog.table, name[0])
    line = dialog.table.viewport().findChild(QLineEdit)
    assert line is not None
    offer = line.completer().popup()
    for letter in name[1:]:
        desk.qtbot.keyClick(offer if offer.isVisible() else line, letter)
    desk.qtbot.keyClick(offer if offer.isVisible() else line, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(dialog.table.hasFocus)


def apply(desk: Desk, dialog: RelabelDialog) -> None:
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for_answer(desk)


def wait_for_answer(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: desk.panel.relabelling.bar.text != "")


def press(desk: Desk, answer: str) -> None:
    desk.qtbot.mouseClick(desk.panel.relabelling.bar.buttons[answer], LEFT)


def offered(desk: Desk) -> list[str]:
    return [answer for answer, button in desk.panel.relabelling.bar.buttons.items() if button.isVisible()]


def class_rows(desk: Desk) -> list[str]:
    model = desk.panel.classes.view.model()
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


def test_that_a_class_is_renamed_by_keys_alone_and_the_desk_shows_it(desk: Desk, root: Path) -> None:
    before = labels(root)
    rewritten: list[object] = []
    desk.session.labels_rewritten.connect(rewritten.append)
    desk.panel.commands.set_class_name("drone")
    keys = desk.panel.classes.names
    dialog = open_dialog(desk)
    assert [text_of(dialog, row) for row in range(2)] == [("bird", "1", "1", "bird"), ("drone", "2", "2", "drone")]
    assert not dialog.apply.isEnabled()
    type_name(desk, dialog, "uav")
    assert dialog.isVisible()
    assert dialog.effect.text() == "2 boxes in 2 images: drone → uav."
    assert labels(root) == before
    apply(desk, dialog)
    assert desk.panel.relabelling.bar.text == "2 boxes in 2 images changed: drone → uav."
    assert offered(desk) == [UNDO, CLOSE]
    assert desk.name == "a"
    assert [box.class_name for box in desk.boxes] == ["uav", "bird"]
    assert desk.panel.classes.names == tuple("uav" if name == "drone" else name for name in keys)
    assert desk.panel.commands.class_name == "uav"
    assert rewritten == [desk.session.folder]
    assert labels(root) == {name: content.replace(b">drone<", b">uav<") for name, content in before.items()}


def test_that_the_whole_change_is_undone_from_the_bar(desk: Desk, root: Path) -> None:
    before = labels(root)
    dialog = open_dialog(desk)
    dialog.table.select("drone")
    type_name(desk, dialog, "uav")
    apply(desk, dialog)
    press(desk, UNDO)
    wait_for_answer(desk)
    assert desk.panel.relabelling.bar.text == "2 label files are as they were before (drone → uav)."
    assert offered(desk) == [CLOSE]
    assert labels(root) == before
    assert [box.class_name for box in desk.boxes] == ["drone", "bird"]
    assert class_rows(desk) == ["bird", "drone"]


def test_that_a_merge_and_a_delete_say_what_they_do(desk: Desk, root: Path) -> None:
    dialog = open_dialog(desk)
    dialog.table.select("bird")
    type_name(desk, dialog, "drone")
    assert "drone and bird become one class, drone." in dialog.effect.text()
    tick = dialog.table.visualRect(dialog.table.classes.index(1, DELETE))
    desk.qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=QPoint(tick.left() + 15, tick.center().y()))
    assert dialog.effect.text() == "3 boxes in 2 images: bird → drone and drone deleted. 1 image is left without a box."
    apply(desk, dialog)
    assert [box.class_name for box in desk.boxes] == ["drone"]
    assert b"<object>" not in labels(root)["b.xml"]


def test_that_del_ticks_a_class_and_takes_the_tick_back(desk: Desk) -> None:
    dialog = open_dialog(desk)
    dialog.table.select("drone")
    desk.qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert text_of(dialog, 1)[-1] == "deleted"
    assert dialog.changes == {"drone": None}
    desk.qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert text_of(dialog, 1)[-1] == "drone"
    assert not dialog.apply.isEnabled()


def test_that_leaving_the_dialog_changes_nothing(desk: Desk, root: Path) -> None:
    before = labels(root)
    dialog = open_dialog(desk)
    type_name(desk, dialog, "uav")
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert labels(root) == before
    assert last_job(root) is None


def test_that_unsaved_edits_are_saved_first_and_old_steps_do_not_bring_old_names_back(desk: Desk, root: Path) -> None:
    desk.key(Qt.Key.Key_W)
    desk.drag((150, 120), (180, 150))
    assert desk.panel.document.dirty_images
    dialog = open_dialog(desk)
    assert sum(int(text_of(dialog, row)[1]) for row in range(2)) == 4
    dialog.table.select("drone")
    type_name(desk, dialog, "uav")
    apply(desk, dialog)
    assert len(desk.boxes) == 3
    desk.ctrl(Qt.Key.Key_Z)
    assert len(desk.boxes) == 3
    assert b"drone" not in b"".join(labels(root).values())


def test_that_edits_that_cannot_be_saved_keep_the_dialog_closed(desk: Desk, root: Path) -> None:
    desk.key(Qt.Key.Key_W)
    desk.drag((150, 120), (180, 150))
    (root / "Annotations" / "a.xml").write_text("<annotation/>")
    desk.panel._actions["relabel"].trigger()
    assert desk.panel.findChildren(WorkDialog) == []
    assert desk.panel.document.dirty_images


def test_that_the_menu_of_the_class_list_goes_to_the_class_under_the_pointer(desk: Desk) -> None:
    desk.panel.commands.set_class_name("bird")
    view = desk.panel.classes.view
    assert desk.panel._actions["relabel"] in view.actions()
    index = next(view.model().index(row, 1) for row, name in enumerate(class_rows(desk)) if name == "drone")
    desk.qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=view.visualRect(index).center())
    dialog = open_dialog(desk)
    assert dialog.table.classes.names[dialog.table.currentIndex().row()] == "drone"
    assert not view.selectionModel().hasSelection()


def half_done(root: Path) -> None:
    """A job that ended after its first files, as a crash leaves it."""
    steps = relabel(open_folder(root), {"drone": "uav"})
    for _ in range(3):
        next(steps)
    steps.close()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "many", {f"{n:03}": (("drone", 21, 31, 60, 80),) for n in range(MANY)})


@pytest.mark.parametrize(("answer", "name"), [(UNDO, b">drone<"), (FINISH, b">uav<")])
def test_that_a_half_done_change_is_offered_at_the_next_start(
    open_desk: MakeDesk, many: Path, answer: str, name: bytes
) -> None:
    half_done(many)
    desk = open_desk(many)
    wait_for_answer(desk)
    assert "64 boxes in 64 images were changed, the others were not" in desk.panel.relabelling.bar.text
    assert offered(desk) == [UNDO, FINISH, CLOSE]
    press(desk, answer)
    wait_for_answer(desk)
    assert all(name in content for content in labels(many).values())


def test_that_a_half_undone_change_can_only_be_undone(open_desk: MakeDesk, many: Path) -> None:
    half_done(many)
    locked = many / "Annotations" / "000.xml"
    locked.chmod(0o444)
    desk = open_desk(many)
    wait_for_answer(desk)
    press(desk, UNDO)
    wait_for_answer(desk)
    assert "1 label file stays as it is. The label file is read-only (000.xml)." in desk.panel.relabelling.bar.text
    assert offered(desk) == [UNDO, CLOSE]
    locked.chmod(0o644)
    press(desk, UNDO)
    wait_for_answer(desk)
    assert b"drone" in locked.read_bytes()
    assert last_job(many) is None


def test_that_a_change_under_way_in_another_window_is_left_alone(open_desk: MakeDesk, many: Path) -> None:
    half_done(many)
    lock = QLockFile(str(jobs_folder(many) / "lock"))
    assert lock.tryLock(0)
    desk = open_desk(many)
    problems: list[UserError] = []
    desk.session.problems.problem_shown.connect(problems.append)
    before = labels(many)
    dialog = open_dialog(desk)
    assert desk.panel.relabelling.bar.text == ""
    type_name(desk, dialog, "kite")
    desk.qtbot.mouseClick(dialog.apply, LEFT)
    assert [problem.what for problem in problems] == ["Another window is changing the classes of this data set."]
    assert labels(many) == before
    assert desk.boxes


def test_that_stopping_leaves_a_change_that_can_be_undone_or_finished(open_desk: MakeDesk, many: Path) -> None:
    desk = open_desk(many)
    before = labels(many)
    dialog = open_dialog(desk)
    type_name(desk, dialog, "uav")
    desk.qtbot.mouseClick(dialog.apply, LEFT)
    (work,) = (one for one in desk.panel.findChildren(WorkDialog) if one.isVisible())
    assert desk.panel.document.image is None
    assert not QLockFile(str(jobs_folder(many) / "lock")).tryLock(0)
    desk.qtbot.keyClick(work, Qt.Key.Key_Escape)
    wait_for_answer(desk)
    assert offered(desk) == [UNDO, FINISH, CLOSE]
    job = last_job(many)
    assert job is not None
    assert job.state is JobState.APPLYING
    press(desk, UNDO)
    wait_for_answer(desk)
    assert labels(many) == before
    assert desk.name == "000"


def test_that_a_change_of_an_earlier_start_is_undone_from_the_dialog(open_desk: MakeDesk, root: Path) -> None:
    before = labels(root)
    list(relabel(open_folder(root), {"drone": "uav", "bird": None}))
    desk = open_desk(root)
    dialog = open_dialog(desk)
    assert desk.panel.relabelling.bar.text == ""
    undo = dialog.findChild(QPushButton, "undo")
    assert undo is not None
    assert "drone → uav and bird deleted" in undo.toolTip()
    desk.qtbot.mouseClick(undo, LEFT)
    wait_for_answer(desk)
    assert labels(root) == before
    assert [box.class_name for box in desk.boxes] == ["drone", "bird"]


def test_that_a_folder_of_yolo_labels_is_refused_with_the_reason(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "yolo", {"a": None})
    (root / "JPEGImages" / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    desk = open_desk(root)
    problems: list[UserError] = []
    desk.session.problems.problem_shown.connect(problems.append)
    desk.panel._actions["relabel"].trigger()
    assert len(problems) == 1
    assert "YOLO format are read-only" in problems[0].what


def test_that_the_words_count_and_shorten() -> None:
    survey = ClassSurvey({(("a", 1000), ("b", 1)): 2, (("c", 1),): 1})
    text = effect_text(survey.effect({"a": "x", "b": "x", "c": None}), ("a", "b", "c"))
    assert text.split(". ") == [
        "2,003 boxes in 3 images: a → x, b → x and c deleted",
        "a and b become one class, x",
        "1 image is left without a box.",
    ]
    faults = [Fault("Is read-only.", f"/d/{n}.xml") for n in range(5)]
    assert faults_text(faults) == "5 label files stay as they are. Is read-only (0.xml, 1.xml, 2.xml and 2 more)."
    assert faults_text([]) == ""
    assert changes_text({"a" * 40: "b"}) == f"{'a' * 16}…{'a' * 16} → b"
