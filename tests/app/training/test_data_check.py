"""The data check on the page: when it runs, what it shows, where its links lead."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import PageRequest, Session
from app.settings import SettingsStore
from app.training import data_check
from app.training.data_check import ConcernRow
from app.training.setup import Setup
from yolox_core.dataset.folder import open_folder

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def leaky(squares: Path) -> Path:
    shutil.copy(squares / "JPEGImages" / "3.jpg", squares / "JPEGImages" / "9.jpg")
    return squares


def _shown(qtbot: QtBot, session: Session, root: Path) -> Setup:
    """The settings with the data check at its end."""
    made = Setup(session)
    qtbot.addWidget(made)
    made.settings.machine.ask = lambda: None  # type: ignore[method-assign]
    session.set_folder(open_folder(root))
    made.set_folder(session.folder)
    made.resize(380, 900)
    made.show()
    qtbot.waitUntil(lambda: made.check.summary.startswith("Data check:"))
    return made


def _rows(setup: Setup) -> list[ConcernRow]:
    return [row for row in setup.check.findChildren(ConcernRow) if row.isVisible()]


def test_that_concerns_come_by_themselves_and_start_stays_possible(qtbot: QtBot, session: Session, leaky: Path) -> None:
    setup = _shown(qtbot, session, leaky)
    assert any("Leaks" in concern.text for concern in setup.check.concerns)
    assert setup.found.text() == setup.check.summary
    assert setup.start.isEnabled()


def test_that_a_link_leads_to_the_image(qtbot: QtBot, session: Session, leaky: Path) -> None:
    setup = _shown(qtbot, session, leaky)
    place = next(place for place, concern in enumerate(setup.check.concerns) if "Leaks" in concern.text)
    qtbot.waitUntil(lambda: len(_rows(setup)) > place)  # rows are on screen a turn later
    with qtbot.waitSignal(session.page_requested) as wanted:
        qtbot.mouseClick(_rows(setup)[place].fix, LEFT)
    assert wanted.args == [PageRequest("edit", leaky / "JPEGImages" / "9.jpg")]


def test_that_data_that_cannot_train_disable_start_and_say_why(qtbot: QtBot, session: Session, squares: Path) -> None:
    for path in (squares / "Annotations").iterdir():
        path.unlink()
    setup = _shown(qtbot, session, squares)
    assert not setup.start.isEnabled()
    assert "nothing to learn from" in setup.reason.text()


def test_that_other_splits_are_checked_anew(qtbot: QtBot, session: Session, squares: Path) -> None:
    setup = _shown(qtbot, session, squares)
    setup.set_config(replace(setup.config(), train_split="val", val_split="train"))
    qtbot.waitUntil(lambda: setup.check.summary.startswith("Data check:"))
    assert any("of 8 validation images" in c.text or "Few boxes" in c.text for c in setup.check.concerns)


def test_that_saved_labels_are_checked_when_the_page_is_shown_again(
    qtbot: QtBot, session: Session, squares: Path
) -> None:
    setup = _shown(qtbot, session, squares)
    setup.hide()
    for path in (squares / "Annotations").iterdir():
        path.unlink()
    session.annotation_saved.emit(squares / "JPEGImages" / "0.jpg")
    setup.show()
    qtbot.waitUntil(lambda: bool(setup.check.obstacle))


def test_that_files_of_a_large_folder_are_looked_through_on_demand(
    qtbot: QtBot, session: Session, squares: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_check, "MOST_IMAGES", 5)
    (squares / "Annotations" / "4.xml").write_text("<annotation>")
    setup = _shown(qtbot, session, squares)
    assert not any("fault" in concern.text for concern in setup.check.concerns)
    qtbot.mouseClick(setup.check.thorough, LEFT)
    qtbot.waitUntil(lambda: any("fault" in concern.text for concern in setup.check.concerns))


def test_that_start_ends_the_check(qtbot: QtBot, session: Session, squares: Path) -> None:
    setup = _shown(qtbot, session, squares)
    setup.check._start(is_thorough=True)
    qtbot.mouseClick(setup.start, LEFT)
    assert not setup.check.is_running
