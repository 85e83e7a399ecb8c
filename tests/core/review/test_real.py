"""What is wrong with BCCD as published, by the rules of geometry alone."""

from pathlib import Path

from yolox_core.dataset.folder import open_folder
from yolox_core.review.records import FindingKind
from yolox_core.review.review import Review, review

DOUBLED = {"00020", "00100", "00104", "00251", "00284", "00331", "00403"}


def test_that_the_known_mistakes_of_real_labels_are_found(shared: Path) -> None:
    folder = open_folder(shared / "data" / "BCCD")
    found = [record for record in review(folder, folder.images, None) if isinstance(record, Review)][-1].findings
    names = {kind: {one.image[-5:] for one in found if one.kind is kind} for kind in FindingKind}
    assert {"00338", "00343"} <= names[FindingKind.SPURIOUS]
    assert names[FindingKind.DUPLICATE] >= DOUBLED
    assert {one.probability for one in found if one.image[-5:] in ("00338", "00343")} == {0.99}
