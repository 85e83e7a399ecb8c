"""Renaming, merging and deleting classes over a data set: what is changed, what never is, and that it can be undone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.dataset.voc_files import object_xml, voc_xml, write_bytes, write_image
from yolox_core.dataset.folder import DataFolder, ImageFile, open_folder
from yolox_core.dataset.relabel import Relabelled, Undone, finish, relabel, undo
from yolox_core.dataset.relabel_journal import KEPT, JobState, jobs_folder, last_job
from yolox_core.dataset.relabel_survey import (
    Changes,
    ClassCount,
    ClassEffect,
    ClassSurvey,
    effective,
    may_hold,
    relabelled,
    renamed_classes,
    survey_classes,
)
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError, UserError
from yolox_core.records import Annotation, Box

ROOT = Path(__file__).resolve().parents[3]
Record = TypeVar("Record")
UTF16 = '<?xml version="1.0" encoding="UTF-16"?>\n' + voc_xml(object_xml("dröne"), object_xml("bird"))


def last(records: Iterator[object], kind: type[Record]) -> Record:
    """The record that an iterator ends with."""
    *_progress, record = records
    assert isinstance(record, kind)
    return record


def apply(folder: DataFolder, changes: Changes) -> Relabelled:
    return last(relabel(folder, changes), Relabelled)


def survey(folder: DataFolder) -> ClassSurvey:
    return last(survey_classes(folder), ClassSurvey)


def make_folder(root: Path, labels: dict[str, str | bytes]) -> DataFolder:
    for stem, content in labels.items():
        write_image(root / "JPEGImages" / f"{stem}.png")
        write_bytes(root / "Annotations" / f"{stem}.xml", content)
    write_image(root / "JPEGImages" / "unlabelled.png")
    return open_folder(root)


def contents(folder: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder.root / "Annotations").iterdir())}


def class_names(folder: DataFolder) -> list[str]:
    return [one.name for one in survey(folder).classes]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return make_folder(
        tmp_path / "set",
        {
            "a": voc_xml(object_xml("drone"), object_xml("bird"), object_xml("drone")),
            "b": voc_xml(object_xml("uav")),
            "c": voc_xml(object_xml("bird")),
            "d": voc_xml(),
        },
    )


def test_that_classes_are_counted_and_the_preview_says_what_would_change(folder: DataFolder) -> None:
    before = contents(folder)
    found = survey(folder)
    assert found.classes == (ClassCount("bird", 2, 2), ClassCount("drone", 2, 1), ClassCount("uav", 1, 1))
    effect = found.effect({"drone": "uav", "bird": None, "uav": "uav"})
    assert effect.classes == (ClassEffect("drone", "uav", 2, 1), ClassEffect("bird", None, 2, 2))
    assert (effect.boxes, effect.images, effect.emptied, effect.faults) == (4, 2, 1, ())
    assert contents(folder) == before
    assert last_job(folder.root) is None


def test_that_a_merge_and_a_delete_change_their_own_bytes_only_and_are_undone(folder: DataFolder) -> None:
    before = contents(folder)
    done = apply(folder, {"drone": "uav", "bird": None})
    assert (done.job.files, done.job.boxes, done.job.state, done.faults) == (2, 4, JobState.DONE, ())
    expected = voc_xml(object_xml("uav"), object_xml("uav")).encode()
    assert contents(folder) == {**before, "a.xml": expected, "c.xml": voc_xml().encode()}
    assert not (folder.root / "Annotations" / "unlabelled.xml").exists()
    job = last_job(folder.root)
    assert job == done.job
    undone = last(undo(job), Undone)
    assert (undone.files, undone.faults, undone.is_whole) == (2, (), True)
    assert contents(folder) == before
    assert last_job(folder.root) is None


def test_that_two_classes_can_swap_their_names(folder: DataFolder) -> None:
    apply(folder, {"drone": "bird", "bird": "drone"})
    assert survey(folder).classes[:2] == (ClassCount("bird", 2, 1), ClassCount("drone", 2, 2))


@pytest.mark.parametrize("name", ["BCCD", "drones"])
def test_that_real_files_change_in_the_lines_of_the_names_alone(shared: Path, name: str, tmp_path: Path) -> None:
    source = open_folder(shared / "data" / name)
    for image in source.images[::6]:
        shutil.copy(image.path, write_bytes(tmp_path / "JPEGImages" / image.path.name, b""))
        write_bytes(tmp_path / "Annotations" / image.label_path.name, image.label_path.read_bytes())
    folder = open_folder(tmp_path)
    before = contents(folder)
    old = max(survey(folder).classes, key=lambda one: one.boxes)
    done = apply(folder, {old.name: "R & D"})
    assert (done.job.boxes, done.job.files) == (old.boxes, old.images)
    for file, content in contents(folder).items():
        assert content == before[file].replace(f"<name>{old.name}<".encode(), b"<name>R &amp; D<")
    assert last(undo(done.job), Undone).files == old.images
    assert contents(folder) == before


def test_that_odd_files_are_found_and_keep_their_bytes(tmp_path: Path) -> None:
    part = "<part><name>drone</name><bndbox><xmin>1</xmin></bndbox></part>"
    parted = object_xml("drone").replace("<bndbox>", part + "<bndbox>", 1)
    labels: dict[str, str | bytes] = {
        "comment": voc_xml("<!-- a drone -->", object_xml("dr<!-- ! -->one"), object_xml("bird")),
        "cdata": voc_xml(object_xml("<![CDATA[drone]]>")),
        "crlf": voc_xml(object_xml(" drone\n")).replace("\n", "\r\n"),
        "entity": voc_xml(object_xml("dr&#111;ne")),
        "part": voc_xml(parted),
        "utf16": (UTF16.replace("dröne", "drone")).encode("utf-16"),
    }
    folder = make_folder(tmp_path, labels)
    before = contents(folder)
    done = apply(folder, {"drone": "<ü & v>"})
    assert (done.job.files, done.faults) == (len(labels), ())
    new = "&lt;ü &amp; v&gt;"
    after = contents(folder)
    assert after["comment.xml"] == before["comment.xml"].replace(b"dr<!-- ! -->one", new.encode())
    assert after["crlf.xml"] == before["crlf.xml"].replace(b"drone", new.encode())
    assert after["part.xml"] == before["part.xml"].replace(b"drone", new.encode(), 1)
    assert after["utf16.xml"] == UTF16.replace("dröne", new).encode("utf-16")
    assert class_names(folder) == ["<ü & v>", "bird"]
    apply(folder, {"<ü & v>": "drone"})
    assert class_names(folder) == ["bird", "drone"]


NAMES = st.text("abé& <\n", min_size=1, max_size=4)


@example("a\nb", "utf-8", 1)
@given(NAMES, st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]), st.integers(0, 4))
def test_that_the_quick_search_misses_no_box(name: str, encoding: str, style: int) -> None:
    letters = [escape(letter) for letter in name]
    written = (
        "".join(letters),
        "".join(letters).replace("\n", "\r\n"),
        "".join(f"&#{ord(letter)};" for letter in name),
        "<!-- x -->".join(letters),
        "<x:i/>".join(letters),
    )[style]
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + voc_xml(object_xml(written))
    content = text.encode(encoding)
    boxes = VocFile.parse(content, ImageFile.at("a", Path("a.png"), Path("a.xml"))).annotation.boxes
    assert [box.class_name for box in boxes] == ([name.strip()] if name.strip() else [])
    assert all(may_hold(content, {box.class_name}) for box in boxes)


def test_that_files_without_the_name_are_not_parsed() -> None:
    assert not may_hold(voc_xml(object_xml("bird")).encode(), {"drone"})


def test_that_a_file_changed_after_the_job_is_not_overwritten_by_undoing(folder: DataFolder) -> None:
    before = contents(folder)
    done = apply(folder, {"drone": "uav", "bird": "crow"})
    mine = voc_xml(object_xml("mine"))
    (folder.root / "Annotations" / "a.xml").write_text(mine)
    undone = last(undo(done.job), Undone)
    assert (undone.files, undone.is_whole) == (1, True)
    assert [Path(fault.where).name for fault in undone.faults] == ["a.xml"]
    assert contents(folder) == {**before, "a.xml": mine.encode()}


def test_that_broken_and_read_only_files_are_reported_and_the_rest_goes_on(folder: DataFolder) -> None:
    locked = folder.root / "Annotations" / "a.xml"
    locked.chmod(0o444)
    broken = write_bytes(folder.root / "Annotations" / "b.xml", "<annotation><object><name>drone</name>")
    before = contents(folder)
    assert survey(folder).classes == (ClassCount("bird", 2, 2), ClassCount("drone", 2, 1))
    effect = survey(folder).effect({"drone": "uav", "bird": "crow"})
    assert (effect.boxes, effect.images) == (1, 1)
    assert {fault.where.partition(":")[0] for fault in effect.faults} == {str(locked), str(broken)}
    done = apply(folder, {"drone": "uav", "bird": "crow"})
    assert (done.job.files, done.job.boxes) == (1, 1)
    assert [fault.what for fault in done.faults if fault.where == str(locked)] == ["The label file is read-only."]
    assert len(done.faults) == 2
    assert contents(folder) == {**before, "c.xml": voc_xml(object_xml("crow")).encode()}


def test_that_a_file_that_cannot_be_replaced_is_reported_and_not_counted(tmp_path: Path) -> None:
    longest = "x" * 250  # room for `.xml`, but not for the name of the temporary file
    folder = make_folder(tmp_path, {"a": voc_xml(object_xml()), longest: voc_xml(object_xml())})
    done = apply(folder, {"drone": "uav"})
    assert (done.job.files, done.job.boxes) == (1, 1)
    assert [Path(fault.where).stem for fault in done.faults] == [longest]


def test_that_a_file_that_became_read_only_can_be_put_back_later(folder: DataFolder) -> None:
    before = contents(folder)
    done = apply(folder, {"drone": "uav", "bird": "crow"})
    locked = folder.root / "Annotations" / "a.xml"
    locked.chmod(0o444)
    undone = last(undo(done.job), Undone)
    assert (undone.files, len(undone.faults), undone.is_whole) == (1, 1, False)
    job = last_job(folder.root)
    assert job is not None
    assert job.state is JobState.UNDOING
    locked.chmod(0o644)
    assert last(undo(job), Undone).is_whole
    assert contents(folder) == before


def many_files(root: Path) -> DataFolder:
    return make_folder(root, {f"{n:03}": voc_xml(object_xml("drone"), object_xml("bird")) for n in range(150)})


KILLED = """
import sys
from pathlib import Path
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.relabel import relabel
for _record in relabel(open_folder(Path(sys.argv[1])), {"drone": "bird", "bird": "drone"}):
    print("step", flush=True)
    sys.stdin.readline()
"""


def kill_half_way(root: Path) -> None:
    """Swap two classes in a process that is killed after two batches."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(root)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            assert process.stdout.readline() == "step\n"
            process.stdin.write("\n")
            process.stdin.flush()
        process.send_signal(signal.SIGKILL)


def test_that_a_killed_job_can_be_undone_in_a_later_start(tmp_path: Path) -> None:
    folder = many_files(tmp_path)
    before = contents(folder)
    kill_half_way(folder.root)
    assert 0 < sum(content != before[name] for name, content in contents(folder).items()) < 150
    job = last_job(folder.root)
    assert job is not None
    assert job.state is JobState.APPLYING
    last(undo(job), Undone)
    assert contents(folder) == before


def test_that_a_killed_job_can_be_finished_and_then_undone(tmp_path: Path) -> None:
    folder = many_files(tmp_path)
    before = contents(folder)
    kill_half_way(folder.root)
    job = last_job(folder.root)
    assert job is not None
    done = last(finish(folder, job), Relabelled)
    assert (done.job.files, done.job.boxes, done.faults) == (150, 300, ())
    swapped = voc_xml(object_xml("bird"), object_xml("drone")).encode()
    assert set(contents(folder).values()) == {swapped}
    last(undo(done.job), Undone)
    assert contents(folder) == before


def stop_half_way(records: Generator[object, None, None], *, after: int) -> None:
    for _ in range(after):
        next(records)
    records.close()


def test_that_a_stopped_job_and_a_stopped_undo_leave_what_can_be_undone(tmp_path: Path) -> None:
    folder = many_files(tmp_path)
    before = contents(folder)
    stop_half_way(relabel(folder, {"drone": "uav"}), after=4)
    job = last_job(folder.root)
    assert job is not None
    assert (job.state, job.files) == (JobState.APPLYING, 96)
    stop_half_way(undo(job), after=2)
    job = last_job(folder.root)
    assert job is not None
    assert job.state is JobState.UNDOING
    assert sum(content != before[name] for name, content in contents(folder).items()) == 64
    last(undo(job), Undone)
    assert contents(folder) == before


def test_that_an_entry_that_was_cut_off_does_no_harm(folder: DataFolder) -> None:
    before = contents(folder)
    done = apply(folder, {"drone": "uav"})
    lines = done.job.path.read_bytes().splitlines()
    entry = next(line for line in lines if line.startswith(b'{"file"'))
    done.job.path.write_bytes(b"\n".join(lines) + b"\n" + entry[:-30])
    job = last_job(folder.root)
    assert job == done.job
    last(undo(job), Undone)
    assert contents(folder) == before


def test_that_jobs_are_undone_one_by_one_and_old_ones_are_let_go(folder: DataFolder) -> None:
    before = contents(folder)
    names = ["drone", *(f"name{number}" for number in range(KEPT + 1))]
    for old, new in pairwise(names):
        apply(folder, {old: new})
    assert len(list(jobs_folder(folder.root).iterdir())) == KEPT
    for new in reversed(names[1 : KEPT + 1]):
        job = last_job(folder.root)
        assert job is not None
        last(undo(job), Undone)
        assert new in class_names(folder)
    assert last_job(folder.root) is None
    assert contents(folder) != before


def test_that_nothing_is_changed_where_no_journal_can_be_kept(folder: DataFolder) -> None:
    before = contents(folder)
    write_bytes(jobs_folder(folder.root), "a file in the way")
    with pytest.raises(FileError):
        apply(folder, {"drone": "uav"})
    assert contents(folder) == before


def test_that_a_job_without_effect_leaves_no_journal(folder: DataFolder) -> None:
    assert apply(folder, {"plane": "uav"}).job.files == 0
    assert last_job(folder.root) is None


def test_that_an_empty_label_file_stays(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, {"a": "", "b": voc_xml(object_xml())})
    assert apply(folder, {"drone": None}).job.files == 1
    assert contents(folder)["a.xml"] == b""


def test_that_formats_that_are_read_only_and_empty_names_are_refused(tmp_path: Path, folder: DataFolder) -> None:
    write_image(tmp_path / "yolo" / "a.png")
    write_bytes(tmp_path / "yolo" / "a.txt", "0 .5 .5 .1 .1\n")
    for refused in (
        relabel(open_folder(tmp_path / "yolo"), {"x": "y"}),
        survey_classes(open_folder(tmp_path / "yolo")),
    ):
        with pytest.raises(UserError, match="YOLO"):
            next(refused)
    with pytest.raises(UserError, match="needs a name"):
        next(relabel(folder, {"drone": "  "}))


def test_that_changes_that_change_nothing_are_left_out() -> None:
    assert effective({"a": " a ", "b": "c ", "d": None}) == {"b": "c", "d": None}


def test_that_a_list_of_classes_follows_in_place() -> None:
    assert renamed_classes(("a", "b", "c", "d"), {"b": "d", "c": None}) == ("a", "d")


def test_that_boxes_keep_all_but_their_class() -> None:
    box = Box("a", 1, 2, 3, 4, 7, difficult=True, pose="Left")
    annotation = Annotation(9, 9, (box, Box("b", 0, 0, 1, 1, 8)), is_verified=True, note="n")
    after = relabelled(annotation, {"a": "c", "b": None})
    assert after == Annotation(
        9, 9, (Box("c", 1, 2, 3, 4, 7, difficult=True, pose="Left"),), is_verified=True, note="n"
    )
