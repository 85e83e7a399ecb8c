"""The index follows the open folder: it is built at once, takes up saves, and notices other programs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.folder_index import IndexReader
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.app.editor.desk import voc_xml, write_folder, write_image
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.index_query import Filter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "set", {"a": (("drone", 1, 1, 9, 9),), "b": None})


@pytest.fixture
def session(qtbot: QtBot, root: Path) -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    made.set_folder(open_folder(root))
    yield made
    made.stop_jobs()


@pytest.fixture
def reader(session: Session) -> Iterator[IndexReader]:
    made = IndexReader(session.index)
    yield made
    made.stop()


def drones(qtbot: QtBot, session: Session, reader: IndexReader) -> list[str]:
    """Names of the images with a drone, when the index is at rest."""
    qtbot.waitUntil(lambda: not session.index.is_busy)
    with qtbot.waitSignal(reader.answered) as answered:
        reader.ask(lambda index: index.places(Filter(class_name="drone")))
    assert session.folder is not None
    return [session.folder.images[place].name for place in answered.args[0]]


def test_that_a_folder_is_indexed_when_it_is_opened(qtbot: QtBot, session: Session, reader: IndexReader) -> None:
    assert drones(qtbot, session, reader) == ["a"]


def test_that_the_first_image_has_a_head_start(qtbot: QtBot, session: Session) -> None:
    assert session.index.is_busy
    assert not session.running_jobs
    with qtbot.waitSignal(session.index.synced):
        pass
    qtbot.waitUntil(lambda: not session.index.is_busy)


def test_that_a_change_during_the_head_start_is_taken_up(qtbot: QtBot, session: Session, root: Path) -> None:
    write_image(root / "JPEGImages" / "c.png")
    with qtbot.waitSignal(session.index.relisted):
        session.index.look_again()
    assert session.folder is not None
    assert len(session.folder.images) == 3


def test_that_a_save_is_taken_up(qtbot: QtBot, session: Session, reader: IndexReader, root: Path) -> None:
    qtbot.waitUntil(lambda: not session.index.is_busy)
    (root / "Annotations" / "b.xml").write_text(voc_xml("b.png", (("drone", 1, 1, 9, 9),)))
    with qtbot.waitSignal(session.index.changed):
        session.annotation_saved.emit(root / "JPEGImages" / "b.png")
    assert drones(qtbot, session, reader) == ["a", "b"]


def test_that_a_label_file_of_another_program_is_noticed(
    qtbot: QtBot, session: Session, reader: IndexReader, root: Path
) -> None:
    qtbot.waitUntil(lambda: not session.index.is_busy)
    with qtbot.waitSignal(session.index.changed):
        (root / "Annotations" / "b.xml").write_text(voc_xml("b.png", (("drone", 1, 1, 9, 9),)))
    assert drones(qtbot, session, reader) == ["a", "b"]


def test_that_a_new_image_is_listed(qtbot: QtBot, session: Session, root: Path) -> None:
    qtbot.waitUntil(lambda: not session.index.is_busy)
    with qtbot.waitSignal(session.folder_changed):
        write_image(root / "JPEGImages" / "c.png")
    assert session.folder is not None
    assert [image.name for image in session.folder.images] == ["a", "b", "c"]


def test_that_only_the_newest_question_is_answered(qtbot: QtBot, session: Session, reader: IndexReader) -> None:
    qtbot.waitUntil(lambda: not session.index.is_busy)
    answers: list[object] = []
    reader.answered.connect(answers.append)
    reader.ask(lambda _index: "old")
    reader.ask(lambda _index: "new")
    qtbot.waitUntil(lambda: "new" in answers)
    assert answers == ["new"]


def test_that_an_answer_about_images_of_before_does_not_count(
    qtbot: QtBot, session: Session, reader: IndexReader
) -> None:
    qtbot.waitUntil(lambda: not session.index.is_busy)
    answers: list[object] = []
    reader.answered.connect(answers.append)
    folder = session.folder
    assert folder is not None
    with qtbot.waitSignal(reader.unanswered):
        reader.ask(lambda index: index.places(Filter()))
        session.set_folder(replace(folder, images=folder.images[:-1]))  # an image was deleted meanwhile
    assert answers == []
