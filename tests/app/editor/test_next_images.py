"""What to label next: a key goes through the ranking, past what has been labelled meanwhile."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.editor import next_images
from app.editor.next_images import NO_CHECKPOINT
from tests.app.editor.conftest import TWO_BOXES
from tests.app.editor.desk import Desk, MakeDesk, write_folder
from yolox_core.dataset.folder import DataFolder
from yolox_core.records import Progress
from yolox_core.review.next_images import NextImage

SHIFT = Qt.KeyboardModifier.ShiftModifier
LABELS = {"a": TWO_BOXES, "b": None, "c": None, "d": None}
RANKED = (NextImage("d", 3.0, 7, 2), NextImage("b", 2.0, 4), NextImage("gone", 1.5, 1), NextImage("c", 1.0, 2))


@pytest.fixture
def unlabelled(open_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    def ranked(folder: DataFolder, _weights: Path, mapping: Mapping[str, str]) -> Iterator[object]:
        assert mapping == ({"drone": "uav"} if folder.root.name == "mapped" else {})
        yield Progress(0, 4, "Looking")
        yield RANKED

    monkeypatch.setattr(next_images, "ranked_images", ranked)
    return open_desk(write_folder(tmp_path / "set", LABELS))


def go(desk: Desk) -> str:
    desk.key(Qt.Key.Key_I, SHIFT)
    tool = desk.panel.review.next
    desk.qtbot.waitUntil(lambda: tool.notices.text != "", timeout=5_000)
    return tool.notices.text


def test_that_a_checkpoint_is_asked_for(unlabelled: Desk) -> None:
    assert go(unlabelled) == NO_CHECKPOINT


def test_that_a_key_goes_through_the_ranking(unlabelled: Desk, tmp_path: Path) -> None:
    unlabelled.session.set_checkpoint(tmp_path / "best.pth")
    assert "7 doubtful objects, 2 more look like it" in go(unlabelled)
    assert unlabelled.name == "d"
    go(unlabelled)
    assert unlabelled.name == "b"
    unlabelled.panel.review.next.notices.clear()
    go(unlabelled)
    assert unlabelled.name == "c"
    assert "No image without labels" in go(unlabelled)


def test_that_images_labelled_meanwhile_are_passed_over(unlabelled: Desk, tmp_path: Path) -> None:
    unlabelled.session.set_checkpoint(tmp_path / "best.pth")
    folder = unlabelled.session.folder
    assert folder is not None
    image = folder.image("b")
    assert image is not None
    unlabelled.panel.document.open(image)
    unlabelled.key(Qt.Key.Key_N)  # nothing to label
    go(unlabelled)
    assert unlabelled.name == "d"
    go(unlabelled)
    assert unlabelled.name == "c"


def test_that_images_labelled_by_something_else_are_passed_over(unlabelled: Desk, tmp_path: Path) -> None:
    unlabelled.session.set_checkpoint(tmp_path / "best.pth")
    assert "7 doubtful objects" in go(unlabelled)
    annotations = tmp_path / "set" / "Annotations"
    (annotations / "b.xml").write_text((annotations / "a.xml").read_text())
    go(unlabelled)
    assert unlabelled.name == "c"


def test_that_names_of_classes_that_were_told_are_used(unlabelled: Desk, open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "mapped", LABELS)
    desk = open_desk(root)
    desk.session.remember(class_mappings={str(root): json.dumps({"drone": "uav"})})
    desk.session.set_checkpoint(tmp_path / "best.pth")
    assert "7 doubtful objects" in go(desk)
