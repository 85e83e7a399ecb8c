"""The grid of crops: what it shows, what a fix does to the files, undo as a whole, the way to the desk."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from app.editor.crop_grid import CropGrid
from app.editor.crop_model import ENTRY_ROLE, ORDERS
from app.editor.crop_pictures import crop_of
from tests.app.editor.desk import LEFT, NO_KEY, Desk, MakeDesk, write_folder
from yolox_core.dataset.index import PlacedBox
from yolox_core.images import read_image
from yolox_core.records import Box

SHIFT = Qt.KeyboardModifier.ShiftModifier
LABELS = {
    "a": (("drone", 21, 31, 60, 80), ("drone", 101, 41, 150, 100), ("bird", 5, 5, 25, 45)),
    "b": (("drone", 51, 51, 90, 90),),
    "c": (),
    "d": (("drone", 11, 11, 190, 20),),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "set", LABELS)


@pytest.fixture
def grid(desk: Desk) -> CropGrid:
    """The grid on the four drones."""
    action = next(action for action in desk.panel.actions() if action.objectName() == "crops")
    desk.qtbot.waitUntil(lambda: not desk.session.index.is_busy)
    action.trigger()
    made = desk.panel.crops.grid
    assert made is not None
    desk.qtbot.waitUntil(lambda: len(made.model.entries) == 4)
    return made


def cells(grid: CropGrid) -> list[str]:
    """Image and edges of each cell, in order."""
    return [f"{grid.model.image(entry).name} {entry.box.x1:g}" for entry in grid.model.entries]


def click(desk: Desk, grid: CropGrid, row: int, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    place = grid.view.visualRect(grid.model.index(row)).center()
    desk.qtbot.mouseClick(grid.view.viewport(), LEFT, modifier, place)


def labels(root: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in (root / "Annotations").iterdir()}


def wait_for_fix(desk: Desk, grid: CropGrid, text: str) -> None:
    desk.qtbot.waitUntil(lambda: text in grid.outcome.text(), timeout=20_000)


def test_that_the_grid_shows_the_boxes_of_the_class_in_hand(desk: Desk, grid: CropGrid) -> None:
    assert grid.class_name.currentText() == "drone  ·  4"
    assert cells(grid) == ["a 20", "a 100", "b 50", "d 10"]
    assert grid.count.text() == "4 boxes"
    desk.qtbot.waitUntil(lambda: all(grid.pictures.of(grid.model.image(e), e.box) for e in grid.model.entries))


def test_that_another_class_and_order_can_be_chosen(desk: Desk, grid: CropGrid) -> None:
    grid.order.setCurrentText("Oddest shape first")
    assert cells(grid)[0] == "d 10"
    grid.order.setCurrentText("Smallest first")
    assert cells(grid)[0] == "b 50"
    grid.class_name.setCurrentIndex(grid.class_name.findData("bird"))
    grid.class_name.activated.emit(grid.class_name.currentIndex())
    desk.qtbot.waitUntil(lambda: cells(grid) == ["a 4"])


def test_that_chosen_boxes_change_their_class_in_one_step_that_can_be_undone(
    desk: Desk, grid: CropGrid, root: Path
) -> None:
    before = labels(root)
    click(desk, grid, 1)
    click(desk, grid, 2, SHIFT)
    assert grid.count.text() == "4 boxes, 2 chosen"
    grid.typed.setFocus()
    grid.typed.clear()
    desk.qtbot.keyClicks(grid.typed, "kite")
    desk.qtbot.mouseClick(grid.change, LEFT)
    wait_for_fix(desk, grid, "2 boxes in 2 images changed: chosen boxes → kite")
    changed = {name: before[name].replace("<name>drone</name>", "<name>kite</name>") for name in ("b",)}
    changed["a"] = (
        before["a"].replace("<name>drone</name>", "<name>?</name>").replace("?", "drone", 1).replace("?", "kite")
    )
    assert labels(root) == {**before, **changed}
    assert cells(grid) == ["a 20", "d 10"]
    assert [box.class_name for box in desk.boxes] == ["drone", "kite", "bird"]
    assert "kite" in desk.panel.classes.names
    desk.qtbot.mouseClick(grid.undo, LEFT)
    wait_for_fix(desk, grid, "as they were before")
    assert labels(root) == before
    desk.qtbot.waitUntil(lambda: len(grid.model.entries) == 4)


def test_that_a_digit_sets_a_class_and_del_deletes(desk: Desk, grid: CropGrid, root: Path) -> None:
    names = desk.panel.classes.names
    click(desk, grid, 3)
    desk.qtbot.keyClick(grid, getattr(Qt.Key, f"Key_{names.index('bird') + 1}"))
    wait_for_fix(desk, grid, "→ bird")
    assert labels(root)["d"].count("<name>bird</name>") == 1
    click(desk, grid, 2)
    desk.qtbot.keyClick(grid, Qt.Key.Key_Delete)
    wait_for_fix(desk, grid, "deleted")
    assert "<object>" not in labels(root)["b"]


def test_that_a_flag_is_set_on_all_and_taken_from_all(desk: Desk, grid: CropGrid, root: Path) -> None:
    grid.view.selectAll()
    desk.qtbot.mouseClick(grid.flags["difficult"], LEFT)
    wait_for_fix(desk, grid, "marked difficult")
    assert sum(text.count("<difficult>1</difficult>") for text in labels(root).values()) == 4
    desk.qtbot.waitUntil(lambda: all(entry.box.difficult for entry in grid.model.entries))
    assert "4 chosen" in grid.count.text()
    desk.qtbot.mouseClick(grid.flags["difficult"], LEFT)
    wait_for_fix(desk, grid, "marked not difficult")
    assert not any("<difficult>1</difficult>" in text for text in labels(root).values())


def test_that_boxes_changed_meanwhile_are_left_alone_and_said(desk: Desk, grid: CropGrid, root: Path) -> None:
    label = root / "Annotations" / "b.xml"
    label.write_text(label.read_text().replace("<xmin>51", "<xmin>55"))
    theirs = labels(root)
    grid.view.selectAll()
    desk.qtbot.mouseClick(grid.delete, LEFT)
    wait_for_fix(desk, grid, "1 label file stays as it is")
    assert labels(root)["b"] == theirs["b"]
    assert "<name>drone</name>" not in labels(root)["a"]


def test_that_steps_of_undo_on_other_images_stay(desk: Desk, grid: CropGrid) -> None:
    desk.panel.document.select((3,))
    desk.panel.commands.delete()
    assert [box.class_name for box in desk.boxes] == ["drone", "drone"]
    desk.key(Qt.Key.Key_D)
    click(desk, grid, 3)
    desk.qtbot.mouseClick(grid.delete, LEFT)
    wait_for_fix(desk, grid, "deleted")
    desk.panel.document.undo()
    assert desk.name == "a"
    assert [box.class_name for box in desk.boxes] == ["drone", "drone", "bird"]


def test_that_enter_brings_a_box_to_the_desk(desk: Desk, grid: CropGrid) -> None:
    click(desk, grid, 2)
    desk.qtbot.keyClick(grid.view, Qt.Key.Key_Return)
    assert desk.name == "b"
    assert desk.panel.document.selected == (1,)
    assert desk.panel.canvas.view.scale > 2


def test_that_a_new_image_leaves_the_grid_open_and_a_moved_box_gets_a_new_crop(
    desk: Desk, grid: CropGrid, root: Path
) -> None:
    def crop() -> object:
        return grid.pictures.of(grid.model.image(grid.model.entries[0]), grid.model.entries[0].box)

    desk.qtbot.waitUntil(lambda: crop() is not None)
    before = crop()
    label = root / "Annotations" / "a.xml"
    label.write_text(label.read_text().replace("<xmin>21", "<xmin>22"))
    desk.session.index.look_again()
    desk.qtbot.waitUntil(lambda: cells(grid)[:1] == ["a 21"], timeout=20_000)
    desk.qtbot.waitUntil(lambda: crop() is not None)
    assert crop() is not before
    (root / "JPEGImages" / "e.png").write_bytes((root / "JPEGImages" / "a.png").read_bytes())
    desk.session.index.look_again()
    desk.qtbot.waitUntil(lambda: desk.session.folder is not None and len(desk.session.folder.images) == 5)
    assert grid.isVisible()
    desk.session.set_folder(None)
    assert not grid.isVisible()


def test_that_a_crop_shows_the_box_and_its_surroundings(root: Path) -> None:
    pixels = read_image(root / "JPEGImages" / "a.png")
    crop = crop_of(pixels, Box("drone", 100, 40, 150, 100))
    assert (crop.picture.width(), crop.picture.height()) == (68, 78)
    assert crop.inner.left() == pytest.approx(9 / 68)
    assert crop.inner.bottom() == pytest.approx(69 / 78)
    outside = crop_of(pixels, Box("drone", -50, -50, -10, -10))
    assert not outside.picture.isNull()


def test_that_every_order_keeps_every_box() -> None:
    entries = tuple(PlacedBox("a", n, 1, 0, 0, n % 5, n % 7) for n in range(50))
    for order in ORDERS.values():
        assert sorted(order(entries), key=lambda entry: entry.place) == list(entries)
    assert ORDERS["Oddest shape first"](()) == ()


def test_that_the_window_says_where_there_is_no_box(open_desk: MakeDesk, tmp_path: Path) -> None:
    desk = open_desk(write_folder(tmp_path / "none", {"a": ()}))
    desk.qtbot.waitUntil(lambda: not desk.session.index.is_busy)
    desk.panel.crops.open()
    grid = desk.panel.crops.grid
    assert grid is not None
    desk.qtbot.waitUntil(lambda: grid.empty.isVisible() and "No label file" in grid.empty.text())


def test_that_the_tool_tip_names_image_size_and_flags(desk: Desk, grid: CropGrid) -> None:
    index = grid.view.indexAt(grid.view.visualRect(grid.model.index(0)).center() + QPoint(1, 1))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "a\n40 × 50 px"
    assert isinstance(index.data(ENTRY_ROLE), PlacedBox)
