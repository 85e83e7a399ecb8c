"""Known faults in labels are found, named, and the change proposed for each mends it."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pytest

from tests.core.review.sets import NAMES, Scenes, make_scenes, write_labels
from tests.core.review.test_arithmetic import labels
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box
from yolox_core.review.calibration import plantings
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.dense import Dense
from yolox_core.review.images import edges_of
from yolox_core.review.records import Finding, FindingKind, qualities
from yolox_core.review.review import Network, Questions, Review, review


def reviewed(scenes: Scenes, network: Network | None = None, **options: object) -> Review:
    folder = open_folder(scenes.root)
    records = list(review(folder, folder.images, network or scenes.network, **options))  # type: ignore[arg-type]
    assert isinstance(records[-1], Review)
    assert not any(isinstance(record, Review) for record in records[:-1])
    return records[-1]


@pytest.fixture
def scenes(tmp_path: Path) -> Scenes:
    return make_scenes(tmp_path / "scenes")


def test_that_each_kind_of_fault_is_found_first_and_its_change_mends_it(scenes: Scenes) -> None:
    truth = scenes.truth["007"]
    first, second, *rest = truth
    fields = [Box("cat", x, y, x + 60, y + 70) for x in (10, 140, 270) for y in (10, 140, 270)]
    far = next(box for box in fields if pairwise_iou(edges_of([box]), edges_of(truth)).max() == 0)
    poor = second.with_edges(second.x1 - 8, second.y1 + 22, second.x2 - 4, second.y2 + 6)
    write_labels(scenes.root, "007", (poor, far, *rest))  # the first is missing
    other = scenes.truth["011"]
    wrong = replace(other[0], class_name="dog" if other[0].class_name == "cat" else "cat")
    copy = other[1].with_edges(other[1].x1 + 2, other[1].y1 + 2, other[1].x2 + 2, other[1].y2 + 1)
    write_labels(scenes.root, "011", (wrong, *other[1:], copy))

    found = reviewed(scenes).findings[:5]

    assert {(finding.kind, finding.image) for finding in found} == {
        (FindingKind.MISSING, "007"),
        (FindingKind.POOR, "007"),
        (FindingKind.SPURIOUS, "007"),
        (FindingKind.WRONG_CLASS, "011"),
        (FindingKind.DUPLICATE, "011"),
    }
    by_kind = {finding.kind: finding for finding in found}
    assert _is_near(by_kind[FindingKind.MISSING].proposed, first)
    assert _is_near(by_kind[FindingKind.POOR].proposed, second)
    assert by_kind[FindingKind.WRONG_CLASS].proposed == replace(other[0], key=1)
    assert by_kind[FindingKind.SPURIOUS].proposed is None
    assert by_kind[FindingKind.DUPLICATE].proposed is None
    pair = by_kind[FindingKind.DUPLICATE].given, by_kind[FindingKind.DUPLICATE].twin
    assert {box.x1 for box in pair if box is not None} == {other[1].x1, copy.x1}
    assert (
        f"Labelled {wrong.class_name}; the network sees {other[0].class_name}"
        in by_kind[FindingKind.WRONG_CLASS].reason
    )
    assert min(finding.probability for finding in found) > 0.3


def test_that_right_labels_have_no_likely_fault(scenes: Scenes) -> None:
    assert max(finding.probability for finding in reviewed(scenes).findings) < 0.3


def test_that_images_not_labelled_yet_wait_for_an_answer(scenes: Scenes) -> None:
    (scenes.root / "Annotations" / "003.xml").unlink()
    left_out = reviewed(scenes)
    assert left_out.undecided == ("003",)
    assert not any(finding.image == "003" for finding in left_out.findings)
    empty = reviewed(scenes, questions=Questions(undecided_are_empty=True))
    assert empty.undecided == ()
    missing = [finding for finding in empty.findings if finding.image == "003" and finding.kind is FindingKind.MISSING]
    assert len(missing) >= len(scenes.truth["003"])
    assert empty.findings[0] == missing[0]
    assert empty.qualities[0].image == "003"


def test_that_an_image_that_is_empty_by_decision_takes_part(scenes: Scenes) -> None:
    write_labels(scenes.root, "003", ())
    found = reviewed(scenes)
    assert found.undecided == ()
    assert [finding.image for finding in found.findings[:2]] == ["003", "003"]


def test_that_one_class_knows_no_wrong_class(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "one", names=("drone",))
    write_labels(scenes.root, "002", scenes.truth["002"][1:])
    found = reviewed(scenes).findings
    assert (found[0].kind, found[0].image) == (FindingKind.MISSING, "002")
    assert not any(finding.kind is FindingKind.WRONG_CLASS for finding in found)


def test_that_classes_of_other_names_are_asked_for_and_mapped(scenes: Scenes) -> None:
    theirs = Network(("kitty", "hound"), scenes.network.dense)
    with pytest.raises(UserError, match="knows none of the classes in the labels: cat, dog"):
        reviewed(scenes, theirs)
    mapped = reviewed(scenes, theirs, questions=Questions({"cat": "kitty", "dog": "hound"}))
    assert mapped.unknown_classes == ()
    half = reviewed(scenes, theirs, questions=Questions({"cat": "kitty"}))
    assert half.unknown_classes == ("dog",)
    assert not any(finding.given and finding.given.class_name == "dog" for finding in half.findings)


def test_that_classes_that_the_network_cannot_tell_apart_are_judged_as_one(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "set", names=("car", "person"))
    for name, truth in scenes.truth.items():  # every other car is called a van here
        vans = [
            replace(box, class_name="van") if box.class_name == "car" and n % 2 else box for n, box in enumerate(truth)
        ]
        write_labels(scenes.root, name, vans)
    found = reviewed(scenes, questions=Questions({"van": "car"}))
    assert found.unknown_classes == ()
    assert max(finding.probability for finding in found.findings) < 0.3
    car = next(box for box in scenes.truth["007"] if box.class_name == "car")
    write_labels(scenes.root, "007", [box for box in scenes.truth["007"] if box != car])
    missing = reviewed(scenes, questions=Questions({"van": "car"})).findings[0]
    assert (missing.kind, missing.image) == (FindingKind.MISSING, "007")
    assert _is_near(missing.proposed, car)  # by the network's own name for it


def test_that_a_large_data_set_teaches_by_a_part_of_it(scenes: Scenes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yolox_core.review.calibration.ENOUGH_LABELS", 60)
    rounds = plantings([labels(5, seed) for seed in range(40)], np.random.default_rng(0))
    assert [len(one) for one in rounds] == [12]
    write_labels(scenes.root, "007", scenes.truth["007"][1:])
    found = reviewed(scenes).findings
    assert (found[0].kind, found[0].image) == (FindingKind.MISSING, "007")


def test_that_without_predictions_geometry_speaks(scenes: Scenes) -> None:
    first, *rest = scenes.truth["005"]
    thin = first.with_edges(first.x1, first.y1, first.x1, first.y2)
    outside = Box("cat", 300, 350, 460, 398)
    copy = rest[0].with_edges(rest[0].x1 + 1, rest[0].y1, rest[0].x2 + 1, rest[0].y2)
    write_labels(scenes.root, "005", (thin, *rest, copy, outside))
    folder = open_folder(scenes.root)
    found = [record for record in review(folder, folder.images, None) if isinstance(record, Review)][-1].findings
    assert {finding.kind for finding in found if finding.image == "005"} == {
        FindingKind.SPURIOUS,
        FindingKind.POOR,
        FindingKind.DUPLICATE,
    }
    cut = next(finding for finding in found if finding.kind is FindingKind.POOR)
    assert cut.proposed is not None
    assert (cut.proposed.x2, cut.proposed.class_name) == (400, "cat")


def test_that_a_box_without_size_is_moved_to_the_object_that_has_none(scenes: Scenes) -> None:
    first, *rest = scenes.truth["005"]
    middle = first.with_edges(first.x1 + 20, first.y1 + 20, first.x1 + 20, first.y1 + 20)
    write_labels(scenes.root, "005", (middle, *rest))
    found = [finding for finding in reviewed(scenes).findings if finding.image == "005" and finding.probability > 0.5]
    assert [finding.kind for finding in found] == [FindingKind.POOR]
    assert _is_near(found[0].proposed, first)


def test_that_a_class_that_is_absent_is_told_without_a_network(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "many", images=6)
    grid = [Box("cell", 40.0 * n, 10, 40.0 * n + 30, 40) for n in range(8)]
    for name in scenes.truth:
        write_labels(scenes.root, name, grid if name != "004" else [Box("dog", 5, 5, 50, 50)])
    folder = open_folder(scenes.root)
    found = [record for record in review(folder, folder.images, None) if isinstance(record, Review)][-1].findings
    assert [(finding.kind, finding.image, finding.box) for finding in found] == [(FindingKind.MISSING, "004", None)]
    assert "no cell box" in found[0].reason


def test_that_few_labels_are_judged_by_the_models_that_ship(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "few", images=4)
    write_labels(scenes.root, "001", scenes.truth["001"][1:])
    found = reviewed(scenes).findings
    assert (found[0].kind, found[0].image) == (FindingKind.MISSING, "001")


def test_that_an_empty_network_and_empty_labels_give_no_findings(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "none", images=3)
    assert reviewed(scenes, Network(NAMES, {})).findings == ()
    nothing = np.zeros(0, np.uint16).reshape(0, 4)
    blind = Dense(nothing, np.zeros(0, np.float16), nothing[:, :2], nothing[:, :2].astype(np.float16), 1.0)
    for finding in reviewed(scenes, Network(NAMES, dict.fromkeys(scenes.truth, blind))).findings:
        assert finding.kind is FindingKind.SPURIOUS
    for name in scenes.truth:
        write_labels(scenes.root, name, ())
    assert reviewed(scenes, Network(NAMES, {})).findings == ()


def test_that_a_hundred_thousand_findings_are_settled_and_summed_in_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    edges = rng.uniform(0, 1000, (100_000, 2)).round(1).tolist()
    findings = tuple(
        Finding(FindingKind.MISSING, f"{n % 5000}", n / 100_000, "", None, Box("cat", x, y, x + 20, y + 20))
        for n, (x, y) in enumerate(edges)
    )
    decisions = Decisions(tmp_path)
    for finding in findings[:500]:
        decisions.decide(finding, Verdict.REJECTED)
    began = perf_counter()
    left = [finding for finding in findings if not decisions.settles(finding)]
    assert len(qualities(tuple(left))) == 5000
    assert len(left) <= 99_500
    assert perf_counter() - began < 5


def _is_near(box: Box | None, other: Box) -> bool:
    assert box is not None
    pairs = ((box.x1, other.x1), (box.y1, other.y1), (box.x2, other.x2), (box.y2, other.y2))
    return box.class_name == other.class_name and max(abs(a - b) for a, b in pairs) < 4


def test_that_a_box_drawn_three_times_loses_both_copies(tmp_path: Path) -> None:
    scenes = make_scenes(tmp_path / "thrice", images=2)
    box = Box("cat", 100, 100, 200, 200)
    copies = [box.with_edges(100 + by, 100, 200 + by, 200) for by in (0, 1, 2)]
    folder, decisions = open_folder(scenes.root), Decisions(scenes.root)
    left = len(copies)
    while left > 1:
        write_labels(scenes.root, "000", copies[:left])
        [*_, found] = review(folder, folder.images, None, decisions=decisions)
        assert isinstance(found, Review)
        assert found.findings
        assert all(one.given is not None for one in found.findings)
        decisions.decide(found.findings[0], Verdict.ACCEPTED)
        sleep(0.002)  # a person is not faster
        left -= 1
    assert left == 1
