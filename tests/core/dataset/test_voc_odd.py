"""Odd VOC files from other tools: read for what they mean, and kept as they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.dataset.voc_files import object_xml, voc_file, voc_xml
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError
from yolox_core.records import Box, ImageState

PART = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>"


def odd_files() -> dict[str, bytes]:
    plain = voc_xml(object_xml())
    declared = '<?xml version="1.0" encoding="utf-16"?>\n' + plain
    return {
        "bom": b"\xef\xbb\xbf" + plain.encode(),
        "utf-16 le": b"\xff\xfe" + declared.encode("utf-16-le"),
        "utf-16 be": b"\xfe\xff" + declared.encode("utf-16-be"),
        "utf-16 without mark": declared.encode("utf-16-le"),
        "latin-1": ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- é -->' + plain).encode("latin-1"),
        "crlf": plain.replace("\n", "\r\n").encode(),
        "one line": plain.replace("\n", "").replace("\t", "").encode(),
        "spaces inside": plain.replace("<xmin>11</xmin>", "<xmin>\n 11\n </xmin>").encode(),
        "comments": plain.replace("<name>", "<!-- <object> --><name>").replace("\n</ann", "<!-- x -->\n</ann").encode(),
        "cdata": plain.replace("drone", "<![CDATA[drone]]>").encode(),
        "entities": plain.replace("drone", "dr&#111;ne").encode(),
        "part before": plain.replace("<bndbox>", PART + "<bndbox>").encode(),
        "part after": plain.replace("</bndbox>", "</bndbox>" + PART).encode(),
        "unknown elements": plain.replace("<pose>", "<score a='>' b=\"/>\"><deep/></score><pose>").encode(),
        "order of edges": plain.replace("xmin>11", "T>20").replace("xmax>20", "xmin>11").replace("T>20", "xmax>20")
            .replace("11</xmax>", "11</xmin>").replace("20</xmin>", "20</xmax>").encode(),
        "no pose": plain.replace("<pose>Unspecified</pose>", "").encode(),
        "empty pose": plain.replace("<pose>Unspecified</pose>", "<pose/>").encode(),
        "difficult in words": plain.replace("<difficult>0", "<difficult>Unspecified").encode(),
        "namespace": plain.replace("<annotation>", '<annotation xmlns="urn:voc">').encode(),
        "prefix": plain.replace("</", "</v:").replace("<", "<v:").replace("<v:/v:", "</v:")
            .replace("<v:annotation>", '<v:annotation xmlns:v="urn:voc">').encode(),
        "after the root": (plain + "<!-- end -->\n\n").encode(),
        "instruction": ("<?xml version='1.0'?>\n<?style x?>\n" + plain).encode(),
        "objects first": plain.replace("\n</annotation>", "\n\t<segmented>0</segmented>\n</annotation>").encode(),
    }  # fmt: skip


@pytest.fixture(params=list(odd_files()))
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> VocFile:
    return voc_file(tmp_path, odd_files()[request.param])


def test_that_an_odd_file_means_the_same_box(odd: VocFile) -> None:
    assert odd.annotation.boxes == (Box("drone", 10, 11, 20, 30, 1),)
    assert odd.faults == ()


def test_that_an_unchanged_odd_file_keeps_its_bytes(odd: VocFile) -> None:
    assert odd.render(odd.annotation) == odd.original
    assert odd.source.spliced(()) == odd.original


def test_that_a_changed_odd_file_says_the_change_and_keeps_its_size(odd: VocFile, tmp_path: Path) -> None:
    box = replace(odd.annotation.boxes[0], class_name="bird!", x1=4.0, difficult=True)
    after = replace(odd.annotation, boxes=(box,))
    rendered = odd.render(after)
    assert voc_file(tmp_path, rendered).annotation == after
    for kept in (b"<part>", b"<!-- <object> -->", b"<!-- x -->", b"<deep/>", b"<!-- end -->", b"xmlns", b"<?style x?>"):
        assert (kept in rendered) == (kept in (odd.original or b""))


def test_that_a_box_added_to_and_deleted_from_an_odd_file_is_read_back(odd: VocFile, tmp_path: Path) -> None:
    after = replace(odd.annotation, boxes=(Box("дрон", 1, 2, 3, 4, 9),))
    boxes = voc_file(tmp_path, odd.render(after)).annotation.boxes
    assert boxes == (Box("дрон", 1, 2, 3, 4, 1),)


def test_that_the_box_of_a_part_is_never_moved(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()).replace("<bndbox>", PART + "<bndbox>"))
    moved = file.annotation.boxes[0].with_edges(1, 1, 9, 9)
    rendered = file.render(replace(file.annotation, boxes=(moved,)))
    assert PART.encode() in rendered
    assert b"<xmin>2</xmin>" in rendered


def test_that_words_for_difficult_stay_until_they_are_changed(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()).replace("<difficult>0", "<difficult>Unspecified"))
    box = file.annotation.boxes[0]
    assert b">Unspecified</difficult>" in file.render(replace(file.annotation, boxes=(replace(box, x1=1.0),)))
    assert b"<difficult>1</difficult>" in file.render(replace(file.annotation, boxes=(replace(box, difficult=True),)))


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_that_an_empty_file_is_unlabelled_and_becomes_voc_on_the_first_box(tmp_path: Path, content: bytes) -> None:
    file = voc_file(tmp_path, content)
    assert file.annotation.state is ImageState.UNLABELLED
    assert [fault.what for fault in file.faults] == ["The label file is empty."]
    assert file.render(file.annotation) == content
    labelled = replace(file.annotation, boxes=(Box("drone", 1, 2, 3, 4, 1),), is_decided=True)
    assert voc_file(tmp_path, file.render(labelled)).annotation == labelled


def test_that_a_missing_size_comes_from_the_image(tmp_path: Path) -> None:
    for text in ("<annotation/>", "<annotation><size><width>0</width><height/></size></annotation>"):
        annotation = voc_file(tmp_path, text).annotation
        assert (annotation.width, annotation.height) == (64, 48)


def test_that_the_image_is_right_where_the_file_states_another_size(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(size=(640, 480)), size=(64, 48))
    assert (file.annotation.width, file.annotation.height) == (64, 48)
    assert "640 × 480" in file.faults[0].what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<xmin>11</xmin>", "<xmin>left</xmin>", "<xmin> is “left”"),
        ("<xmin>11</xmin>", "<xmin>nan</xmin>", "<xmin> is “nan”"),
        ("<xmin>11</xmin>", "", "it has no <xmin>"),
        ("<name>drone</name>", "", "no class name"),
        ("bndbox", "polygon", "no <bndbox>"),
    ],
)
def test_that_an_object_that_is_not_understood_is_listed_and_kept(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = voc_xml(object_xml().replace(old, new), object_xml("bird"))
    file = voc_file(tmp_path, text)
    assert [(box.class_name, box.key) for box in file.annotation.boxes] == [("bird", 1)]
    assert said in file.faults[0].what
    assert file.faults[0].where.endswith("a.xml:3")
    after = replace(file.annotation, boxes=())
    assert file.render(after) == voc_xml(object_xml().replace(old, new)).encode()


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"<annotation>\n<object>\n</annotation>", 3, "mismatched tag"),
        (b"<annotation>\n", 2, "no element found"),
        (b"\n\nnot xml", 3, "syntax error"),
        (b"<annotation>\n\xff</annotation>", 2, "not well-formed"),
        (b'<!DOCTYPE annotation [<!ENTITY a "b">]><annotation>&a;</annotation>', 1, "DOCTYPE"),
        (b"<annotation>\n&nothing;</annotation>", 2, "undefined entity"),
        (b'<?xml version="1.0" encoding="klingon"?><annotation/>', 1, "klingon"),
        (b"<html>\n</html>", 1, "<html>"),
    ],
)
def test_that_a_file_that_does_not_parse_says_the_line(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    with pytest.raises(FileError) as caught:
        voc_file(tmp_path, content)
    assert caught.value.where == f"{tmp_path / 'a.xml'}:{line}"
    assert said in caught.value.what
    assert caught.value.action


def test_that_one_change_among_ten_thousand_objects_changes_one_line(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(*[object_xml()] * 10_000))
    boxes = [*file.annotation.boxes]
    boxes[5_000] = replace(boxes[5_000], x1=3.0)
    before = (file.original or b"").splitlines()
    after = file.render(replace(file.annotation, boxes=tuple(boxes))).splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [b"\t\t\t<xmin>4</xmin>"]


@pytest.mark.parametrize("text", ["<annotation/>", "<annotation />\n", voc_xml(), voc_xml(object_xml())])
def test_that_mark_note_and_box_go_into_any_file_together_and_out_again(tmp_path: Path, text: str) -> None:
    file = voc_file(tmp_path, text, size=(64, 48))
    boxes = (*file.annotation.boxes, Box("new", 1, 2, 3, 4, len(file.annotation.boxes) + 1))
    after = replace(file.annotation, boxes=boxes, is_verified=True, note='Rain on "the" lens,\nask <Ann> & co')
    again = voc_file(tmp_path, file.render(after), size=(64, 48))
    assert again.annotation == after
    without = replace(after, is_verified=False, note="")
    assert voc_file(tmp_path, again.render(without), size=(64, 48)).annotation == without
    assert b"note" not in again.render(without)
