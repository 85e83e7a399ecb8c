"""The look at the data before a run: what stops it, what makes its figures doubtful, and where to mend it."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.squares import OBJECT
from yolox_core.cli import main
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Progress
from yolox_core.train.check import Concern, Weight, check_data
from yolox_core.train.config import TrainConfig


def _concerns(root: Path, config: TrainConfig | None = None, *, looks_at_files: bool = True) -> list[Concern]:
    records = check_data(open_folder(root), config or TrainConfig(), looks_at_files=looks_at_files)
    return [record for record in records if not isinstance(record, Progress)]


def _write_labels(root: Path, stem: str, *names: str) -> None:
    size = "<size><width>80</width><height>60</height><depth>3</depth></size>"
    objects = "".join(OBJECT.format(5, 5, 25, 25, name=name) for name in names)
    (root / "Annotations" / f"{stem}.xml").write_text(f"<annotation>{size}{objects}</annotation>")


@pytest.fixture
def sound(squares: Path) -> Path:
    """The squares with pictures that differ, and ten boxes to learn from."""
    for number in range(10):
        coarse = np.random.default_rng(number).integers(0, 255, (6, 8, 3), dtype=np.uint8)
        picture = cv2.resize(coarse, (80, 60), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(squares / "JPEGImages" / f"{number}.jpg"), picture)
    for stem in "0123":
        _write_labels(squares, stem, "square", "square")
    return squares


def test_that_sound_data_raise_no_concern(sound: Path) -> None:
    assert _concerns(sound) == []


def test_that_a_split_that_is_not_there_stops_a_run(sound: Path) -> None:
    (found,) = _concerns(sound, TrainConfig(train_split="training"))
    assert found.weight is Weight.STOPS
    assert "training" in found.text


def test_that_data_without_a_box_stop_a_run_and_lead_to_the_first_image(sound: Path) -> None:
    for path in (sound / "Annotations").iterdir():
        path.unlink()
    (found,) = _concerns(sound, looks_at_files=False)
    assert (found.weight, found.page) == (Weight.STOPS, "edit")
    assert found.image == sound / "JPEGImages" / "0.jpg"


def test_that_undecided_images_are_counted(sound: Path) -> None:
    (sound / "Annotations" / "5.xml").unlink()
    (found,) = _concerns(sound)
    assert "1 of 8 training images are not labelled" in found.text
    assert found.image == sound / "JPEGImages" / "5.jpg"


def test_that_classes_without_or_with_few_boxes_are_named(sound: Path) -> None:
    _write_labels(sound, "8", "square", "circle")
    _write_labels(sound, "0", "square", "square", "star")
    texts = [(found.weight, found.text) for found in _concerns(sound, looks_at_files=False)]
    assert texts == [
        (Weight.WARNING, "Without a box in training: circle. It cannot be learned."),
        (Weight.NOTE, "Without a box in validation: star. Its AP is not measured."),
        (Weight.NOTE, "Few boxes in training: star (1); square has 12. Expect little of it."),
    ]


def test_that_leaks_are_told_with_an_example_and_lead_to_it(sound: Path) -> None:
    shutil.copy(sound / "JPEGImages" / "3.jpg", sound / "JPEGImages" / "9.jpg")
    (found,) = _concerns(sound)
    assert found.text.startswith(
        "Leaks: 1 of 2 validation images. 9.jpg has the very bytes of a training image (3.jpg)."
    )
    assert found.image == sound / "JPEGImages" / "9.jpg"


def test_that_faults_of_files_lead_to_the_data_page(sound: Path) -> None:
    (sound / "Annotations" / "4.xml").write_text("<annotation>")
    assert any(found.page == "data" and "1 fault in files" in found.text for found in _concerns(sound))
    assert not any("fault" in found.text for found in _concerns(sound, looks_at_files=False))


def test_that_a_folder_without_splits_is_checked_as_it_would_be_trained(sound: Path) -> None:
    shutil.rmtree(sound / "ImageSets")
    (found,) = (concern for concern in _concerns(sound) if "splits" in concern.text)
    assert found.weight is Weight.NOTE


def test_that_the_command_line_tells_the_same(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(sound / "JPEGImages" / "3.jpg", sound / "JPEGImages" / "9.jpg")
    assert main(["check", "--data", str(sound), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["concerns"]
    assert found["weight"] == "warning"
    assert main(["check", "--data", str(sound)]) == 0
    assert capsys.readouterr().out.startswith("warning: Leaks: 1 of 2")
