"""YOLO text: boxes in pixels, class names from wherever tools put them, and lines that are no boxes."""

from pathlib import Path

import pytest

from tests.core.dataset.voc_files import write_bytes, write_image
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.yolo_names import names_in_yaml
from yolox_core.errors import FileError
from yolox_core.records import Annotation, Box, ImageState


def _folder(root: Path, text: str | bytes) -> DataFolder:
    for stem in ("a", "b"):
        write_image(root / "images" / f"{stem}.png", 200, 100)
    write_bytes(root / "labels" / "a.txt", text)
    write_bytes(root / "labels" / "b.txt", "0 0.5 0.5 1 1")
    return open_folder(root)


def _read(folder: DataFolder, name: str = "a") -> Annotation:
    image = folder.image(name)
    assert image is not None
    return read_annotation(folder, image)


def test_that_shares_become_pixels(tmp_path: Path) -> None:
    annotation = _read(_folder(tmp_path, "\ufeff1 0.5 0.5 0.5 0.5\n\n  0\t0.125 0.25 0.25 0.5 0.93\r\n"))
    assert annotation == Annotation(
        200, 100, (Box("1", 50, 25, 150, 75, 1), Box("0", 0, 0, 50, 50, 2)), is_decided=True
    )


def test_that_a_polygon_is_read_as_its_box(tmp_path: Path) -> None:
    assert _read(_folder(tmp_path, "0 0.1 0.2 0.5 0.1 0.3 0.75\n")).boxes == (Box("0", 20, 10, 100, 75, 1),)


def test_that_an_empty_file_is_a_decision_and_a_missing_one_is_none(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "")
    assert _read(folder).state is ImageState.EMPTY
    (tmp_path / "labels" / "a.txt").unlink()
    assert _read(folder) == Annotation(200, 100)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0.5 0.5 0.5", "4 columns instead of 5"),
        ("0 0.5 x 0.5 0.5", "“x” is no number"),
        ("0 0.5 nan 0.5 0.5", "nan is no share"),
        ("0 120 50 30 40", "120 is no share"),
        ("drone 0.5 0.5 0.5 0.5", "“drone” is no whole number"),
        ("-1 0.5 0.5 0.5 0.5", "“-1” is no whole number"),
        ("2 0.5 0.5 0.5 0.5", "class 2 is not among the 2 class names"),
    ],
)
def test_that_a_line_that_is_no_box_is_named(tmp_path: Path, line: str, said: str) -> None:
    write_bytes(tmp_path / "classes.txt", "drone\nbird\n")
    with pytest.raises(FileError) as caught:
        _read(_folder(tmp_path, f"0 0.5 0.5 0.5 0.5\n\n{line}\n"))
    assert caught.value.where == f"{tmp_path / 'labels' / 'a.txt'}:3"
    assert said in caught.value.what
    assert "Line 3" in caught.value.what


def test_that_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not text"):
        _read(_folder(tmp_path, b"\xff\xfe\x00"))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("data.yaml", "train: ../train/images\nnc: 2\nnames: ['drone', \"big, bird\"]\n"),
        ("data.yaml", "names:\n- drone # flies\n- 'big, bird'\nnc: 2\n"),
        ("coco.yml", "path: .\nnames:\n  0: drone\n  1: big, bird\n\ndownload: |\n  - no name\n"),
        ("data.yaml", "names: {0: drone, 1: 'big, bird'}\n"),
        ("data.yaml", "names: [\n  'drone', # one\n  'big, bird',\n]\n"),
        ("classes.txt", "drone\r\nbig, bird\r\n\r\n"),
        ("labels/classes.txt", "drone\nbig, bird"),
        ("obj.names", "\ufeffdrone\nbig, bird\n"),
        ("any.names", "drone\nbig, bird\n"),
    ],
)
def test_that_class_names_are_found(tmp_path: Path, path: str, content: str) -> None:
    write_bytes(tmp_path / path, content)
    folder = _folder(tmp_path, "1 0.5 0.5 0.5 0.5\n")
    assert (folder.class_names, folder.numbered_classes) == (("drone", "big, bird"), False)
    assert _read(folder).boxes[0].class_name == "big, bird"


@pytest.mark.parametrize(
    "text", ["", "names:", "names: []", "names: x", "names: [a", "train: a\n  names: [b]", "nc: 2"]
)
def test_that_yaml_without_names_gives_none(text: str) -> None:
    assert names_in_yaml(text) == ()


def test_that_the_shared_coco_labels_lie_within_their_images(shared: Path) -> None:
    folder = open_folder(shared / "data" / "coco-val128")
    boxes = 0
    for image in folder.images:
        annotation = read_annotation(folder, image)
        boxes += len(annotation.boxes)
        for box in annotation.boxes:
            assert -1 < box.x1 < box.x2 < annotation.width + 1
            assert -1 < box.y1 < box.y2 < annotation.height + 1
    assert boxes == 898
