"""The whole of a label review: labels and predictions in, ranked findings out. No torch here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.names import natural_key
from yolox_core.records import Fault, Progress
from yolox_core.review.calibration import Models, fit, lessons, rounds_for
from yolox_core.review.decisions import Decisions
from yolox_core.review.dense import Dense
from yolox_core.review.fallback import fallback_models
from yolox_core.review.geometry import absent_classes, doubled_boxes, impossible_boxes
from yolox_core.review.images import ReadImage, ReadImages, judged, read_images
from yolox_core.review.pairing import paired
from yolox_core.review.planting import Labels
from yolox_core.review.records import Finding, ImageQuality, UnknownClasses, qualities
from yolox_core.review.scoring import score
from yolox_core.review.seen import Seen, nothing_seen, seen_in

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
    questions = questions or Questions()
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
        class_names, unknown = classes_judged(read.images, network.class_names, questions.mapping, folder)
        found: list[Finding] = []
        for step in _seen_findings(read.images, network, class_names, questions.mapping, seed):
            if isinstance(step, Progress):
                yield step
            else:
                found.append(step)
        findings = paired(impossible, found)
    if decisions is not None:
        findings = [finding for finding in findings if not decisions.settles(finding, is_fresh=True)]
    ranked = tuple(sorted(findings, key=lambda finding: -finding.probability))
    yield Review(ranked, qualities(ranked), len(read.images), read.undecided, unknown, known, read.faults)


def classes_judged(
    images: Sequence[ReadImage], known: Sequence[str], mapping: Mapping[str, str], folder: DataFolder
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folder's classes that the network knows, by name or by mapping, and the others. Raises UnknownClasses."""
    used = {box.class_name for image in images for box in image.annotation.boxes}
    names = sorted(used | set(folder.class_names), key=natural_key)
    if folder.numbered_classes:
        mapping = {**{str(number): name for number, name in enumerate(known)}, **mapping}
    judged_names = tuple(name for name in names if mapping.get(name, name) in known)
    if used and not used & set(judged_names):
        raise UnknownClasses(tuple(sorted(used, key=natural_key)), tuple(known), folder.root)
    return judged_names or tuple(known), tuple(sorted(used - set(judged_names)))


def seen_by_all(
    images: Sequence[ReadImage], network: Network, class_names: Sequence[str], mapping: Mapping[str, str]
) -> list[Seen]:
    """What the network sees in each image, in the folder's classes."""
    class_of = class_ids_of_network(network.class_names, class_names, mapping)
    seen = []
    for image in images:
        dense = network.dense.get(image.name)
        size = image.annotation.width, image.annotation.height
        seen.append(
            nothing_seen(len(class_names)) if dense is None else seen_in(dense, class_of, len(class_names), size)
        )
    return seen


def class_ids_of_network(
    known: Sequence[str], class_names: Sequence[str], mapping: Mapping[str, str]
) -> NDArray[np.int64]:
    """The folder's class id of each class of the network; the number of classes for those that it does not have."""
    by_number = {str(number): name for number, name in enumerate(known)}
    own = {
        mapping.get(name, name if name in known else by_number.get(name, "")): n for n, name in enumerate(class_names)
    }
    return np.array([own.get(name, len(class_names)) for name in known], np.int64)


def _seen_findings(
    images: Sequence[ReadImage],
    network: Network,
    class_names: tuple[str, ...],
    mapping: Mapping[str, str],
    seed: int,
) -> Iterator[Progress | Finding]:
    with_predictions = [image for image in images if image.name in network.dense]
    if not with_predictions:
        return
    ids = {name: number for number, name in enumerate(class_names)}
    labelled = [judged(image, ids) for image in with_predictions]
    seen = seen_by_all(with_predictions, network, class_names, mapping)
    models = None
    for record in _models([(image.labels, of) for image, of in zip(labelled, seen, strict=True)], seed):
        if isinstance(record, Progress):
            yield record
        else:
            models = record
    assert models is not None
    yield from score(labelled, seen, models, class_names)


def _models(pairs: Sequence[tuple[Labels, Seen]], seed: int) -> Iterator[Progress | Models]:
    """What this data set teaches, or what ships for those that are too small to teach."""
    if sum(len(labels) for labels, _ in pairs) < FEWEST_LABELS:
        yield fallback_models()
        return
    rounds, parts = rounds_for(sum(len(labels) for labels, _ in pairs)), []
    yield Progress(0, rounds, "Learning what gives errors away")
    for part in lessons(pairs, np.random.default_rng(seed)):
        parts.append(part)
        yield Progress(len(parts), rounds, "Learning what gives errors away")
    yield fit(parts)
