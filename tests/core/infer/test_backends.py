"""ONNX Runtime behind the detector: the same answers as torch, made once, kept within bounds, never in the way."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from yolox_core.checkpoint import load_checkpoint, save_checkpoint
from yolox_core.errors import UserError, ValueOutOfRange
from yolox_core.export.session import OnnxSession
from yolox_core.images import read_image
from yolox_core.infer import backends
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.detector import Detector
from yolox_core.train.start import built_in_start

pytestmark = pytest.mark.usefixtures("one_thread")

SIDE = 64
PICTURE = np.random.default_rng(3).integers(0, 256, (48, 80, 3), np.uint8)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A trained network with an input of 64 px."""
    return save_variant(tmp_path / "trained.pth", shift=0.0)


def save_variant(path: Path, *, shift: float) -> Path:
    """The shipped network with other biases of its class predictions."""
    trained = load_checkpoint(built_in_start())
    bias = "head.cls_preds.0.bias"
    shifted = {**trained.weights, bias: trained.weights[bias] + shift}
    save_checkpoint(path, replace(trained, image_size=SIDE, weights=shifted))
    return path


def kept_files(home: Path) -> list[Path]:
    return sorted((home / "cache" / "onnx").glob("*"))


def everything(detector: Detector, images: list[NDArray[np.uint8]]) -> list[Candidates]:
    return detector.with_limits(floor=0.02, top_k=None).predict(images)


def is_onnx(detector: Detector) -> bool:
    return isinstance(detector._backend, OnnxSession)


@pytest.mark.parametrize("image_size", [0, (320, 448)])
def test_that_real_images_give_the_same_candidates_as_torch(shared: Path, image_size: int | tuple[int, int]) -> None:
    path = shared / "weights" / "yolox_nano.pth"
    photographs = sorted((shared / "data/coco-val128/images").glob("*.jpg"))[:4]
    images = [read_image(photograph) for photograph in photographs]
    ours = Detector.open(path, device="cpu", image_size=image_size)
    theirs = Detector.open(path, device="cpu", image_size=image_size, backend="torch")
    assert is_onnx(ours)
    assert not is_onnx(theirs)
    found = 0
    for image, mine, other in zip(images, everything(ours, images), everything(theirs, images), strict=True):
        assert len(mine) == len(other)
        np.testing.assert_allclose(mine.scores, other.scores, atol=1e-3)
        np.testing.assert_allclose(mine.boxes, other.boxes, atol=1e-3 * max(image.shape))
        assert mine.class_ids.tolist() == other.class_ids.tolist()
        found += int((mine.scores > 0.3).sum())
    assert found > 10


def test_that_the_second_opening_reads_what_the_first_has_kept(weights: Path, own_home: Path) -> None:
    first = Detector.open(weights, device="cpu")
    (kept,) = kept_files(own_home)
    written = kept.read_bytes()
    os.utime(kept, (1, 1))
    second = Detector.open(weights, device="cpu")
    assert kept_files(own_home) == [kept]
    assert kept.read_bytes() == written
    assert kept.stat().st_mtime > 1, "its use is noted"
    for one, other in zip(everything(first, [PICTURE]), everything(second, [PICTURE]), strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)


def test_that_another_content_or_input_size_is_another_file(weights: Path, own_home: Path) -> None:
    Detector.open(weights, device="cpu")
    Detector.open(weights, device="cpu", image_size=(32, 64))
    assert len(kept_files(own_home)) == 2
    save_variant(weights, shift=1.0)
    theirs = Detector.open(weights, device="cpu", backend="torch")
    ours = Detector.open(weights, device="cpu")
    assert len(kept_files(own_home)) == 3
    images = torch.rand(1, 3, SIDE, SIDE) * 255
    with torch.inference_mode():
        torch.testing.assert_close(ours._backend(images), theirs._backend(images), rtol=1e-3, atol=1e-3)


def test_that_a_damaged_file_is_made_again(weights: Path, own_home: Path) -> None:
    Detector.open(weights, device="cpu")
    (kept,) = kept_files(own_home)
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert is_onnx(Detector.open(weights, device="cpu"))
    assert kept.read_bytes() == whole


def test_that_a_cache_that_cannot_be_written_is_done_without(weights: Path, own_home: Path) -> None:
    (own_home / "cache").write_text("a file where the folder should be")
    detector = Detector.open(weights, device="cpu")
    assert is_onnx(detector)
    assert len(detector.predict([PICTURE])) == 1


def test_that_a_kept_file_is_used_even_where_its_use_cannot_be_noted(
    weights: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    Detector.open(weights, device="cpu")
    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(backends, "exported_content", lambda *_: pytest.fail("exported again"))
    assert is_onnx(Detector.open(weights, device="cpu"))


def test_that_openings_at_the_same_time_do_not_clash(weights: Path, own_home: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        detectors = list(pool.map(lambda _: Detector.open(weights, device="cpu"), range(3)))
    assert all(is_onnx(detector) for detector in detectors)
    assert [path.suffix for path in kept_files(own_home)] == [".onnx"]


def test_that_files_unused_for_longest_go_when_there_are_too_many(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Detector.open(save_variant(tmp_path / "0.pth", shift=0.0), device="cpu")
    (first,) = kept_files(own_home)
    os.utime(first, (1, 1))
    monkeypatch.setattr(backends, "KEPT_BYTES", 2 * first.stat().st_size + 100)
    for shift in (1.0, 2.0):
        Detector.open(save_variant(tmp_path / f"{shift}.pth", shift=shift), device="cpu")
    assert len(kept_files(own_home)) == 2
    assert first not in kept_files(own_home)


def test_that_torch_computes_what_cannot_be_exported(
    weights: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from yolox_core.export import recorder

    monkeypatch.delitem(recorder.WRITERS, torch.nn.functional.silu)
    caplog.set_level("INFO")
    detector = Detector.open(weights, device="cpu")
    assert not is_onnx(detector)
    assert "silu" in caplog.text
    assert len(detector.predict([PICTURE])) == 1
    with pytest.raises(UserError, match="silu"):
        Detector.open(weights, device="cpu", backend="onnxruntime")
    assert kept_files(own_home) == []


def test_that_an_export_that_differs_is_not_used(
    weights: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yolox_core.export import recorder

    monkeypatch.setitem(recorder.WRITERS, torch.nn.functional.silu, lambda to, x, inplace: to.add("Relu", x))
    assert not is_onnx(Detector.open(weights, device="cpu"))
    with pytest.raises(UserError, match="differs from torch"):
        Detector.open(weights, device="cpu", backend="onnxruntime")
    assert kept_files(own_home) == []


def test_that_a_backend_must_be_known_and_fit_the_device(weights: Path) -> None:
    with pytest.raises(ValueOutOfRange, match="backend"):
        Detector.open(weights, device="cpu", backend="tensorflow")
    checkpoint = load_checkpoint(weights)
    with pytest.raises(ValueOutOfRange, match="CPU"):
        backends.open_backend("onnxruntime", weights, checkpoint, (SIDE, SIDE), torch.device("cuda"))


def test_that_the_session_has_as_many_threads_as_torch(weights: Path) -> None:
    session = backends.onnx_backend(weights, load_checkpoint(weights), (SIDE, SIDE))
    assert session._session.get_session_options().intra_op_num_threads == 1
