"""The command line: JSON alone on stdout, exit codes, ranges in the help, the whole way on real files."""

import csv
import io
import json
import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests.app.player.clips import write_checkpoint, write_clip
from yolox_core.checkpoint import load_checkpoint
from yolox_core.cli import main, parse
from yolox_core.cli.help_texts import COMMANDS
from yolox_core.fields import specs
from yolox_core.train.config import SIZES, TrainConfig
from yolox_core.train.topics import TOPICS

TINY = ["--size", "64", "--batch-size", "4", "--multiscale-range", "0", "--device", "cpu", "--epochs", "1"]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return write_checkpoint(tmp_path / "small.pth")


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What a command that succeeds prints, which must be one JSON object and nothing else."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert isinstance(values, dict)
    return values


def test_that_train_eval_and_predict_work_one_after_the_other(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    trained = _json(capsys, "train", "--data", str(squares), "--output", str(run), *TINY)
    assert {"run", "best", "ap", "ap50", "seconds_per_epoch"} <= trained.keys()
    best = str(trained["best"])
    assert load_checkpoint(Path(best)).image_size == 64

    measured = _json(capsys, "eval", "--data", str(squares), "--split", "val", "--weights", best, "--device", "cpu")
    assert {"ap", "ap50", "voc_ap50", "ap50_per_class", "images", "seconds"} <= measured.keys()
    assert measured["images"] == 2
    assert {"ap75", "ap_small", "voc_ap50_11_point", "best_threshold", "curve", "classes"} <= measured.keys()
    assert measured["confusion"]["names"] == ["square", ""]  # type: ignore[call-overload, index]
    assert main(["eval", "--data", str(squares), "--weights", best, "--device", "cpu"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("square", "best score", "AP75", "by size:", "11 points", "Confusion at score"))
    assert measured["ap50"] == pytest.approx(trained["ap50"])

    images = squares / "JPEGImages"
    drawn = _json(capsys, "predict", str(images), "--output", str(tmp_path / "out"), "--weights", best)
    assert isinstance(drawn["images"], list)
    assert len(drawn["images"]) == len(list((tmp_path / "out").glob("*.png"))) == 10


def test_that_predict_writes_an_annotated_video(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=5)
    weights = str(shared / "weights" / "yolox_nano.pth")
    made = _json(
        capsys, "predict", str(clip), "--output", str(tmp_path / "a.mp4"), "--weights", weights, "--size", "64"
    )
    assert made["frames"] == 5
    assert (tmp_path / "a.mp4").stat().st_size > 0


def test_that_predict_writes_the_detections_of_a_video_as_numbers(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip, target = write_clip(tmp_path / "clip.mp4", frames=4), tmp_path / "found.csv"
    made = _json(capsys, "predict", str(clip), "--output", str(target), "--weights", str(checkpoint), "--tracks")
    assert made["frames"] == 4
    with target.open(newline="") as file:
        assert {row["frame"] for row in csv.DictReader(file)} == {"1", "2", "3", "4"}
    wrong = ["predict", str(clip), "--output", str(tmp_path / "found.xml"), "--weights", str(checkpoint)]
    assert main(wrong) == 1
    assert "Choose one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--data", "{none}"], "no such folder|There is no"),
        (["eval", "--data", "{data}", "--weights", "{none}"], "Could not be read"),
        (["eval", "--data", "{data}", "--split", "x", "--weights", "{none}"], "split"),
        (["predict", "{none}", "--output", "o", "--weights", "w"], "no such file"),
        (["train", "--data", "{data}", "--device", "cuda:99", "--output", "{none}"], "GPU"),
    ],
)
def test_that_a_problem_is_one_clear_message_and_exit_code_1(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    filled = [text.format(data=squares, none=tmp_path / "none") for text in arguments]
    assert main(filled) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert any(part in shown.err for part in said.split("|"))
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "--data", "x", "--epochs", "0"],
        ["train", "--data", "x", "--size", "333"],
        ["train", "--data", "x", "--model", "xxl"],
        ["eval", "--data", "x", "--weights", "y", "--conf-threshold", "2"],
        ["predict", "x", "--output", "y", "--weights", "z", "--nms-threshold", "much"],
    ],
)
def test_that_wrong_usage_exits_with_2_and_says_the_range(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_that_help_teaches_ranges_and_units(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "32 to 2048, a multiple of 32 px" in text
    assert "Passes over the training images. Range: 1 to 10000 epochs. Default: 25." in text


@pytest.mark.parametrize("command", COMMANDS)
def test_that_every_command_teaches_by_examples_that_parse(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "exit codes: 0 done" in shown
    lines = [line.strip() for line in COMMANDS[command].examples.splitlines()]
    calls = [shlex.split(line.split(" > ")[0])[1:] for line in lines if line.startswith("yolox-workbench")]
    assert len(calls) >= 2
    for call in calls:
        assert "run" in parse(call)


def test_that_the_groups_of_the_training_help_hold_every_setting_once() -> None:
    grouped = [name for names in TOPICS.values() for name in names]
    assert sorted(grouped) == sorted(specs(TrainConfig))


def test_that_runs_lists_what_lies_below_a_folder(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done, killed = tmp_path / "runs" / "a" / "done", tmp_path / "runs" / "a" / "killed"
    _json(capsys, "train", "--data", str(squares), "--output", str(done), *TINY)
    shutil.copytree(done, killed)
    lines = (done / "events.jsonl").read_text().splitlines()
    (killed / "events.jsonl").write_text("\n".join(lines[:-1])[:-20])  # no end, and the last line cut short
    os.utime(killed / "events.jsonl", (0, 0))
    (tmp_path / "runs" / "not a run").mkdir()
    listed = _json(capsys, "runs", str(tmp_path / "runs"))["runs"]
    assert isinstance(listed, list)
    assert {Path(run["path"]).name: run["state"] for run in listed} == {"done": "done", "killed": "unfinished"}
    assert {(run["size"], run["epochs_done"], run["epochs"]) for run in listed} == {("nano", 1, 1)}
    assert main(["runs", str(tmp_path / "runs"), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["state"] for row in rows] in (["done", "unfinished"], ["unfinished", "done"])
    assert main(["runs", str(squares)]) == 0
    assert "No runs in" in capsys.readouterr().err
    assert main(["runs", str(tmp_path / "nothing")]) == 1
    assert "no such folder" in capsys.readouterr().err


def test_that_names_are_shown_as_they_are(squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = tmp_path / "[red]" / "[/x]"
    odd.mkdir(parents=True)
    (odd / "events.jsonl").write_text("[" * 100_000 + '\n{"event": "EpochDone", "epoch": 1, "time_s": "z"}\n')
    assert main(["runs", str(tmp_path)]) == 0
    assert "[red]/[/x]" in "".join(line.split("  ")[0] for line in capsys.readouterr().out.splitlines())


def test_that_weights_lists_what_is_published_and_refuses_what_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("YOLOX_WORKBENCH_WEIGHTS_URL", "http://127.0.0.1:9")
    listed = _json(capsys, "weights")["weights"]
    assert isinstance(listed, dict)
    assert set(listed) == set(SIZES)
    assert listed["s"]["address"] == "http://127.0.0.1:9/yolox_s.pth"
    for wrong in (["weights", "xxl"], ["weights", "s"], ["predict", "a.png", "--output", "o", "--weights", "coco"]):
        assert main(wrong) == 1
    said = capsys.readouterr().err
    assert "No weights of size 'xxl'" in said
    assert "cannot be loaded" in said
