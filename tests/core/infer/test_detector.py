from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from yolox_core.errors import FileError, Unavailable, ValueOutOfRange
from yolox_core.infer.detector import Detector
from yolox_core.infer.device import device_text, pick_device
from yolox_core.infer.suppress import suppress
from yolox_core.ops.letterbox import letterbox
from yolox_core.ops.postprocess import postprocess

CPU = torch.device("cpu")


def one_box_each(images: Tensor) -> Tensor:
    """A backend that sees one box of 20 x 10 px round (30, 40) in each image, of class 1, its score the mean colour."""
    rows = torch.tensor([30.0, 40.0, 20.0, 10.0, 0.0, 0.1, 1.0]).repeat(len(images), 1, 1)
    rows[:, 0, 4] = images.mean(dim=(1, 2, 3)) / 255
    return rows


def test_that_boxes_come_in_pixels_of_each_original_image() -> None:
    detector = Detector(one_box_each, ("a", "b"), 64, CPU)
    small, large = np.full((64, 64, 3), 51, np.uint8), np.full((128, 128, 3), 102, np.uint8)
    first, second = detector.predict([small, large])
    assert first.boxes.tolist() == [[20, 35, 40, 45]]
    assert second.boxes.tolist() == [[40, 70, 80, 90]]
    assert [first.scores[0], second.scores[0]] == pytest.approx([0.2, 0.4])
    assert first.class_ids.tolist() == [1]


def test_that_no_images_give_no_candidates() -> None:
    assert Detector(one_box_each, ("a", "b"), 64, CPU).predict([]) == []


def test_that_floor_and_top_k_bound_the_candidates() -> None:
    def many(images: Tensor) -> Tensor:
        rows = torch.rand(len(images), 500, 7, generator=torch.Generator().manual_seed(1))
        rows[..., 4:] = torch.linspace(0.001, 1, 500)[None, :, None]
        return rows

    image = np.zeros((64, 64, 3), np.uint8)
    detector = Detector(many, ("a", "b"), 64, CPU)
    (bounded,) = detector.with_limits(floor=0.5, top_k=20).predict([image])
    (everything,) = detector.with_limits(floor=0.0, top_k=None).predict([image])
    assert (len(bounded), len(everything)) == (20, 500)
    assert bounded.scores.min() >= 0.5
    assert (np.diff(everything.scores) <= 0).all()


@pytest.mark.parametrize("image_size", [-32, 31, 100, 417])
def test_that_an_input_side_that_no_stride_divides_is_refused(image_size: int) -> None:
    with pytest.raises(ValueOutOfRange, match="multiple of 32"):
        Detector(one_box_each, ("a",), image_size, CPU)


def test_that_the_published_nano_sees_what_postprocess_of_its_output_says(shared: Path) -> None:
    detector = Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu")
    assert detector.image_size == 416
    assert detector.class_names[0] == "person"
    assert len(detector.class_names) == 80
    import cv2

    image = cv2.imread(str(shared / "data/coco-val128/images/000000000139.jpg"))
    (candidates,) = detector.with_limits(floor=0.01, top_k=None).predict([image])
    found = suppress(candidates, conf_threshold=0.25, nms_threshold=0.45)
    fitted = letterbox(image, 416)
    with torch.inference_mode():
        outputs = detector._backend(torch.from_numpy(fitted.image).permute(2, 0, 1)[None].float())
    (rows,) = postprocess(outputs, conf_threshold=0.25, nms_threshold=0.45)
    assert len(rows) > 3
    np.testing.assert_allclose(found.boxes, rows[:, :4].numpy() / fitted.scale, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(found.scores, rows[:, 4] * rows[:, 5], rtol=1e-6)
    assert found.class_ids.tolist() == rows[:, 6].int().tolist()


def test_that_a_size_may_be_given_on_opening(shared: Path) -> None:
    detector = Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu", image_size=320)
    assert detector.image_size == 320
    with pytest.raises(ValueOutOfRange):
        Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu", image_size=300)


def test_that_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"nothing")
    with pytest.raises(FileError):
        Detector.open(tmp_path / "a.pth", device="cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_that_a_gpu_that_is_not_there_is_refused_with_advice() -> None:
    with pytest.raises(Unavailable) as caught:
        pick_device("cuda:3")
    assert "cpu" in caught.value.action


@pytest.mark.parametrize("word", ["gpu", "cuda:", "cuda:x", "", "cpu:0"])
def test_that_a_device_word_must_be_known(word: str) -> None:
    with pytest.raises(ValueOutOfRange, match="device"):
        pick_device(word)


def test_that_auto_always_finds_a_device() -> None:
    assert pick_device("auto").type in {"cpu", "cuda", "mps"}
    assert device_text(pick_device("cpu")) == "cpu"
