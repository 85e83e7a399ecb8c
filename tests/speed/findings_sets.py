"""The data sets of the findings benchmark: copies with planted errors, and what a network says that judges fairly.

Copies, runs of folds and predictions are kept in the user's cache: the first run trains, later ones only look.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from tests.speed.findings_judge import FindingKind
from yolox_core.dataset.coco_names import COCO_NAMES
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.records import Progress
from yolox_core.review.classes import judged_classes
from yolox_core.review.corrupted import PlantedError, read_planted, write_corrupted
from yolox_core.review.cross import cross_predictions
from yolox_core.review.cross_plan import CrossPlan
from yolox_core.review.images import JudgedImage, ReadImages, judged, read_images
from yolox_core.review.planting import Rates
from yolox_core.review.predicting import predict_images
from yolox_core.review.review import Network, seen_by
from yolox_core.review.seen import Seen
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.user_folders import cache_folder

SHARED = Path(__file__).resolve().parents[3] / "shared"
WEIGHTS = SHARED / "weights" / "yolox_nano.pth"


@dataclass(frozen=True)
class Yardstick:
    """A data set of the benchmark: its folder, epochs of a fold (0: the COCO network judges), targets of the issue."""

    name: str
    path: str
    epochs: int
    targets: dict[FindingKind, float]
    mean_ap: float
    queue_ap: float
    decisions: float
    fixed: float


def _targets(*values: float) -> dict[FindingKind, float]:
    return {kind: value for kind, value in zip(FindingKind, values, strict=True) if value}


YARDSTICKS = (
    Yardstick("coco-val128", "coco-val128", 0, _targets(0.24, 0.37, 0.53, 0.60, 0.72), 0.49, 0.51, 1.0, 0.70),
    Yardstick("drones", "drones", 8, _targets(0.70, 0.63, 0, 0.87, 0.85), 0.76, 0.76, 0.20, 0.88),
    Yardstick("BCCD", "BCCD", 12, _targets(0.46, 0.73, 0.95, 0.68, 0.80), 0.72, 0.75, 0.42, 0.88),
)


@dataclass(frozen=True, eq=False)
class Case:
    """One copy: its folder, what was planted, what the network said, and labels beside what it sees."""

    folder: DataFolder
    errors: tuple[PlantedError, ...]
    network: Network
    names: tuple[str, ...]
    pairs: tuple[tuple[JudgedImage, Seen], ...]

    @property
    def labels(self) -> int:
        """Boxes in the corrupted copy."""
        return sum(len(image.boxes) for image, _ in self.pairs)

    @property
    def full_review(self) -> int:
        """Decisions that it takes to look at every box and every image."""
        return self.labels + len(self.pairs)


def case(yardstick: Yardstick, seed: int, rates: Rates | None = None, name: str = "planted") -> Case:
    """The data set with errors planted by this seed, made now or kept from before."""
    root = cache_folder() / "findings" / f"{yardstick.name}-{seed}-{name}"
    if not root.joinpath("data").exists():
        source = open_folder(SHARED / "data" / yardstick.path)
        named = replace(source, class_names=COCO_NAMES) if source.numbered_classes else source
        write_corrupted(named, root / "data", rates or Rates(), seed=seed)
    folder = open_folder(root / "data")
    read = _last(read_images(folder, folder.images))
    network = _network(folder, yardstick, root / "folds")
    used = (box.class_name for one in read.images for box in one.annotation.boxes)
    classes = judged_classes(used, network.class_names, {}, folder)
    pairs = tuple((judged(one, classes.ids), seen_by(one, network, classes)) for one in read.images)
    return Case(folder, read_planted(root / "data"), network, classes.names, pairs)


def training(epochs: int) -> TrainConfig:
    """How a fold is trained here."""
    base = replace(recipe("nano"), weights=str(WEIGHTS), epochs=epochs, batch_size=8, base_lr=0.02, no_aug_epochs=3)
    return replace(base, device="cpu", multiscale_range=0, workers=1)


def _network(folder: DataFolder, yardstick: Yardstick, folds: Path) -> Network:
    if yardstick.epochs:
        records = cross_predictions(folder, CrossPlan(training(yardstick.epochs), folds))
    else:
        records = predict_images(WEIGHTS, folder.images, device="cpu")
    found = [record for record in records if not isinstance(record, Progress)][-1]
    return Network(found.class_names, found.dense)


def _last(records: "object") -> ReadImages:
    return [record for record in records if isinstance(record, ReadImages)][-1]  # type: ignore[attr-defined]
