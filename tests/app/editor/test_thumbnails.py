"""Thumbnails in the list of images: made for the rows in sight, off the window's thread, within a bound."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from app.editor import thumbnails
from app.editor.image_rows import GAP, ROW_HEIGHT, THUMBNAIL_ROW_HEIGHT, THUMBNAIL_WIDTH
from tests.app.editor.desk import LEFT, NO_KEY, Desk, MakeDesk, write_folder, write_image


def row_pictures(desk: Desk) -> list[QImage]:
    """What is painted where the thumbnails of the first rows lie."""
    view = desk.panel.images.view
    shown = view.viewport().grab().toImage()
    rows = [view.visualRect(desk.panel.images.model.index(row)) for row in range(4)]
    return [shown.copy(rect.left() + GAP, rect.top() + GAP, THUMBNAIL_WIDTH, rect.height() - 2 * GAP) for rect in rows]


def colors(picture: QImage) -> int:
    """How many colours a picture has."""
    return len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())})


def test_that_rows_show_their_pictures(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: all(colors(picture) > 100 for picture in row_pictures(desk)))
    assert len({bytes(picture.constBits()) for picture in row_pictures(desk)}) == 4


def test_that_an_image_that_cannot_be_read_is_crossed_out(open_desk: MakeDesk, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "set", {"a": (), "b": (), "c": (), "d": ()})
    (root / "JPEGImages" / "b.png").write_bytes(b"no image")
    desk = open_desk(root)
    desk.qtbot.waitUntil(lambda: colors(row_pictures(desk)[0]) > 100)

    def is_crossed() -> bool:
        picture = row_pictures(desk)[1]
        middle = QColor(picture.pixel(picture.width() // 2, picture.height() // 2))
        return middle.red() - middle.green() > 60

    desk.qtbot.waitUntil(is_crossed)


def test_that_they_can_be_switched_off_and_stay_off(desk: Desk, open_desk: MakeDesk, root: Path) -> None:
    view = desk.panel.images.view
    assert view.visualRect(desk.panel.images.model.index(1)).height() == THUMBNAIL_ROW_HEIGHT
    action = next(action for action in desk.panel.actions() if action.objectName() == "thumbnails")
    assert action.isChecked()
    action.trigger()
    assert view.visualRect(desk.panel.images.model.index(1)).height() == ROW_HEIGHT
    again = open_desk(root).panel.images
    assert again.view.visualRect(again.model.index(1)).height() == ROW_HEIGHT


def test_that_only_rows_in_sight_are_made_and_the_newest_first(
    open_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = thumbnails._make

    def counted(image: object) -> QImage:
        made.append(image.name)  # type: ignore[attr-defined]
        return make(image)  # type: ignore[arg-type]

    monkeypatch.setattr(thumbnails, "_make", counted)
    root = write_folder(tmp_path / "set", {"a0000": ()})
    for number in range(1, 400):
        write_image(root / "JPEGImages" / f"a{number:04}.png", width=8, height=8)
    desk = open_desk(root)
    images = desk.panel.images
    images.view.scrollToBottom()
    images.view.viewport().grab()
    desk.qtbot.waitUntil(lambda: "a0399" in made)
    assert len(made) < 100
    assert "a0200" not in made


def test_that_memory_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "CACHE_BYTES", 200_000)
    made = thumbnails.Thumbnails()
    with desk.qtbot.waitSignals([made.arrived] * 4, timeout=5000):
        for image in desk.panel.images.images:
            assert made.of(image) is None
    held = [image.name for image in desk.panel.images.images if made.of(image) is not None]
    made.stop()
    assert held == ["c", "d"]


def test_that_a_list_without_a_row_says_so_and_gives_all_back(desk: Desk) -> None:
    images = desk.panel.images
    images.filter_line.setText("nothing of this name")
    desk.qtbot.waitUntil(images.nothing.isVisible)
    assert not images.view.isVisible()
    desk.qtbot.mouseClick(images.nothing.show_all, LEFT, NO_KEY)
    assert images.view.isVisible()
    assert len(images.images) == 4
    desk.key(Qt.Key.Key_D)
    assert desk.name == "b"
