"""What a run learns from: odd labels are left out and named, and no class id is out of range."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.squares import OBJECT
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.samples import TrainingData, read_training_data

GOOD = (2, 2, 30, 30)


def _read(folder: DataFolder, config: TrainConfig | None = None) -> TrainingData:
    *_, found = read_training_data(folder, config or TrainConfig())
    assert isinstance(found, TrainingData)
    return found


def _label(root: Path, number: int, *boxes: tuple[float, ...], name: str = "square") -> None:
    size = "<size><width>80</width><height>60</height><depth>3</depth></size>"
    objects = "".join(OBJECT.format(*box, name=name) for box in boxes)
    (root / "Annotations" / f"{number}.xml").write_text(f"<annotation>{size}{objects}</annotation>")


@pytest.mark.parametrize(
    "odd", [(40, 10, 30, 20), (200, 5, 220, 25), (-90, 5, -60, 25), (10, 90, 20, 99), (10, 20, 30, 10)]
)
def test_that_a_box_without_size_or_outside_is_left_out_and_named(squares: Path, odd: tuple[float, ...]) -> None:
    _label(squares, 3, GOOD, odd)
    data = _read(open_folder(squares))
    assert len(data.train[3].boxes) == 1
    (notice,) = (text for text in data.notices if "left out" in text)
    assert notice.startswith("1 boxes without size or outside their image")
    assert "3.xml" in notice


@pytest.mark.parametrize("value", ["nan", "inf", "none", ""])
def test_that_an_edge_that_is_no_number_never_reaches_training(squares: Path, value: str) -> None:
    _label(squares, 3, GOOD, (value, 2, 30, 30))  # type: ignore[arg-type]
    data = _read(open_folder(squares))
    assert all(np.isfinite(image.boxes).all() for image in data.train)
    assert data.notices


def test_that_a_box_partly_outside_is_kept(squares: Path) -> None:
    _label(squares, 3, (-20, -20, 30, 30))
    assert len(_read(open_folder(squares)).train[3].boxes) == 1


def test_that_a_class_without_a_training_box_is_named(squares: Path) -> None:
    _label(squares, 8, GOOD, name="circle")
    data = _read(open_folder(squares))
    assert data.class_names == ("circle", "square")
    assert data.notices == ("No training image has a box of circle: it cannot be learned.",)


def test_that_class_ids_stay_below_the_number_of_classes(squares: Path) -> None:
    _label(squares, 3, GOOD, name="circle")
    opened = open_folder(squares)
    known = DataFolder(opened.root, opened.format_name, opened.images, opened.splits, ("square",))
    data = _read(known)
    assert max(image.class_ids.max(initial=-1) for image in data.train) == 0
    assert len(data.train[3].boxes) == 0
    assert any("1 boxes of unknown classes" in text and "“circle”" in text for text in data.notices)


def test_that_a_number_beyond_the_class_list_leaves_its_file_out(tmp_path: Path) -> None:
    for number, line in enumerate(("0 .5 .5 .2 .2", "7 .5 .5 .2 .2")):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), np.zeros((40, 40, 3), np.uint8))
        (tmp_path / f"{number}.txt").write_text(line)
    (tmp_path / "classes.txt").write_text("drone\n")
    for split in ("train", "val"):
        (tmp_path / f"{split}.txt").write_text("0.jpg\n1.jpg\n" if split == "train" else "0.jpg\n")
    data = _read(open_folder(tmp_path))
    assert [image.file.name for image in data.train] == ["0"]
    assert any("class 7 is not among the 1 class names" in text for text in data.notices)


def test_that_an_image_missing_from_a_split_is_named(squares: Path) -> None:
    (squares / "JPEGImages" / "4.jpg").unlink()
    data = _read(open_folder(squares))
    assert len(data.train) == 7
    assert any("“4” of split “train” is not there" in text for text in data.notices)


def test_that_two_images_of_one_name_are_told(squares: Path) -> None:
    cv2.imwrite(str(squares / "JPEGImages" / "4.png"), np.zeros((60, 80, 3), np.uint8))
    assert any("Shares its label file" in text for text in _read(open_folder(squares)).notices)


def test_that_an_empty_training_split_is_refused_and_an_empty_val_split_told(squares: Path) -> None:
    lists = squares / "ImageSets" / "Main"
    (lists / "val.txt").write_text("")
    data = _read(open_folder(squares))
    assert data.val == ()
    assert data.notices == ("The split “val” has no image: AP is not measured.",)
    (lists / "val.txt").write_text("8\n")
    (lists / "train.txt").write_text("\n")
    with pytest.raises(UserError, match="“train” has no image"):
        _read(open_folder(squares))


def test_that_images_without_boxes_take_part_but_not_alone(squares: Path) -> None:
    for number in range(7):
        _label(squares, number)
    data = _read(open_folder(squares))
    assert [len(image.boxes) for image in data.train] == [0] * 7 + [1]
    _label(squares, 7)
    with pytest.raises(UserError, match="no boxes"):
        _read(open_folder(squares))


def test_that_the_count_of_unlabelled_images_leaves_out_unreadable_ones(squares: Path) -> None:
    (squares / "Annotations" / "2.xml").unlink()
    for number in (3, 8):
        (squares / "Annotations" / f"{number}.xml").write_text("<annotation>")
    notices = _read(open_folder(squares)).notices
    assert any(text.startswith("1 images without a label file") for text in notices)
    assert any(text.startswith("2 label files cannot be read") for text in notices)
