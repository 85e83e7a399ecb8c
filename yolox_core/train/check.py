"""What is to be known of the data before a run: why it could not work, and what makes its AP doubtful. No torch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.index import Index, StaleIndexError
from yolox_core.dataset.index_query import Filter
from yolox_core.dataset.leaks import Leak, find_leaks
from yolox_core.dataset.scan import FolderSummary, scan_folder
from yolox_core.errors import UserError
from yolox_core.records import ImageState, Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.samples import choose_images

FEW_BOXES = 10
IMBALANCE = 100
NAMED = 3


class Weight(Enum):
    """How much a concern matters; the value is a word for lists."""

    STOPS = "cannot train"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to know: what, and where to mend it (`page` edit or data, `image` to open there)."""

    weight: Weight
    text: str
    page: str = ""
    image: Path | None = None


@dataclass(frozen=True)
class _Chosen:
    """What the index says of the images of a run: boxes per class in train and val, undecided images of train."""

    train: Counter[str]
    val: Counter[str]
    undecided: tuple[ImageFile, ...]


def check_data(folder: DataFolder, config: TrainConfig, *, looks_at_files: bool = True) -> Iterator[Progress | Concern]:
    """Concerns, those first that are found at once; reading every label and picture follows with `looks_at_files`."""
    try:
        train, val, notices = choose_images(folder, config)
    except UserError as problem:
        yield Concern(Weight.STOPS, f"{problem.what} {problem.action}", "data")
        return
    yield from (Concern(Weight.NOTE, notice) for notice in notices)
    for record in _chosen(folder, train, val):
        if isinstance(record, _Chosen):
            yield from _label_concerns(record, images=len(train))
        else:
            yield record
    yield from _leak_concerns(find_leaks(train, val, looks_at_pictures=looks_at_files), images=len(val))
    if looks_at_files:
        yield from _health_concerns(folder)


def _chosen(folder: DataFolder, train: Sequence[ImageFile], val: Sequence[ImageFile]) -> Iterator[Progress | _Chosen]:
    with closing(Index(folder)) as index:
        for record in index.sync():
            if isinstance(record, Progress):
                yield record
        try:
            counts, undecided = index.class_counts(), index.places(Filter(states=frozenset((ImageState.UNLABELLED,))))
        except StaleIndexError:  # another window lists the folder anew: its check comes with the new listing
            return
    learned, measured = ({image.name for image in images} for images in (train, val))
    in_train, in_val = (Counter(dict.fromkeys(folder.class_names, 0)) for _ in range(2))
    for place, class_name, boxes in counts:
        name = folder.images[place].name
        in_train[class_name] += boxes * (name in learned)
        in_val[class_name] += boxes * (name in measured)
    yield _Chosen(in_train, in_val, tuple(i for p in undecided if (i := folder.images[p]).name in learned))


def _label_concerns(chosen: _Chosen, *, images: int) -> Iterator[Concern]:
    first = chosen.undecided[0].path if chosen.undecided else None
    if not chosen.train.total():
        yield Concern(Weight.STOPS, "No training image has a box: there is nothing to learn from.", "edit", first)
        return
    if chosen.undecided:
        text = f"{len(chosen.undecided):,} of {images:,} training images are not labelled yet and are left out."
        yield Concern(Weight.NOTE, text, "edit", first)
    missing = [name for name, boxes in chosen.train.items() if not boxes]
    if missing:
        yield Concern(Weight.WARNING, f"Without a box in training: {_named(missing)}. It cannot be learned.", "data")
    unmeasured = [name for name, boxes in chosen.val.items() if not boxes and chosen.train[name]]
    if unmeasured and chosen.val.total():
        yield Concern(
            Weight.NOTE, f"Without a box in validation: {_named(unmeasured)}. Its AP is not measured.", "data"
        )
    yield from _balance_concerns(Counter({name: boxes for name, boxes in chosen.train.items() if boxes}))


def _balance_concerns(boxes: Counter[str]) -> Iterator[Concern]:
    (most, largest), *_ = boxes.most_common(1)
    few = [name for name, count in boxes.items() if count < FEW_BOXES or count * IMBALANCE <= largest]
    if few:
        counted = _named([f"{name} ({boxes[name]:,})" for name in few])
        text = f"Few boxes in training: {counted}; {most} has {largest:,}. Expect little of it."
        yield Concern(Weight.NOTE, text, "data")


def _leak_concerns(records: Iterator[Progress | Leak], *, images: int) -> Iterator[Progress | Concern]:
    leaks: dict[str, list[Leak]] = {}
    for record in records:
        if isinstance(record, Progress):
            yield record
        else:
            leaks.setdefault(record.kind.value, []).append(record)
    for what, found in leaks.items():
        val, train = found[0].val, found[0].train
        other = "" if val.name == train.name else f" ({train.file_name})"
        count = f"{len(found):,} of {images:,} validation images"
        text = f"Leaks: {count}. {val.file_name} {what}{other}. AP comes out too high."
        yield Concern(Weight.WARNING, text, "edit", val.path)


def _health_concerns(folder: DataFolder) -> Iterator[Progress | Concern]:
    for record in scan_folder(folder):
        if isinstance(record, FolderSummary):
            if record.faults:
                count, first = len(record.faults), record.faults[0]
                title = "1 fault" if count == 1 else f"{count:,} faults"
                text = f"{title} in files and labels. {Path(first.where).name}: {first.what}"
                yield Concern(Weight.WARNING, text, "data")
        else:
            yield record


def _named(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
