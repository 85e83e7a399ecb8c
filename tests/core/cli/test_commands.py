"""The command line: JSON alone on stdout, exit codes, ranges in the help, the whole way on real files."""

import json
from pathlib import Path

import pytest

from tests.app.player.clips import write_clip
from yolox_core.checkpoint import load_checkpoint
from yolox_core.cli import main

TINY = ["--size", "64", "--batch-size", "4", "--multiscale-range", "0", "--device", "cpu", "--epochs", "1"]


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
