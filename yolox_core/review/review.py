"""The whole of a label review: labels and predictions in, ranked findings out. No torch here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import Fault, Progress
from yolox_core.review.calibration import Lesson, fit, lesson_of, plantings
from yolox_core.review.classes import JudgedClasses, judged_classes
from yolox_core.review.decisions import Decisions, time_text
from yolox_core.review.dense import Dense
from yolox_core.review.fallback import fallback_models
from yolox_core.review.geometry import absent_classes, doubled_boxes, impossible_boxes
from yolox_core.review.images import ReadImage, ReadImages, judged, read_images
from yolox_core.review.pairing import paired
from yolox_core.review.records import Finding, ImageQuality, qualities
from yolox_core.review.scoring import Looked, look, score
from yolox_core.review.seen import Seen, nothing_seen, seen_in

PROGRESS_EVERY = 20
FEWEST_LABELS = 30  # measured: from so many on their own lessons beat those of other data sets


@dataclass(frozen=True)
class Network:
    """What a network said: its class names, and dense predictions by name of image."""

    class_names: tuple[str, ...]
    dense: Mapping[str, Dense]


@dataclass(frozen=True)
class Questions:
    """What only a person can say. `mapping` gives the network's class for classes of the folder with another name.

    `undecided_are_empty`: images without a label file have nothing in them, rather than not being labelled yet.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    undecided_are_empty: bool = False


@dataclass(frozen=True)
class Review:
    """Findings, likeliest first, those settled earlier left out, and the images by quality, worst first.

    `undecided` names the images left out as not labelled yet, `unknown_classes` the folder's classes that the network
    does not know, whose boxes geometry alone has judged, `network_classes` those that it knows; `faults` say what kept
    images out.
    """

    findings: tuple[Finding, ...]
    qualities: tuple[ImageQuality, ...]
    images: int
    undecided: tuple[str, ...] = ()
    unknown_classes: tuple[str, ...] = ()
    network_classes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def review(
    folder: DataFolder,
    images: Sequence[ImageFile],
    network: Network | None,
    *,
    questions: Questions | None = None,
    decisions: Decisions | None = None,
    seed: int = 0,
) -> Iterator[Progress | Review]:
    """Look for faults in the labels of these images; without a network by the rules of geometry. Progress first.

    Raises UnknownClasses where the network knows none of the folder's classes.
    """
    questions, began_at = questions or Questions(), time_text()
    read = ReadImages((), (), ())
    for record in read_images(folder, images, undecided_are_empty=questions.undecided_are_empty):
        if isinstance(record, Progress):
            yield record
        else:
            read = record
    impossible = list(impossible_boxes(read.images))
    unknown: tuple[str, ...] = ()
    known = network.class_names if network is not None else ()
    if network is None:
        findings = [*impossible, *doubled_boxes(read.images), *absent_classes(read.images)]
    else:
        labelled = (box.class_name for image in read.images for box in image.annotation.boxes)
        classes = judged_classes(labelled, known, questions.mapping, folder)
        unknown = classes.unknown
        found: list[Finding] = []
        for step in seen_findings(read.images, network, classes, seed):
            if isinstance(step, Progress):
                yield step
            else:
                found.append(step)
        findings = paired(impossible, found)
    if decisions is not None:
        findings = [finding for finding in findings if not decisions.settles(finding, read_at=began_at)]
    ranked = tuple(sorted(findings, key=lambda finding: -finding.probability))
    yield Review(ranked, qualities(ranked), len(read.images), read.undecided, unknown, known, read.faults)


def seen_by(image: ReadImage, network: Network, classes: JudgedClasses) -> Seen:
    """What the network sees in an image, in the folder's classes."""
    dense = network.dense.get(image.name)
    if dense is None:
        return nothing_seen(len(classes.names))
    size = image.annotation.width, image.annotation.height
    return seen_in(dense, classes.of_network, len(classes.names), size)


def seen_findings(
    images: Sequence[ReadImage], network: Network, classes: JudgedClasses, seed: int
) -> Iterator[Progress | Finding]:
    """One pass over the images: of each, what is seen is kept only until its labels were compared with it."""
    images = [image for image in images if image.name in network.dense]
    labelled = [judged(image, classes.ids) for image in images]
    labels = [image.labels for image in labelled]
    if not images:
        return
    teaches = sum(map(len, labels)) >= FEWEST_LABELS
    yield Progress(0, 0, "Planting errors into copies of the labels")
    rounds = plantings(labels, np.random.default_rng(seed)) if teaches else []
    lessons: list[list[Lesson]] = [[] for _ in rounds]
    looked: list[Looked] = []
    for place, image in enumerate(images):
        if place % PROGRESS_EVERY == 0:
            yield Progress(place, len(images), "Comparing labels with what is seen")
        seen = seen_by(image, network, classes)
        looked.append(look(labelled[place], seen))
        for planted, taught in zip(rounds, lessons, strict=True):
            if place in planted:
                taught.append(lesson_of(labels[place], planted[place], seen))
    yield Progress(0, 0, "Learning what gives errors away")
    yield from score(looked, fit(lessons) if teaches else fallback_models(), classes.names)
