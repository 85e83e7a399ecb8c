"""Checkpoints: ours and the published ones open, anything else is refused with its reason."""

import os
import pickle
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval
from yolox.config import YoloxNano

from yolox_core.checkpoint import (
    Checkpoint,
    build_model,
    load_checkpoint,
    load_weights,
    save_checkpoint,
    save_official,
)
from yolox_core.checkpoint.published import DEVIATION_RGB, MEAN_RGB, is_for_normalised_rgb, size_of
from yolox_core.errors import FileError
from yolox_core.images import read_image
from yolox_core.infer.detector import Detector
from yolox_core.model.blocks import ConvBlock
from yolox_core.model.yolox import SIZES, YOLOX, model_size

CPU = torch.device("cpu")


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


@pytest.mark.parametrize("size", SIZES)
def test_that_every_published_size_is_known_by_its_layers(size: str) -> None:
    with torch.device("meta"):
        layers = YOLOX(SIZES[size], 80).state_dict()
    assert size_of(layers) == size


def test_that_the_peer_opens_what_is_saved_for_others(tmp_path: Path) -> None:
    checkpoint = _checkpoint("drone", "bird")
    save_official(tmp_path / "official.pth", checkpoint)
    content = torch.load(tmp_path / "official.pth", weights_only=True)
    config = YoloxNano()
    config.num_classes = 2
    peer, image = config.get_model().eval(), torch.rand(1, 3, 64, 96) * 255
    peer.load_state_dict(content["model"], strict=True)
    with torch.inference_mode():
        torch.testing.assert_close(build_model(checkpoint)(image), peer(image), rtol=1e-4, atol=1e-4)
    assert load_checkpoint(tmp_path / "official.pth").size == "nano"


def test_that_folded_batch_norm_and_the_prefix_of_several_gpus_are_undone(tmp_path: Path) -> None:
    checkpoint = _checkpoint("drone")
    for key, value in checkpoint.weights.items():
        if key.endswith(("running_mean", "running_var", "bn.bias")):
            value.uniform_(0.5, 1.5)
    model, image = build_model(checkpoint), torch.rand(1, 3, 64, 64) * 255
    with torch.inference_mode():
        wanted = model(image)
    for module in model.modules():
        if isinstance(module, ConvBlock):
            module.conv = fuse_conv_bn_eval(module.conv, module.bn)
            del module.bn
    torch.save({"model": {f"module.{key}": value for key, value in model.state_dict().items()}}, tmp_path / "a.pth")
    with torch.inference_mode():
        torch.testing.assert_close(
            build_model(load_checkpoint(tmp_path / "a.pth"))(image), wanted, rtol=1e-3, atol=1e-3
        )


def test_that_a_network_for_normalised_rgb_is_converted(shared: Path, tmp_path: Path) -> None:
    """The legacy twin of the published network, made by the inverse formula, answers alike on a photograph."""
    weights = load_checkpoint(shared / "weights" / "yolox_nano.pth").weights
    assert not is_for_normalised_rgb(weights)
    stem = "backbone.backbone.stem.conv"
    mean, deviation = (torch.tensor(values).repeat(4)[None, :, None, None] for values in (MEAN_RGB, DEVIATION_RGB))
    bgr = weights[f"{stem}.conv.weight"]
    normalised = bgr[:, torch.arange(12).view(-1, 3).flip(1).flatten()] * 255 * deviation
    shift = (normalised / deviation * mean).sum(dim=(1, 2, 3))
    legacy = {
        **weights,
        f"{stem}.conv.weight": normalised,
        f"{stem}.bn.running_mean": weights[f"{stem}.bn.running_mean"] - shift,
    }
    torch.save({"model": legacy}, tmp_path / "legacy.pth")
    opened = load_checkpoint(tmp_path / "legacy.pth")
    assert "BGR" in opened.remarks[0]
    picture = read_image(sorted((shared / "data" / "coco-val128").rglob("*.jpg"))[0])
    found = Detector(build_model(opened), opened.class_names, 416, CPU).predict([picture])[0]
    wanted = Detector(build_model(replace(opened, weights=weights)), opened.class_names, 416, CPU).predict([picture])[0]
    np.testing.assert_allclose(found.scores[:5], wanted.scores[:5], atol=1e-3)
    np.testing.assert_allclose(found.boxes[:5], wanted.boxes[:5], atol=0.1)


class _Malicious:
    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(self._mark),))


def test_that_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    bad = _Malicious(tmp_path / "ran")
    torch.save({"model": bad}, tmp_path / "bad.pth")
    (tmp_path / "raw.pth").write_bytes(pickle.dumps(bad, protocol=2))
    for name in ("bad.pth", "raw.pth"):
        with pytest.raises(FileError, match=r"asks to run code \(posix.mkdir\)"):
            load_checkpoint(tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("keep", [10, 5_000, 0.5, 0.99])
@pytest.mark.parametrize("is_zip", [True, False])
def test_that_a_file_cut_short_is_refused(tmp_path: Path, keep: float, is_zip: bool) -> None:
    content = {"model": _checkpoint("drone").weights}
    torch.save(content, tmp_path / "a.pth", _use_new_zipfile_serialization=is_zip)
    whole = (tmp_path / "a.pth").read_bytes()
    (tmp_path / "cut.pth").write_bytes(whole[: int(keep * len(whole)) if keep < 1 else int(keep)])
    with pytest.raises(FileError, match="cut short or damaged"):
        load_checkpoint(tmp_path / "cut.pth")


def _with(**changed: torch.Tensor) -> dict[str, torch.Tensor]:
    weights = dict(_checkpoint("drone").weights)
    return {**weights, **{key.replace("__", "."): value for key, value in changed.items()}}


NARROW, NAN = torch.zeros(1, 32, 1, 1), torch.tensor([float("nan")])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"model": {"layer1.0.conv1.weight": torch.zeros(1)}}, r"no YOLOX weights \(but layer1"),
        ({"model": Decimal(1)}, r"run code \(decimal.Decimal\)"),
        ([1, 2], "no YOLOX weights"),
        ({"model": _with(head__obj_preds__0__weight=NARROW)}, r"obj_preds.0.weight is \[1, 32, 1, 1\], but \[1, 64"),
        ({"model": _with(head__obj_preds__0__bias=NAN)}, r"NaN or infinite numbers \(in head.obj_preds.0.bias"),
        ({"model": _with(head__anchors=NARROW)}, "head.anchors is no layer of size nano"),
        ({"model": _with(), "size": "s"}, "in size s"),
        ({"model": _with(), "size": "nano", "class_names": ["a", "b"]}, "1 classes in the weights, 2 class names"),
        ({"model": _with(), "format": "yolox-workbench/2"}, "made by a later version"),
    ],
)
def test_that_other_files_are_told_apart(tmp_path: Path, content: object, said: str) -> None:
    torch.save(content, tmp_path / "other.pth")
    with pytest.raises(FileError, match=said):
        load_checkpoint(tmp_path / "other.pth")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"<html>Not found</html>", "not a checkpoint"), (b"\xff\xd8\xff", "not a")],
)
def test_that_files_that_torch_never_wrote_are_told_apart(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "other.pth").write_bytes(content)
    with pytest.raises(FileError, match=said):
        load_checkpoint(tmp_path / "other.pth")


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.pth: Could not be read"):
        load_checkpoint(tmp_path / "none.pth")


def test_that_start_weights_are_reported_layer_by_layer() -> None:
    model = YOLOX(model_size("nano", width=0.5), 1)
    before = model.backbone.C3_p3.conv1.conv.weight.detach().clone()
    report = load_weights(model, _checkpoint("drone"), ("drone",))
    reshaped = {key: (found, wanted) for key, found, wanted in report.reshaped}
    assert reshaped["backbone.C3_p3.conv1.conv.weight"] == ((32, 128, 1, 1), (64, 256, 1, 1))
    assert set(report.loaded) | set(reshaped) == set(model.state_dict())
    assert torch.equal(model.backbone.C3_p3.conv1.conv.weight, before)
    assert "of another shape: backbone.backbone.stem.conv.conv (16 x 12 x 3 x 3, 32 x 12 x 3 x 3 wanted)" in report.text


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
