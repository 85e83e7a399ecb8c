"""The Edit page on a folder that the test wrote, with its threads ended afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.app.editor.desk import Desk, MakeDesk, make_desk, write_folder

TWO_BOXES = (("drone", 21, 31, 60, 80), ("bird", 101, 41, 150, 100))


@pytest.fixture
def open_desk(qtbot: QtBot) -> Iterator[MakeDesk]:
    desks: list[Desk] = []

    def open_one(root: Path) -> Desk:
        desks.append(make_desk(qtbot, root))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.panel.shut_down()
        desk.session.stop_jobs()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four images: two boxes, one box, none by decision, not labelled."""
    return write_folder(tmp_path / "set", {"a": TWO_BOXES, "b": (("drone", 51, 51, 90, 90),), "c": (), "d": None})


@pytest.fixture
def desk(open_desk: MakeDesk, root: Path) -> Desk:
    """The Edit page on `root`, its first image on screen at 400 %."""
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.show_whole_pixels()
    return desk
