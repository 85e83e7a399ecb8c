"""Labels of the open data set over the frames that are images of it."""

from pathlib import Path

from tests.app.editor.desk import write_folder
from tests.app.player.conftest import Theatre
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Box

ONE, TWO = ("drone", 10, 20, 60, 70), ("bird", 30, 10, 90, 80)  # VOC counts pixels from 1


def labels(theatre: Theatre) -> list[tuple[str, float, float]]:
    boxes: tuple[Box, ...] = tuple(theatre.panel.stage.view._labels)
    return [(box.class_name, box.x1, box.y1) for box in boxes]


def show(theatre: Theatre, frame: int) -> None:
    playback = theatre.panel.playback
    playback.seek(frame)
    theatre.qtbot.waitUntil(lambda: playback.shown is not None and playback.shown.index == frame, timeout=10_000)


def test_that_labels_lie_over_the_frames_that_are_images(theatre: Theatre, clip: Path, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "data", {"clip_000004": (ONE, TWO), "clip_000009": (ONE,), "other_000002": (TWO,)})
    theatre.open_video(clip)
    theatre.session.set_folder(open_folder(root))
    assert theatre.panel.stage.timeline._labelled == [(3, 3), (8, 8)]
    show(theatre, 3)
    assert labels(theatre) == [("drone", 9, 19), ("bird", 29, 9)]
    show(theatre, 4)
    assert labels(theatre) == []
    show(theatre, 8)
    theatre.panel._actions["show_labels"].trigger()
    assert labels(theatre) == []
    assert theatre.panel.stage.timeline._labelled == []
    assert theatre.session.settings.get("video_labels") is False


def test_that_labels_saved_in_the_editor_follow(theatre: Theatre, clip: Path, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "data", {"clip_000001": (ONE,)})
    theatre.session.set_folder(open_folder(root))
    theatre.open_video(clip)
    theatre.qtbot.waitUntil(lambda: labels(theatre) == [("drone", 9, 19)], timeout=5_000)
    write_folder(root, {"clip_000001": (TWO,)})
    theatre.session.annotation_saved.emit(root / "JPEGImages" / "clip_000001.jpg")
    assert labels(theatre) == [("bird", 29, 9)]


def test_that_the_images_of_a_data_set_show_their_labels(theatre: Theatre, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "data", {"a2": (ONE,), "a10": (TWO,)})
    folder = open_folder(root)
    theatre.session.set_folder(folder)
    theatre.open_video(folder.images[0].path.parent)
    assert theatre.panel.stage.timeline._labelled == [(0, 1)]
    show(theatre, 1)
    assert labels(theatre) == [("bird", 29, 9)]
