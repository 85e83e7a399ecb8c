"""Opening and making the sample in the background."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.opener import BusyStrip, FolderOpener, Opened, sample_folder
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.app.editor.desk import write_folder


@pytest.fixture
def opener(qtbot: QtBot) -> Iterator[FolderOpener]:
    session = Session(SettingsStore(), Problems())
    yield FolderOpener(session)
    session.stop_jobs()


def test_that_of_two_wishes_only_the_newer_one_is_opened(qtbot: QtBot, opener: FolderOpener, tmp_path: Path) -> None:
    roots = [write_folder(tmp_path / name, {"a": None}) for name in ("one", "two")]
    opened: list[Opened] = []
    opener.opened.connect(opened.append)
    for root in roots:
        opener.open(root)
    qtbot.waitUntil(lambda: not opener.is_busy)
    assert [one.folder.root for one in opened] == [roots[1]]


def test_that_a_cancelled_sample_leaves_nothing_behind(qtbot: QtBot, opener: FolderOpener) -> None:
    strip = BusyStrip(opener)
    qtbot.addWidget(strip)
    with qtbot.waitSignal(opener.progress_made, timeout=20_000):
        opener.make_sample()
    assert not strip.isHidden()
    strip.cancel_button.click()
    assert not opener.is_busy
    assert strip.isHidden()
    qtbot.waitUntil(lambda: not any(sample_folder().parent.glob("*")) and not any(sample_folder().parent.glob(".*")))
