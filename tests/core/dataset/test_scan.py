"""A look through a whole data set: counts, states, and one fault for each thing that is wrong."""

from pathlib import Path

import pytest

from tests.core.dataset.voc_files import object_xml, voc_xml, write_bytes, write_image
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.dataset.scan import FolderSummary, scan_folder
from yolox_core.records import ImageState, Progress


def _summary(folder: DataFolder) -> FolderSummary:
    *progress, summary = scan_folder(folder)
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(summary, FolderSummary)
    return summary


def _devkit(root: Path, **labels: str) -> DataFolder:
    for stem, text in labels.items():
        write_image(root / "JPEGImages" / f"{stem}.png")
        if text:
            write_bytes(root / "Annotations" / f"{stem}.xml", text)
    return open_folder(root)


def _content(root: Path) -> dict[Path, tuple[bytes, int]]:
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*") if path.is_file()}


def test_that_a_summary_counts_boxes_images_states_and_splits(tmp_path: Path) -> None:
    write_bytes(tmp_path / "ImageSets" / "Main" / "train.txt", "a\nb\n")
    folder = _devkit(
        tmp_path,
        a=voc_xml(object_xml("c10"), object_xml("c2"), object_xml("c2")),
        b=voc_xml(object_xml("c2")).replace("<annotation>", '<annotation verified="yes">'),
        c=voc_xml(),
        d="",
    )
    before = _content(tmp_path)
    summary = _summary(folder)
    assert summary == FolderSummary(
        ("c2", "c10"),
        {"c2": 3, "c10": 1},
        {"c2": 2, "c10": 1},
        {state.value: 1 for state in ImageState},
        {"train": 2},
        4,
        (),
    )
    assert _content(tmp_path) == before


def test_that_progress_grows_to_the_whole(tmp_path: Path) -> None:
    folder = _devkit(tmp_path, **{f"i{number}": "" for number in range(70)})
    progress = [record for record in scan_folder(folder) if isinstance(record, Progress)]
    assert [record.done for record in progress] == [0, 64, 70]
    assert {record.total for record in progress} == {70}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (voc_xml(object_xml(edges=(30, 12, 20, 30))), "has its edges swapped: x 29 to 20"),
        (voc_xml(object_xml(edges=(21, 12, 20, 30))), "has no size: x 20 to 20"),
        (voc_xml(object_xml(edges=(20, 12, 20, 12))), "is only 1 × 1 pixels: x 19 to 20, y 11 to 12"),
        (voc_xml(object_xml(edges=(10, 12, 70, 30))), "lies outside the image: x 9 to 70 of 64"),
        (voc_xml(object_xml(edges=(10, -5, 20, 30))), "lies outside the image: y -6 to 30 of 48"),
        (voc_xml(object_xml(), size=(640, 480)), "for an image of 640 × 480 pixels, but the image has 64 × 48"),
        (voc_xml(object_xml(edges=(10, "x", 20, 30))), "<ymin> is “x”"),
        ("<annotation>\n<object>", "does not parse in line 2"),
        (" ", "label file is empty"),
    ],
)
def test_that_each_wrong_label_is_one_fault(tmp_path: Path, text: str, said: str) -> None:
    folder = _devkit(tmp_path, a=text, b=voc_xml(object_xml()))
    faults = _summary(folder).faults
    assert len(faults) == 1
    assert said in faults[0].what
    assert faults[0].where.startswith(str(tmp_path / "Annotations" / "a.xml"))
    assert faults[0].action


def test_that_files_counting_from_zero_are_no_fault(tmp_path: Path) -> None:
    assert _summary(_devkit(tmp_path, a=voc_xml(object_xml(edges=(0, 0, 64, 48))))).faults == ()


def test_that_damaged_images_are_faults_and_their_labels_still_count(tmp_path: Path) -> None:
    folder = _devkit(tmp_path, a=voc_xml(object_xml()), b=voc_xml(object_xml()), c="", d=voc_xml())
    whole = (tmp_path / "JPEGImages" / "a.png").read_bytes()
    for name, content in (("a", whole[:-5]), ("b", b""), ("c", b"hello")):
        write_bytes(tmp_path / "JPEGImages" / f"{name}.png", content)
    (tmp_path / "JPEGImages" / "d.png").unlink()
    summary = _summary(folder)
    assert summary.boxes == 2
    assert [Path(fault.where).name for fault in summary.faults] == ["a.png", "b.png", "c.png", "d.png"]
    assert "truncated" in summary.faults[0].what
    assert "no such image" in summary.faults[3].what


def test_that_lone_labels_empty_splits_and_lost_images_are_faults(tmp_path: Path) -> None:
    write_bytes(tmp_path / "ImageSets" / "Main" / "test.txt", "\n")
    write_bytes(tmp_path / "ImageSets" / "Main" / "train.txt", "a\ngone\n")
    lone = write_bytes(tmp_path / "Annotations" / "lone.xml", voc_xml())
    folder = _devkit(tmp_path, a=voc_xml(object_xml()))
    summary = _summary(folder)
    assert [fault.what for fault in summary.faults] == [
        "Image “gone” of split “train” is not there.",
        "Split “test” has no image.",
        "There is no image for these labels.",
    ]
    assert summary.faults[2].where == str(lone)
    assert summary.images_per_split == {"test": 0, "train": 1}


def test_that_yolo_folders_are_looked_through_too(tmp_path: Path) -> None:
    for stem, text in (("a", "1 0.5 0.5 0.2 0.2\n"), ("b", "nonsense\n"), ("c", "1 0.9 0.5 0.5 0.2\n")):
        write_image(tmp_path / "images" / f"{stem}.png")
        write_bytes(tmp_path / "labels" / f"{stem}.txt", text)
    write_bytes(tmp_path / "labels" / "classes.txt", "bird\ndrone\n")
    summary = _summary(open_folder(tmp_path))
    assert summary.class_names == ("bird", "drone")
    assert summary.boxes_per_class == {"bird": 0, "drone": 2}
    assert [fault.where.rpartition("/")[2] for fault in summary.faults] == ["b.txt:1", "c.txt"]


def test_that_a_scan_can_be_left_early(tmp_path: Path) -> None:
    records = scan_folder(_devkit(tmp_path, a="", b=""))
    assert next(records) == Progress(0, 2, "Reading labels and image headers")
    records.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "boxes", "clicks"), [("BCCD", 4888, 2), ("drones", 788, 7), ("coco-val128", 898, 0)])
def test_that_the_shared_sets_have_no_fault_but_boxes_of_one_pixel(
    shared: Path, name: str, boxes: int, clicks: int
) -> None:
    summary = _summary(open_folder(shared / "data" / name))
    assert summary.boxes == boxes
    assert len(summary.faults) == clicks
    assert all("is only 1 × 1 pixels" in fault.what for fault in summary.faults)
