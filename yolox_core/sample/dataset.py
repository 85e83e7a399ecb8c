"""The sample data set: drones and birds before varied backgrounds, in Pascal VOC's layout, drawn afresh from a seed."""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from yolox_core.errors import FileError, UserError
from yolox_core.files import write_atomically
from yolox_core.records import Box, Progress
from yolox_core.sample.planted import PlantedError, errors_csv, plant_errors, written_boxes
from yolox_core.sample.shot import random_shot
from yolox_core.sample.video import make_video, truth_path
from yolox_core.sample.voc import voc_bytes

SAMPLE_VERSION = 1
VIDEO_FRAMES = 150
_MARKER = "sample.json"
_VOC = Path("VOCdevkit") / "VOC2012"
_VIDEO = "sample_video.mp4"
_ERRORS = "planted_errors.csv"
_FRAME_SIZES = ((640, 480), (640, 360), (560, 420), (480, 360), (600, 400))
_STEP_S = 0.16  # between neighbouring images of one shot
_VAL_SHARE = 0.25


@dataclass(frozen=True)
class SampleMade:
    """Where a sample lies and what is in it; `boxes` counts the true ones. `is_reused`: it was there already."""

    root: Path
    voc_root: Path
    video: Path
    planted_errors: Path
    images: int
    boxes: int
    is_reused: bool = False


@dataclass(frozen=True)
class Take:
    """The images cut from one shot: the split they belong to, and the number of the first one of `length`."""

    split: str
    first: int
    length: int


@dataclass(frozen=True)
class Drawn:
    """One finished image as JPEG, its true boxes, and the mistakes that its label file shall hold."""

    name: str
    jpeg: bytes
    size: tuple[int, int]
    boxes: tuple[Box, ...]
    errors: tuple[PlantedError, ...]


def make_sample(
    folder: Path, *, images: int = 240, seed: int = 0, video_frames: int = VIDEO_FRAMES
) -> Iterator[Progress | SampleMade]:
    """Make the sample in `folder`, or find it there; progress first, SampleMade last.

    A quarter of the images is the val split, whose labels are right; some boxes of train are missing or badly drawn,
    as `planted_errors.csv` lists. Raises UserError where the folder holds anything else: nothing is overwritten.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise FileError("This is a file, not a folder.", where=folder, action="Name another folder for the sample.")
    if folder.is_dir() and any(folder.iterdir()):
        yield _found(folder, images=images, seed=seed)
        return
    unfinished = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.unfinished")
    try:
        yield from _make_in(unfinished, images=images, seed=seed, video_frames=video_frames)
        if folder.is_dir():
            folder.rmdir()
        unfinished.replace(folder)
    except OSError as error:
        raise FileError(
            f"The sample could not be written ({error.strerror or error}).",
            where=folder,
            action="Choose a folder that you may write to, with 50 MB of free space.",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    yield _described(folder, is_reused=False)


def image_names(images: int) -> list[str]:
    """The names, without suffix, of the images of a sample."""
    return [f"sample_{number:04d}" for number in range(1, images + 1)]


def plan_takes(rng: np.random.Generator, images: int) -> list[Take]:
    """Which numbers belong to which shot and split: mostly single images, some sequences of 3 to 6 neighbours."""
    lengths = {"val": round(images * _VAL_SHARE)}
    lengths["train"] = images - lengths["val"]
    pieces: list[tuple[str, int]] = []
    for split, left in lengths.items():
        while left > 0:
            length = min(left, int(rng.integers(3, 7)) if rng.random() < 0.06 else 1)
            pieces.append((split, length))
            left -= length
    takes: list[Take] = []
    first = 0
    for index in rng.permutation(len(pieces)):
        split, length = pieces[index]
        takes.append(Take(split, first, length))
        first += length
    return takes


def draw_take(take: Take, *, seed: int, prefix: str = "sample", is_clean: bool = False) -> Iterator[Drawn]:
    """The images of one shot, each with its boxes; mistakes are planted in train only, none where it `is_clean`."""
    rng = np.random.default_rng([seed, 1, take.first])
    width, height = _FRAME_SIZES[rng.integers(len(_FRAME_SIZES))]
    duration_s = (take.length - 1) * _STEP_S
    shot = random_shot(rng, width=width, height=height, duration_s=duration_s)
    quality = int(rng.integers(82, 96))
    for step in range(take.length):
        frame = shot.frame(step * _STEP_S, rng)
        name = f"{prefix}_{take.first + step + 1:04d}"
        jpeg = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        errors: list[PlantedError] = []
        if take.split == "train" and not is_clean:
            errors = plant_errors(rng, frame.boxes, image=name, width=width, height=height)
        yield Drawn(name, jpeg, (width, height), frame.boxes, tuple(errors))


def write_drawn(drawn: Drawn, voc_root: Path) -> None:
    """Write the image and its label file below a VOC root whose folders exist."""
    boxes = written_boxes(drawn.boxes, drawn.errors)
    width, height = drawn.size
    label = voc_bytes(boxes, filename=f"{drawn.name}.jpg", width=width, height=height)
    (voc_root / "JPEGImages" / f"{drawn.name}.jpg").write_bytes(drawn.jpeg)
    (voc_root / "Annotations" / f"{drawn.name}.xml").write_bytes(label)


def make_voc_folders(voc_root: Path) -> None:
    """Make the empty folders of Pascal VOC's layout."""
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (voc_root / part).mkdir(parents=True)


def write_splits(voc_root: Path, splits: dict[str, list[str]]) -> None:
    """Write one list of image names for each split."""
    for split, names in splits.items():
        path = voc_root / "ImageSets" / "Main" / f"{split}.txt"
        write_atomically(path, "".join(f"{name}\n" for name in names).encode())


def _make_in(root: Path, *, images: int, seed: int, video_frames: int) -> Iterator[Progress]:
    make_voc_folders(root / _VOC)
    splits: dict[str, list[str]] = {"train": [], "val": [], "trainval": []}
    errors: list[PlantedError] = []
    boxes = done = 0
    for take in plan_takes(np.random.default_rng([seed, 0]), images):
        for drawn in draw_take(take, seed=seed):
            write_drawn(drawn, root / _VOC)
            splits[take.split].append(drawn.name)
            splits["trainval"].append(drawn.name)
            errors += drawn.errors
            boxes += len(drawn.boxes)
            done += 1
            yield Progress(done, images, "Drawing the sample images")
    write_splits(root / _VOC, splits)
    write_atomically(root / _ERRORS, errors_csv(errors))
    yield from make_video(root / _VIDEO, frames=video_frames, seed=seed)
    about = {"version": SAMPLE_VERSION, "seed": seed, "images": images, "boxes": boxes, "planted_errors": len(errors)}
    write_atomically(root / _MARKER, json.dumps(about, indent=2).encode() + b"\n")


def _described(root: Path, *, is_reused: bool) -> SampleMade:
    about = json.loads((root / _MARKER).read_text(encoding="utf-8"))
    return SampleMade(
        root=root,
        voc_root=root / _VOC,
        video=root / _VIDEO,
        planted_errors=root / _ERRORS,
        images=int(about["images"]),
        boxes=int(about["boxes"]),
        is_reused=is_reused,
    )


def _found(root: Path, *, images: int, seed: int) -> SampleMade:
    """The sample that is in a folder already. Raises UserError where there is none, another one, or part of one."""
    try:
        about = json.loads((root / _MARKER).read_text(encoding="utf-8"))
        same = (about["version"], about["images"], about["seed"]) == (SAMPLE_VERSION, images, seed)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            "The folder is not empty and holds no sample of ours.",
            where=root,
            action="Name an empty or a new folder; nothing was changed.",
        ) from error
    if not same:
        raise UserError(
            f"The folder holds another sample ({about.get('images')} images, seed {about.get('seed')}).",
            where=root,
            action="Name another folder, or ask for the same number of images and seed.",
        )
    lost = next((path for path in _parts(root, images) if not path.is_file()), None)
    if lost is not None:
        raise UserError(
            f"The sample in this folder is not whole: {lost.relative_to(root)} is missing.",
            where=root,
            action="Delete the folder or name another one; nothing was changed.",
        )
    return _described(root, is_reused=True)


def _parts(root: Path, images: int) -> Iterator[Path]:
    voc_root, video = root / _VOC, root / _VIDEO
    yield from (root / _ERRORS, video, truth_path(video))
    yield from (voc_root / "ImageSets" / "Main" / f"{split}.txt" for split in ("train", "val", "trainval"))
    for name in image_names(images):
        yield voc_root / "JPEGImages" / f"{name}.jpg"
        yield voc_root / "Annotations" / f"{name}.xml"
