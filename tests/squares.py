"""A VOC folder that a network learns in seconds: one white square in each image."""

from pathlib import Path

import cv2
import numpy as np

OBJECT = (
    "<object><name>{name}</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax>"
    "</bndbox></object>"
)


def make_squares(root: Path) -> Path:
    """A VOC folder of 10 images with one white square each; 8 to learn from, 2 to measure on."""
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (root / name).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(10):
        image = np.full((60, 80, 3), 40, np.uint8)
        x, y = int(rng.integers(1, 40)), int(rng.integers(1, 25))
        image[y : y + 30, x : x + 30] = 255
        cv2.imwrite(str(root / "JPEGImages" / f"{number}.jpg"), image)
        text = OBJECT.format(x + 1, y + 1, x + 30, y + 30, name="square")
        size = "<size><width>80</width><height>60</height><depth>3</depth></size>"
        (root / "Annotations" / f"{number}.xml").write_text(f"<annotation>{size}{text}</annotation>")
    (root / "ImageSets/Main/train.txt").write_text("\n".join(str(number) for number in range(8)))
    (root / "ImageSets/Main/val.txt").write_text("8\n9\n")
    return root
