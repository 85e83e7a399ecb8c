"""The image reader: what it returns for every kind of file, and what it refuses."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.images import check_image, read_half_jpeg, read_image, read_size, read_small

HEIGHT, WIDTH = 40, 60
EXIF_TURNED = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def _picture() -> NDArray[np.uint8]:
    picture = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(picture, (5, 5), 0), np.uint8)


def _write(path: Path, image: NDArray[np.generic], *flags: int) -> Path:
    assert cv2.imwrite(str(path), image, flags)
    return path


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm"])
def test_that_lossless_files_come_back_pixel_for_pixel(tmp_path: Path, name: str) -> None:
    path = _write(tmp_path / name, _picture())
    assert np.array_equal(read_image(path), _picture())
    assert read_size(path) == check_image(path) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.webp"])
def test_that_lossy_files_come_back_alike(tmp_path: Path, name: str) -> None:
    path = _write(tmp_path / name, _picture())
    assert np.abs(read_image(path).astype(int) - _picture()).mean() < 12
    assert read_size(path) == check_image(path) == (WIDTH, HEIGHT)


def test_that_grey_deep_and_transparent_files_become_8_bit_bgr(tmp_path: Path) -> None:
    grey = _write(tmp_path / "grey.png", _picture()[:, :, 0])
    deep = _write(tmp_path / "deep.png", _picture().astype(np.uint16) * 257)
    clear = _write(tmp_path / "clear.png", np.dstack([_picture(), np.full((HEIGHT, WIDTH), 9, np.uint8)]))
    for path in (grey, deep, clear):
        image = read_image(path)
        assert (image.dtype, image.shape) == (np.dtype(np.uint8), (HEIGHT, WIDTH, 3))
    assert np.abs(read_image(deep).astype(int) - _picture()).max() <= 1


def test_that_progressive_and_restart_marked_jpegs_are_whole(tmp_path: Path) -> None:
    progressive = _write(tmp_path / "p.jpg", _picture(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    restart = _write(tmp_path / "r.jpg", _picture(), cv2.IMWRITE_JPEG_RST_INTERVAL, 1)
    assert read_image(progressive).shape == read_image(restart).shape == (HEIGHT, WIDTH, 3)


def test_that_the_orientation_in_exif_is_not_applied(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jpg", _picture())
    content = path.read_bytes()
    path.write_bytes(content[:2] + EXIF_TURNED + content[2:])
    assert cv2.imread(str(path)).shape == (WIDTH, HEIGHT, 3)
    assert read_image(path).shape == (HEIGHT, WIDTH, 3)
    assert read_size(path) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("size", [(60, 40), (61, 41), (63, 44)])
def test_that_half_a_jpeg_is_the_whole_one_made_smaller_and_not_turned(tmp_path: Path, size: tuple[int, int]) -> None:
    path = _write(tmp_path / "a.jpg", np.asarray(cv2.resize(_picture()[:9, :9], size), np.uint8))
    content = path.read_bytes()
    path.write_bytes(content[:2] + EXIF_TURNED + content[2:])
    half = read_half_jpeg(path)
    assert half is not None
    assert half.shape == (-(-size[1] // 2), -(-size[0] // 2), 3)
    shrunk = cv2.resize(read_image(path), half.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(half.astype(int) - shrunk).mean() < 3


def test_that_only_a_whole_jpeg_is_read_at_half_size(tmp_path: Path) -> None:
    assert read_half_jpeg(_write(tmp_path / "a.png", _picture())) is None
    path = _write(tmp_path / "a.jpg", _picture())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FileError, match="truncated"):
        read_half_jpeg(path)


@pytest.mark.parametrize(("name", "size"), [("a.jpg", (900, 611)), ("a.jpg", (300, 411)), ("a.png", (300, 200))])
def test_that_a_small_copy_looks_like_the_image(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    path = _write(tmp_path / name, np.asarray(cv2.resize(_picture()[:9, :9], size), np.uint8))
    small = read_small(path, 48)
    assert max(small.shape) == 48
    assert small.shape[0] == pytest.approx(48 * size[1] / max(size), abs=1)
    shrunk = cv2.resize(read_image(path), small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - shrunk).mean() < 4


def test_that_a_small_copy_is_never_larger_and_a_damaged_image_has_none(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jpg", _picture())
    assert read_small(path, 500).shape == (HEIGHT, WIDTH, 3)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FileError, match="truncated"):
        read_small(path, 48)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.webp"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_that_a_truncated_file_is_refused_by_every_reader(tmp_path: Path, name: str, share: float) -> None:
    path = _write(tmp_path / name, _picture())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for read in (read_image, check_image):
        with pytest.raises(FileError) as caught:
            read(path)
        assert caught.value.where == str(path)
        assert caught.value.action


def test_that_every_cut_of_a_jpeg_is_found(tmp_path: Path) -> None:
    whole = _write(tmp_path / "a.jpg", _picture()).read_bytes()
    path = tmp_path / "cut.jpg"
    for end in range(3, len(whole) - 1, 37):
        path.write_bytes(whole[:end])
        with pytest.raises(FileError):
            read_image(path)


def test_that_the_end_mark_of_a_thumbnail_does_not_hide_a_cut(tmp_path: Path) -> None:
    thumbnail = _write(tmp_path / "t.jpg", _picture()[:8, :8]).read_bytes()
    whole = _write(tmp_path / "a.jpg", _picture()).read_bytes()
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 8) + b"Exif\0\0" + thumbnail
    path = tmp_path / "cut.jpg"
    path.write_bytes((whole[:2] + segment + whole[2:])[: -len(whole) // 2])
    with pytest.raises(FileError, match="truncated"):
        read_image(path)


def test_that_bytes_after_the_end_of_a_jpeg_do_no_harm(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jpg", _picture())
    path.write_bytes(path.read_bytes() + b"\0" * 100 + b"maker's notes")
    assert read_image(path).shape == (HEIGHT, WIDTH, 3)
    assert check_image(path) == (WIDTH, HEIGHT)


def test_that_a_giant_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    path = tmp_path / "giant.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    for read in (read_image, check_image):
        with pytest.raises(FileError, match="30000 × 30000 pixels"):
            read(path)
    assert read_size(path) == (30_000, 30_000)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8\xff\xe0\0\0"]
)
def test_that_what_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    for read in (read_image, read_size, check_image):
        with pytest.raises(FileError):
            read(path)


def test_that_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for read in (read_image, read_size, check_image):
        with pytest.raises(FileError, match="no such image"):
            read(tmp_path / "none.jpg")
        with pytest.raises(FileError, match="cannot be read"):
            read(tmp_path)


def test_that_every_shared_image_is_whole(shared: Path) -> None:
    paths = sorted((shared / "data" / "BCCD" / "JPEGImages").iterdir())[:60]
    paths += sorted((shared / "data" / "coco-val128" / "images").iterdir())[:60]
    for path in paths:
        height, width = read_image(path).shape[:2]
        assert read_size(path) == check_image(path) == (width, height)
