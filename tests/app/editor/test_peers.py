"""What labelImg, labelme and X-AnyLabeling do to their users (issue 4), and that it does not happen here."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.app.editor.desk import Desk, MakeDesk, Placed, voc_xml, write_folder

RICH = voc_xml("a.png", (("drone", 21, 31, 60, 80), ("bird", 101, 41, 150, 100))).replace(
    "<pose>Left</pose>",
    "<pose>Left</pose>\n\t\t<occluded>1</occluded>\n\t\t<actions><jumping>1</jumping></actions>\n"
    '\t\t<attributes><attribute id="3"><name>wet</name></attribute></attributes>\n'
    "\t\t<part><name>head</name><bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>",
)


def label(root: Path, stem: str) -> Path:
    return root / "Annotations" / f"{stem}.xml"


def browse_all(desk: Desk) -> None:
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_A, Qt.Key.Key_A):
        desk.key(key)


def test_that_browsing_never_rewrites_boxes_that_leave_the_image_as_labelimg_does(
    open_desk: MakeDesk, tmp_path: Path
) -> None:
    leaving: tuple[Placed, ...] = (("drone", -19, 11, 260, 50),)
    root = write_folder(tmp_path / "odd", {"a": leaving, "b": leaving})
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (root / "Annotations").iterdir()}
    browse_all(open_desk(root))
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (root / "Annotations").iterdir()} == before


def test_that_paste_never_replaces_boxes_as_labelimg_does(desk: Desk) -> None:
    desk.click(40, 55)
    desk.ctrl(Qt.Key.Key_C)
    desk.key(Qt.Key.Key_D)
    desk.ctrl(Qt.Key.Key_V)
    assert desk.edges == [(50, 50, 90, 90), (20, 30, 60, 80)]


@pytest.mark.parametrize(
    "broken",
    [
        b"<annotation>\n<object>\n</annotation>\n",
        b'<!DOCTYPE annotation [<!ENTITY a "b">]>\n<annotation>&a;</annotation>',
        b"<annotation>\n&nothing;</annotation>",
    ],
    ids=["mismatched", "doctype", "entity"],
)
def test_that_no_key_overwrites_a_broken_file_as_labelimg_does(open_desk: MakeDesk, root: Path, broken: bytes) -> None:
    label(root, "a").write_bytes(broken)
    desk = open_desk(root)
    desk.wait_for_picture()
    for key in (*range(Qt.Key.Key_A, Qt.Key.Key_Z + 1), Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_1):
        desk.panel.show_image(root / "JPEGImages" / "a.png")
        desk.panel.canvas.setFocus()
        desk.key(Qt.Key(key))
        desk.drag((5, 5), (30, 25))
        desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_bytes() == broken
    desk.panel.show_image(root / "JPEGImages" / "a.png")
    assert f"{label(root, 'a')}:" in desk.panel.image_notices.text


def test_that_difficult_in_words_hides_no_object_as_in_labelimg(open_desk: MakeDesk, root: Path) -> None:
    three = voc_xml("a.png", (("one", 1, 1, 20, 20), ("two", 31, 31, 60, 60), ("three", 71, 71, 99, 99)))
    head, second, third = three.split("<difficult>0</difficult>", 2)
    odd = f"{head}<difficult>0</difficult>{second}<difficult>Unspecified</difficult>{third}"
    label(root, "a").write_text(odd)
    desk = open_desk(root)
    assert [box.class_name for box in desk.boxes] == ["one", "two", "three"]
    desk.wait_for_picture()
    desk.panel.document.select((3,))
    desk.key(Qt.Key.Key_Right)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_text() == odd.replace(">71</xmin>", ">72</xmin>").replace(">99</xmax>", ">100</xmax>")


def test_that_saving_drops_no_part_attribute_action_or_comment_as_all_of_them_do(
    open_desk: MakeDesk, root: Path
) -> None:
    label(root, "a").write_text(RICH)
    desk = open_desk(root)
    desk.wait_for_picture()
    assert desk.boxes[0].occluded
    assert desk.boxes[0].pose == "Left"
    desk.panel.document.select((1,))
    desk.key(Qt.Key.Key_Right)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_text() == RICH.replace(">21<", ">22<").replace(">60<", ">61<")


def test_that_saving_keeps_floats_that_all_of_them_drop(open_desk: MakeDesk, root: Path) -> None:
    floats = voc_xml("a.png", (("drone", 21, 31, 60, 80), ("bird", 101, 41, 150, 100))).replace(">101<", ">101.3750<")
    label(root, "a").write_text(floats)
    desk = open_desk(root)
    desk.wait_for_picture()
    desk.key(Qt.Key.Key_Space)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_text() == floats.replace("<annotation>", '<annotation verified="yes">')


def test_that_undo_is_deeper_than_labelme_and_can_be_redone(desk: Desk) -> None:
    desk.click(40, 55)
    for _ in range(30):
        desk.ctrl(Qt.Key.Key_D)
    for _ in range(30):
        desk.ctrl(Qt.Key.Key_Z)
    assert len(desk.boxes) == 2
    for _ in range(30):
        desk.ctrl(Qt.Key.Key_Y)
    assert len(desk.boxes) == 32


def test_that_images_empty_on_purpose_are_not_filled_as_labelme_does(desk: Desk, root: Path) -> None:
    before = label(root, "c").read_bytes()
    browse_all(desk)
    assert label(root, "c").read_bytes() == before
    assert not label(root, "d").exists()


def test_that_undo_crosses_images_which_x_anylabeling_refuses(desk: Desk) -> None:
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_D)
    desk.ctrl(Qt.Key.Key_Z)
    assert desk.name == "a"
    assert len(desk.boxes) == 2


def test_that_stale_paths_and_wrong_file_names_never_lead_to_another_image(open_desk: MakeDesk, root: Path) -> None:
    stale = voc_xml("b.png", (("drone", 21, 31, 60, 80),)).replace(
        "\t<weather>", "\t<path>C:\\Users\\someone\\b.png</path>\n\t<weather>"
    )
    label(root, "a").write_text(stale)
    desk = open_desk(root)
    desk.wait_for_picture()
    assert desk.panel.canvas.picture is not None
    assert desk.panel.canvas.picture.path == root / "JPEGImages" / "a.png"
    desk.panel.document.select((1,))
    desk.key(Qt.Key.Key_Right)
    desk.ctrl(Qt.Key.Key_S)
    assert label(root, "a").read_text() == stale.replace(">21<", ">22<").replace(">60<", ">61<")
