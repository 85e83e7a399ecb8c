"""Exported files: what a deployer's own runtime gets out of them is what torch says."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from yolox_core.checkpoint import Checkpoint, build_model, load_checkpoint
from yolox_core.errors import FileError, UserError, ValueOutOfRange
from yolox_core.export import Exported, ExportSettings, check, export_checkpoint, recorder
from yolox_core.export.torchscript_file import load_torchscript
from yolox_core.images import read_image
from yolox_core.model.yolox import SIZES, YOLOX, ModelSize
from yolox_core.ops.letterbox import letterbox
from yolox_core.ops.postprocess import postprocess
from yolox_core.records import Progress
from yolox_core.train.start import built_in_start

pytestmark = pytest.mark.usefixtures("one_thread")

SIDE = 96


@pytest.fixture(scope="module")
def trained() -> Checkpoint:
    """The shipped network, which sees drones and birds in drawn pictures."""
    return replace(load_checkpoint(built_in_start()), image_size=SIDE)


@pytest.fixture(scope="module")
def published(shared: Path) -> Checkpoint:
    return load_checkpoint(shared / "weights" / "yolox_nano.pth")


@pytest.fixture(scope="module")
def photographs(shared: Path) -> NDArray[np.float32]:
    """Two letterboxed photographs, [2, 3, 416, 416]."""
    paths = sorted((shared / "data/coco-val128/images").glob("*.jpg"))[1:3]
    fitted = [letterbox(read_image(path), 416).image for path in paths]
    return np.stack(fitted).transpose(0, 3, 1, 2).astype(np.float32)


def exported(checkpoint: Checkpoint, path: Path, settings: ExportSettings) -> Exported:
    *progress, last = export_checkpoint(checkpoint, path, settings)
    assert isinstance(last, Exported)
    assert all(isinstance(record, Progress) for record in progress)
    assert [child.name for child in path.parent.iterdir() if child.name.startswith(".")] == []
    return last


def run_onnx(path: Path, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a program that knows nothing of us gets."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [node.name for node in session.get_inputs()] == ["images"]
    (outputs,) = session.run(None, {"images": images})
    assert isinstance(outputs, np.ndarray)
    return outputs


def torch_outputs(checkpoint: Checkpoint, images: NDArray[np.float32]) -> Tensor:
    with torch.inference_mode():
        outputs: Tensor = build_model(checkpoint)(torch.from_numpy(images))
    return outputs


def test_that_onnx_gives_torchs_outputs_for_photographs_in_any_batch(
    published: Checkpoint, photographs: NDArray[np.float32], tmp_path: Path
) -> None:
    made = exported(published, tmp_path / "a.onnx", ExportSettings())
    assert (made.input_shape, made.output_shape, made.batches) == ((-1, 3, 416, 416), (-1, 3549, 85), (1, 2))
    assert 0 < made.difference < 1e-3
    onnx.checker.check_model(made.path, full_check=True)
    expected = torch_outputs(published, photographs).numpy()
    np.testing.assert_allclose(run_onnx(made.path, photographs), expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(run_onnx(made.path, photographs[1:]), expected[1:], rtol=1e-3, atol=1e-3)


def test_that_undecoded_outputs_are_those_of_the_published_onnx_files(
    published: Checkpoint, photographs: NDArray[np.float32], tmp_path: Path
) -> None:
    made = exported(published, tmp_path / "a.onnx", ExportSettings(is_decoded=False, batch=1))
    outputs = run_onnx(made.path, photographs[:1])
    strides = np.concatenate([np.full(side * side, 416 // side) for side in (52, 26, 13)])[:, None]
    cells = np.concatenate([np.indices((side, side))[::-1].reshape(2, -1).T for side in (52, 26, 13)])
    expected = torch_outputs(published, photographs[:1]).numpy()
    np.testing.assert_allclose((outputs[0, :, :2] + cells) * strides, expected[0, :, :2], rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(np.exp(outputs[0, :, 2:4]) * strides, expected[0, :, 2:4], rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(outputs[..., 4:], expected[..., 4:], atol=1e-3)


@pytest.mark.parametrize("kind", ["onnx", "torchscript"])
def test_that_suppression_inside_gives_the_rows_of_our_own(
    published: Checkpoint, photographs: NDArray[np.float32], tmp_path: Path, kind: str
) -> None:
    settings = ExportSettings(kind=kind, has_nms=True, conf_threshold=0.05, nms_threshold=0.5)
    made = exported(published, tmp_path / "a", settings)
    assert (made.output_name, made.output_shape) == ("detections", (-1, 7))
    if kind == "onnx":
        rows = run_onnx(made.path, photographs)
    else:
        rows = load_torchscript(made.path.read_bytes())(torch.from_numpy(photographs)).numpy()
    assert (np.diff(rows[:, 6]) <= 0).all(), "best first"
    expected = postprocess(torch_outputs(published, photographs), conf_threshold=0.05, nms_threshold=0.5)
    assert sum(map(len, expected)) > 10
    for image, theirs in enumerate(expected):
        mine = rows[rows[:, 0] == image]
        assert len(mine) == len(theirs) > 0
        np.testing.assert_allclose(mine[:, 1:5], theirs[:, :4], atol=0.2)
        np.testing.assert_array_equal(mine[:, 5], theirs[:, 6])
        np.testing.assert_allclose(mine[:, 6], theirs[:, 4] * theirs[:, 5], atol=1e-3)


def test_that_a_picture_without_detections_gives_no_rows(trained: Checkpoint, tmp_path: Path) -> None:
    made = exported(trained, tmp_path / "a.onnx", ExportSettings(has_nms=True, conf_threshold=1.0))
    assert run_onnx(made.path, np.zeros((2, 3, SIDE, SIDE), np.float32)).shape == (0, 7)


def test_that_a_fixed_batch_and_a_wide_input_are_kept_to(trained: Checkpoint, tmp_path: Path) -> None:
    made = exported(trained, tmp_path / "a.onnx", ExportSettings(batch=3, image_size=(64, 128)))
    assert (made.input_shape, made.batches) == ((3, 3, 64, 128), (3,))
    images = np.random.default_rng(0).uniform(0, 255, (3, 3, 64, 128)).astype(np.float32)
    expected = torch_outputs(trained, images).numpy()
    np.testing.assert_allclose(run_onnx(made.path, images), expected, rtol=1e-3, atol=1e-3)
    with pytest.raises(Exception, match="invalid dimensions"):
        run_onnx(made.path, images[:1])


def test_that_half_precision_halves_the_file_and_stays_near(trained: Checkpoint, tmp_path: Path) -> None:
    full = exported(trained, tmp_path / "a.onnx", ExportSettings())
    half = exported(trained, tmp_path / "b.onnx", ExportSettings(is_half=True))
    assert half.size_mb < 0.55 * full.size_mb
    assert 0 < half.difference < 0.03
    picture = letterbox(check.drawn_picture(), SIDE).image.transpose(2, 0, 1)[None].astype(np.float32)
    outputs = run_onnx(half.path, picture)
    assert outputs.dtype == np.float32
    expected = torch_outputs(trained, picture).numpy()
    np.testing.assert_allclose(outputs[..., 4:], expected[..., 4:], atol=0.05)


@pytest.mark.parametrize("is_half", [False, True])
def test_that_torchscript_gives_torchs_outputs(trained: Checkpoint, tmp_path: Path, is_half: bool) -> None:
    made = exported(trained, tmp_path / "a.pt", ExportSettings(kind="torchscript", is_half=is_half))
    images = check.check_batches([check.drawn_picture()], (SIDE, SIDE), (2,))[0]
    with torch.inference_mode():
        outputs = load_torchscript(made.path.read_bytes())(images)
    expected = torch_outputs(trained, images.numpy())
    assert check.largest_difference(outputs, expected, box_unit=SIDE, floor=0.01) < (0.03 if is_half else 1e-3)


def test_that_a_deployer_can_read_what_the_file_takes_and_gives(trained: Checkpoint, tmp_path: Path) -> None:
    settings = ExportSettings(has_nms=True, conf_threshold=0.4, nms_threshold=0.6)
    made = exported(trained, tmp_path / "a.onnx", settings)
    said = {prop.key: prop.value for prop in onnx.load(made.path).metadata_props}
    assert tuple(json.loads(said["class_names"])) == trained.class_names
    assert (said["input_height"], said["input_width"], said["batch"]) == (str(SIDE), str(SIDE), "dynamic")
    assert (said["conf_threshold"], said["nms_threshold"]) == ("0.4", "0.6")
    assert "B, G, R" in said["input"]
    assert "class id" in said["output"]

    script = exported(trained, tmp_path / "a.pt", replace(settings, kind="torchscript"))
    files = {"metadata.json": ""}
    with pytest.warns(Warning, match="deprecated"):
        torch.jit.load(script.path, _extra_files=files)
    assert json.loads(files["metadata.json"])["class_names"] == list(trained.class_names)


@pytest.mark.parametrize("kind", ["onnx", "torchscript"])
def test_that_a_file_that_differs_never_gets_its_name(
    trained: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    other = {key: value * 1.05 if "reg_preds" in key else value for key, value in trained.weights.items()}
    true_model = build_model(replace(trained, weights=other))
    monkeypatch.setattr("yolox_core.export.run.build_model", lambda checkpoint: true_model)
    (tmp_path / "a").write_text("the one before")
    with pytest.raises(UserError, match="differs from torch"):
        list(export_checkpoint(trained, tmp_path / "a", ExportSettings(kind=kind)))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "the one before")]


def test_that_an_unknown_operation_is_named(
    trained: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(recorder.WRITERS, torch.nn.functional.max_pool2d)
    with pytest.raises(UserError, match="cannot be exported"):
        list(export_checkpoint(trained, tmp_path / "a.onnx", ExportSettings()))
    assert list(tmp_path.iterdir()) == []


def test_that_networks_at_work_in_other_threads_are_neither_recorded_nor_disturbed(
    trained: Checkpoint, tmp_path: Path
) -> None:
    images = torch.zeros(1, 3, SIDE, SIDE)
    model = build_model(trained)
    is_exported = Event()

    def work() -> int:
        runs = 0
        while not is_exported.is_set() or not runs:
            model(images)
            runs += 1
        return runs

    alone = exported(trained, tmp_path / "a.onnx", ExportSettings())
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(work)
        beside = exported(trained, tmp_path / "b.onnx", ExportSettings())
        is_exported.set()
        assert busy.result() > 0
    assert len(onnx.load(beside.path).graph.node) == len(onnx.load(alone.path).graph.node)


def test_that_an_export_that_is_closed_early_leaves_nothing(trained: Checkpoint, tmp_path: Path) -> None:
    records = export_checkpoint(trained, tmp_path / "a.onnx", ExportSettings())
    assert isinstance(next(iter(records)), Progress)
    getattr(records, "close")()  # noqa: B009
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "network",
    [
        *(size for name, size in SIZES.items() if name not in "mlx"),
        *(replace(SIZES["nano"], activation=name) for name in ("relu", "lrelu")),
    ],
    ids=str,
)
def test_that_every_kind_of_network_can_be_exported(network: ModelSize, tmp_path: Path) -> None:
    """Without m, l and x: they are built of the same layers as s, only more of them."""
    torch.manual_seed(0)
    checkpoint = Checkpoint("s", ("a", "b"), 64, YOLOX(network, 2).state_dict(), network=network)
    assert exported(checkpoint, tmp_path / "a.onnx", ExportSettings()).difference < 1e-4


def test_that_settings_that_contradict_are_refused(trained: Checkpoint, tmp_path: Path) -> None:
    for settings in (
        ExportSettings(has_nms=True, is_decoded=False),
        ExportSettings(kind="pickle"),
        ExportSettings(image_size=100),
        ExportSettings(batch=-1),
        ExportSettings(conf_threshold=2),
    ):
        with pytest.raises(ValueOutOfRange):
            list(export_checkpoint(trained, tmp_path / "a.onnx", settings))
    with pytest.raises(FileError):
        list(export_checkpoint(trained, tmp_path / "no folder" / "a.onnx", ExportSettings()))
    assert list(tmp_path.iterdir()) == []


def test_that_overflowing_and_missing_numbers_count_as_differences() -> None:
    outputs = torch.full((1, 2, 6), 0.5)
    spoilt = outputs.clone()
    spoilt[0, 0, 5] = float("nan")
    assert check.largest_difference(spoilt, outputs, box_unit=64) == float("inf")
    spoilt[0, 0] = torch.tensor([float("inf"), 0.5, 0.5, 0.5, 0.5, 0.5])
    assert check.largest_difference(spoilt, outputs, box_unit=64) == float("inf")
    assert check.largest_difference(spoilt, spoilt, box_unit=64) == 0
    assert check.largest_difference(outputs[:, :1], outputs, box_unit=64) == float("inf")
