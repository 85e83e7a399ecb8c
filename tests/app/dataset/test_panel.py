"""The Data page on real folders: right counts, every fault listed, nothing on disk changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.dataset.count_table import CountTable
from app.dataset.fault_rows import fault_rows
from app.dataset.panel import DataPanel
from app.problems import Problems
from app.session import PageRequest, Session
from app.settings import SettingsStore
from tests.app.editor.desk import write_folder, write_image
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Fault

LONG = 30_000
LEFT = Qt.MouseButton.LeftButton
MakePage = Callable[[Path], DataPanel]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four images: one sound, one with a box outside, one with a broken label file, one cut short and unlabelled."""
    boxes = {
        "a": (("RBC", 11, 11, 50, 60), ("WBC", 5, 5, 40, 40)),
        "b": (("RBC", 150, 20, 900, 60),),
        "c": (),
        "d": None,
    }
    root = write_folder(tmp_path / "cells", boxes)
    (root / "Annotations" / "c.xml").write_text("<annotation>\n<object>")
    picture = root / "JPEGImages" / "d.png"
    picture.write_bytes(picture.read_bytes()[:-40])
    (root / "ImageSets" / "Main").mkdir(parents=True)
    (root / "ImageSets" / "Main" / "train.txt").write_text("a\nb\nnone\n")
    return root


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def make_page(qtbot: QtBot, session: Session) -> MakePage:
    def make(root: Path) -> DataPanel:
        session.set_folder(open_folder(root))
        made = DataPanel(session)
        qtbot.addWidget(made)
        made.resize(1100, 750)
        with qtbot.waitSignal(made.scanner.ended, timeout=LONG):
            made.show()
        return made

    return make


def _counts(table: CountTable) -> dict[str, tuple[int, ...]]:
    return {row.name: row.counts for row in table.counts.rows}


def _faults(page: DataPanel) -> list[str]:
    return [f"{row.place} {row.what}" for row in page.faults.model.rows]


def _row(page: DataPanel, part: str) -> int:
    return next(row for row, text in enumerate(_faults(page)) if part in text)


def _content(root: Path) -> dict[Path, tuple[bytes, int]]:
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


def test_that_the_counts_are_those_of_the_files(make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    assert _counts(page.overview.class_table) == {"RBC": (2, 2), "WBC": (1, 1)}
    assert _counts(page.overview.split_table) == {"train": (2,), "in no split": (2,)}
    states = _counts(page.overview.state_table)
    assert (states["labelled"], states["not labelled"], states["labels not readable"]) == ((2,), (1,), (1,))
    figures = (page.overview.images, page.overview.boxes, page.overview.classes, page.overview.faults)
    assert [figure.value.text() for figure in figures] == ["4", "3", "2", "4"]
    assert "Pascal VOC XML" in page.head.place.text()


def test_that_every_fault_is_listed_and_no_file_changes(make_page: MakePage, root: Path) -> None:
    before = _content(root)
    page = make_page(root)
    assert [row.place for row in page.faults.model.rows] == [
        "ImageSets/Main/train.txt:3",
        "Annotations/b.xml",
        "Annotations/c.xml:2",
        "JPEGImages/d.png",
    ]
    assert page.faults.heading.text() == "Faults (4)"
    assert _content(root) == before


def test_that_the_filter_and_copy_act_on_what_is_shown(qtbot: QtBot, make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    qtbot.keyClicks(page.faults.filter_line, "TRUNCATED d.png")
    assert len(_faults(page)) == 1
    assert page.faults.heading.text() == "Faults (1 of 4)"
    qtbot.mouseClick(page.faults.copy, LEFT)
    assert QGuiApplication.clipboard().text().startswith("JPEGImages/d.png\tThe image file is truncated")
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1
    qtbot.keyClicks(page.faults.filter_line, " nonsense")
    assert page.faults.remark.text() == "No fault holds these words."
    assert not page.faults.copy.isEnabled()


def test_that_copy_takes_the_chosen_faults_alone(qtbot: QtBot, make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    page.faults.view.setFocus()
    page.faults.view.setCurrentIndex(page.faults.model.index(_row(page, "c.xml"), 0))
    qtbot.keyClick(page.faults.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Annotations/c.xml:2\t")
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1


@pytest.mark.parametrize(("part", "image"), [("b.xml", "b"), ("c.xml", "c"), ("d.png", "d")])
def test_that_a_fault_opens_its_image_in_the_editor(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path, part: str, image: str
) -> None:
    page = make_page(root)
    wishes: list[PageRequest] = []
    session.page_requested.connect(wishes.append)
    view = page.faults.view
    at = view.visualRect(page.faults.model.index(_row(page, part), 1)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=at)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert wishes == [PageRequest("edit", root / "JPEGImages" / f"{image}.png")] * 2


def test_that_a_fault_without_an_image_says_what_it_is_about(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path
) -> None:
    page = make_page(root)
    with qtbot.assertNotEmitted(session.page_requested):
        page.faults.view.setFocus()
        page.faults.view.setCurrentIndex(page.faults.model.index(_row(page, "none"), 0))
        qtbot.keyClick(page.faults.view, Qt.Key.Key_Return)
    assert "train.txt" in page.messages.text


def test_that_a_saved_annotation_is_counted_while_the_page_is_open(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path
) -> None:
    page = make_page(root)
    (root / "Annotations" / "c.xml").unlink()
    with qtbot.waitSignal(page.scanner.ended, timeout=LONG):
        session.annotation_saved.emit(root / "JPEGImages" / "c.png")
    assert not any("c.xml" in text for text in _faults(page))


def test_that_a_new_scan_keeps_the_chosen_fault(qtbot: QtBot, make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    page.faults.view.setCurrentIndex(page.faults.model.index(_row(page, "d.png"), 0))
    (root / "Annotations" / "c.xml").unlink()
    with qtbot.waitSignal(page.scanner.ended, timeout=LONG):
        qtbot.mouseClick(page.head.scan, LEFT)
    assert page.faults.view.currentIndex().row() == _row(page, "d.png") == 2
    page.faults.copy_rows()
    assert QGuiApplication.clipboard().text().startswith("JPEGImages/d.png\t")
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1


def test_that_all_of_many_faults_are_copied(qtbot: QtBot, make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    faults = [Fault("Cut short.", str(root / "JPEGImages" / "a.png"))] * 20_000
    page.faults.show_rows(fault_rows(open_folder(root), faults))
    page.faults.view.setFocus()
    qtbot.keyClick(page.faults.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.faults.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 20_000


def test_that_images_added_and_lost_since_the_opening_are_told(qtbot: QtBot, make_page: MakePage, root: Path) -> None:
    page = make_page(root)
    assert page.messages.text == ""
    write_image(root / "JPEGImages" / "new.png")
    (root / "JPEGImages" / "a.png").unlink()
    with qtbot.waitSignal(page.scanner.ended, timeout=LONG):
        qtbot.mouseClick(page.head.scan, LEFT)
    assert "1 new and 1 lost" in page.messages.text


def test_that_a_folder_that_is_gone_is_a_problem_and_the_page_lives_on(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path
) -> None:
    page = make_page(root)
    root.rename(root.with_name("elsewhere"))
    with qtbot.waitSignals([session.problems.problem_shown, page.scanner.ended], timeout=LONG):
        qtbot.mouseClick(page.head.scan, LEFT)
    assert page.head.scan.isVisible()


def test_that_a_hidden_page_waits_with_its_scan_until_it_is_shown(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path, tmp_path: Path
) -> None:
    page = make_page(root)
    page.hide()
    session.set_folder(open_folder(write_folder(tmp_path / "other", {"x": (("drone", 5, 5, 30, 30),)})))
    assert not page.scanner.is_running
    assert page.head.title.text() == "other"
    with qtbot.waitSignal(page.scanner.ended, timeout=LONG):
        page.show()
    assert list(_counts(page.overview.class_table)) == ["drone"]
    assert page.faults.remark.text() == "Nothing wrong was found."


def test_that_only_the_folder_opened_last_is_shown(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path, tmp_path: Path
) -> None:
    page = make_page(root)
    other = open_folder(write_folder(tmp_path / "other", {"x": (("drone", 5, 5, 30, 30),)}))
    first = session.folder
    shown: list[Path] = []
    page.scanner.scanned.connect(lambda scan: shown.append(scan.folder.root))
    for folder in (other, first, other):
        session.set_folder(folder)
    qtbot.waitUntil(lambda: bool(shown) and not page.scanner.is_running and not session.running_jobs, timeout=LONG)
    assert shown == [other.root]
    assert list(_counts(page.overview.class_table)) == ["drone"]


def test_that_a_cancelled_scan_shows_nothing_more_and_can_be_repeated(
    qtbot: QtBot, make_page: MakePage, session: Session, root: Path
) -> None:
    page = make_page(root)
    with qtbot.assertNotEmitted(page.scanner.scanned):
        qtbot.mouseClick(page.head.scan, LEFT)
        assert page.head.progress.isVisible()
        qtbot.mouseClick(page.head.cancel, LEFT)
        assert not page.head.progress.isVisible()
        qtbot.waitUntil(lambda: not session.running_jobs, timeout=LONG)
    with qtbot.waitSignal(page.scanner.scanned, timeout=LONG):
        qtbot.keyClick(page, Qt.Key.Key_F5)


def test_that_a_folder_without_labels_invites_to_label(
    qtbot: QtBot, make_page: MakePage, session: Session, tmp_path: Path
) -> None:
    write_image(tmp_path / "plain" / "a.png")
    page = make_page(tmp_path / "plain")
    assert page.overview.no_boxes.isVisible()
    with qtbot.waitSignal(session.page_requested) as asked:
        qtbot.mouseClick(page.overview.no_boxes.begin, LEFT)
    assert asked.args == [PageRequest("edit")]


def test_that_numbered_classes_are_told(make_page: MakePage, tmp_path: Path) -> None:
    write_image(tmp_path / "yolo" / "a.png")
    (tmp_path / "yolo" / "a.txt").write_text("3 0.5 0.5 0.2 0.2\n")
    page = make_page(tmp_path / "yolo")
    assert _counts(page.overview.class_table) == {"3": (1, 1)}
    assert "classes.txt" in page.messages.text


def test_that_classes_sort_by_name_in_natural_order_and_by_count(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    boxes = (("c10", 5, 5, 30, 30), ("c2", 5, 5, 30, 30), ("c2", 9, 9, 30, 30), ("c1", 9, 9, 30, 30))
    page = make_page(write_folder(tmp_path / "sorted", {"x": boxes}))
    table = page.overview.class_table
    assert [row.name for row in table.counts.rows] == ["c1", "c2", "c10"]
    header = table.header()
    at = header.sectionViewportPosition(1) + 10
    ends = set()
    for _ in range(2):
        qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(at, 10))
        ends.add(table.counts.rows[0].name)
    assert "c2" in ends
    assert len(ends) == 2


def test_that_without_a_folder_the_page_says_what_to_do(qtbot: QtBot, session: Session) -> None:
    page = DataPanel(session)
    qtbot.addWidget(page)
    page.show()
    assert not page.head.isVisible()
    assert not page.scanner.is_running
