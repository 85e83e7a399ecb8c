"""A drawn-up data set and a network that sees it nearly as it is, so that the faults of its labels are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from yolox_core.records import Box
from yolox_core.review.dense import STEPS, Dense
from yolox_core.review.review import Network
from yolox_core.sample.voc import voc_bytes

SIDE = 400
NAMES = ("cat", "dog")


@dataclass(frozen=True)
class Scenes:
    """A VOC folder of images that are named by their number, the boxes that are really there, and the network."""

    root: Path
    truth: dict[str, tuple[Box, ...]]
    network: Network


def make_scenes(root: Path, *, images: int = 40, names: Sequence[str] = NAMES, seed: int = 0) -> Scenes:
    """Right labels everywhere; the network finds all objects, a few px off, and some that are not there."""
    rng = np.random.default_rng(seed)
    truth = {f"{number:03}": _boxes(names, rng) for number in range(images)}
    for name in ("JPEGImages", "Annotations"):
        (root / name).mkdir(parents=True)
    for name, boxes in truth.items():
        cv2.imwrite(str(root / "JPEGImages" / f"{name}.png"), np.zeros((SIDE, SIDE, 3), np.uint8))
        write_labels(root, name, boxes)
    return Scenes(root, truth, Network(tuple(names), {name: seen(boxes, names, rng) for name, boxes in truth.items()}))


def write_labels(root: Path, name: str, boxes: Sequence[Box]) -> None:
    content = voc_bytes(boxes, filename=f"{name}.png", width=SIDE, height=SIDE)
    (root / "Annotations" / f"{name}.xml").write_bytes(content)


def seen(boxes: Sequence[Box], names: Sequence[str], rng: np.random.Generator) -> Dense:
    """Five dense boxes around each box, sure of its class, and a weak false one."""
    rows, scores, ids = [], [], []
    for box in boxes:
        for _ in range(5):
            rows.append(np.array((box.x1, box.y1, box.x2, box.y2)) + rng.normal(0, 1.5, 4))
            scores.append(rng.uniform(0.5, 0.95))
            ids.append(names.index(box.class_name))
    rows.append(np.array((5, 5, 45, 45)) + rng.uniform(0, 300))
    scores.append(rng.uniform(0.05, 0.3))
    ids.append(int(rng.integers(len(names))))
    order = np.argsort(-np.array(scores))
    probs = np.full((len(rows), len(names)), 0.02)
    probs[:, 0] = 0.95
    others = np.array([[one, *(n for n in range(len(names)) if n != one)] for one in ids])
    return Dense(
        np.clip(np.array(rows)[order] * STEPS, 0, 60_000).astype(np.uint16),
        np.array(scores)[order].astype(np.float16),
        others[order].astype(np.uint16),
        probs.astype(np.float16),
        1.0,
    )


def _boxes(names: Sequence[str], rng: np.random.Generator) -> tuple[Box, ...]:
    """One box in some of the nine fields of the image, so that none touch."""
    boxes = []
    for field in rng.permutation(9)[: rng.integers(2, 6)]:
        x, y = 10 + 130 * (field % 3), 10 + 130 * (field // 3)
        width, height = rng.integers(40, 110, 2)
        boxes.append(Box(str(rng.choice(names)), float(x), float(y), float(x + width), float(y + height)))
    return tuple(boxes)
