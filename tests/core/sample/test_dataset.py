"""The sample on disk: repeatable, true to Pascal VOC, wrong exactly where its list says so, never overwritten."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from lxml import etree

from tests.core.sample.conftest import made
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import FileError, UserError
from yolox_core.records import Box
from yolox_core.sample.dataset import SampleMade, draw_take, image_names, make_sample, plan_takes
from yolox_core.sample.planted import overlap, plant_errors, written_boxes

Edges = tuple[str, float, float, float, float]


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _split(sample: SampleMade, name: str) -> list[str]:
    return (sample.voc_root / "ImageSets" / "Main" / f"{name}.txt").read_text().split()


def _edges(box: Box) -> Edges:
    return (box.class_name, box.x1, box.y1, box.x2, box.y2)


def _written(sample: SampleMade) -> dict[str, list[Edges]]:
    """Boxes by image name as the label files have them, in continuous pixels."""
    boxes: dict[str, list[Edges]] = {}
    for path in sorted((sample.voc_root / "Annotations").iterdir()):
        boxes[path.stem] = []
        for item in etree.parse(path).getroot().iterfind("object"):
            x1, y1, x2, y2 = (int(item.findtext(f"bndbox/{name}")) for name in ("xmin", "ymin", "xmax", "ymax"))
            boxes[path.stem].append((item.findtext("name"), x1 - 1, y1 - 1, x2, y2))
    return boxes


@pytest.fixture(scope="module")
def true_boxes(sample: SampleMade) -> dict[str, list[Edges]]:
    """The true boxes by image name, drawn once more."""
    takes = plan_takes(np.random.default_rng([3, 0]), sample.images)
    return {drawn.name: [_edges(box) for box in drawn.boxes] for take in takes for drawn in draw_take(take, seed=3)}


def test_that_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        _files(made(tmp_path / name, images=5, video_frames=4, seed=seed).root)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first == again
    assert all(first[name] != other[name] for name in first if name.endswith((".jpg", ".mp4")))


def test_that_a_quarter_of_the_images_is_the_validation_split(sample: SampleMade) -> None:
    train, val = _split(sample, "train"), _split(sample, "val")
    assert (len(train), len(val)) == (18, 6)
    assert sorted(train + val) == _split(sample, "trainval") == image_names(24)


def test_that_label_files_are_true_pascal_voc(sample: SampleMade) -> None:
    for path in (sample.voc_root / "Annotations").iterdir():
        root = etree.parse(path).getroot()
        image = cv2.imread(str(sample.voc_root / "JPEGImages" / root.findtext("filename")))
        width, height = int(root.findtext("size/width")), int(root.findtext("size/height"))
        assert image.shape == (height, width, int(root.findtext("size/depth")))
        assert root.findtext("source/database")
        for item in root.iterfind("object"):
            assert [part.tag for part in item] == ["name", "pose", "truncated", "difficult", "bndbox"]
            x1, y1, x2, y2 = (int(item.findtext(f"bndbox/{name}")) for name in ("xmin", "ymin", "xmax", "ymax"))
            assert 1 <= x1 < x2 <= width
            assert 1 <= y1 < y2 <= height


def test_that_the_label_readers_of_the_engine_find_the_written_boxes(sample: SampleMade) -> None:
    folder = open_folder(sample.voc_root)
    assert not folder.faults
    written = _written(sample)
    for image in folder.images:
        annotation = read_annotation(folder, image)
        assert annotation.is_decided
        assert [_edges(box) for box in annotation.boxes] == written[image.path.stem]


def test_that_the_list_of_planted_errors_is_the_difference_between_true_and_written_boxes(
    sample: SampleMade, true_boxes: dict[str, list[Edges]]
) -> None:
    written = _written(sample)
    listed_true: set[tuple[str, Edges]] = set()
    listed_written: set[tuple[str, Edges]] = set()
    with sample.planted_errors.open(newline="") as file:
        for row in csv.DictReader(file):
            sides = {side: [row[f"{side}_{edge}"] for edge in ("x1", "y1", "x2", "y2")] for side in ("true", "written")}
            listed_true.add((row["image"], (row["class_name"], *map(float, sides["true"]))))
            if row["kind"] == "poor":
                listed_written.add((row["image"], (row["class_name"], *map(float, sides["written"]))))
            else:
                assert (row["kind"], sides["written"]) == ("missing", [""] * 4)
    all_true = {(name, box) for name, boxes in true_boxes.items() for box in boxes}
    all_written = {(name, box) for name, boxes in written.items() for box in boxes}
    assert listed_true == all_true - all_written
    assert listed_written == all_written - all_true
    assert listed_true


def test_that_the_validation_split_has_no_wrong_label(sample: SampleMade, true_boxes: dict[str, list[Edges]]) -> None:
    written = _written(sample)
    assert all(true_boxes[name] == written[name] for name in _split(sample, "val"))


def test_that_about_six_in_a_hundred_boxes_are_missing_and_as_many_badly_drawn() -> None:
    rng = np.random.default_rng(0)
    boxes = [Box("drone", 50.0, 60.0, 50.0 + 8 + key % 90, 60.0 + 6 + key % 40, key=key) for key in range(2000)]
    errors = plant_errors(rng, boxes, image="any", width=640, height=480)
    poor = [error for error in errors if error.written is not None]
    assert 0.045 <= len(poor) / len(boxes) <= 0.075
    assert 0.045 <= (len(errors) - len(poor)) / len(boxes) <= 0.075
    assert all(0.15 <= overlap(error.true, error.written) <= 0.6 for error in poor)
    assert len(written_boxes(boxes, errors)) == len(boxes) - (len(errors) - len(poor))


def test_that_neighbouring_frames_of_a_shot_stay_in_one_split() -> None:
    takes = plan_takes(np.random.default_rng(0), 240)
    assert sum(take.length for take in takes) == 240
    assert sum(take.length for take in takes if take.split == "val") == 60
    assert [take.first for take in takes] == [sum(t.length for t in takes[:place]) for place in range(len(takes))]
    assert sum(take.length >= 3 for take in takes) >= 5


def test_that_a_whole_sample_is_found_again_and_not_rewritten(tmp_path: Path) -> None:
    first = made(tmp_path / "sample", images=4, video_frames=2)
    label = next((first.voc_root / "Annotations").iterdir())
    label.write_bytes(label.read_bytes().replace(b"<pose>Unspecified", b"<pose>Frontal"))
    before = {path: path.stat().st_mtime_ns for path in first.root.rglob("*")}
    (again,) = make_sample(first.root, images=4, seed=3)
    assert isinstance(again, SampleMade)
    assert again.is_reused
    assert (again.images, again.boxes, again.video) == (first.images, first.boxes, first.video)
    assert {path: path.stat().st_mtime_ns for path in first.root.rglob("*")} == before


def test_that_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    assert made(tmp_path / "sample", images=2, video_frames=2).voc_root.is_dir()


def test_that_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="no sample of ours"):
        list(make_sample(tmp_path, images=2))
    assert _files(tmp_path) == {"thesis.txt": b"mine"}


def test_that_a_sample_with_a_lost_image_or_another_seed_is_refused(tmp_path: Path) -> None:
    sample = made(tmp_path / "sample", images=3, video_frames=2)
    with pytest.raises(UserError, match="another sample"):
        list(make_sample(sample.root, images=3, seed=4))
    (sample.voc_root / "JPEGImages" / "sample_0002.jpg").unlink()
    before = _files(sample.root)
    with pytest.raises(UserError, match=r"sample_0002\.jpg is missing"):
        list(make_sample(sample.root, images=3, seed=3))
    assert _files(sample.root) == before


def test_that_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("a file")
    with pytest.raises(FileError, match="not a folder"):
        list(make_sample(tmp_path / "sample", images=2))


def test_that_stopping_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    records = make_sample(tmp_path / "sample", images=6, video_frames=2)
    next(records)
    next(records)
    records.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []
