"""Checkpoints: ours and the published ones open, anything else is refused with its reason."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from yolox_core.checkpoint import Checkpoint, build_model, load_checkpoint, load_weights, save_checkpoint
from yolox_core.errors import FileError
from yolox_core.model.yolox import SIZES, YOLOX


def _checkpoint(*class_names: str) -> Checkpoint:
    model = YOLOX(SIZES["nano"], len(class_names))
    return Checkpoint("nano", class_names, 320, dict(model.state_dict()), {"epochs": 3}, epoch=2, ap=0.5)


def test_that_a_saved_checkpoint_comes_back_whole(tmp_path: Path) -> None:
    saved = _checkpoint("drone", "bird")
    save_checkpoint(tmp_path / "a.pth", saved)
    loaded = load_checkpoint(tmp_path / "a.pth")
    assert (loaded.size, loaded.class_names, loaded.image_size, loaded.epoch, loaded.ap) == (
        "nano",
        saved.class_names,
        320,
        2,
        0.5,
    )
    assert loaded.config == {"epochs": 3}
    assert all(torch.equal(loaded.weights[key], value) for key, value in saved.weights.items())
    assert not build_model(loaded).training


def test_that_half_precision_halves_the_file_and_loads_as_float32(tmp_path: Path) -> None:
    checkpoint = _checkpoint("drone")
    variance = "backbone.backbone.stem.conv.bn.running_var"
    checkpoint.weights[variance] = torch.full_like(checkpoint.weights[variance], 90_000.0)
    save_checkpoint(tmp_path / "full.pth", checkpoint)
    save_checkpoint(tmp_path / "half.pth", checkpoint, half=True)
    assert load_checkpoint(tmp_path / "half.pth").weights[variance][0] == 90_000
    assert (tmp_path / "half.pth").stat().st_size < 0.65 * (tmp_path / "full.pth").stat().st_size
    assert load_checkpoint(tmp_path / "half.pth").weights["head.obj_preds.0.bias"].dtype is torch.float32


def test_that_the_published_layout_opens_with_its_numpy_scalar(tmp_path: Path) -> None:
    weights = _checkpoint(*[str(number) for number in range(80)]).weights
    torch.save({"start_epoch": 300, "model": weights, "best_ap": np.float64(0.25)}, tmp_path / "yolox_nano.pth")
    loaded = load_checkpoint(tmp_path / "yolox_nano.pth")
    assert (loaded.size, loaded.image_size, loaded.epoch) == ("nano", 416, 300)
    assert loaded.class_names[:2] == ("person", "bicycle")


def test_that_the_real_coco_weights_open(shared: Path) -> None:
    assert load_checkpoint(shared / "weights" / "yolox_nano.pth").size == "nano"


class _Malicious:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('ran')",))


def test_that_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    torch.save({"model": _Malicious()}, tmp_path / "bad.pth")
    (tmp_path / "raw.pth").write_bytes(pickle.dumps(_Malicious(), protocol=2))
    for name in ("bad.pth", "raw.pth"):
        with pytest.raises(FileError, match="run code"):
            load_checkpoint(tmp_path / name)


@pytest.mark.parametrize("keep", [0, 10, 5_000, 0.5, 0.99])
def test_that_a_file_cut_short_is_refused(tmp_path: Path, keep: float) -> None:
    save_checkpoint(tmp_path / "a.pth", _checkpoint("drone"))
    whole = (tmp_path / "a.pth").read_bytes()
    (tmp_path / "cut.pth").write_bytes(whole[: int(keep * len(whole)) if 0 < keep < 1 else int(keep)])
    with pytest.raises(FileError, match=r"cut short or is not a checkpoint|run code"):
        load_checkpoint(tmp_path / "cut.pth")


def test_that_other_bad_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="Could not be read"):
        load_checkpoint(tmp_path / "none.pth")
    torch.save({"model": {"a": torch.zeros(1)}}, tmp_path / "other.pth")
    with pytest.raises(FileError, match="no YOLOX weights"):
        load_checkpoint(tmp_path / "other.pth")
    broken = _checkpoint("drone")
    broken.weights["head.obj_preds.0.bias"] = torch.tensor([float("nan")])
    save_checkpoint(tmp_path / "nan.pth", broken)
    with pytest.raises(FileError, match="NaN"):
        load_checkpoint(tmp_path / "nan.pth")


def test_that_fine_tuning_keeps_predictions_of_classes_with_the_same_name() -> None:
    source = _checkpoint("person", "bird", "car")
    model = YOLOX(SIZES["nano"], 2)
    fresh = model.head.cls_preds[0].weight.detach().clone()
    report = load_weights(model, source, ("drone", "bird"))
    assert report.classes_kept == ("bird",)
    assert not report.missing
    assert torch.equal(model.head.cls_preds[0].weight[1], source.weights["head.cls_preds.0.weight"][1])
    assert torch.equal(model.head.cls_preds[0].weight[0], fresh[0])
    assert torch.equal(model.backbone.C3_p3.conv1.conv.weight, source.weights["backbone.C3_p3.conv1.conv.weight"])
