"""`export` from a shell: the file, what is said of it, and what is refused."""

import json
import shutil
from pathlib import Path

import onnx
import pytest
import torch

from yolox_core.cli import main
from yolox_core.train.start import built_in_start


def test_that_export_writes_beside_the_checkpoint_and_says_what_was_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = Path(shutil.copy(built_in_start(), tmp_path / "best.pth"))
    assert main(["export", str(checkpoint), "--size", "64x96", "--nms", "--conf-threshold", "0.5"]) == 0
    said = capsys.readouterr().out
    assert "any x 3 x 64 x 96" in said
    assert "Compared with torch" in said
    metadata = {prop.key: prop.value for prop in onnx.load(tmp_path / "best.onnx").metadata_props}
    assert metadata["conf_threshold"] == "0.5"


def test_that_export_speaks_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pt"
    arguments = ["export", str(built_in_start()), "--format", "torchscript", "--batch", "2", "--size", "64"]
    assert main([*arguments, "--output", str(path), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["path"], made["kind"], made["input_shape"]) == (str(path), "torchscript", [2, 3, 64, 64])
    assert made["difference"] < 1e-3
    assert path.is_file()


def test_that_the_published_layout_is_written_for_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "for-others.pth"
    assert main(["export", str(built_in_start()), "--format", "yolox", "--output", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == "nano"
    assert set(torch.load(path, weights_only=True)) == {"start_epoch", "model", "best_ap"}


def test_that_the_checkpoint_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = Path(shutil.copy(built_in_start(), tmp_path / "best.pth"))
    before = checkpoint.read_bytes()
    assert main(["export", str(checkpoint), "--output", str(checkpoint)]) == 1
    assert "checkpoint itself" in capsys.readouterr().err
    assert checkpoint.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [["--batch", "0"], ["--size", "100"], ["--size", "32x32x32"], ["--format", "x"], ["--nms", "--no-decode"]],
)
def test_that_wrong_options_are_wrong_usage(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["export", "a.pth", *options])
    assert caught.value.code == 2
