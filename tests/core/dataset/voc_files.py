"""Label files and images made on the spot."""

from pathlib import Path

import cv2
import numpy as np

from yolox_core.dataset.folder import ImageFile
from yolox_core.dataset.voc import VocFile


def write_image(path: Path, width: int = 64, height: int = 48) -> Path:
    """A grey image with this many pixels, its folder made where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((height, width, 3), 99, np.uint8))
    return path


def write_bytes(path: Path, content: bytes | str) -> Path:
    """A file with this content, its folder made where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def object_xml(name: str = "drone", edges: tuple[object, ...] = (11, 12, 20, 30), indent: str = "\n\t") -> str:
    """One object in the devkit's layout, without its own indentation."""
    inner, deep = indent + "\t", indent + "\t\t"
    tags = zip(("xmin", "ymin", "xmax", "ymax"), edges, strict=True)
    box = "".join(f"{deep}<{tag}>{value}</{tag}>" for tag, value in tags)
    flags = f"{inner}<pose>Unspecified</pose>{inner}<truncated>0</truncated>{inner}<difficult>0</difficult>"
    return f"<object>{inner}<name>{name}</name>{flags}{inner}<bndbox>{box}{inner}</bndbox>{indent}</object>"


def voc_xml(*objects: str, size: tuple[int, int] = (64, 48)) -> str:
    """A whole VOC file with these objects."""
    stated = f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>"
    return f"<annotation>\n\t{stated}" + "".join(f"\n\t{one}" for one in objects) + "\n</annotation>\n"


def voc_file(folder: Path, content: bytes | str, *, size: tuple[int, int] | None = None) -> VocFile:
    """These bytes read as the label file of a 64 × 48 image in `folder`."""
    path = write_bytes(folder / "a.xml", content)
    image = write_image(folder / "a.png")
    return VocFile.read(ImageFile.at("a", image, path), size=size)
