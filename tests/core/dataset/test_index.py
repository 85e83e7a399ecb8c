"""The index says what the label files say, reads only what changed, and survives damage and a second window."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.dataset.voc_files import object_xml, voc_xml, write_bytes, write_image
from yolox_core.dataset.convention import EDGES
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.index import Index, StaleIndexError, Synced, index_path, synced
from yolox_core.dataset.index_query import Filter, Order
from yolox_core.dataset.scan import FolderSummary, scan_folder
from yolox_core.records import ImageState


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Six images: two drones and a bird, one difficult drone, none by decision, not labelled, broken, verified."""
    root = tmp_path / "set"
    hard = object_xml("drone", (1, 1, 9, 9)).replace("<difficult>0", "<difficult>1")
    labels = {
        "a1": voc_xml(object_xml("drone"), object_xml("bird"), object_xml("drone", (2, 2, 40, 40))),
        "b2": voc_xml(hard),
        "c3": voc_xml(),
        "d10": None,
        "e11": "<annotation><object>",
        "f12": voc_xml().replace("<annotation>", '<annotation verified="yes" note="look here">'),
    }
    for name, content in labels.items():
        write_image(root / "JPEGImages" / f"{name}.png")
        if content is not None:
            write_bytes(root / "Annotations" / f"{name}.xml", content)
    write_bytes(root / "ImageSets" / "Main" / "val.txt", "b2\ne11\n")
    return open_folder(root)


@pytest.fixture
def index(folder: DataFolder) -> Iterator[Index]:
    with closing(Index(folder)) as made:
        sync(made)
        yield made


def sync(index: Index) -> int:
    *_, last = index.sync()
    assert isinstance(last, Synced)
    return last.changed


def names(index: Index, wanted: Filter) -> list[str]:
    return [index.folder.images[place].name for place in index.places(wanted)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), ["a1", "b2", "c3", "d10", "e11", "f12"]),
        (Filter(text="1 D"), ["d10"]),
        (Filter(text="1"), ["a1", "d10", "e11", "f12"]),
        (Filter(class_name="drone"), ["a1", "b2"]),
        (Filter(class_name="bird"), ["a1"]),
        (Filter(class_name="%"), []),
        (Filter(split="val"), ["b2", "e11"]),
        (Filter(flag="difficult"), ["b2"]),
        (Filter(states=frozenset([ImageState.UNLABELLED, ImageState.EMPTY])), ["c3", "d10"]),
        (Filter(states=frozenset([ImageState.VERIFIED])), ["f12"]),
        (Filter(has_problem=True), ["e11"]),
        (Filter(has_note=True), ["f12"]),
        (Filter(has_findings=True), ["e11"]),
        (Filter(least=1, most=2), ["b2"]),
        (Filter(order=Order.MOST_BOXES, least=1), ["a1", "b2"]),
        (Filter(order=Order.FEWEST_BOXES, least=1), ["b2", "a1"]),
        (Filter(order=Order.SMALLEST_BOX, least=1), ["b2", "a1"]),
    ],
)
def test_that_a_filter_passes_just_these_images(index: Index, wanted: Filter, found: list[str]) -> None:
    assert names(index, wanted) == found


def test_that_states_are_told_by_place_of_what_was_read(index: Index) -> None:
    assert index.states([0, 2, 3, 4]) == {0: ImageState.LABELLED, 2: ImageState.EMPTY, 3: ImageState.UNLABELLED}
    assert index.states([]) == {}


def test_that_nothing_is_told_of_labels_that_were_never_read(folder: DataFolder) -> None:
    with closing(Index(folder)) as index:
        next(index.sync())
        assert index.states(range(6)) == {}


def test_that_findings_are_those_of_the_scan_of_real_labels(shared: Path) -> None:
    folder = open_folder(shared / "data" / "BCCD")
    *_, summary = scan_folder(folder)
    assert isinstance(summary, FolderSummary)
    with closing(Index(folder)) as index:
        sync(index)
        found = {str(folder.images[place].label_path) for place in index.places(Filter(has_findings=True))}
    assert found == {fault.where for fault in summary.faults}
    assert any("00338" in path for path in found)


def test_that_boxes_and_counts_are_those_of_the_files(index: Index) -> None:
    found = [(each.place, each.box.difficult) for each in index.boxes_of("drone")]
    assert found == [(0, False), (0, False), (1, True)]
    assert [index.images_per_state()[state] for state in ImageState] == [1, 1, 2, 1]
    assert index.class_names() == ("bird", "drone")


@pytest.mark.parametrize("name", ["BCCD", "drones"])
def test_that_boxes_of_real_sets_are_those_of_their_files(shared: Path, name: str) -> None:
    folder = open_folder(shared / "data" / name)
    with closing(Index(folder)) as index:
        sync(index)
        found = {(each.place, each.box) for class_name in index.class_names() for each in index.boxes_of(class_name)}
    read = {(place, box) for place, image in enumerate(folder.images) for box in read_annotation(folder, image).boxes}
    assert found == read


def test_that_only_label_files_that_changed_are_read_again(index: Index) -> None:
    assert sync(index) == 0
    label = index.folder.images[0].label_path
    label.write_text(label.read_text().replace("bird", "insect"))
    index.folder.images[1].label_path.unlink()
    assert sync(index) == 2
    assert names(index, Filter(class_name="insect")) == ["a1"]
    assert names(index, Filter(class_name="drone")) == ["a1"]
    assert names(index, Filter(states=frozenset([ImageState.UNLABELLED]))) == ["b2", "d10"]


def test_that_images_that_come_and_go_are_renumbered_and_not_read_again(index: Index, folder: DataFolder) -> None:
    kept = tuple(image for image in folder.images if image.name != "a1")
    shorter = replace(folder, images=kept, splits={"val": ("b2",)})
    with closing(Index(shorter)) as other:
        assert sync(other) == 0
        assert names(other, Filter(class_name="drone")) == ["b2"]
        assert names(other, Filter(split="val")) == ["b2"]
        assert other.class_names() == ("drone",)
        with pytest.raises(StaleIndexError):
            index.places(Filter())


def test_that_another_pixel_convention_is_read_anew(index: Index, folder: DataFolder) -> None:
    before = index.boxes_of("bird")[0].box
    with closing(Index(replace(folder, convention=EDGES))) as other:
        assert sync(other) == 5  # all that have a label file
        assert other.boxes_of("bird")[0].box.x1 == before.x1 + 1


def test_that_an_interrupted_look_goes_on_where_it_was(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yolox_core.dataset.index.BATCH", 2)
    with closing(Index(folder)) as index:
        looking = index.sync()
        next(looking)
        next(looking)
        looking.close()
        assert sync(index) == 4


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_that_a_damaged_index_is_made_anew(folder: DataFolder, content: bytes) -> None:
    path = index_path(folder.root)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    *_, last = synced(folder)
    assert last == Synced(6)


def test_that_an_index_damaged_in_its_middle_is_made_anew(folder: DataFolder) -> None:
    list(synced(folder))
    path = index_path(folder.root)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    *_, last = synced(folder)
    assert last == Synced(6)


def test_that_an_index_of_another_version_is_made_anew(folder: DataFolder) -> None:
    list(synced(folder))
    with closing(sqlite3.connect(index_path(folder.root))) as db:
        db.execute("PRAGMA user_version = 1")
    *_, last = synced(folder)
    assert last == Synced(6)


def test_that_two_windows_use_one_index(folder: DataFolder) -> None:
    with closing(Index(folder)) as one, closing(Index(folder)) as other:
        looks = [one.sync(), other.sync()]
        for look in looks:
            next(look)
        for look in looks:
            list(look)
        assert names(one, Filter(class_name="drone")) == names(other, Filter(class_name="drone")) == ["a1", "b2"]
