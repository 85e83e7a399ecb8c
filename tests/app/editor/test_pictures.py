from collections.abc import Iterator
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.editor.outlines import Ink, device_edges, draw_frames, image_edges, pixels_of, stamp
from app.editor.pictures import Picture, PictureCache, PictureLoader, decode, decode_preview
from app.editor.scaling import draw_picture
from app.editor.viewport import View
from tests.app.editor.desk import MakeDesk, write_image
from yolox_core.records import Box


def painted(picture: Picture, view: View, *, width: int = 90, height: int = 70, ratio: float = 1.0) -> QImage:
    target = QImage(int(width * ratio), int(height * ratio), QImage.Format.Format_RGB32)
    target.setDevicePixelRatio(ratio)
    target.fill(QColor("#123456"))
    draw_picture(target, picture, view)
    return target


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    return decode(write_image(tmp_path / "a.png", width=40, height=30))


def test_that_a_large_picture_has_halved_levels_and_the_right_one_is_drawn(tmp_path: Path):
    picture = decode(write_image(tmp_path / "big.png", width=4200, height=600))
    assert [level.shape[:2] for level in picture.levels] == [(600, 4200), (300, 2100), (150, 1050)]
    assert picture.level_for(1.0).shape[1] == 4200
    assert picture.level_for(0.5).shape[1] == 2100
    assert picture.level_for(0.1).shape[1] == 1050


def test_that_a_file_that_is_no_image_gives_a_picture_with_its_problem(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"no image")
    picture = decode(tmp_path / "a.png")
    assert picture.problem is not None
    assert (picture.width, picture.height, picture.bytes) == (0, 0, 0)


@pytest.mark.parametrize(("view", "ratio"), [(View(1, 5, 7), 1.0), (View(4, -30, -20), 1.0), (View(3.3, 2, 3), 2.0)])
def test_that_sharp_pixels_lie_where_the_view_says(picture: Picture, view: View, ratio: float):
    shot = painted(picture, view, ratio=ratio)
    for x in range(0, shot.width(), 3):
        for y in range(0, shot.height(), 3):
            image_x, image_y = view.to_image((x + 0.5) / ratio, (y + 0.5) / ratio)
            column, row = int(np.floor(image_x)), int(np.floor(image_y))
            if 0.1 < image_x % 1 < 0.9 and 0.1 < image_y % 1 < 0.9 and 0 <= column < 40 and 0 <= row < 30:
                blue, green, red, _ = (int(value) for value in picture.levels[0][row, column])
                assert shot.pixelColor(x, y) == QColor(red, green, blue)


def test_that_nothing_is_drawn_beside_the_picture(picture: Picture):
    shot = painted(picture, View(1, 20, 20))
    for x, y in ((0, 0), (19, 30), (60, 30), (30, 50)):
        assert shot.pixelColor(x, y) == QColor("#123456")
    assert painted(picture, View(1, 500, 500)).pixelColor(10, 10) == QColor("#123456")


def test_that_a_smooth_picture_equals_a_plain_resize(picture: Picture):
    shot = painted(picture, View(2, 0, 0), width=80, height=60)
    expected = cv2.resize(picture.levels[0], (80, 60), interpolation=cv2.INTER_LINEAR)
    pixels = pixels_of(shot).view(np.uint8).reshape(60, 80, 4)
    assert np.abs(pixels[..., :3].astype(int) - expected[..., :3]).max() <= 2


def test_that_a_frame_has_its_line_on_the_edges_between_two_shades():
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    pixels = pixels_of(image)
    boxes = (Box("a", 14, 9, 3, 2), Box("b", -50, -50, 100, 100))
    edges = device_edges(image_edges(boxes), View(), 1.0)
    draw_frames(pixels, edges, [Ink(0xFF0000FF, 0xFF000044), Ink(0xFF00FF00, 0xFF004400)], width=2)

    def ring(inset: int) -> set[tuple[int, int]]:
        x1, y1, x2, y2 = 3 + inset, 2 + inset, 13 - inset, 8 - inset
        return {(x, y) for x in range(x1, x2 + 1) for y in range(y1, y2 + 1) if x in (x1, x2) or y in (y1, y2)}

    on_image = {(x, y) for x in range(20) for y in range(10)}
    assert drawn(pixels, 0xFF0000FF) == (ring(-1) | ring(0)) & on_image
    assert drawn(pixels, 0xFF000044) == (ring(-2) | ring(1)) & on_image
    assert not drawn(pixels, 0xFF00FF00)


def drawn(pixels: NDArray[np.uint32], color: int) -> set[tuple[int, int]]:
    return {(int(x), int(y)) for y, x in np.argwhere(pixels == color)}


def test_that_chips_are_cut_at_the_border_and_the_last_lies_on_top():
    pixels = np.zeros((10, 20), np.uint32)
    chips = [np.full((4, 6), color, np.uint32) for color in (7, 8, 9)]
    stamp(pixels, chips, np.array([(-3, 8), (1, 9), (30, 30)]))
    assert drawn(pixels, 7) == {(0, 8), (1, 8), (2, 8), (0, 9)}
    assert drawn(pixels, 8) == {(x, 9) for x in range(1, 7)}
    assert not drawn(pixels, 9)


def test_that_the_cache_forgets_the_oldest_picture_beyond_its_bound(tmp_path: Path):
    pictures = [decode(write_image(tmp_path / f"{i}.png", seed=i)) for i in range(3)]
    cache = PictureCache(limit_bytes=2 * pictures[0].bytes)
    for picture in pictures[:2]:
        cache.put(picture)
    assert cache.get(pictures[0].path) is pictures[0]
    cache.put(pictures[2])
    assert pictures[1].path not in cache
    assert pictures[0].path in cache


@pytest.fixture
def loader() -> Iterator[PictureLoader]:
    loader = PictureLoader()
    yield loader
    loader.stop()


def loaded(loader: PictureLoader, path: Path, qtbot: QtBot) -> list[Picture]:
    """The answers for a picture, up to the one that is no preview."""
    answers: list[Picture] = []
    loader.loaded.connect(answers.append)
    loader.show(path)
    qtbot.waitUntil(lambda: bool(answers) and not answers[-1].is_preview)
    return answers


def test_that_a_large_jpeg_is_shown_at_half_size_first_and_nothing_moves(
    loader: PictureLoader, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    is_seen = Event()
    loader.loaded.connect(lambda _picture: is_seen.set())
    monkeypatch.setattr("app.editor.pictures.decode", lambda path: decode(path) if is_seen.wait(20) else None)
    preview, picture = loaded(loader, write_image(tmp_path / "a.jpg", width=3001, height=403), qtbot)
    assert preview.is_preview
    assert (preview.width, preview.height) == (picture.width, picture.height) == (3001, 403)
    assert preview.levels[0].shape[:2] == (202, 1501)
    assert loader.cache.get(picture.path) is picture
    view = View(0.03, 0, 0)
    first, second = (pixels_of(painted(each, view)).view(np.uint8).astype(int) for each in (preview, picture))
    assert np.abs(first - second).mean() < 2
    corner = View(1, -2950, -350)
    edges = [painted(each, corner) for each in (preview, picture)]
    for x, y in ((49, 50), (52, 50), (48, 52), (48, 54)):
        is_ground = [shot.pixelColor(x, y) == QColor("#123456") for shot in edges]
        assert is_ground[0] == is_ground[1]


def test_that_the_preview_leaves_the_view_alone(qtbot: QtBot, open_desk: MakeDesk, tmp_path: Path):
    write_image(tmp_path / "JPEGImages" / "a.jpg", width=3000, height=2400)
    desk = open_desk(tmp_path)
    canvas = desk.panel.canvas
    qtbot.waitUntil(lambda: canvas.picture is not None and not canvas.picture.is_preview)
    picture = canvas.picture
    assert picture is not None
    preview = decode_preview(picture.path)
    assert preview is not None
    canvas.zoom(3.0)
    zoomed = canvas.view
    for each in (preview, picture):
        canvas.set_picture(each)
        assert canvas.view == zoomed


@pytest.mark.parametrize(("name", "width"), [("a.png", 3000), ("a.jpg", 2048)])
def test_that_where_half_is_not_faster_there_is_no_preview(
    loader: PictureLoader, tmp_path: Path, qtbot: QtBot, name: str, width: int
):
    (picture,) = loaded(loader, write_image(tmp_path / name, width=width, height=100), qtbot)
    assert picture.levels[0].shape[:2] == (100, width)


def test_that_a_truncated_large_jpeg_is_never_half_shown(loader: PictureLoader, tmp_path: Path, qtbot: QtBot):
    path = write_image(tmp_path / "a.jpg", width=3000, height=400)
    path.write_bytes(path.read_bytes()[:-5000])
    (picture,) = loaded(loader, path, qtbot)
    assert picture.problem is not None
    assert "truncated" in str(picture.problem)


def test_that_answers_to_earlier_wishes_are_dropped_and_neighbours_are_read_ahead(tmp_path: Path, qtbot: QtBot):
    paths = [write_image(tmp_path / f"{i}.png", seed=i) for i in range(4)]
    loader = PictureLoader()
    shown: list[Path] = []
    loader.loaded.connect(lambda picture: shown.append(picture.path))
    try:
        for path in paths[:3]:
            loader.show(path)
        qtbot.waitUntil(lambda: bool(shown))
        assert shown == [paths[2]]
        loader.show(paths[2], neighbours=(paths[3],))
        qtbot.waitUntil(lambda: paths[3] in loader.cache)
        shown.clear()
        loader.show(paths[3])
        assert shown == [paths[3]]
    finally:
        loader.stop()
