"""The Data page on real folders: right counts, every fault listed, nothing on disk changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.dataset.panel import DataPanel
from app.problems import Problems
from app.session import PageRequest, Session
from app.settings import SettingsStore
from tests.app.editor.desk import write_folder
from yolox_core.dataset.folder import open_folder


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
def session() -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def page(qtbot: QtBot, session: Session, root: Path) -> DataPanel:
    session.set_folder(open_folder(root))
    made = DataPanel(session)
    qtbot.addWidget(made)
    made.resize(1100, 750)
    made.show()
    qtbot.waitUntil(lambda: made.summary is not None, timeout=20_000)
    return made


def _texts(page: DataPanel) -> list[str]:
    shown = page.faults.shown
    return [" ".join(str(shown.index(row, column).data()) for column in range(3)) for row in range(shown.rowCount())]


def test_that_the_counts_are_those_of_the_files(page: DataPanel) -> None:
    classes = {count.name: (count.number, count.remark) for count in page.classes.bars.counts}
    assert classes == {"RBC": (2, "in 2 images"), "WBC": (1, "in 1 images")}
    assert {count.name: count.number for count in page.splits.bars.counts} == {"train": 2}
    states = {count.name: count.number for count in page.states.bars.counts}
    assert (states["labelled"], states["not labelled"]) == (2, 1)
    assert "4 images" in page.line.text()
    assert "3 boxes" in page.line.text()


@pytest.mark.parametrize("part", ["c.xml", "d.png", "b.xml", "none"])
def test_that_every_fault_is_listed(page: DataPanel, part: str) -> None:
    assert any(part in text for text in _texts(page))


def test_that_looking_changes_no_file(qtbot: QtBot, session: Session, root: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}
    session.set_folder(open_folder(root))
    page = DataPanel(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.summary is not None, timeout=20_000)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()} == before


def test_that_the_filter_and_copy_act_on_what_is_shown(page: DataPanel) -> None:
    page.faults.filter.setText("D.PNG")
    assert len(_texts(page)) == 1
    page.faults.copy.click()
    assert "d.png" in QGuiApplication.clipboard().text()
    assert "c.xml" not in QGuiApplication.clipboard().text()


def test_that_a_fault_opens_its_image_in_the_editor(
    qtbot: QtBot, page: DataPanel, session: Session, root: Path
) -> None:
    wishes: list[PageRequest] = []
    session.page_requested.connect(wishes.append)
    row = next(row for row, text in enumerate(_texts(page)) if "c.xml" in text)
    page.faults.table.selectRow(row)
    qtbot.keyClick(page.faults.table, Qt.Key.Key_Return)
    assert wishes == [PageRequest("edit", root / "JPEGImages" / "c.png")]


def test_that_a_saved_annotation_and_another_folder_are_read_again(
    qtbot: QtBot, page: DataPanel, session: Session, root: Path, tmp_path: Path
) -> None:
    before = page.summary
    (root / "Annotations" / "c.xml").unlink()
    session.annotation_saved.emit(root / "JPEGImages" / "c.png")
    qtbot.waitUntil(lambda: page.summary is not before, timeout=20_000)
    assert not any("c.xml" in text for text in _texts(page))
    other = write_folder(tmp_path / "other", {"x": (("drone", 5, 5, 30, 30),)})
    session.set_folder(open_folder(other))
    qtbot.waitUntil(lambda: page.summary is not None and page.summary.class_names == ("drone",), timeout=20_000)
    assert page.faults.title.text() == "Nothing wrong found"


def test_that_a_cancelled_read_says_so_and_can_be_repeated(qtbot: QtBot, page: DataPanel, session: Session) -> None:
    page.again.click()
    page.cancel.click()
    assert page.again.isVisible()
    page.again.click()
    qtbot.waitUntil(lambda: page.again.isVisible(), timeout=20_000)


def test_that_without_a_folder_the_page_says_what_to_do(qtbot: QtBot, session: Session) -> None:
    page = DataPanel(session)
    qtbot.addWidget(page)
    page.show()
    assert page.title.text() == "No data set is open"
    assert not page.again.isVisible()
