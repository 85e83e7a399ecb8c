"""Rows of evaluation: the figures of a whole set, and all that an image costs beside the network."""

from time import process_time
from types import SimpleNamespace

import numpy as np
import torch
from yolox.data.data_augment import ValTransform
from yolox.evaluators.coco_evaluator import CocoEvaluator
from yolox.utils.boxes import postprocess

from tests.core.evaluate_sets import random_images
from tests.speed.row import Row
from tests.speed.timing import in_turns, timed
from yolox_core.evaluate.coco_ap import by_hotcoco, by_pycocotools, coco_figures, table_of
from yolox_core.infer.detector import Detector
from yolox_core.infer.suppress import suppress

SIDE, CLASSES, ANCHORS = 640, 80, 8400
LIKELY = 600  # anchor points with an objectness above the threshold
CONF, NMS = 0.01, 0.65


def rows() -> list[Row]:
    """COCO's figures on 5,000 images; letterbox, candidates, suppression and tables of one image."""
    return [_figures_row(), _image_row()]


def _figures_row() -> Row:
    images = random_images(5000, classes=CLASSES, boxes=7.3, detections=100, difficult=0.01, seed=0)
    found = []
    times = [
        timed(lambda evaluator=evaluator: found.append(coco_figures(images, range(CLASSES), evaluator)), process_time)
        for evaluator in (by_hotcoco, by_pycocotools)
    ]
    difference = np.abs(np.array(found[0].stats) - found[1].stats).max()
    assert difference < 1e-6, f"the figures differ by {difference:.1e}"
    ours, peer = times
    return Row("COCO figures, 5,000 images, 80 classes", ours, peer, "ms", peer / ours, ">= 20x", peer / ours >= 20)


def _image_row() -> Row:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        mine, theirs = _image_times()
    finally:
        torch.set_num_threads(threads)
    what = "an image's evaluation beside the network, 640 px"
    return Row(what, mine, theirs, "ms", theirs / mine, ">= 2x", theirs / mine >= 2)


def _image_times() -> tuple[float, float]:
    """Milliseconds of ours and of the peer's, each from the image to the rows that its COCO evaluator takes."""
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (480, 640, 3), np.uint8)
    outputs = _outputs(rng)
    detector = Detector(lambda _: outputs, tuple(map(str, range(CLASSES))), SIDE, torch.device("cpu"))
    detector = detector.with_limits(floor=CONF, top_k=None)
    transform = ValTransform()
    names = SimpleNamespace(dataset=SimpleNamespace(class_ids=list(range(CLASSES))))
    evaluator = SimpleNamespace(img_size=(SIDE, SIDE), dataloader=names)

    def ours() -> int:
        candidates = detector.predict([picture])[0]
        found = suppress(candidates, conf_threshold=CONF, nms_threshold=NMS)
        return len(table_of([found], [found.scores]).images)

    def peer() -> int:
        image, _ = transform(picture, None, (SIDE, SIDE))
        torch.from_numpy(image)[None]
        kept = postprocess(outputs.clone(), CLASSES, CONF, NMS)
        return len(CocoEvaluator.convert_to_coco_format(evaluator, kept, ([480], [640]), [0]))

    assert ours() == peer()
    mine, theirs = in_turns(ours, peer, repeats=25, clock=process_time)
    copying, _ = in_turns(outputs.clone, outputs.clone, repeats=25, clock=process_time)
    return mine, theirs - copying  # the peer works in place: the copy is ours to pay, not its own


def _outputs(rng: np.random.Generator) -> torch.Tensor:
    """Decoded predictions [1, 8400, 85] of which some hundred may be objects, in piles, as a network gives them."""
    outputs = rng.uniform(0, 0.005, (1, ANCHORS, 5 + CLASSES)).astype(np.float32)
    outputs[..., :4] = rng.uniform(10, 600, (1, ANCHORS, 4))
    likely = rng.choice(ANCHORS, LIKELY, replace=False)
    piles = rng.uniform(100, 400, (40, 4))
    outputs[0, likely, :4] = piles[rng.integers(0, 40, LIKELY)] + rng.normal(0, 5, (LIKELY, 4))
    outputs[0, likely, 4] = rng.uniform(0.02, 1, LIKELY)
    outputs[0, likely, 5 + rng.integers(0, CLASSES, LIKELY)] = rng.uniform(0.5, 1, LIKELY)
    return torch.from_numpy(outputs)
