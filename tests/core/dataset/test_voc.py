"""VOC files: what is read, and that a write changes what was changed and nothing else."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.core.dataset.voc_files import object_xml, voc_file, voc_xml, write_image
from yolox_core.dataset.folder import ImageFile, open_folder
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError
from yolox_core.records import Annotation, Box, ImageState


def _with_box(file: VocFile, key: int, **changes: object) -> Annotation:
    boxes = tuple(replace(box, **changes) if box.key == key else box for box in file.annotation.boxes)  # type: ignore[arg-type]
    return replace(file.annotation, boxes=boxes)


def _without(file: VocFile, *keys: int) -> Annotation:
    return replace(file.annotation, boxes=tuple(box for box in file.annotation.boxes if box.key not in keys))


def _with_new(file: VocFile, *boxes: Box) -> Annotation:
    return replace(file.annotation, boxes=(*file.annotation.boxes, *boxes))


def _shifted(annotation: Annotation, by: float) -> Annotation:
    boxes = tuple(box.with_edges(*(edge + by for edge in (box.x1, box.y1, box.x2, box.y2))) for box in annotation.boxes)
    return replace(annotation, boxes=boxes)


def _lines_changed(before: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


def _reread(file: VocFile, content: bytes) -> Annotation:
    file.path.write_bytes(content)
    image = ImageFile.at("a", file.path.with_suffix(".png"), file.path)
    return VocFile.read(image).annotation


@pytest.mark.parametrize("name", ["BCCD", "drones"])
def test_that_real_files_are_rewritten_byte_for_byte(shared: Path, name: str) -> None:
    folder = open_folder(shared / "data" / name)
    for image in folder.images:
        file = VocFile.read(image)
        assert file.faults == ()
        assert file.render(file.annotation) == image.label_path.read_bytes()
        new = Box("new", 1, 2, 30, 40, 999)
        grown = file.render(_with_new(file, new))
        keys = [box.key for box in file.annotation.boxes]
        added = grown.count(b"\n") - (file.original or b"").count(b"\n")
        assert added == 12
        assert etree.fromstring(grown).findall("object")[-1].findtext("bndbox/xmin") == "2"
        assert etree.fromstring(file.render(_without(file, *keys))).find("object") is None


@pytest.mark.parametrize("name", ["BCCD", "drones"])
def test_that_real_files_come_back_byte_for_byte_after_a_move_there_and_back(
    shared: Path, name: str, tmp_path: Path
) -> None:
    for image in open_folder(shared / "data" / name).images[::4]:
        file = VocFile.read(image)
        copy = ImageFile.at(image.name, image.path, tmp_path / image.label_path.name)
        copy.label_path.write_bytes(file.render(_shifted(file.annotation, 3)))
        moved = VocFile.read(copy)
        assert [box.x1 for box in moved.annotation.boxes] == [box.x1 + 3 for box in file.annotation.boxes]
        assert moved.render(_shifted(moved.annotation, -3)) == file.original


def test_that_voc_counts_from_one_and_includes_both_ends(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml(edges=(1, 1, 64, 48))))
    assert file.annotation == Annotation(64, 48, (Box("drone", 0, 0, 64, 48, 1),), is_decided=True)


def test_that_one_moved_edge_changes_one_line(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml(), object_xml("bird")))
    rendered = file.render(_with_box(file, 2, x1=4.3))
    assert _lines_changed(file.original or b"", rendered) == [(b"\t\t\t<xmin>11</xmin>\n", b"\t\t\t<xmin>5</xmin>\n")]


def test_that_a_move_too_small_for_whole_pixels_changes_no_byte(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()))
    assert file.render(_with_box(file, 1, x1=10.2, y2=29.8)) == file.original


def test_that_a_box_thinner_than_a_pixel_still_covers_one(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()))
    box = _reread(file, file.render(_with_box(file, 1, x1=10.6, x2=10.9))).boxes[0]
    assert (box.x1, box.x2) == (10, 11)


def test_that_floats_stay_as_they_are_and_new_ones_have_two_decimals_at_most(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml(edges=("11.500", "12", "20.123456", "3e1"))))
    box = file.annotation.boxes[0]
    assert (box.x1, box.y1, box.x2, box.y2) == (10.5, 11, 20.123456, 30)
    changed = _lines_changed(file.original or b"", file.render(_with_box(file, 1, y1=2.34567)))
    assert [new for _, new in changed] == [b"\t\t\t<ymin>3.35</ymin>\n"]


def test_that_class_and_flags_change_their_own_lines(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()))
    after = _with_box(file, 1, class_name="a & <b>", truncated=True, difficult=True, pose="Left")
    rendered = file.render(after)
    assert [new.strip() for _, new in _lines_changed(file.original or b"", rendered)] == [
        b"<name>a &amp; &lt;b&gt;</name>",
        b"<pose>Left</pose>",
        b"<truncated>1</truncated>",
        b"<difficult>1</difficult>",
    ]
    assert _reread(file, rendered) == after


def test_that_what_the_file_could_not_say_is_added_before_the_box(tmp_path: Path) -> None:
    text = (
        voc_xml(object_xml())
        .replace("\t\t<difficult>0</difficult>\n", "")
        .replace("\t\t<pose>Unspecified</pose>\n", "")
    )
    file = voc_file(tmp_path, text)
    after = _with_box(file, 1, difficult=True, occluded=True, pose="Left")
    rendered = file.render(after)
    assert b"\n\t\t<difficult>1</difficult>\n\t\t<bndbox>" in rendered
    assert _reread(file, rendered) == after
    assert file.render(file.annotation) == file.original


def test_that_a_deleted_box_loses_just_its_own_lines(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml("one"), object_xml("two"), object_xml("three")))
    assert file.render(_without(file, 2)) == voc_xml(object_xml("one"), object_xml("three")).encode()
    assert file.render(_without(file, 1, 2, 3)) == voc_xml().encode()


def test_that_a_new_box_takes_the_place_of_a_deleted_last_one(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml("one"), object_xml("two")))
    after = replace(file.annotation, boxes=(file.annotation.boxes[0], Box("new", 10, 11, 20, 30, 7)))
    assert file.render(after) == voc_xml(object_xml("one"), object_xml("new")).encode()


def test_that_saving_again_and_again_starts_from_the_original(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()))
    file.save(_with_new(file, Box("new", 1, 2, 3, 4, 5)))
    file.save(_without(file, 1))
    file.save(file.annotation)
    assert file.path.read_bytes() == file.original


@pytest.mark.parametrize(
    "text",
    [
        voc_xml(object_xml(indent="\n  ")).replace("\n\t", "\n  "),
        voc_xml(object_xml()).replace("\n", "\r\n"),
        voc_xml(object_xml()).replace("\n", "").replace("\t", ""),
        voc_xml(object_xml(indent="").replace("\t", "")),
        voc_xml(),
        voc_xml().replace("\n", "").replace("\t", ""),
        "<annotation/>",
        "<annotation />\n",
        "<annotation></annotation>",
        "<annotation>\n</annotation>\n",
    ],
    ids=[
        "spaces",
        "crlf",
        "one line",
        "line an object",
        "no object",
        "short",
        "empty tag",
        "spaced tag",
        "bare",
        "two lines",
    ],
)
def test_that_a_new_box_takes_the_indentation_of_the_file(tmp_path: Path, text: str) -> None:
    file = voc_file(tmp_path, text)
    after = _with_new(file, Box("drone", 10, 11, 20, 30, 50), Box("drone", 10, 11, 20, 30, 51))
    rendered = file.render(after)
    assert [box.class_name for box in _reread(file, rendered).boxes] == ["drone"] * len(after.boxes)
    objects = rendered.split(b"<object>")[1:]
    indents = [one.split(b"</object>")[0] for one in objects]
    assert len(set(indents)) == 1, "new objects look like the old ones"
    assert (b"\r\n" in rendered) == ("\r\n" in text)
    assert rendered.count(b"\n") == rendered.count(b"\r\n") or "\r\n" not in text


def test_that_a_first_label_file_is_fresh_voc(tmp_path: Path) -> None:
    path = write_image(tmp_path / "JPEGImages" / "a & b.png")
    image = ImageFile.at("a & b", path, tmp_path / "Annotations" / "a & b.xml")
    file = VocFile.read(image)
    assert file.original is None
    assert file.annotation.state is ImageState.UNLABELLED
    file.save(replace(file.annotation, boxes=(Box("drone", 1.4, 2, 30, 40.6, 1),), is_decided=True))
    root = etree.fromstring(image.label_path.read_bytes())
    assert root.findtext("filename") == "a & b.png"
    assert [root.findtext(f"size/{name}") for name in ("width", "height", "depth")] == ["64", "48", "3"]
    assert [edge.text for edge in root.find("object/bndbox")] == ["2", "3", "30", "41"]
    assert VocFile.read(image).annotation.boxes == (Box("drone", 1, 2, 30, 41, 1),)


def test_that_an_image_without_boxes_is_empty_by_decision(tmp_path: Path) -> None:
    assert voc_file(tmp_path, voc_xml()).annotation.state is ImageState.EMPTY


@pytest.mark.parametrize("tag", ['<annotation verified="yes">', "<annotation a='1'  verified = 'yes'  b=\"2\">"])
def test_that_verified_can_be_taken_back_and_given_again(tmp_path: Path, tag: str) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()).replace("<annotation>", tag))
    assert file.annotation.state is ImageState.VERIFIED
    rendered = file.render(replace(file.annotation, is_verified=False))
    assert not _reread(file, rendered).is_verified
    assert b"verified" not in rendered


@pytest.mark.parametrize("tag", ["<annotation>", '<annotation verified="no" x="1">'])
def test_that_an_image_can_be_verified(tmp_path: Path, tag: str) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()).replace("<annotation>", tag))
    rendered = file.render(replace(file.annotation, is_verified=True))
    assert b'<annotation verified="yes"' in rendered
    assert _reread(file, rendered).is_verified
    assert len(_lines_changed(file.original or b"", rendered)) == 1


def test_that_labels_without_a_folder_for_them_say_so(tmp_path: Path) -> None:
    (tmp_path / "Annotations").write_text("a file where a folder is needed")
    image = ImageFile.at("a", write_image(tmp_path / "JPEGImages" / "a.png"), tmp_path / "Annotations" / "a.xml")
    with pytest.raises(FileError) as caught:
        VocFile.read(image, size=(64, 48)).save(Annotation(64, 48, is_decided=True))
    assert str(tmp_path / "Annotations") in caught.value.where


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes into read-only folders")
def test_that_a_read_only_folder_keeps_its_file(tmp_path: Path) -> None:
    file = voc_file(tmp_path, voc_xml(object_xml()))
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileError, match="Could not be written"):
            file.save(_without(file, 1))
    finally:
        tmp_path.chmod(0o700)
    assert file.path.read_bytes() == file.original


edges = st.integers(0, 30)
boxes = st.builds(
    lambda x, y, w, h, name, flag: Box(name, x, y, x + w + 1, y + h + 1, difficult=flag, occluded=not flag),
    *(edges,) * 4,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
    st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(new=st.lists(boxes, max_size=4), gone=st.sets(st.sampled_from([1, 2, 3])))
def test_that_any_edit_is_read_back_as_it_was_meant(tmp_path: Path, new: list[Box], gone: set[int]) -> None:
    file = voc_file(tmp_path, voc_xml(*(object_xml(name) for name in ("one", "two", "three"))))
    new = [replace(box, class_name=f"c{box.class_name}c", key=10 + place) for place, box in enumerate(new)]
    after = replace(_without(file, *gone), boxes=(*_without(file, *gone).boxes, *new))
    there = _reread(file, file.render(after))
    assert [replace(box, key=0) for box in there.boxes] == [
        replace(box, key=0, class_name=_as_xml_can_hold(box.class_name)) for box in after.boxes
    ]


def _as_xml_can_hold(text: str) -> str:
    return text.replace("\ufffe", "?").replace("\uffff", "?")
