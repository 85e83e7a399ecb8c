"""Where drafts come from: iterators for a `Job`, so that the window never waits for a network or a video frame."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.editor.labels import read_labels
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.drafts.between import between
from yolox_core.drafts.draft import Draft
from yolox_core.drafts.tracking import carried_on
from yolox_core.errors import UserError
from yolox_core.images import read_image
from yolox_core.records import Annotation, Box, Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector


@dataclass(frozen=True)
class DraftsFound:
    """Drafts for one image, and the annotation that it had then."""

    image: ImageFile
    drafts: tuple[Draft, ...]
    annotation: Annotation


@dataclass(frozen=True)
class Summary:
    """What is worth saying at the end; empty if all went as expected."""

    text: str


Record = DraftsFound | Progress | Summary
Held = dict[str, Annotation]  # by name of image: what the editor holds, which may not be on disk yet


@dataclass(frozen=True)
class Labelling:
    """The annotations of a folder as the editor sees them."""

    folder: DataFolder
    held: Held

    def of(self, image: ImageFile) -> Annotation:
        """The annotation of an image."""
        held = self.held.get(image.name)
        return held if held is not None else read_labels(self.folder, image).saved


def is_empty_on_purpose(annotation: Annotation) -> bool:
    """Whether somebody decided that the image has no boxes."""
    return not annotation.boxes and (annotation.is_decided or annotation.is_verified)


class Network:
    """The detector of a checkpoint, opened when first asked for and kept until the file is another."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._mtime_ns = 0
        self._detector: Detector | None = None

    def detector(self, path: Path) -> "Detector":
        """The detector in a file. Raises UserError where it cannot be used."""
        from yolox_core.infer.detector import Detector

        mtime_ns = path.stat().st_mtime_ns if path.exists() else 0
        if self._detector is None or (path, mtime_ns) != (self._path, self._mtime_ns):
            self._detector = Detector.open(path)
            self._path, self._mtime_ns = path, mtime_ns
        return self._detector


def detect(
    network: Network, checkpoint: Path, images: Sequence[ImageFile], labelling: Labelling, *, fills_empty: bool
) -> Iterator[Record]:
    """The network's drafts for images; those that are empty on purpose are left out unless `fills_empty`."""
    from yolox_core.drafts.detecting import detected

    yield Progress(0, len(images), f"Loading {checkpoint.name}")
    detector = network.detector(checkpoint)
    empty, unreadable = 0, 0
    for done, image in enumerate(images):
        yield Progress(done, len(images), f"Looking at {image.name}")
        annotation = labelling.of(image)
        if is_empty_on_purpose(annotation) and not fills_empty:
            empty += 1
            continue
        try:
            pixels = read_image(image.path)
        except UserError:
            unreadable += 1
            continue
        yield DraftsFound(image, detected(detector, pixels), annotation)
    yield Summary(_left_out(empty, unreadable))


def carry_on(
    image: ImageFile, following: Sequence[ImageFile], boxes: Sequence[Box], labelling: Labelling, *, fills_empty: bool
) -> Iterator[Record]:
    """Drafts that follow boxes of an image through the next ones, in which those that are not found any more end."""
    total, lost = len(following), len(boxes)
    yield Progress(0, total, f"Following boxes to {following[0].name}")
    frames = carried_on((read_image(each.path) for each in (image, *following)), boxes)
    for done, (each, drafts) in enumerate(zip(following, frames, strict=False), start=1):
        annotation = labelling.of(each)
        if fills_empty or not is_empty_on_purpose(annotation):
            yield DraftsFound(each, drafts, annotation)
        lost = len(boxes) - len(drafts) if done == total else len(boxes)
        yield Progress(min(done, total - 1), total, f"Following boxes through {each.name}")
    yield Summary(f"{_count(lost, 'box', 'boxes')} could not be followed to {following[-1].name}." if lost else "")


def fill_between(images: Sequence[ImageFile], labelling: Labelling) -> Iterator[Record]:
    """Drafts between the last of these images and the nearest one before it that has boxes too."""
    key = images[-1]
    yield Progress(0, 0, "Looking for the key frame before this one")
    first = next((i for i in range(len(images) - 2, -1, -1) if labelling.of(images[i]).boxes), None)
    if first is None or first == len(images) - 2:
        reason = "No image before this one has boxes." if first is None else "The image before this one has boxes."
        yield Summary(f"{reason} Interpolation needs two images with boxes and some without between them.")
        return
    inner = images[first + 1 : -1]
    steps = between(labelling.of(images[first]).boxes, labelling.of(key).boxes, len(inner))
    found = 0
    for image, drafts in zip(inner, steps, strict=True):
        annotation = labelling.of(image)
        if drafts and not is_empty_on_purpose(annotation):
            found += 1
            yield DraftsFound(image, drafts, annotation)
    text = f"{_count(found, 'image', 'images')} between {images[first].name} and {key.name} have drafts now."
    yield Summary(text if found else f"Nothing to fill between {images[first].name} and {key.name}.")


def _left_out(empty: int, unreadable: int) -> str:
    reasons: tuple[tuple[int, Callable[[int], str]], ...] = (
        (empty, lambda n: f"{_count(n, 'image', 'images')} left out: empty by decision."),
        (unreadable, lambda n: f"{_count(n, 'image', 'images')} could not be read."),
    )
    return " ".join(text(number) for number, text in reasons if number)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
