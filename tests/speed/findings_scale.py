"""Rows of label review on many images and classes: time and memory of the pass, in a process of its own."""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from tests.speed.row import Row
from yolox_core.records import Annotation, Box, Progress
from yolox_core.review.classes import JudgedClasses
from yolox_core.review.dense import STEPS, Dense
from yolox_core.review.images import ReadImage
from yolox_core.review.review import Network, seen_findings

IMAGES, LABELS, CLASSES, DENSE, SIDE = 8000, 10, 80, 300, 640
MOST_S, MOST_MB, MOST_WAIT_S = 60.0, 500.0, 5.0
HELD_BYTES = 8  # of a number, were all that is seen kept as it is computed


@dataclass(frozen=True)
class Figures:
    """Seconds in all and between two words of progress at most, and memory beside the predictions."""

    seconds: float
    wait_s: float
    megabytes: float


def rows() -> list[Row]:
    """The peer of memory is what all dense boxes would take, as numbers are computed."""
    command = (sys.executable, "-m", "tests.speed.findings_scale")
    found = Figures(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    held_mb = IMAGES * DENSE * (5 + CLASSES) * HELD_BYTES / 1e6
    what = f"{IMAGES:,} images, {CLASSES} classes"
    return [
        _row(f"{what}: {IMAGES * LABELS:,} labels scored", found.seconds, MOST_S, "s", MOST_S),
        _row(f"{what}: between two words of progress", found.wait_s, MOST_WAIT_S, "s", MOST_WAIT_S),
        _row(f"{what}: memory / all that is seen at once", found.megabytes, held_mb, "MB", MOST_MB),
    ]


def _row(what: str, ours: float, peer: float, unit: str, limit: float) -> Row:
    return Row(what, ours, peer, unit, peer / ours, f"<= {limit:g} {unit}", ours <= limit)


def _scene(number: int, rng: np.random.Generator) -> tuple[ReadImage, Dense]:
    """An image with labels, and dense boxes around them."""
    corners, sides = rng.uniform(0, 500, (LABELS, 2)), rng.uniform(20, 120, (LABELS, 2))
    edges, classes = np.column_stack((corners, corners + sides)), rng.integers(0, CLASSES, LABELS)
    boxes = tuple(
        Box(str(class_id), *map(float, row), key)
        for key, (class_id, row) in enumerate(zip(classes, edges, strict=True))
    )
    of = rng.integers(0, LABELS, DENSE)
    ids = np.argsort(rng.random((DENSE, CLASSES)), axis=1)[:, :10].astype(np.uint16)
    ids[:, 0] = classes[of]
    near = np.clip((edges[of] + rng.normal(0, 4, (DENSE, 4))) * STEPS, 0, 65_000).astype(np.uint16)
    objectness = -np.sort(-rng.beta(0.6, 3, DENSE)).astype(np.float16)
    probs = np.tile(np.array([0.9, *[0.01] * 9]), (DENSE, 1)).astype(np.float16)
    annotation = Annotation(SIDE, SIDE, boxes, is_decided=True)
    return ReadImage(f"i{number}", annotation), Dense(near, objectness, ids, probs, 1.0)


def main() -> None:
    rng = np.random.default_rng(0)
    scenes = [_scene(number, rng) for number in range(IMAGES)]
    names = tuple(map(str, range(CLASSES)))
    network = Network(names, {image.name: dense for image, dense in scenes})
    classes = JudgedClasses(names, {name: place for place, name in enumerate(names)}, np.arange(CLASSES), ())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = last = perf_counter()
    wait_s = 0.0
    for record in seen_findings([image for image, _ in scenes], network, classes, seed=0):
        now = perf_counter()
        wait_s = max(wait_s, now - last)
        last = now
        assert isinstance(record, Progress) or record.probability
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    json.dump({"seconds": last - began, "wait_s": wait_s, "megabytes": megabytes}, sys.stdout)


if __name__ == "__main__":
    main()
