"""Listing data sets: every layout that people have, and what is wrong with some."""

from pathlib import Path

import pytest

from tests.core.dataset.voc_files import object_xml, voc_xml, write_bytes, write_image
from yolox_core.dataset.folder import DataFolder, ImageFile, open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError, UserError
from yolox_core.records import Annotation, ImageState


def _labelled(images: Path, labels: Path, *stems: str, suffix: str = ".xml") -> None:
    for stem in stems:
        write_image(images / f"{stem}.png")
        write_bytes(labels / f"{stem}{suffix}", voc_xml(object_xml()) if suffix == ".xml" else "0 0.5 0.5 0.5 0.5\n")


def _names(folder: DataFolder) -> list[str]:
    return [image.name for image in folder.images]


def _boxes(folder: DataFolder) -> int:
    return sum(len(read_annotation(folder, image).boxes) for image in folder.images)


def _devkit(base: Path, *stems: str) -> None:
    _labelled(base / "JPEGImages", base / "Annotations", *stems)
    write_image(base / "SegmentationClass" / f"{stems[0]}.png")
    write_bytes(base / "ImageSets" / "Main" / "train.txt", "\n".join(stems[:2]) + "\n")
    write_bytes(base / "ImageSets" / "Main" / "val.txt", "\r\n".join(stems[2:]))


@pytest.mark.parametrize("inside", [".", "VOC2012", "VOCdevkit/VOC2012", "a/b/VOCdevkit/VOC2007"])
def test_that_a_devkit_is_found_from_the_folders_above_it(tmp_path: Path, inside: str) -> None:
    _devkit(tmp_path / inside, "a2", "a10", "a1")
    folder = open_folder(tmp_path)
    assert folder.format_name == "voc"
    assert _names(folder) == ["a1", "a2", "a10"]
    assert folder.splits == {"train": ("a2", "a10"), "val": ("a1",)}
    assert [image.name for image in folder.split_images("train")] == ["a2", "a10"]
    assert folder.image("a10") == folder.images[2]
    assert folder.image("none") is None
    assert folder.faults == ()
    assert _boxes(folder) == 3


def test_that_two_devkits_become_one_with_names_that_differ(tmp_path: Path) -> None:
    _devkit(tmp_path / "VOC2007", "1", "2", "3")
    _devkit(tmp_path / "VOC2012", "3", "4", "5")
    folder = open_folder(tmp_path)
    assert _names(folder) == ["1", "2", "4", "5", "VOC2007/JPEGImages/3", "VOC2012/JPEGImages/3"]
    assert folder.splits["val"] == ("VOC2007/JPEGImages/3", "5")
    assert folder.splits["train"] == ("1", "2", "VOC2012/JPEGImages/3", "4")


def test_that_opening_the_images_of_a_devkit_finds_its_labels(tmp_path: Path) -> None:
    _devkit(tmp_path / "VOC2012", "1", "2", "3")
    folder = open_folder(tmp_path / "VOC2012" / "JPEGImages")
    assert _boxes(folder) == 3
    assert list(folder.splits) == ["train", "val"]
    assert folder.images[0].label_path.parent == tmp_path / "VOC2012" / "Annotations"


def test_that_lists_of_one_class_are_no_splits(tmp_path: Path) -> None:
    _devkit(tmp_path, "1", "2", "3")
    write_bytes(tmp_path / "ImageSets" / "Main" / "drone_train.txt", "1  1\n2 -1\n3  0\n")
    assert list(open_folder(tmp_path).splits) == ["train", "val"]


def test_that_an_image_that_only_a_split_knows_is_a_fault(tmp_path: Path) -> None:
    _devkit(tmp_path, "1", "2", "3")
    list_path = write_bytes(tmp_path / "ImageSets" / "Main" / "test.txt", "\ufeff3\n\ngone\n3\n")
    folder = open_folder(tmp_path)
    assert folder.splits["test"] == ("3",)
    assert [(fault.what, fault.where) for fault in folder.faults] == [
        ("Image “gone” of split “test” is not there.", f"{list_path}:3")
    ]


def test_that_splits_may_name_files_and_stems_with_dots_and_spaces(tmp_path: Path) -> None:
    stems = ("frame 1", "v1.0_frame", "c", "d")
    _labelled(tmp_path / "JPEGImages", tmp_path / "Annotations", *stems)
    lines = "frame 1\nv1.0_frame\nJPEGImages/c.jpg\n.\\data\\d.png\n"
    write_bytes(tmp_path / "ImageSets" / "Main" / "train.txt", lines)
    folder = open_folder(tmp_path)
    assert folder.splits == {"train": stems}
    assert folder.faults == ()


def test_that_roboflow_splits_are_folders(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        _labelled(tmp_path / split, tmp_path / split, f"{split}_1", f"{split}_2.rf.99")
    folder = open_folder(tmp_path)
    assert folder.format_name == "voc"
    assert {split: len(names) for split, names in folder.splits.items()} == {"test": 2, "train": 2, "valid": 2}
    assert _boxes(folder) == 6


def test_that_labelimg_writes_beside_the_images(tmp_path: Path) -> None:
    _labelled(tmp_path, tmp_path, "a", "b")
    write_bytes(tmp_path / "classes.txt", "drone\n")
    folder = open_folder(tmp_path)
    assert (folder.format_name, folder.splits, _boxes(folder)) == ("voc", {}, 2)


def test_that_images_and_annotations_side_by_side_are_found(tmp_path: Path) -> None:
    _labelled(tmp_path / "images", tmp_path / "annotations", "a", "b")
    write_image(tmp_path / "masks" / "a.png")
    write_image(tmp_path / "preview.png")
    folder = open_folder(tmp_path)
    assert (_names(folder), _boxes(folder)) == (["a", "b"], 2)


@pytest.mark.parametrize(
    ("images", "labels"),
    [("images/{}", "labels/{}"), ("{}/images", "{}/labels"), ("{}", "{}"), ("images/{}2017", "labels/{}2017")],
)
def test_that_yolo_text_is_found_in_its_layouts(tmp_path: Path, images: str, labels: str) -> None:
    for split in ("train", "val"):
        _labelled(tmp_path / images.format(split), tmp_path / labels.format(split), "1", "2", suffix=".txt")
    folder = open_folder(tmp_path)
    assert (folder.format_name, folder.numbered_classes, folder.class_names) == ("yolo", True, ())
    assert [len(names) for names in folder.splits.values()] == [2, 2]
    assert [split.rstrip("2017") for split in folder.splits] == ["train", "val"]
    assert len(set(_names(folder))) == 4, "names differ though stems repeat"
    assert [read_annotation(folder, image).boxes[0].class_name for image in folder.images] == ["0"] * 4


def test_that_darknet_lists_of_paths_are_splits(tmp_path: Path) -> None:
    _labelled(tmp_path / "data", tmp_path / "data", "a", "b", suffix=".txt")
    write_bytes(tmp_path / "train.txt", "/home/someone/data/a.png\n")
    write_bytes(tmp_path / "valid.txt", "data\\b.jpg\n")
    assert open_folder(tmp_path).splits == {"train": ("a",), "valid": ("b",)}


@pytest.mark.parametrize("label_folder", ["", "Annotations", "labels"])
def test_that_images_without_labels_are_voc_to_be(tmp_path: Path, label_folder: str) -> None:
    write_image(tmp_path / "a.png")
    (tmp_path / label_folder).mkdir(exist_ok=True)
    folder = open_folder(tmp_path)
    assert folder.format_name == "voc"
    assert folder.images[0].label_path == tmp_path / label_folder / "a.xml"
    assert read_annotation(folder, folder.images[0]) == Annotation(64, 48)
    assert read_annotation(folder, folder.images[0]).state is ImageState.UNLABELLED


def test_that_new_labels_of_a_devkit_go_into_annotations(tmp_path: Path) -> None:
    write_image(tmp_path / "JPEGImages" / "a.png")
    folder = open_folder(tmp_path)
    VocFile.read(folder.images[0]).save(Annotation(64, 48, is_decided=True))
    assert (tmp_path / "Annotations" / "a.xml").is_file()


def test_that_two_images_cannot_share_a_label_file(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    write_image(tmp_path / "a.jpg")
    folder = open_folder(tmp_path)
    assert len(folder.images) == 1
    assert folder.faults[0].where == str(tmp_path / "a.png")
    assert "a.jpg" in folder.faults[0].what


def test_that_listing_opens_neither_images_nor_labels(tmp_path: Path) -> None:
    _devkit(tmp_path, "1", "2", "3")
    for path in (*(tmp_path / "JPEGImages").iterdir(), *(tmp_path / "Annotations").iterdir()):
        path.unlink()
        path.symlink_to("/nowhere")
    assert len(open_folder(tmp_path).images) == 3


def test_that_a_link_back_up_the_tree_is_followed_once(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert _names(open_folder(tmp_path)) == ["1"]


def test_that_a_folder_that_cannot_serve_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no image"):
        open_folder(tmp_path)
    with pytest.raises(FileError, match="no such folder"):
        open_folder(tmp_path / "none")
    with pytest.raises(FileError, match="no such folder"):
        open_folder(write_image(tmp_path / "a.png"))


def test_that_an_unknown_split_is_refused_with_the_ones_there_are(tmp_path: Path) -> None:
    _devkit(tmp_path, "1", "2", "3")
    with pytest.raises(UserError, match="It has train, val"):
        open_folder(tmp_path).split_images("test")


def test_that_the_shared_sets_are_listed(shared: Path) -> None:
    data = shared / "data"
    bccd, drones, coco = (open_folder(data / name) for name in ("BCCD", "drones", "coco-val128"))
    assert {split: len(names) for split, names in bccd.splits.items()} == {
        "test": 72, "train": 205, "trainval": 292, "val": 87
    }  # fmt: skip
    assert {split: len(names) for split, names in drones.splits.items()} == {"train": 600, "valid": 188}
    assert (coco.format_name, len(coco.images), coco.splits, coco.numbered_classes) == ("yolo", 128, {}, True)
    assert bccd.faults + drones.faults + coco.faults == ()


def test_that_an_image_is_found_by_its_path_also_where_two_have_the_same_file_name() -> None:
    names = [("train", "a"), ("train", "b"), ("valid", "a")]
    images = tuple(
        ImageFile.at(f"{folder}/{stem}", Path(f"/set/{folder}/{stem}.jpg"), Path(f"/set/{folder}/{stem}.xml"))
        for folder, stem in names
    )
    folder = DataFolder(Path("/set"), "voc", images)
    assert [folder.place_at(Path(f"/set/{where}/{stem}.jpg")) for where, stem in names] == [0, 1, 2]
    assert folder.place_at(Path("/set/valid/b.jpg")) is None
    assert folder.place_at(Path("/set/none/c.jpg")) is None
