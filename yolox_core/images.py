"""The one reader of image files: whole images as stored, or a clear FileError; sizes from the header alone.

What becomes of odd files, in training, evaluation and prediction alike:
- Grey, 16-bit (its upper 8 bits), palette, CMYK: converted to 8-bit BGR. Transparency is dropped, not blended.
- Several frames or pages (animated PNG or WebP, TIFF): the first. GIF is not listed as an image of a data set.
- The suffix does not matter, the content does.
- EXIF orientation is not applied anywhere, because labels mean the stored pixels. An image whose labels are for the
  turned size is left out of training with a notice; the Data page lists every size that disagrees.
- Any shape from 1 x 1 pixel up to 200 megapixels and 65,535 JPEG pixels a side; a side is at least 1 px after scaling.
- Missing, empty, cut off, damaged, larger, or a TIFF of floating-point numbers: FileError; training and evaluation go
  on without the image and say so.
"""

import re
import struct
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError

IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
)
MAX_PIXELS = 200_000_000
_HEAD_BYTES = 65_536
_TAIL_BYTES = 64
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_BMP = b"BM"
# SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC): ITU-T T.81, table B.1
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKERS_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))
# In coded data FF00 is a stuffed FF, FFD0..FFD7 are restart marks and FFFF is padding: all others end the scan.
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def read_image(path: Path) -> NDArray[np.uint8]:
    """The stored pixels, uint8 [H, W, 3] BGR; grey, 16-bit, palette, RGBA and CMYK files are converted.

    Raises FileError when the file is missing, truncated, damaged, no image, or has more than 200 megapixels.
    """
    return _decode(path, _read_whole(path))


def read_half_jpeg(path: Path) -> NDArray[np.uint8] | None:
    """Like `read_image`, at half the width and height (rounded up), in half the time; None for what is no JPEG.

    Raises FileError like `read_image`.
    """
    content = _read_whole(path)
    return _decode(path, content, shrinking=2) if content.startswith(_JPEG) else None


def read_small(path: Path, longest: int) -> NDArray[np.uint8]:
    """Like `read_image`, scaled down so that the longer side has `longest` pixels; a JPEG is decoded small at once.

    Raises FileError like `read_image`.
    """
    import cv2

    content = _read_whole(path)
    size = _size_in_header(content) if content.startswith(_JPEG) else None
    shrinking = next((by for by in (8, 4, 2) if size is not None and max(size) >= by * longest), 1)
    image = _decode(path, content, shrinking=shrinking)
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return image
    small = cv2.resize(
        image, (max(round(width * scale), 1), max(round(height * scale), 1)), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.uint8)


def read_size(path: Path) -> tuple[int, int]:
    """Width and height in stored pixels, from the header of JPEG, PNG and BMP; other formats are decoded.

    Raises FileError when the file is missing or its header cannot be read.
    """
    with _open(path) as file:
        head = file.read(_HEAD_BYTES)
        size = _size_in_header(head)
        if size is None:
            content = head + file.read()
            size = _size_in_header(content) or _decoded_size(path, content)
    return size


def check_image(path: Path) -> tuple[int, int]:
    """Width and height like `read_size`, for an image that is there to its end; fast for JPEG and PNG.

    Raises FileError like `read_image`, but does not find damage in the middle of a file.
    """
    with _open(path) as file:
        head = file.read(_HEAD_BYTES)
        size = _size_in_header(head)
        if size is not None and _ends_as_it_should(head, _tail(file)):
            _refuse_giant(path, size)
            return size
    content = _read(path)
    size = _size_in_header(content) or _decoded_size(path, content)
    _refuse_giant(path, size)
    if not _is_whole(content):
        raise _truncated(path)
    return size


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _read_whole(path: Path) -> bytes:
    content = _read(path)
    _refuse_giant(path, _size_in_header(content))
    if not _is_whole(content):
        raise _truncated(path)
    return content


def _tail(file: IO[bytes]) -> bytes:
    end = file.seek(0, 2)
    file.seek(max(end - _TAIL_BYTES, 0))
    return file.read()


def _decode(path: Path, content: bytes, *, shrinking: int = 1) -> NDArray[np.uint8]:
    # OpenCV takes a fifth of a second to import, and sizes alone do without it.
    import cv2

    color = cv2.IMREAD_COLOR if shrinking == 1 else getattr(cv2, f"IMREAD_REDUCED_COLOR_{shrinking}")
    flags = color | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags) if content else None
    except cv2.error:
        image = None
    if image is None:
        raise _damaged(path)
    return np.asarray(image, np.uint8)


def _decoded_size(path: Path, content: bytes) -> tuple[int, int]:
    if content.startswith((_JPEG, _PNG, _BMP)):
        raise _damaged(path)
    height, width = _decode(path, content).shape[:2]
    return width, height


def _size_in_header(content: bytes) -> tuple[int, int] | None:
    """Width and height from a JPEG, PNG or BMP header; None for other formats and where the header is cut off."""
    if content.startswith(_JPEG):
        size = _jpeg_size(content)
    elif content.startswith(_PNG) and len(content) >= 24:
        size = struct.unpack_from(">II", content, 16)
    elif content.startswith(_BMP) and len(content) >= 26:
        size = _bmp_size(content)
    else:
        return None
    return size if size and size[0] > 0 and size[1] > 0 else None


def _bmp_size(content: bytes) -> tuple[int, int]:
    if struct.unpack_from("<I", content, 14)[0] == 12:  # the header of OS/2 1.x has 16-bit sizes
        width, height = struct.unpack_from("<HH", content, 18)
    else:
        width, height = struct.unpack_from("<ii", content, 18)
    return width, abs(height)  # a negative height stands for rows from the top


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place = _after_segment(content, place)
    return None


def _after_segment(content: bytes, place: int) -> int:
    """Place of the next marker after the marker segment at `place`, coded data of a scan not skipped."""
    marker = content[place + 1]
    if marker == 0xFF:
        return place + 1
    if marker in _MARKERS_WITHOUT_LENGTH:
        return place + 2
    if place + 4 > len(content):
        return len(content)
    return place + 2 + max(int.from_bytes(content[place + 2 : place + 4], "big"), 2)


def _is_whole(content: bytes) -> bool:
    """Whether the file reaches the end that its format prescribes; True for formats that are not looked into."""
    if content.startswith(_JPEG):
        return _jpeg_is_whole(content)
    if content.startswith(_PNG):
        return _png_is_whole(content)
    if content.startswith(_BMP):
        return _bmp_is_whole(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return len(content) >= int.from_bytes(content[4:8], "little") + 8
    return True


def _jpeg_is_whole(content: bytes) -> bool:
    """Whether a walk from marker to marker meets the end mark; that of an EXIF thumbnail is passed over."""
    place = 2
    while place + 2 <= len(content):
        if content[place] != 0xFF:
            return False
        marker = content[place + 1]
        if marker == 0xD9:
            return True
        place = _after_segment(content, place)
        if marker == 0xDA:
            found = _END_OF_SCAN.search(content, place)
            if found is None:
                return False
            place = found.start()
    return False


def _png_is_whole(content: bytes) -> bool:
    place = len(_PNG)
    while place + 12 <= len(content):
        if content[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(content[place : place + 4], "big")
    return False


def _bmp_is_whole(content: bytes) -> bool:
    size = _size_in_header(content)
    if size is None or len(content) < 34:
        return False
    start, header_bytes = struct.unpack_from("<II", content, 10)
    is_old = header_bytes == 12
    bits = struct.unpack_from("<H", content, 24 if is_old else 28)[0]
    compression = 0 if is_old else struct.unpack_from("<I", content, 30)[0]
    if compression not in (0, 3):  # run-length coded rows have no fixed length
        return True
    return bool(len(content) >= start + (size[0] * bits + 31) // 32 * 4 * size[1])


def _ends_as_it_should(head: bytes, tail: bytes) -> bool:
    """Whether head and tail alone show a JPEG or PNG to be whole; a longer look is needed where they do not."""
    if head.startswith(_JPEG):
        return tail.endswith(b"\xff\xd9")
    return head.startswith(_PNG) and tail[-8:-4] == b"IEND"


def _refuse_giant(path: Path, size: tuple[int, int] | None) -> None:
    if size is not None and size[0] * size[1] > MAX_PIXELS:
        raise FileError(
            f"The image claims {size[0]} × {size[1]} pixels, above the limit of {MAX_PIXELS // 1_000_000} megapixels.",
            where=path,
            action="Save it smaller, or cut it into parts.",
        )


def _unreadable(path: Path, error: OSError) -> FileError:
    if isinstance(error, FileNotFoundError):
        return FileError("There is no such image.", where=path, action="Check the path, or open the folder again.")
    return FileError(
        f"The image cannot be read ({error.strerror or error}).", where=path, action="Check the permissions."
    )


def _truncated(path: Path) -> FileError:
    return FileError(
        "The image file is truncated: its end is missing.", where=path, action="Copy it again from its source."
    )


def _damaged(path: Path) -> FileError:
    return FileError("This is no image, or a damaged one.", where=path, action="Copy it again, or remove it.")
