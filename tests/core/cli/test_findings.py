"""`findings` and `plant`: a copy with known errors, and the list of what is probably wrong with it."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.core.review.sets import make_scenes, write_labels
from yolox_core.cli import main
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.review.corrupted import read_planted
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.records import FindingKind
from yolox_core.review.table import finding_of


def test_that_plant_writes_a_copy_and_leaves_the_source_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, copy = make_scenes(tmp_path / "source").root, tmp_path / "copy"
    before = {path: path.read_bytes() for path in source.rglob("*.xml")}
    assert main(["plant", str(source), "--output", str(copy), "--seed", "3", "--drop", "0.2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {path: path.read_bytes() for path in source.rglob("*.xml")} == before
    planted = read_planted(copy)
    assert sum(said["planted"].values()) == len(planted)
    assert said["planted"]["missing"] > said["planted"]["poor"]
    folder = open_folder(copy)
    boxes = {(image.name, box) for image in folder.images for box in read_annotation(folder, image).boxes}
    for error in planted:
        assert (error.now is None) == (error.kind is FindingKind.MISSING)
        assert error.now is None or (error.image, error.now) in boxes
    assert main(["plant", str(source), "--output", str(copy)]) == 1
    assert "not empty" in capsys.readouterr().err


def test_that_findings_without_a_network_come_as_json_and_csv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = make_scenes(tmp_path / "scenes", images=6)
    first, *rest = scenes.truth["002"]
    write_labels(scenes.root, "002", (first, first, *rest))
    (scenes.root / "Annotations" / "004.xml").unlink()
    assert main(["findings", str(scenes.root), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert [(row["kind"], row["image"]) for row in values["findings"]] == [("duplicate", "002")]
    assert values["undecided"] == ["004"]
    assert values["images_looked_at"] == 5
    assert main(["findings", str(scenes.root), "--csv"]) == 0
    shown = capsys.readouterr()
    assert [row["kind"] for row in csv.DictReader(io.StringIO(shown.out))] == ["duplicate"]
    assert "1 images without a label file" in shown.err
    assert main(["findings", str(scenes.root)]) == 0
    assert "duplicate" in capsys.readouterr().out
    finding = finding_of(values["findings"][0])
    assert finding.twin is not None
    Decisions(scenes.root).decide(finding, Verdict.REJECTED)
    assert main(["findings", str(scenes.root)]) == 0
    assert "Nothing found" in capsys.readouterr().err


def test_that_findings_judge_by_a_checkpoint_with_classes_mapped(
    squares: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = ["--weights", str(shared / "weights" / "yolox_nano.pth"), "--size", "64", "--device", "cpu"]
    assert main(["findings", str(squares), *weights]) == 1
    assert "knows none of the classes in the labels: square" in capsys.readouterr().err
    assert main(["findings", str(squares), *weights, "--map", "square=tv", "--least", "0", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["unknown_classes"] == []
    assert all(0 <= row["probability"] <= 1 and row["reason"] for row in values["findings"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["findings", "x", "--folds", "1"],
        ["findings", "x", "--map", "a"],
        ["findings", "x", "--output", "y"],
        ["plant", "x"],
    ],
)
def test_that_wrong_usage_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_that_next_ranks_images_without_labels(squares: Path, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = ["--weights", str(shared / "weights" / "yolox_nano.pth"), "--size", "64", "--device", "cpu"]
    mapped = [*weights, "--map", "square=tv"]
    assert main(["next", str(squares), *mapped]) == 0
    assert "Every image is labelled" in capsys.readouterr().err
    for name in ("1", "3"):
        (squares / "Annotations" / f"{name}.xml").unlink()
    assert main(["next", str(squares), *mapped, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert {row["image"] for row in values["images"]} <= {"1", "3"}
    assert values["unlabelled"] == len(values["images"]) >= 1
    assert main(["next", str(squares), *mapped, "--most", "1"]) == 0
    assert "doubt" in capsys.readouterr().out
    assert main(["next", str(squares), *weights]) == 1
    assert "knows none of the classes" in capsys.readouterr().err
