import pytest
from PySide6.QtCore import Qt

from app.editor.captions import Captions, Names
from app.editor.draft_overlay import draft_text
from app.settings import SettingsStore
from app.theme import class_color
from tests.app.editor.desk import Desk, MakeDesk
from yolox_core.drafts.draft import Draft, Source
from yolox_core.records import Box

SHIFT = Qt.KeyboardModifier.ShiftModifier
BIRD = Box("bird", 100, 40, 150, 100)  # on image a
KITE = Box("kite", 20, 110, 50, 150)


def chip_width(desk: Desk, box: Box) -> int:
    """Width in pixels of the chip over a box's upper left corner; 0 without one."""
    shot = desk.panel.canvas.grab().toImage()
    at = desk.at(box.x1, box.y1)
    width = 0
    while shot.pixelColor(at.x() + width, at.y() - 7) == class_color(box.class_name):
        width += 1
    return width


def test_that_one_key_goes_from_names_on_all_boxes_to_the_active_one_to_none(desk: Desk):
    desk.click(180, 150)
    assert chip_width(desk, BIRD) > 2
    desk.key(Qt.Key.Key_V)
    assert chip_width(desk, BIRD) == 0
    desk.panel.document.select((2,))
    assert chip_width(desk, BIRD) > 2
    desk.key(Qt.Key.Key_V)
    assert chip_width(desk, BIRD) == 0
    desk.key(Qt.Key.Key_V)
    assert chip_width(desk, BIRD) > 2


@pytest.mark.parametrize("is_selected", [False, True])
def test_that_the_chip_tells_the_size_where_that_is_wanted(desk: Desk, *, is_selected: bool):
    desk.click(180, 150)
    if is_selected:
        desk.panel.document.select((2,))
    before = desk.panel.canvas.grab().toImage()
    desk.key(Qt.Key.Key_V, SHIFT)
    assert desk.panel.canvas.grab().toImage() != before
    assert desk.panel._actions["show_sizes"].isChecked()
    desk.key(Qt.Key.Key_V, SHIFT)
    assert desk.panel.canvas.grab().toImage() == before


def test_what_a_chip_says():
    box = Box("bird", 1, 2, 4.5, 9, difficult=True, occluded=True)
    assert Captions().text(box) == "bird · DO"
    assert Captions(has_sizes=True).text(box) == "bird · 3.5 × 7 · DO"
    assert draft_text(Draft(box, 0.5, Source.MODEL), has_score=False) == "bird"


def test_that_drafts_show_scores_and_names_as_boxes_do(desk: Desk):
    image = desk.panel.document.image
    assert image is not None
    desk.panel.drafts.desk.put(image, (Draft(KITE, 0.9, Source.MODEL),), desk.panel.document.annotation)
    with_score = chip_width(desk, KITE)
    before = desk.panel.canvas.grab().toImage()
    desk.panel._actions["show_scores"].trigger()
    assert desk.panel.canvas.grab().toImage() != before
    desk.key(Qt.Key.Key_V)
    assert chip_width(desk, KITE) > 2
    desk.key(Qt.Key.Key_V)
    assert with_score > 2
    assert chip_width(desk, KITE) == 0


def test_that_captions_are_remembered(desk: Desk, open_desk: MakeDesk):
    desk.key(Qt.Key.Key_V)
    desk.key(Qt.Key.Key_V, SHIFT)
    desk.panel._actions["show_scores"].trigger()
    assert desk.session.folder is not None
    later = open_desk(desk.session.folder.root).panel
    assert later.canvas.look.captions == Captions(Names.ACTIVE, has_sizes=True, has_scores=False)
    assert later._actions["show_sizes"].isChecked()
    assert not later._actions["show_scores"].isChecked()


def test_that_a_word_that_is_no_choice_is_passed_over(open_desk: MakeDesk, desk: Desk):
    SettingsStore().set("box_names", "sometimes")
    assert desk.session.folder is not None
    assert open_desk(desk.session.folder.root).panel.canvas.look.captions.names is Names.ALWAYS
