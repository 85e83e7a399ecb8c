"""What to label next: doubt first, near-identical images once."""

import shutil
from pathlib import Path

import numpy as np

from yolox_core.dataset.folder import open_folder
from yolox_core.records import Progress
from yolox_core.review.next_images import NextImage, calibrated_scores, rank_next
from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen, nothing_seen


def seen(*scores: float) -> Seen:
    count = len(scores)
    boxes = np.array([(50.0 * n, 0, 50.0 * n + 40, 40) for n in range(count)]).reshape(-1, 4)
    ones = np.ones(count)
    return Seen(boxes, ones, ones[:, None], boxes, np.array(scores), np.zeros(count, np.int64), ones, ones, ones)


def test_that_doubt_ranks_and_near_copies_count_once(squares: Path) -> None:
    shutil.copy(squares / "JPEGImages" / "3.jpg", squares / "JPEGImages" / "7.jpg")
    folder = open_folder(squares)
    views = {image.name: nothing_seen(1) for image in folder.images}
    views |= {"3": seen(0.5, 0.5, 0.4), "7": seen(0.5, 0.5), "1": seen(0.95, 0.97), "5": seen(0.5)}
    rows = [record for record in rank_next(folder.images, views, []) if not isinstance(record, Progress)][-1]
    assert isinstance(rows, tuple)
    assert [row.image for row in rows][:3] == ["3", "5", "1"]
    assert rows[0] == NextImage("3", 2 + 4 * 0.4 * 0.6, 3, likes=1)
    assert "7" not in {row.image for row in rows}


def test_that_scores_are_calibrated_on_labelled_images() -> None:
    rng = np.random.default_rng(0)
    labelled = []
    for _ in range(60):
        scores = rng.uniform(0.1, 0.9, 5)
        view = seen(*scores)
        is_true = rng.random(5) < scores / 2  # half as often as the network believes
        labelled.append((Labels(400, 400, view.boxes[is_true], np.zeros(is_true.sum(), np.int64)), view))
    model = calibrated_scores(labelled)
    assert model is not None
    view = seen(0.2, 0.8)
    features = np.stack((np.log(view.scores), view.scores, *([np.ones(2)] * 3)), axis=1)
    features[:, 3:] = np.log(1.01), np.log1p(1)
    low, high = model.probabilities(features)[:, 1]
    assert abs(low - 0.1) < 0.1
    assert abs(high - 0.4) < 0.1
    assert calibrated_scores([]) is None
