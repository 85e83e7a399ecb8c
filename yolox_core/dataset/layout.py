"""Where images and labels lie below a folder, told from names of files and folders alone."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yolox_core.images import IMAGE_SUFFIXES
from yolox_core.records import Fault

MAX_DEPTH = 5
_SPLIT = re.compile(r"(train|training|val|valid|validation|test|testing)\d*", re.IGNORECASE)
_IMAGE_FOLDERS = frozenset(("jpegimages", "images", "imgs"))
_LABEL_FOLDERS = ("annotations", "labels", "xml", "xmls")


@dataclass(frozen=True)
class _Listing:
    """What lies directly in one folder: names of images and text files, stems of possible label files."""

    folder: Path
    image_names: list[str]
    xml_stems: set[str]
    txt_stems: set[str]
    folder_names: list[str]


@dataclass(frozen=True)
class Places:
    """One folder of images, where their labels lie or would be written, and the split that its path names ("")."""

    images: Path
    labels: Path
    file_names: tuple[str, ...]
    stems: frozenset[str]
    split: str = ""


@dataclass(frozen=True)
class Layout:
    """The label format (`voc` or `yolo`), every folder of images, and the files that list splits."""

    root: Path
    format_name: str
    places: tuple[Places, ...]
    split_files: tuple[Path, ...]
    faults: tuple[Fault, ...]

    @property
    def label_folders(self) -> tuple[Path, ...]:
        """Each folder of labels once."""
        return tuple(dict.fromkeys(place.labels for place in self.places))


def find_layout(root: Path) -> Layout:
    """The layout of the data set below `root`: XML wins over YOLO text where at least as many images have it."""
    listings, faults = _walk(root)
    image_listings = _image_listings(root, listings)
    stems = [frozenset(name.rpartition(".")[0] for name in listing.image_names) for listing in image_listings]
    pairs = list(zip(image_listings, stems, strict=True))
    xml, txt = (
        [_label_folder(listing.folder, of_images, listings, kind) for listing, of_images in pairs]
        for kind in ("xml_stems", "txt_stems")
    )
    is_yolo = sum(match.labelled for match in txt) > sum(match.labelled for match in xml)
    places = tuple(
        Places(
            listing.folder,
            match.folder,
            tuple(sorted(listing.image_names)),
            of_images,
            _split_name(root, listing.folder),
        )
        for (listing, of_images), match in zip(pairs, txt if is_yolo else xml, strict=True)
    )
    return Layout(root, "yolo" if is_yolo else "voc", places, _split_files(root, listings, places), tuple(faults))


def _walk(root: Path) -> tuple[dict[Path, _Listing], list[Fault]]:
    listings: dict[Path, _Listing] = {}
    faults: list[Fault] = []
    seen: set[tuple[int, int]] = set()
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:  # a link back up the tree
                continue
            seen.add((status.st_dev, status.st_ino))
            listing = _list(folder)
        except OSError as error:
            faults.append(
                Fault(f"The folder cannot be read ({error.strerror or error}).", str(folder), "Check the permissions.")
            )
            continue
        listings[folder] = listing
        if depth < MAX_DEPTH:
            waiting.extend((folder / name, depth + 1) for name in sorted(listing.folder_names, reverse=True))
    return listings, faults


def _list(folder: Path) -> _Listing:
    listing = _Listing(folder, [], set(), set(), [])
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            stem, _, suffix = name.rpartition(".")
            suffix = f".{suffix.lower()}"
            if entry.is_dir():
                listing.folder_names.append(name)
            elif stem and suffix in IMAGE_SUFFIXES:
                listing.image_names.append(name)
            elif suffix == ".xml":
                listing.xml_stems.add(stem)
            elif suffix == ".txt":
                listing.txt_stems.add(stem)
    return listing


def _image_listings(root: Path, listings: dict[Path, _Listing]) -> list[_Listing]:
    """Folders whose images belong to the data set: those below `JPEGImages`, else below `images`, else all.

    Masks, previews and plots that lie beside such a folder stay out in this way.
    """
    with_images = [listing for listing in listings.values() if listing.image_names]
    for wanted in (frozenset(("jpegimages",)), _IMAGE_FOLDERS):
        chosen = [listing for listing in with_images if wanted & _parts(root, listing.folder)]
        if chosen:
            return chosen
    return with_images


def _parts(root: Path, folder: Path) -> set[str]:
    return {part.lower() for part in folder.relative_to(root).parts} | {root.name.lower()}


@dataclass(frozen=True)
class _Match:
    folder: Path
    labelled: int


def _label_folder(images: Path, stems: frozenset[str], listings: dict[Path, _Listing], kind: str) -> _Match:
    """The folder with most labels of these images; beside the images, or in `Annotations`, where there is none yet."""
    best: _Match | None = None
    for folder in _candidates(images, listings):
        there = listings.get(folder)
        match = _Match(folder, len(stems & getattr(there, kind)) if there else 0)
        if best is None or match.labelled > best.labelled:
            best = match
    return best or _Match(images, 0)


def _candidates(images: Path, listings: dict[Path, _Listing]) -> Iterable[Path]:
    """Folders where labels of the images in one folder may lie, the one to write new labels to first."""
    for level, folder in enumerate((images, *images.parents)):
        if folder.name.lower() in _IMAGE_FOLDERS:
            below = images.parts[len(images.parts) - level :]
            if folder.name.lower() == "jpegimages":
                yield folder.with_name("Annotations").joinpath(*below)
            yield from (sibling.joinpath(*below) for sibling in _label_siblings(folder.parent, listings))
            break
    yield from _label_siblings(images, listings)
    yield images
    yield from _label_siblings(images.parent, listings)


def _label_siblings(parent: Path, listings: dict[Path, _Listing]) -> list[Path]:
    there = listings.get(parent)
    names = there.folder_names if there else []
    found = [name for name in names if name.lower() in _LABEL_FOLDERS]
    return [parent / name for name in sorted(found, key=lambda name: _LABEL_FOLDERS.index(name.lower()))]


def _split_name(root: Path, folder: Path) -> str:
    return next((part for part in folder.relative_to(root).parts if _SPLIT.fullmatch(part)), "")


def _split_files(root: Path, listings: dict[Path, _Listing], places: tuple[Places, ...]) -> tuple[Path, ...]:
    """Lists of images: `ImageSets/Main/*.txt` beside the images, else `train.txt` and the like at the root."""
    files: list[Path] = []
    for base in dict.fromkeys(base for place in places for base in _bases(root, place.images)):
        for sets in (base / "ImageSets" / "Main", base / "ImageSets"):
            found = sorted(sets.glob("*.txt"))
            files.extend(found)
            if found:
                break
    if files or root not in listings:
        return tuple(files)
    return tuple(root / f"{stem}.txt" for stem in sorted(listings[root].txt_stems) if _SPLIT.fullmatch(stem))


def _bases(root: Path, images: Path) -> Iterable[Path]:
    """Folders that may hold the `ImageSets` of a folder of images; the one beside it even when only it was opened."""
    for folder in (images, *images.parents):
        if folder.is_relative_to(root) or folder.joinpath("JPEGImages") in (images, *images.parents):
            yield folder
