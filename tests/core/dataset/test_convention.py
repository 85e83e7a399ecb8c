"""Label files that count pixels from 1 or from 0: found, read, written back as they count, and never drifting."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.dataset.voc_files import object_xml, voc_file, voc_xml, write_bytes, write_image
from yolox_core.dataset.convention import (
    CONVENTIONS,
    EDGES,
    FROM_ZERO,
    VOC,
    Convention,
    choose_convention,
    evidence_in,
    find_evidence,
)
from yolox_core.dataset.folder import ImageFile, open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.voc import VocFile
from yolox_core.records import Annotation, Box

WHOLE = {VOC: (1, 1, 64, 48), FROM_ZERO: (0, 0, 63, 47), EDGES: (0, 0, 64, 48)}


def folder_with(root: Path, *edges: tuple[object, ...]) -> Path:
    for number, of_one in enumerate(edges):
        write_image(root / f"{number}.png")
        write_bytes(root / f"{number}.xml", voc_xml(object_xml(edges=of_one)))
    return root


def read(root: Path, convention: Convention) -> VocFile:
    return VocFile.read(ImageFile.at("a", root / "a.png", root / "a.xml"), convention=convention)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda one: one.name)
def test_that_a_box_over_the_whole_image_is_found_and_read_as_such(tmp_path: Path, convention: Convention) -> None:
    folder = open_folder(folder_with(tmp_path, WHOLE[convention], (11, 12, 20, 30)))
    assert folder.convention == convention
    box = read_annotation(folder, folder.images[0]).boxes[0]
    assert (box.x1, box.y1, box.x2, box.y2) == (0, 0, 64, 48)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda one: one.name)
def test_that_a_new_box_is_written_as_the_folder_counts(tmp_path: Path, convention: Convention) -> None:
    voc_file(tmp_path, voc_xml(object_xml()))
    file = read(tmp_path, convention)
    new = Box("new", 0, 0, 64, 48, 9)
    rendered = file.render(replace(file.annotation, boxes=(*file.annotation.boxes, new))).decode()
    for name, number in zip(("xmin", "ymin", "xmax", "ymax"), WHOLE[convention], strict=True):
        assert rendered.rindex(f"<{name}>{number}</{name}>") > rendered.index("<name>new")


def test_that_a_stray_zero_among_ones_does_not_change_the_convention(tmp_path: Path) -> None:
    root = folder_with(tmp_path, (1, 5, 20, 30), (1, 1, 20, 48), (0, 5, 20, 30))
    assert open_folder(root).convention == VOC


def test_that_boxes_away_from_the_border_leave_it_at_voc(tmp_path: Path) -> None:
    assert open_folder(folder_with(tmp_path, (11, 12, 20, 30))).convention == VOC


@pytest.mark.parametrize("name", ["BCCD", "drones"])
def test_that_real_sets_are_found_to_count_from_one(shared: Path, name: str) -> None:
    folder = open_folder(shared / "data" / name)
    evidence = find_evidence(folder.images)
    assert evidence.at_one > 0
    assert folder.convention == VOC


@pytest.mark.parametrize("content", [b"", b"\xff\xfe<\0", b"<xmin>e</xmin><width>.</width>", b"<xmin>0</xmin>"])
def test_that_files_without_sense_say_nothing_wrong(content: bytes) -> None:
    assert evidence_in(content).at_size == 0


def test_that_the_choice_for_a_folder_is_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    root = folder_with(tmp_path / "set", (1, 1, 20, 30))
    other = folder_with(tmp_path / "other", (1, 1, 20, 30))
    choose_convention(root, EDGES)
    assert open_folder(root).convention == EDGES
    assert open_folder(other).convention == VOC
    choose_convention(root, None)
    assert open_folder(root).convention == VOC


numbers = st.one_of(
    st.integers(-5, 80).map(str),
    st.floats(-5, 80).map(lambda value: f"{value:.4f}"),
    st.sampled_from(["1e1", "07", " 12 ", "+3", "10.0", "0.5000000001"]),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=st.tuples(numbers, numbers, numbers, numbers), convention=st.sampled_from(CONVENTIONS))
def test_that_opening_and_saving_a_hundred_times_keeps_every_number(
    tmp_path: Path, edges: tuple[str, ...], convention: Convention
) -> None:
    original = voc_xml(object_xml(edges=edges), object_xml("bird"))
    voc_file(tmp_path, original)
    for _ in range(100):
        file = read(tmp_path, convention)
        bird = replace(file.annotation.boxes[1], difficult=not file.annotation.boxes[1].difficult)
        boxes = (file.annotation.boxes[0], bird)
        file.save(replace(file.annotation, boxes=boxes, is_verified=not file.annotation.is_verified))
    assert file.path.read_text() == original


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edges=st.tuples(*[st.integers(1, 30)] * 2, *[st.integers(31, 60)] * 2),
    convention=st.sampled_from(CONVENTIONS),
    step=st.integers(-9, 9),
)
def test_that_a_box_moved_there_and_back_with_a_save_each_time_has_its_old_numbers(
    tmp_path: Path, edges: tuple[int, ...], convention: Convention, step: int
) -> None:
    original = voc_xml(object_xml(edges=edges))
    voc_file(tmp_path, original)
    for by in (step, -step) * 5:
        file = read(tmp_path, convention)
        file.save(moved(file.annotation, by))
    assert file.path.read_text() == original


def moved(annotation: Annotation, by: float) -> Annotation:
    boxes = tuple(box.with_edges(box.x1 + by, box.y1 + by, box.x2 + by, box.y2 + by) for box in annotation.boxes)
    return replace(annotation, boxes=boxes)
