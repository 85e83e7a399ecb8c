"""Frames of a video as images of a data set: exact pixels, a label file that waits for a decision, boxes as drafts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.layout import Places, find_layout
from yolox_core.dataset.similar import ALIKE, Look, look_of, look_of_pixels
from yolox_core.dataset.trash import put_aside
from yolox_core.dataset.voc import new_voc_content
from yolox_core.drafts.draft import Draft, Source, clipped
from yolox_core.drafts.kept import KeptDrafts
from yolox_core.errors import FileError
from yolox_core.files import make_folder, write_atomically
from yolox_core.images import IMAGE_SUFFIXES
from yolox_core.infer.looks import Looks
from yolox_core.infer.sources import open_source
from yolox_core.infer.suppress import without_classes
from yolox_core.records import Box, Detections, Progress

JPEG_QUALITY = 95
NOTHING = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How frames become images: PNG, or JPEG of a quality 1 to 100; `split` "" for none."""

    is_png: bool = True
    jpeg_quality: int = JPEG_QUALITY
    split: str = ""
    leaves_out_alike: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame uint8 [H, W, 3] BGR, its number from 0 and its time in seconds, and the boxes on it.

    `name` is the file name of an image of a folder, empty for a frame of a video.
    """

    number: int
    time_s: float
    image: NDArray[np.uint8]
    detections: Detections
    class_names: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame that is an image of the data set now; `digests` tell its files from changed ones."""

    number: int
    image: ImageFile
    digests: tuple[tuple[Path, bytes], ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether the files are those that were written, and no answer has been given to its drafts."""
        return all(_digest(path) == digest for path, digest in self.digests)


@dataclass(frozen=True, slots=True)
class SendSummary:
    """How many frames were left out, as their names were taken or as they look like another one."""

    taken: int
    alike: int


def frames_of(
    video_path: Path, numbers: Sequence[int], looks: Looks | None, *, hidden_class_ids: frozenset[int] = frozenset()
) -> Iterator[Frame]:
    """Frames of a video with the boxes that are not hidden; without any where there is no network."""
    with open_source(video_path, cache_bytes=0) as video:
        images = ((number, video.frame(number)) for number in numbers if number < video.frames)
        if looks is None:
            for number, image in images:
                yield Frame(number, video.time_s(number), image, NOTHING, (), video.name_of(number))
            return
        names = looks.detector.class_names
        with looks.ahead(images) as looked_at:
            for look in looked_at:
                found = without_classes(look.detections, hidden_class_ids)
                number = look.number
                yield Frame(number, video.time_s(number), look.image, found, names, video.name_of(number))


def send_frames(
    folder: DataFolder, video: Path, frames: Iterable[Frame], *, total: int, options: SendOptions
) -> Iterator[Progress | SentFrame | SendSummary]:
    """Write frames into the data set; nothing that is there is replaced. What was sent stays when it ends early.

    Raises FileError where an image cannot be written.
    """
    sender = _Sender(folder, video, options)
    taken = alike = 0
    for done, frame in enumerate(frames, start=1):
        image = sender.image_of(frame)
        if sender.is_taken(image):
            taken += 1
        elif options.leaves_out_alike and sender.has_alike(frame.image):
            alike += 1
        else:
            yield sender.send(frame, image)
        yield Progress(done, total, "sending frames")
    yield SendSummary(taken, alike)


def take_back(folder: DataFolder, sent: Sequence[SentFrame]) -> tuple[SentFrame, ...]:
    """Move the images that are as they were sent into the trash of the data set; returns those that stay."""
    kept = KeptDrafts(folder.root)
    layout_files = find_layout(folder.root).split_files
    stay: list[SentFrame] = []
    for frame in sent:
        if not frame.is_unchanged:
            stay.append(frame)
            continue
        put_aside(folder, frame.image)
        kept.write(frame.image.name, ())
        for file in layout_files:
            _remove_line(file, frame.image)
    return tuple(stay)


class _Sender:
    def __init__(self, folder: DataFolder, video: Path, options: SendOptions) -> None:
        self._folder, self._video, self._options = folder, video, options
        self._kept = KeptDrafts(folder.root)
        layout = find_layout(folder.root)
        self._split_file = next((file for file in layout.split_files if file.stem == options.split), None)
        self._place = _place_for(layout.places or (_new_place(folder.root),), options.split)
        make_folder(self._place.images)
        prefix = f"{video.stem}_"
        earlier = [image for image in folder.images if image.path.name.startswith(prefix)]
        self._looks: list[Look] = [look_of(image.path) for image in earlier if options.leaves_out_alike]

    def image_of(self, frame: Frame) -> ImageFile:
        name = Path(frame.name).stem or f"{self._video.stem}_{frame.number + 1:06d}"
        labels = name + (".xml" if self._folder.format_name == "voc" else ".txt")
        suffix = ".png" if self._options.is_png else ".jpg"
        return ImageFile.at(name, self._place.images / (name + suffix), self._place.labels / labels)

    def is_taken(self, image: ImageFile) -> bool:
        others = (image.path.with_suffix(suffix) for suffix in IMAGE_SUFFIXES)
        return (
            image.label_path.exists() or self._folder.image(image.name) is not None or any(p.exists() for p in others)
        )

    def has_alike(self, pixels: NDArray[np.uint8]) -> bool:
        look = look_of_pixels(pixels)
        is_alike = any(float(look @ other) >= ALIKE for other in self._looks)
        if not is_alike:
            self._looks.append(look)
        return is_alike

    def send(self, frame: Frame, image: ImageFile) -> SentFrame:
        height, width = frame.image.shape[:2]
        paths = [image.path]
        write_atomically(image.path, _encoded(frame.image, self._options))
        drafts = _drafts(frame, width, height)
        if self._folder.format_name == "voc":
            place = f"frame {frame.number + 1}, {frame.time_s:.3f} s"
            origin = f"{self._video.name}, {frame.name or place}"
            make_folder(image.label_path.parent)
            write_atomically(image.label_path, new_voc_content(image, (width, height), origin=origin))
            paths.append(image.label_path)
        if drafts:
            self._kept.write(image.name, drafts)
            paths.append(self._kept.path(image.name))
        if self._split_file is not None:
            _add_line(self._split_file, image)
        return SentFrame(frame.number, image, tuple((path, _digest(path)) for path in paths))


def _new_place(root: Path) -> Places:
    return Places(root / "JPEGImages", root / "Annotations", (), frozenset())


def _place_for(places: Sequence[Places], split: str) -> Places:
    """The folder named after the split, else the one with most images."""
    of_split = [place for place in places if split and place.split == split]
    return max(of_split or places, key=lambda place: len(place.file_names))


def _encoded(image: NDArray[np.uint8], options: SendOptions) -> bytes:
    if options.is_png:
        return cv2.imencode(".png", image)[1].tobytes()
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, options.jpeg_quality])[1].tobytes()


def _drafts(frame: Frame, width: int, height: int) -> tuple[Draft, ...]:
    found = frame.detections
    rows = zip(found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist(), strict=True)
    drafts = (
        Draft(clipped(Box(frame.class_names[class_id], *edges), width, height), score, Source.VIDEO)
        for edges, score, class_id in rows
    )
    return tuple(draft for draft in drafts if draft.box.is_proper)


def _digest(path: Path) -> bytes:
    try:
        return blake2b(path.read_bytes(), digest_size=16).digest()
    except OSError:
        return b""


def _add_line(file: Path, image: ImageFile) -> None:
    """List an image in the way of the file's last line: a bare name, or a path."""
    lines = _lines(file)
    last = lines[-1] if lines else ""
    is_path = Path(last).suffix.lower() in IMAGE_SUFFIXES
    line = (Path(last).parent / image.path.name).as_posix() if is_path else image.path.stem
    write_atomically(file, "".join(f"{each}\n" for each in (*lines, line)).encode())


def _remove_line(file: Path, image: ImageFile) -> None:
    lines = _lines(file)
    rest = [line for line in lines if Path(line).name not in (image.path.name, image.path.stem)]
    if rest != lines:
        write_atomically(file, "".join(f"{each}\n" for each in rest).encode())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError("The list of the split cannot be read.", where=file, action="Check the file.") from error
