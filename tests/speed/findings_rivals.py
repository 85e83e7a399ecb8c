"""What others do: a naive rule, loss inspection, and cleanlab's ObjectLab in an environment of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box
from yolox_core.review.images import JudgedImage
from yolox_core.review.matching import match
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.seen import Seen
from yolox_core.user_folders import cache_folder

PEER = ("cleanlab==2.9.0",)
INSTALL_S, RUN_S = 600, 300

Pairs = Sequence[tuple[JudgedImage, Seen]]


def naive_rule(pairs: Pairs, names: Sequence[str]) -> Iterator[Finding]:
    """Fixed gates on IoU and score: what disagrees with a detection is wrong, as surely as the detection scores."""
    for image, seen in pairs:
        iou = pairwise_iou(image.labels.boxes, seen.proposals)
        among = np.triu(pairwise_iou(image.labels.boxes, image.labels.boxes), 1)
        for place, given in enumerate(image.boxes):
            best = int(iou[place].argmax()) if iou.shape[1] else -1
            overlap = float(iou[place, best]) if best >= 0 else 0.0
            if (among[:, place] > 0.7).any():
                yield _at(FindingKind.DUPLICATE, image, float(among[:, place].max()), given)
            elif overlap < 0.3:
                yield _at(FindingKind.SPURIOUS, image, 1 - overlap, given)
            elif names[seen.class_ids[best]] != given.class_name:
                yield _at(FindingKind.WRONG_CLASS, image, float(seen.scores[best]), given)
            else:
                yield _at(FindingKind.POOR, image, float(seen.scores[best]) * (1 - overlap), given)
        for place in np.flatnonzero(iou.max(axis=0, initial=0.0) < 0.5):
            yield _missing(image, seen, int(place), float(seen.scores[place]), names)


def loss_inspection(pairs: Pairs, names: Sequence[str]) -> Iterator[Finding]:
    """Each label and each candidate without one by the loss that it would cause; the largest part names the kind."""
    for image, seen in pairs:
        iou = pairwise_iou(image.labels.boxes, seen.proposals)
        matched = match(image.labels, seen, iou)
        near = pairwise_iou(image.labels.boxes, seen.boxes)
        for place, given in enumerate(image.boxes):
            own = seen.probs[:, image.labels.class_ids[place]]
            weights = seen.objectness * near[place] ** 2
            pooled = float((weights * own).sum() / max(weights.sum(), 1e-6))
            objectness = float((seen.objectness * near[place]).max(initial=0.0))
            box = 1 - float(iou[place, matched[place]]) ** 2 if matched[place] >= 0 else 1.0
            losses = {
                FindingKind.SPURIOUS: -np.log(objectness + 1e-3),
                FindingKind.WRONG_CLASS: -np.log(pooled + 1e-3),
                FindingKind.POOR: 5 * box,  # YOLOX's weight of the box loss
            }
            kind = max(losses, key=lambda kind: losses[kind])
            yield _at(kind, image, float(sum(losses.values())), given)
        for place in np.setdiff1d(np.arange(len(seen.scores)), matched).tolist():
            yield _missing(image, seen, place, float(-np.log(1 - seen.scores[place] + 1e-3)), names)


def object_lab(pairs: Pairs, names: Sequence[str]) -> tuple[Finding, ...]:
    """cleanlab's three scores of each label and prediction, with its own thresholds; nothing where it cannot run."""
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder) / "labels.json"
        sent.write_text(json.dumps([_plain(image, seen, len(names)) for image, seen in pairs]))
        command = (_python(), str(Path(__file__).with_name("objectlab.py")), str(sent))
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=RUN_S)
    if done.returncode:
        print(f"{PEER[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}", file=sys.stderr)
        return ()
    rows = json.loads(done.stdout.splitlines()[-1])
    kinds = {"badloc": FindingKind.POOR, "swap": FindingKind.WRONG_CLASS}
    found: list[Finding] = []
    for (image, _), row in zip(pairs, rows, strict=True):
        for name, kind in kinds.items():
            found += [
                _at(kind, image, 1 - score, image.boxes[place])
                for place, score in enumerate(row[name])
                if score is not None and score < 1
            ]
        for class_id, edges, score in row["overlooked"]:
            found.append(Finding(FindingKind.MISSING, image.name, 1 - score, "", None, Box(names[class_id], *edges)))
    return tuple(found)


def _plain(image: JudgedImage, seen: Seen, classes: int) -> dict[str, object]:
    predictions = [
        np.column_stack((seen.proposals, seen.scores))[seen.class_ids == class_id].tolist()
        for class_id in range(classes)
    ]
    return {
        "boxes": image.labels.boxes.tolist(),
        "labels": image.labels.class_ids.tolist(),
        "predictions": predictions,
    }


def _at(kind: FindingKind, image: JudgedImage, score: float, given: Box) -> Finding:
    return Finding(kind, image.name, score, "", given)


def _missing(image: JudgedImage, seen: Seen, place: int, score: float, names: Sequence[str]) -> Finding:
    box = Box(names[seen.class_ids[place]], *seen.proposals[place].tolist())
    return Finding(FindingKind.MISSING, image.name, score, "", None, box)


def _python() -> Path:
    """The interpreter that has the peer."""
    root = cache_folder() / "peers" / PEER[0]
    python = root / "bin" / "python"
    if not python.exists():
        environment = {**os.environ, "VIRTUAL_ENV": str(root)}
        subprocess.run((sys.executable, "-m", "venv", root), check=True)
        pip = (python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PEER)
        subprocess.run(pip, check=False, timeout=INSTALL_S, env=environment)
    return python
