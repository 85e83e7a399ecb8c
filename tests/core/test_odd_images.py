"""Images of every odd shape and kind, through everything that reads images: they work, or they are named."""

import base64
import struct
import zlib
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.squares import OBJECT
from yolox_core.dataset.folder import ImageFile, open_folder
from yolox_core.errors import FileError
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.images import read_image
from yolox_core.infer.detector import Detector
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.train.config import TrainConfig
from yolox_core.train.loader import Loader
from yolox_core.train.samples import LabelledImage, TrainingData, read_training_data
from yolox_core.train.sources import Sources

# A gradient of 24 x 16 pixels, from red at the top to blue, made with ImageMagick in CMYK.
CMYK = (
    "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBK"
    "UVJP/9sAQwEODg4TERMmFRUmTzUtNU9PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P/8AAFAgAEAAYBAEi"
    "AAIRAQMRAQQRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAFBv/EAB0QAAIABwEAAAAAAAAAAAAAAAABAhETFSVRUvD/xAAVAQEBAAAAAAAAAAAAAAAA"
    "AAAABv/EABcRAAMBAAAAAAAAAAAAAAAAAAADFRb/2gAOBAEAAhEDEQQAAD8As11sV1spW6DlC3QcontE0loLjVZz0ybXWwUrdBygNE0QXDOemf/Z"
)
SHAPES = {"dot": (1, 1), "wide": (100, 20_000), "tall": (20_000, 100), "line": (1, 300)}
CPU = torch.device("cpu")
CONFIG = TrainConfig(batch_size=4, image_size=64, workers=2, mixup_prob=1.0)


def _picture(height: int = 16, width: int = 24) -> np.ndarray:
    rows, columns = np.indices((height, width))
    return np.stack((rows * 9, columns * 7, rows * 3 + columns), axis=-1).astype(np.uint8)


def _write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def _palette_png(path: Path) -> Path:
    """One row of four pixels: red, green, blue, and red again."""
    body = {
        b"IHDR": struct.pack(">IIBBBBB", 4, 1, 8, 3, 0, 0, 0),
        b"PLTE": bytes((255, 0, 0, 0, 255, 0, 0, 0, 255)),
        b"IDAT": zlib.compress(bytes((0, 0, 1, 2, 0))),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in body.items()
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def _odd_files(folder: Path) -> list[Path]:
    """One readable file of each kind."""
    files = [_write(folder / f"{name}.png", _picture(*shape)) for name, shape in SHAPES.items()]
    picture = _picture()
    deep = picture.astype(np.uint16) * 257
    clear = np.dstack((picture, np.zeros(picture.shape[:2], np.uint8)))
    files += [
        _write(folder / "grey.jpg", picture[:, :, 0]),
        _write(folder / "deep.png", deep),
        _write(folder / "deep grey.tif", deep[:, :, 0]),
        _write(folder / "clear.png", clear),
        _write(folder / "naïve 名前 🙂.png", picture),
        _write(folder / ("long " * 40 + ".png"), picture),
        _palette_png(folder / "palette.png"),
    ]
    cmyk = folder / "cmyk.jpg"
    cmyk.write_bytes(base64.b64decode(CMYK))
    wrong = folder / "a png indeed.jpg"
    wrong.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return [*files, cmyk, wrong]


def _labelled(path: Path) -> LabelledImage:
    height, width = read_image(path).shape[:2]
    file = ImageFile.at(path.stem, path, path.with_suffix(".xml"))
    return LabelledImage(file, np.array([(0, 0, width, height)], np.float32), np.zeros(1, np.int64), (width, height))


def test_that_every_kind_of_pixel_becomes_8_bit_bgr(tmp_path: Path) -> None:
    picture = _picture()
    for path in _odd_files(tmp_path):
        image = read_image(path)
        assert (image.dtype, image.shape[2]) == (np.dtype(np.uint8), 3), path
    for name in ("deep.png", "clear.png", "naïve 名前 🙂.png", "a png indeed.jpg"):
        assert np.array_equal(read_image(tmp_path / name), picture), name
    assert np.array_equal(read_image(tmp_path / "deep grey.tif")[:, :, 2], picture[:, :, 0])
    assert read_image(tmp_path / "palette.png")[0].tolist() == [[0, 0, 255], [0, 255, 0], [255, 0, 0], [0, 0, 255]]
    top, bottom = read_image(tmp_path / "cmyk.jpg")[[0, -1], 0].astype(int)
    assert np.abs(top - (0, 0, 255)).max() < 15
    assert np.abs(bottom - (255, 0, 0)).max() < 15


def test_that_of_several_frames_the_first_is_read(tmp_path: Path) -> None:
    animation = cv2.Animation()
    animation.frames, animation.durations = [_picture(), 255 - _picture()], [100, 100]
    assert cv2.imwriteanimation(str(tmp_path / "a.png"), animation)
    assert np.array_equal(read_image(tmp_path / "a.png"), _picture())


def test_that_a_cut_tiff_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.tif", _picture())
    content = path.read_bytes()
    for share in (0.3, 0.9):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(FileError):
            read_image(path)


@pytest.mark.parametrize("is_composed", [True, False])
def test_that_odd_images_make_whole_batches(tmp_path: Path, is_composed: bool) -> None:
    images = tuple(_labelled(path) for path in _odd_files(tmp_path))
    with closing(Loader(Sources(images, (64, 64), 10), CONFIG)) as loader:
        batches = list(loader.epoch(1, is_composed=is_composed))
    targets = torch.cat([batch.targets.flatten(0, 1) for batch in batches])
    assert all(batch.images.shape == (4, 3, 64, 64) for batch in batches)
    assert targets.isfinite().all()
    boxes = targets[targets.sum(dim=1) > 0, 1:]
    assert (boxes[:, 2:] > 1).all()
    assert (boxes[:, :2] - boxes[:, 2:] / 2 >= -1e-3).all()
    assert (boxes[:, :2] + boxes[:, 2:] / 2 <= 64 + 1e-3).all()


def test_that_odd_images_are_predicted_within_finite_numbers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    detector = Detector(YOLOX(SIZES["nano"], 1).eval(), ("thing",), 64, CPU, floor=0.0, top_k=5)
    found = detector.predict([read_image(path) for path in _odd_files(tmp_path)])
    for candidates in found:
        assert np.isfinite(candidates.boxes).all()
        assert np.isfinite(candidates.scores).all()


def test_that_odd_images_are_evaluated_and_broken_ones_named(tmp_path: Path) -> None:
    for number, path in enumerate(_odd_files(tmp_path)):
        height, width = read_image(path).shape[:2]
        size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
        text = OBJECT.format(1, 1, width, height, name="thing") if number % 2 else ""
        path.with_suffix(".xml").write_text(f"<annotation>{size}{text}</annotation>")
    for name, content in {"empty": b"", "cut": (tmp_path / "wide.png").read_bytes()[:5000]}.items():
        (tmp_path / f"{name}.png").write_bytes(content)
        (tmp_path / f"{name}.xml").write_text(
            "<annotation><size><width>9</width><height>9</height></size></annotation>"
        )
    folder = open_folder(tmp_path)
    detector = Detector(YOLOX(SIZES["nano"], 1).eval(), ("thing",), 64, CPU)
    *_, result = evaluate_images(detector, folder, folder.images)
    assert isinstance(result, Evaluation)
    assert result.images == len(folder.images) - 2
    assert {Path(fault.where).stem for fault in result.faults} == {"empty", "cut"}


def test_that_an_image_turned_against_its_labels_is_left_out_of_training(tmp_path: Path) -> None:
    good = _labelled(_write(tmp_path / "good.png", _picture()))
    turned = _labelled(_write(tmp_path / "turned.png", _picture()))
    turned = LabelledImage(turned.file, turned.boxes, turned.class_ids, (16, 24))
    sources = Sources((turned, good), (64, 64), 0)
    assert np.array_equal(sources.sample(0).image, sources.sample(1).image)
    assert len(sources.faults) == 1
    assert "labels are for 16 × 24 pixels, the image is stored as 24 × 16" in sources.faults[0]


def test_that_a_folder_with_spaces_and_unicode_trains(tmp_path: Path) -> None:
    root = tmp_path / "my data – 画像"
    for number in range(3):
        path = _write(root / f"bild {number} ü.png", _picture())
        size = "<size><width>24</width><height>16</height><depth>3</depth></size>"
        path.with_suffix(".xml").write_text(
            f"<annotation>{size}{OBJECT.format(2, 2, 12, 12, name='Ding')}</annotation>"
        )
    *_, found = read_training_data(open_folder(root), CONFIG)
    assert isinstance(found, TrainingData)
    with closing(Loader(Sources(found.train, (64, 64), 1), CONFIG)) as loader:
        assert sum(len(batch.images) for batch in loader.epoch(0, is_composed=True)) == 4
