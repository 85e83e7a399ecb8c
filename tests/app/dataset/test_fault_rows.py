"""Where a fault is, and which image shows it."""

from pathlib import Path

import pytest

from app.dataset.fault_rows import as_text, fault_rows, matching
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import Fault

ROOT = Path("/sets/cells")
IMAGE = ImageFile.at("a", ROOT / "JPEGImages" / "a.jpg", ROOT / "Annotations" / "a.xml")
ODD = ImageFile.at("b:12", ROOT / "JPEGImages" / "b:12", ROOT / "Annotations" / "b:12")
FOLDER = DataFolder(ROOT, "voc", (IMAGE, ODD))


@pytest.mark.parametrize(
    ("where", "place", "file", "image"),
    [
        (IMAGE.path, "JPEGImages/a.jpg", IMAGE.path, IMAGE.path),
        (IMAGE.label_path, "Annotations/a.xml", IMAGE.label_path, IMAGE.path),
        (f"{IMAGE.label_path}:7", "Annotations/a.xml:7", IMAGE.label_path, IMAGE.path),
        (ODD.label_path, "Annotations/b:12", ODD.label_path, ODD.path),
        (f"{ROOT}/train.txt:3", "train.txt:3", ROOT / "train.txt", None),
        (ROOT, "cells", ROOT, None),
        ("/elsewhere/x.txt", "/elsewhere/x.txt", Path("/elsewhere/x.txt"), None),
    ],
)
def test_that_a_fault_leads_to_its_file_and_image(
    where: Path | str, place: str, file: Path, image: Path | None
) -> None:
    (row,) = fault_rows(FOLDER, [Fault("what", str(where), "do")])
    assert (row.place, row.file, row.image) == (place, str(file), image)


def test_that_a_filter_wants_every_word_in_place_or_text() -> None:
    rows = fault_rows(FOLDER, [Fault("Cut short.", str(IMAGE.path)), Fault("Cut short.", str(ODD.path))])
    assert matching(rows, " ") == rows
    assert matching(rows, "CUT a.jpg") == rows[:1]
    assert matching(rows, "cut nowhere") == ()


def test_that_a_copy_is_one_line_a_fault() -> None:
    rows = fault_rows(FOLDER, [Fault("x", str(IMAGE.path), "y")] * 2)
    assert as_text(rows) == "JPEGImages/a.jpg\tx\ty\n" * 2
