import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yolox_core.errors import UserError
from yolox_core.evaluate import Evaluation, Sample, evaluate, evaluate_images, measure
from yolox_core.evaluate.samples import class_ids_of
from yolox_core.evaluate.truth import Compared, Truth, truth_of
from yolox_core.evaluate.voc_ap import area_ap, eleven_point_ap, recall_curve
from yolox_core.infer.candidates import Candidates
from yolox_core.records import Annotation, Box, Detections, Progress

NAMES = ("drone", "bird")


def truth(*boxes: tuple[float, ...], class_id: int = 0, difficult: bool = False) -> Truth:
    edges = np.array(boxes, np.float64).reshape(-1, 4)
    return Truth(edges, np.full(len(edges), class_id, np.int64), np.full(len(edges), difficult))


def found(*rows: tuple[float, ...], class_id: int = 0) -> Detections:
    """Rows x1, y1, x2, y2, score, best first."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    return Detections(values[:, :4], values[:, 4], np.full(len(values), class_id, np.int64))


def write_images(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        cv2.imwrite(str(path), np.full((60 + number, 80, 3), number, np.uint8))
    return paths


def outcome(records: object) -> Evaluation:
    *progress, last = records  # type: ignore[misc]
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(last, Evaluation)
    return last


def voc_reference(shared: Path) -> tuple[list[Compared], list[dict[str, float]]]:
    """The reference's inclusive pixel edges as continuous ones: one is added to the far edges."""
    reference = json.loads((shared / "reference" / "voc_ap.json").read_text())
    images = []
    for name, rows in reference["gt"].items():
        boxes = np.array(rows, np.float64).reshape(-1, 5)
        seen = np.array([row[1:] for row in reference["det"] if row[0] == name], np.float64).reshape(-1, 5)
        seen = seen[np.argsort(-seen[:, 0], kind="stable")]
        images.append(
            Compared(
                Truth(boxes[:, :4] + (0, 0, 1, 1), np.zeros(len(boxes), np.int64), boxes[:, 4] == 1),
                Detections(seen[:, 1:] + (0, 0, 1, 1), seen[:, 0], np.zeros(len(seen), np.int64)),
            )
        )
    return images, reference["ap"]


@pytest.mark.parametrize("row", range(6))
def test_that_voc_ap_is_the_references(shared: Path, row: int) -> None:
    images, figures = voc_reference(shared)
    expected = figures[row]
    curve = recall_curve(images, 0, iou_threshold=expected["iou"])
    ap = eleven_point_ap(curve) if expected["use_07_metric"] else area_ap(curve)
    assert ap == pytest.approx(expected["ap"], abs=1e-9)
    assert curve.recall[-1] == pytest.approx(expected["recall_end"], abs=1e-12)


def test_that_a_perfect_answer_scores_one_and_none_scores_nothing() -> None:
    labels = truth((10, 10, 50, 50), (60, 10, 90, 40))
    perfect = measure([Compared(labels, found((10, 10, 50, 50, 0.9), (60, 10, 90, 40, 0.8)))], NAMES)
    assert (perfect.ap, perfect.ap50, perfect.voc_ap50) == pytest.approx((1, 1, 1))
    assert perfect.ap50_per_class == {"drone": pytest.approx(1)}
    nothing = measure([Compared(labels, found())], NAMES)
    assert (nothing.ap, nothing.ap50, nothing.voc_ap50) == (0, 0, 0)
    assert (perfect.images, perfect.boxes, perfect.detections, len(perfect.stats)) == (1, 2, 2, 12)


def test_that_a_difficult_box_counts_neither_way() -> None:
    plain = Compared(truth((10, 10, 50, 50)), found((10, 10, 50, 50, 0.5)))
    hard_found = Compared(truth((60, 10, 90, 40), difficult=True), found((60, 10, 90, 40, 0.9)))
    hard_missed = Compared(truth((60, 10, 90, 40), difficult=True), found())
    for other in (hard_found, hard_missed):
        figures = measure([plain, other], NAMES)
        assert (figures.ap, figures.voc_ap50) == pytest.approx((1, 1))


def test_that_a_second_detection_of_a_box_is_wrong() -> None:
    image = Compared(
        truth((0, 0, 40, 40), (50, 50, 90, 90)), found((0, 0, 40, 40, 0.9), (0, 0, 40, 41, 0.8), (50, 50, 90, 90, 0.7))
    )
    curve = recall_curve([image], 0, iou_threshold=0.5)
    assert curve.precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3])
    assert curve.recall.tolist() == [0.5, 0.5, 1]
    assert area_ap(curve) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_that_detections_of_classes_without_labels_do_not_count() -> None:
    image = Compared(truth((0, 0, 40, 40)), found((0, 0, 40, 40, 0.9), class_id=1))
    figures = measure([image], NAMES)
    assert figures.ap50_per_class == {"drone": 0}


def test_that_images_without_any_label_give_zero_and_unknown_figures() -> None:
    figures = measure([Compared(truth(), found((0, 0, 40, 40, 0.9)))], NAMES)
    assert (figures.ap, figures.voc_ap50, figures.ap50_per_class) == (0, 0, {})
    assert set(figures.stats) == {-1.0}


def test_that_evaluation_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    measure([Compared(truth((0, 0, 40, 40)), found((0, 0, 40, 40, 0.9)))], NAMES)
    assert capfd.readouterr() == ("", "")


def test_that_a_box_without_area_is_no_label() -> None:
    boxes = (Box("bird", 1, 2, 30, 40), Box("bird", 5, 5, 5, 9), Box("drone", 9, 9, 2, 20))
    labels = truth_of(Annotation(100, 100, boxes), {"drone": 0, "bird": 1})
    assert labels.boxes.tolist() == [[1, 2, 30, 40]]
    assert labels.class_ids.tolist() == [1]


def test_that_each_answer_meets_its_own_image_and_damage_is_reported(tmp_path: Path) -> None:
    paths = write_images(tmp_path, 20)
    paths[4].write_bytes(paths[4].read_bytes()[:40])
    paths[11].unlink()
    # the height tells the images apart: each is answered by a box as tall as the image
    samples = [Sample(path, truth((0, 0, 40, 60 + number))) for number, path in enumerate(paths)]

    def predict(images: Sequence[NDArray[np.uint8]]) -> list[Candidates]:
        return [
            Candidates(np.array([[0, 0, 40, len(image)]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))
            for image in images
        ]

    figures = outcome(evaluate(predict, NAMES, samples, batch_size=3))
    assert figures.ap == pytest.approx(1)
    assert figures.images == 18
    assert [Path(fault.where).name for fault in figures.faults] == ["4.png", "11.png"]
    assert figures.seconds > 0


def test_that_no_readable_image_is_a_problem_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no image to evaluate"):
        list(evaluate(lambda images: [], NAMES, [Sample(tmp_path / "gone.png", truth())]))


def test_that_stopping_early_leaves_no_reader_behind(tmp_path: Path) -> None:
    import threading

    before = threading.active_count()
    samples = [Sample(path, truth()) for path in write_images(tmp_path, 12)]
    records = evaluate(lambda images: [Candidates.none() for _ in images], NAMES, samples, batch_size=2)
    assert next(records) == Progress(0, 12, "evaluating")
    assert next(records) == Progress(2, 12, "evaluating")
    records.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_that_classes_meet_by_name_or_by_number() -> None:
    assert class_ids_of({"bird"}, NAMES, are_numbers=False) == {"bird": 1}
    assert class_ids_of({"1", "0"}, NAMES, are_numbers=True) == {"0": 0, "1": 1}


def test_that_a_class_the_network_lacks_is_refused_with_both_lists() -> None:
    with pytest.raises(UserError) as caught:
        class_ids_of({"plane", "bird"}, NAMES, are_numbers=False, where="folder")
    assert "does not know plane" in caught.value.what
    assert "In the labels: bird, plane." in caught.value.what
    assert "In the network: drone, bird." in caught.value.what


def test_that_evaluation_of_a_function_needs_no_torch() -> None:
    code = "import sys, yolox_core.evaluate; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_the_published_nano_scores_on_coco_what_the_reference_says(shared: Path) -> None:
    """All 128 images, about 10 s on two cores."""
    from yolox_core.dataset.folder import open_folder
    from yolox_core.infer.detector import Detector

    reference = json.loads((shared / "reference" / "coco_val128_nano_416.json").read_text())
    folder = open_folder(shared / "data" / "coco-val128")
    detector = Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu", image_size=416)
    figures = outcome(evaluate_images(detector, folder, folder.images))
    assert (figures.images, figures.boxes, figures.detections) == (128, 898, reference["detections"])
    assert figures.stats == pytest.approx(reference["stats"], abs=1e-3)
    assert figures.ap == figures.stats[0]
    assert figures.ap50_per_class["person"] > 0.5
    assert figures.faults == ()


def test_that_labels_of_other_classes_are_refused_before_the_network_runs(shared: Path) -> None:
    from yolox_core.dataset.folder import open_folder
    from yolox_core.infer.detector import Detector

    folder = open_folder(shared / "data" / "BCCD")
    detector = Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu")
    with pytest.raises(UserError, match="RBC") as caught:
        list(evaluate_images(detector, folder, folder.images[:20]))
    assert "person" in caught.value.what
