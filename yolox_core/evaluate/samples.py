"""From a data set to samples: images with the labels in the class ids of the network under test. No torch here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import FileError, UserError
from yolox_core.evaluate.truth import Truth, truth_of
from yolox_core.records import Annotation, Fault, Progress

PROGRESS_EVERY = 50


@dataclass(frozen=True, eq=False)
class Sample:
    """One image to be evaluated: its file and its labels."""

    path: Path
    truth: Truth


@dataclass(frozen=True, eq=False)
class Samples:
    """The samples of a split, and what kept other images out."""

    samples: tuple[Sample, ...]
    faults: tuple[Fault, ...]


def read_samples(
    folder: DataFolder, images: Sequence[ImageFile], class_names: Sequence[str]
) -> Iterator[Progress | Samples]:
    """Read the labels of these images; progress first, the samples last. An unreadable label file is a fault.

    Raises UserError where a box has a class that is not among `class_names`.
    """
    annotations: list[tuple[ImageFile, Annotation]] = []
    faults: list[Fault] = []
    for done, image in enumerate(images):
        if done % PROGRESS_EVERY == 0:
            yield Progress(done, len(images), "reading labels")
        try:
            annotations.append((image, read_annotation(folder, image)))
        except FileError as error:
            faults.append(Fault(error.what, error.where, error.action))
    labelled = {box.class_name for _, annotation in annotations for box in annotation.boxes}
    ids = class_ids_of(labelled, class_names, are_numbers=folder.numbered_classes, where=folder.root)
    samples = tuple(Sample(image.path, truth_of(annotation, ids)) for image, annotation in annotations)
    yield Samples(samples, tuple(faults))


def class_ids_of(
    labelled: set[str], class_names: Sequence[str], *, are_numbers: bool, where: Path | str = ""
) -> dict[str, int]:
    """Class id of the network for each class name in the labels: by name, or by number where labels have no names."""
    known = {name: number for number, name in enumerate(class_names)}
    if are_numbers:
        known = {str(number): number for number in range(len(class_names))}
    unknown = sorted(labelled - known.keys())
    if unknown:
        raise UserError(
            f"The network does not know {_listed(unknown)}. In the labels: {_listed(sorted(labelled))}. "
            f"In the network: {_listed(list(class_names))}.",
            where=where,
            action="Choose a checkpoint trained on these classes, or another folder.",
        )
    return {name: known[name] for name in labelled}


def _listed(names: Sequence[str], most: int = 20) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest if names else "none"
