"""The grid of findings: many settled at once, labels changed as one job that can be undone, the way to the page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.editor.finding_grid import FindingGrid
from app.editor.finding_model import CELL_ROLE
from app.editor.relabelling import UNDO
from tests.app.editor.desk import LEFT, NO_KEY, Desk, MakeDesk, write_folder
from yolox_core.dataset.box_fix import BoxFix, ImageFix
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.relabel import fix_boxes
from yolox_core.errors import FileError
from yolox_core.records import Box, Progress
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.records import Finding, FindingKind

KEYS, SHIFT, CTRL = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
DRONE, BIRD = Box("drone", 20, 30, 60, 80), Box("bird", 100, 40, 150, 100)
LABELS = {
    "a": (("drone", 21, 31, 60, 80), ("bird", 101, 41, 150, 100)),
    "b": (("drone", 51, 51, 90, 90),),
    "c": None,
}
POOR = Finding(FindingKind.POOR, "a", 0.9, "Seen elsewhere.", DRONE, Box("drone", 22, 32, 66, 84))
WRONG = Finding(FindingKind.WRONG_CLASS, "a", 0.8, "A drone.", BIRD, replace(BIRD, class_name="drone"))
EXTRA = Finding(FindingKind.SPURIOUS, "b", 0.4, "Nothing here.", Box("drone", 50, 50, 90, 90))
MISSING = Finding(FindingKind.MISSING, "c", 0.6, "A drone here.", None, Box("drone", 10, 10, 40, 40))
MISSING_TOO = Finding(FindingKind.MISSING, "c", 0.5, "A drone here.", None, Box("drone", 90, 10, 140, 40))
NOWHERE = Finding(FindingKind.MISSING, "b", 0.7, "No bird in this image.")
ALL = (POOR, WRONG, EXTRA, MISSING, MISSING_TOO, NOWHERE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "set", LABELS)


@pytest.fixture
def grid(desk: Desk) -> FindingGrid:
    desk.panel.review.begin(ALL)
    desk.key(KEYS.Key_U, SHIFT)
    made = desk.panel.review.crops.grid
    assert made is not None
    desk.qtbot.waitExposed(made)
    return made


def choose(grid: FindingGrid, *findings: Finding) -> None:
    grid.view.clearSelection()
    for row in grid.model.rows_of(findings):
        grid.view.selectionModel().select(grid.model.index(row), grid.view.selectionModel().SelectionFlag.Select)


def files(root: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (root / "Annotations").iterdir()}


def verdicts(root: Path) -> set[tuple[FindingKind, Verdict]]:
    return {(one.finding.kind, one.verdict) for one in Decisions(root)}


def accept(desk: Desk, grid: FindingGrid, *findings: Finding) -> None:
    choose(grid, *findings)
    desk.qtbot.keyClick(grid, KEYS.Key_Y)
    desk.qtbot.waitUntil(lambda: bool(grid.outcome.text()), timeout=20_000)


def test_that_findings_are_listed_with_both_boxes_in_their_order(desk: Desk, grid: FindingGrid) -> None:
    assert grid.model.findings == (POOR, WRONG, MISSING, MISSING_TOO, EXTRA)  # that without a place is not listed
    grid.order.setCurrentText("Least likely first")
    grid.order.activated.emit(0)
    assert grid.model.findings[0] == EXTRA
    cell = grid.model.index(4).data(CELL_ROLE)
    assert [one.is_dashed for one in cell.boxes] == [False, True]
    assert cell.centre.x1 < 20
    grid.kind.setCurrentIndex(grid.kind.findData("missing"))
    grid.kind.activated.emit(0)
    assert set(grid.model.findings) == {MISSING, MISSING_TOO}
    desk.qtbot.waitUntil(lambda: all(grid.pictures.of(cell.image, cell.centre) for cell in cells(grid)))
    grid.grab()


def cells(grid: FindingGrid) -> list[object]:
    return [grid.model.index(row).data(CELL_ROLE) for row in range(grid.model.rowCount())]


def test_that_many_are_accepted_and_undone_as_one(desk: Desk, grid: FindingGrid, root: Path) -> None:
    before = files(root)
    accept(desk, grid, POOR, WRONG, EXTRA, MISSING, MISSING_TOO)
    after = files(root)
    assert set(after) == {"a", "b", "c"}  # c had no label file
    assert b"<object>" not in after["b"]
    assert after["c"].count(b"<object>") == 2
    assert b"<name>bird</name>" not in after["a"]
    assert b"<colour>red</colour>" in after["a"]
    assert grid.model.findings == ()
    assert {verdict for _, verdict in verdicts(root)} == {Verdict.ACCEPTED}
    assert (desk.name, desk.boxes) == ("b", ())  # whose finding without a place is left
    grid.undo.click()
    desk.qtbot.waitUntil(lambda: len(grid.model.findings) == 5, timeout=20_000)
    assert files(root) == before
    assert verdicts(root) == set()


def test_that_what_was_accepted_is_undone_after_a_restart_too(
    desk: Desk, grid: FindingGrid, root: Path, open_desk: MakeDesk
) -> None:
    before = files(root)
    accept(desk, grid, POOR, EXTRA, MISSING)
    assert files(root) != before
    relabelling = open_desk(root).panel.relabelling
    desk.qtbot.waitUntil(lambda: relabelling._last is not None)  # offered by “Classes of the data set…”
    relabelling.undo_last()
    desk.qtbot.waitUntil(lambda: files(root) == before, timeout=20_000)


def test_that_undo_here_leaves_another_change_alone(desk: Desk, grid: FindingGrid, root: Path) -> None:
    accept(desk, grid, EXTRA)
    folder = desk.session.folder
    assert folder is not None
    box = desk.panel.document.held_annotation("a") or read_annotation(folder, folder.images[0])
    fix = BoxFix({"a": box.boxes[:1]}, {"difficult": True})
    desk.panel.relabelling.fix(fix, over=grid)
    desk.qtbot.waitUntil(lambda: b"<difficult>1</difficult>" in files(root)["a"], timeout=20_000)
    desk.qtbot.waitUntil(grid.undo.isHidden)
    after = files(root)
    desk.panel.review.crops.undo()
    assert files(root) == after


def test_that_a_change_that_was_stopped_half_way_can_be_undone(
    desk: Desk, grid: FindingGrid, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(root)

    def stopped(folder: DataFolder, fix: ImageFix) -> Iterator[object]:
        for record in fix_boxes(folder, fix):
            if isinstance(record, Progress) and record.done:
                return  # as where Stop is clicked between two files
            yield record

    monkeypatch.setattr("yolox_core.dataset.relabel.BATCH", 1)
    monkeypatch.setattr("app.editor.relabelling.fix_boxes", stopped)
    choose(grid, POOR, EXTRA, MISSING)
    grid.accept.click()
    bar = desk.panel.relabelling.bar
    desk.qtbot.waitUntil(lambda: "was stopped" in bar.text, timeout=20_000)
    assert files(root) != before
    desk.qtbot.waitUntil(lambda: len(verdicts(root)) == 1)  # what was done is settled, and is not done again
    assert len(grid.model.findings) == 4
    bar.buttons[UNDO].click()
    desk.qtbot.waitUntil(lambda: files(root) == before, timeout=20_000)
    desk.qtbot.waitUntil(lambda: len(grid.model.findings) == 5)
    assert verdicts(root) == set()


def test_that_many_are_rejected_and_come_back_when_undone(desk: Desk, grid: FindingGrid, root: Path) -> None:
    before = files(root)
    choose(grid, MISSING, MISSING_TOO)
    desk.qtbot.keyClick(grid, KEYS.Key_U)
    assert len(grid.model.findings) == 3
    assert verdicts(root) == {(FindingKind.MISSING, Verdict.REJECTED)}
    grid.undo.click()
    assert len(grid.model.findings) == 5
    assert verdicts(root) == set()
    assert files(root) == before


def test_that_what_was_changed_meanwhile_stays_open(desk: Desk, grid: FindingGrid, root: Path) -> None:
    path = root / "Annotations" / "a.xml"
    path.write_text(path.read_text().replace("<xmin>21</xmin>", "<xmin>5</xmin>"))
    mine = path.read_bytes()
    accept(desk, grid, POOR, EXTRA)
    assert path.read_bytes() == mine
    assert POOR in grid.model.findings
    assert EXTRA not in grid.model.findings
    assert "1 label file stays as it is" in grid.outcome.text()


def test_that_what_cannot_be_read_stays_open(desk: Desk, grid: FindingGrid, root: Path) -> None:
    path = root / "Annotations" / "a.xml"
    path.write_text(path.read_text().replace("</object>", "</objekt>", 1))
    mine = path.read_bytes()
    accept(desk, grid, WRONG, EXTRA)
    assert path.read_bytes() == mine
    assert WRONG in grid.model.findings
    assert EXTRA not in grid.model.findings


def test_that_unsaved_edits_are_saved_before(desk: Desk, grid: FindingGrid, root: Path) -> None:
    document = desk.panel.document
    image = desk.session.folder
    assert image is not None
    document.open(image.images[0])
    document.select((2,))
    desk.panel.commands.delete()
    accept(desk, grid, POOR)
    text = (root / "Annotations" / "a.xml").read_text()
    assert "bird" not in text
    assert "<xmin>23</xmin>" in text


def test_that_a_double_click_goes_there_and_settling_there_shows_here(desk: Desk, grid: FindingGrid) -> None:
    place = grid.view.visualRect(grid.model.index(grid.model.rows_of([MISSING])[0])).center()
    desk.qtbot.mouseClick(grid.view.viewport(), LEFT, NO_KEY, place)
    desk.qtbot.mouseDClick(grid.view.viewport(), LEFT, NO_KEY, place)
    queue = desk.panel.review.queue
    assert queue is not None
    assert queue.current is MISSING
    assert desk.name == "c"
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_U)
    desk.qtbot.waitUntil(lambda: MISSING not in grid.model.findings)
    for _ in range(len(queue.listed)):
        desk.key(KEYS.Key_U)
    assert queue.current is None  # those before it came at last


def test_that_a_verdict_before_many_were_settled_is_taken_back_without_undoing_another_change(
    desk: Desk, grid: FindingGrid, root: Path
) -> None:
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    before = files(root)
    desk.key(KEYS.Key_Y)  # of a
    choose(grid, EXTRA)
    grid.accept.click()  # of b
    desk.qtbot.waitUntil(lambda: bool(grid.outcome.text()), timeout=20_000)
    after = files(root)
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_P, SHIFT)
    desk.panel.document.save_all()
    assert files(root)["a"] == before["a"] != after["a"]
    assert files(root)["b"] == after["b"] != before["b"]
    assert verdicts(root) == {(FindingKind.SPURIOUS, Verdict.ACCEPTED)}


def test_that_a_change_is_not_taken_back_from_labels_that_were_written_anew(
    desk: Desk, grid: FindingGrid, root: Path
) -> None:
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_Y)  # of a, as is what follows
    choose(grid, WRONG)
    grid.accept.click()
    desk.qtbot.waitUntil(lambda: bool(grid.outcome.text()), timeout=20_000)
    after = files(root)
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_P, SHIFT)
    assert "written anew" in desk.panel.review.notices.text
    desk.panel.document.save_all()
    assert files(root) == after


def test_that_rejecting_many_leaves_verdicts_of_the_page_to_be_taken_back(
    desk: Desk, grid: FindingGrid, root: Path
) -> None:
    before = files(root)
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_Y)
    choose(grid, EXTRA, MISSING)
    grid.reject.click()
    desk.key(KEYS.Key_P, SHIFT)
    desk.panel.document.save_all()
    assert files(root) == before
    assert desk.panel.review.notices.text == ""


def test_that_an_undo_opens_only_what_was_put_back(desk: Desk, grid: FindingGrid, root: Path) -> None:
    accept(desk, grid, POOR, EXTRA, MISSING)
    path = root / "Annotations" / "c.xml"
    path.write_text(path.read_text().replace("<ymin>11</ymin>", "<ymin>12</ymin>"))
    grid.undo.click()
    desk.qtbot.waitUntil(lambda: POOR in grid.model.findings, timeout=20_000)
    assert set(grid.model.findings) == {POOR, WRONG, EXTRA, MISSING_TOO}  # the box in c is still there
    assert verdicts(root) == {(FindingKind.MISSING, Verdict.ACCEPTED)}


def test_that_boxes_of_a_class_side_by_side_are_left_alone_by_it(desk: Desk, grid: FindingGrid) -> None:
    desk.panel.crops.open()
    accept(desk, grid, POOR)
    assert POOR not in grid.model.findings


def test_that_it_closes_with_the_review(desk: Desk, grid: FindingGrid) -> None:
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    desk.key(KEYS.Key_S)
    assert not grid.isVisible()


def test_that_what_a_job_did_is_settled_in_a_queue_that_came_meanwhile(
    desk: Desk, grid: FindingGrid, root: Path
) -> None:
    choose(grid, POOR, EXTRA)
    grid.accept.click()
    desk.panel.review.begin(tuple(replace(one, probability=one.probability / 2 + 0.5) for one in ALL))
    desk.qtbot.waitUntil(lambda: bool(grid.outcome.text()), timeout=20_000)
    assert verdicts(root) == {(FindingKind.POOR, Verdict.ACCEPTED), (FindingKind.SPURIOUS, Verdict.ACCEPTED)}
    assert {one.kind for one in grid.model.findings} == {FindingKind.WRONG_CLASS, FindingKind.MISSING}
    grid.undo.click()
    desk.qtbot.waitUntil(lambda: len(grid.model.findings) == 5, timeout=20_000)
    assert verdicts(root) == set()


def test_that_a_job_that_never_began_settles_nothing(
    desk: Desk, grid: FindingGrid, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(desk, grid, POOR)

    def full(*_rest: object, **_named: object) -> None:
        raise FileError("No space left on device.")

    monkeypatch.setattr("yolox_core.dataset.relabel.start_job", full)
    choose(grid, WRONG)  # in the file that the job before has written
    grid.accept.click()
    desk.qtbot.waitUntil(lambda: not desk.session.running_jobs, timeout=20_000)
    desk.qtbot.wait(50)
    desk.qtbot.waitUntil(lambda: not desk.session.running_jobs, timeout=20_000)
    assert WRONG in grid.model.findings
    assert verdicts(root) == {(FindingKind.POOR, Verdict.ACCEPTED)}


def test_that_neighbours_of_what_is_rejected_stay(desk: Desk, grid: FindingGrid) -> None:
    beside = replace(MISSING, proposed=Box("drone", 18, 10, 48, 40), probability=0.55)  # IoU .58 with the other
    desk.panel.review.begin((MISSING, beside))
    desk.qtbot.waitUntil(lambda: grid.model.findings == (MISSING, beside))
    choose(grid, MISSING)
    grid.reject.click()
    assert grid.model.findings == (beside,)
    grid.undo.click()
    assert grid.model.findings == (MISSING, beside)


def test_that_of_boxes_that_are_each_others_twin_one_stays(desk: Desk, grid: FindingGrid, root: Path) -> None:
    path = root / "Annotations" / "a.xml"
    text = path.read_text()
    first = text[text.index("<object>") : text.index("</object>") + 9]
    path.write_text(text.replace("</annotation>", first.replace(">21<", ">22<") + "</annotation>"))
    twin = Box("drone", 21, 30, 60, 80)
    pair = (
        Finding(FindingKind.DUPLICATE, "a", 0.9, "", DRONE, twin=twin),
        Finding(FindingKind.DUPLICATE, "a", 0.8, "", twin, twin=DRONE),
        Finding(FindingKind.SPURIOUS, "a", 0.7, "", BIRD),
    )
    desk.panel.review.begin(pair)
    desk.qtbot.waitUntil(lambda: grid.model.findings == pair)
    accept(desk, grid, *pair)
    assert (root / "Annotations" / "a.xml").read_text().count("<object>") == 1
    assert grid.model.findings == ()
    assert verdicts(root) == {(FindingKind.DUPLICATE, Verdict.ACCEPTED), (FindingKind.SPURIOUS, Verdict.ACCEPTED)}
