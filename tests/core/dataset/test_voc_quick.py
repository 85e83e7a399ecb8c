"""The quick reader says what `VocFile` says, or nothing."""

import random
from pathlib import Path

import pytest

from tests.core.dataset.test_voc_odd import odd_files
from tests.core.dataset.voc_files import object_xml, voc_xml, write_image
from yolox_core.dataset.convention import CONVENTIONS, VOC
from yolox_core.dataset.folder import ImageFile
from yolox_core.dataset.voc import VocFile
from yolox_core.dataset.voc_quick import quick_annotation
from yolox_core.errors import FileError
from yolox_core.records import Annotation

SIZES = (None, (64, 48), (65, 48))
MARKED = voc_xml(object_xml().replace("<difficult>0", "<difficult>yes")).replace(
    "<annotation>", '<annotation verified="yes" note="look">'
)
WRONG = (
    "",
    "<annotation/>",
    voc_xml().replace("64", "0"),
    voc_xml(object_xml().replace("<xmin>11", "<xmin>left")),
    voc_xml(object_xml().replace("<xmin>11", "<xmin>nan")),
    voc_xml(object_xml().replace("<xmin>11</xmin>", "")),
    voc_xml(object_xml().replace("drone", "dr<b>o</b>ne")),
    voc_xml(object_xml().replace("drone", "")),
    voc_xml(object_xml().replace("bndbox", "polygon")),
    voc_xml(object_xml()).replace("</annotation>", ""),
    voc_xml(object_xml()).replace("annotation", "html"),
    '<!DOCTYPE annotation [<!ENTITY a "b">]>' + voc_xml(object_xml("&a;")),
    '<?xml version="1.0" encoding="klingon"?>' + voc_xml(object_xml()),
)


@pytest.fixture
def image(tmp_path: Path) -> ImageFile:
    return ImageFile.at("a", write_image(tmp_path / "a.png"), tmp_path / "a.xml")


def thorough(content: bytes, image: ImageFile, size: tuple[int, int] | None) -> Annotation | None:
    """What `VocFile` finds; None where it finds a fault."""
    try:
        file = VocFile.parse(content, image, size=size)
    except FileError:
        return None
    return None if file.faults else file.annotation


@pytest.mark.parametrize("content", [voc_xml(), voc_xml(object_xml(), object_xml("bird")), MARKED])
@pytest.mark.parametrize("size", SIZES[:2])
def test_that_an_ordinary_file_is_read_as_it_is(content: str, size: tuple[int, int] | None, image: ImageFile) -> None:
    for convention in CONVENTIONS:
        annotation = quick_annotation(content.encode(), size=size, convention=convention)
        assert annotation == VocFile.parse(content.encode(), image, size=size, convention=convention).annotation


@pytest.mark.parametrize("size", SIZES)
def test_that_no_odd_file_is_read_as_something_else(size: tuple[int, int] | None, image: ImageFile) -> None:
    for content in (*odd_files().values(), *(text.encode() for text in WRONG)):
        quick = quick_annotation(content, size=size, convention=VOC)
        assert quick in (None, thorough(content, image, size))


def test_that_no_damaged_file_is_read_as_something_else(image: ImageFile) -> None:
    dice = random.Random(0)
    pieces = [b"<", b">", b"/", b"&", b"<!--", b"-->", b"<name>", b"</name>", b" ", b"9", b"\xc3", b"v:", b"<part/>"]
    read = 0
    for _ in range(1500):
        content = MARKED.encode()
        for _ in range(dice.randint(1, 3)):
            start = dice.randrange(len(content))
            content = content[:start] + dice.choice(pieces) + content[start + dice.randint(0, 3) :]
        quick = quick_annotation(content, size=None, convention=VOC)
        assert quick in (None, thorough(content, image, None))
        read += quick is not None
    assert read > 40


def test_that_real_files_are_read_the_same_and_none_is_left_over(shared: Path) -> None:
    paths = sorted((shared / "data").rglob("*.xml"))
    for path in paths:
        content, image = path.read_bytes(), ImageFile.at(path.stem, path.with_suffix(".jpg"), path)
        annotation = quick_annotation(content, size=None, convention=VOC)
        assert annotation is not None
        assert annotation == thorough(content, image, None)
    assert paths
