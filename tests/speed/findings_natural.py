"""What label review finds in BCCD as published: `python -m tests.speed.findings_natural SHEET.jpg`.

Prints at which rank the known mistakes come, and draws the likeliest missing boxes side by side, to be judged by eye.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.speed.findings_sets import SHARED, training
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.images import read_image
from yolox_core.records import Box
from yolox_core.review.cross import cross_predictions
from yolox_core.review.cross_plan import CrossPlan
from yolox_core.review.predicting import Predictions
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.review import Network, Review, review
from yolox_core.user_folders import cache_folder

EPOCHS = 12
WRONG = ("00135",)  # a WBC labelled Platelets
EMPTY = ("00338", "00343")  # boxes without size
DOUBLED = ("00020", "00100", "00104", "00251", "00284", "00331", "00403")
FULL = tuple("00134 00147 00150 00152 00224 00249 00250 00258 00267 00268 00303 00322 00327 00330 00350".split())
"""Images full of RBC that nobody has labelled."""
LISTED, COLUMNS, SIDE, AROUND = 48, 8, 150, 0.6
GREEN = (80, 200, 60)


def findings(folder: DataFolder) -> tuple[Finding, ...]:
    """All findings, judged out of fold; the networks are kept in the cache."""
    plan = CrossPlan(training(EPOCHS), cache_folder() / "findings" / "BCCD-published" / "folds")
    seen = [record for record in cross_predictions(folder, plan) if isinstance(record, Predictions)][-1]
    network = Network(seen.class_names, seen.dense)
    return [one for one in review(folder, folder.images, network) if isinstance(one, Review)][-1].findings


def ranks(found: Sequence[Finding], images: Sequence[str], kinds: Sequence[FindingKind]) -> str:
    """For each image the rank of its first finding of these kinds."""
    first: dict[str, int] = {}
    for rank, finding in enumerate(found, 1):
        name = finding.image[-5:]
        if name in images and finding.kind in kinds:
            first.setdefault(name, rank)
    return "  ".join(f"{name}: {first.get(name, 'none')}" for name in images)


def contact_sheet(folder: DataFolder, found: Sequence[Finding]) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """The proposed boxes of findings with what is around them, in rows."""
    cells = [_cell(folder, finding) for finding in found]
    blank = np.full_like(cells[0], 255)
    cells += [blank] * (-len(cells) % COLUMNS)
    return np.vstack([np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)])


def _cell(folder: DataFolder, finding: Finding) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    image, box = folder.image(finding.image), finding.proposed
    assert image is not None
    assert box is not None
    picture = read_image(image.path)
    half = max(box.width, box.height) * (0.5 + AROUND)
    x, y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
    scale = SIDE / (2 * half)
    move = np.array([[scale, 0, SIDE / 2 - x * scale], [0, scale, SIDE / 2 - y * scale]])
    crop = cv2.warpAffine(picture, move, (SIDE, SIDE), borderValue=(235, 235, 235))
    corners = [tuple(round(value) for value in move @ (*corner, 1)) for corner in _corners(box)]
    cv2.rectangle(crop, corners[0], corners[1], GREEN, 1)
    cv2.putText(crop, f"{finding.image[-5:]} {box.class_name}", (4, 12), 0, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return np.asarray(cv2.copyMakeBorder(crop, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255, 255, 255)))


def _corners(box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    return (box.x1, box.y1), (box.x2, box.y2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.speed.findings_natural", description=__doc__)
    parser.add_argument("sheet", type=Path, help="the picture to write")
    target = parser.parse_args().sheet
    folder = open_folder(SHARED / "data" / "BCCD")
    found = findings(folder)
    of_kind = {kind: [one for one in found if one.kind is kind] for kind in FindingKind}
    swapped, missing = of_kind[FindingKind.WRONG_CLASS], of_kind[FindingKind.MISSING]
    print("first wrong classes:", "  ".join(f"{one.image[-5:]} {one.reason}" for one in swapped[:3]))
    print("rank among wrong classes:", ranks(swapped, WRONG, list(FindingKind)))
    print("rank of boxes without size:", ranks(found, EMPTY, (FindingKind.SPURIOUS, FindingKind.POOR)))
    print("rank of doubled boxes:", ranks(found, DOUBLED, (FindingKind.DUPLICATE,)))
    print("rank among missing:", ranks(missing, FULL, list(FindingKind)))
    cv2.imwrite(str(target), contact_sheet(folder, missing[:LISTED]), [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
