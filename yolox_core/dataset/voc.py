"""Pascal VOC XML read and written without touching what was not changed: every write is spliced into the file's bytes.

VOC counts pixels from 1 and includes both ends, so x1 = xmin - 1 and x2 = xmax; other conventions are in
`convention.py`. The verified mark is labelImg's attribute `verified="yes"` of <annotation>; a note is an attribute
`note` beside it, there only while somebody has written one. `undecided="yes"` marks a file that says where an image is
from before anybody has looked at it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from yolox_core.dataset.convention import VOC, Convention
from yolox_core.dataset.folder import ImageFile, collector_paused
from yolox_core.dataset.voc_splices import splices_for
from yolox_core.dataset.xml_source import Element, XmlError, XmlSource, escaped, parse_xml
from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.images import read_size
from yolox_core.records import Annotation, Box, Fault

_EDGES = ("xmin", "ymin", "xmax", "ymax")
_MEND = "Mend the file in a text editor, or remove it to label the image afresh."


class _Node(Protocol):
    """What is asked of an element to understand it."""

    @property
    def attributes(self) -> dict[str, str]: ...

    def child(self, name: str) -> Self | None: ...

    def child_text(self, name: str) -> str: ...


@dataclass(frozen=True)
class VocFile:
    """The labels of one image, and the file that holds or will hold them.

    `annotation` has the boxes with keys 1..n in file order; `objects` are their elements. `original` is None for a new
    file. `faults` says what is wrong with a file that can be read all the same: objects that cannot be understood are
    no boxes, and stay in the file as they are.
    """

    path: Path
    annotation: Annotation
    source: XmlSource
    objects: tuple[Element, ...]
    original: bytes | None
    faults: tuple[Fault, ...] = ()
    convention: Convention = VOC

    @classmethod
    def read(cls, image: ImageFile, *, size: tuple[int, int] | None = None, convention: Convention = VOC) -> "VocFile":
        """The label file of an image as it is, or a fresh one where there is none or an empty one.

        `size` is the width and height of the image where they are known; otherwise the file says, or the image's
        header. Raises FileError, with the line, where the file does not parse, is not VOC, or cannot be read.
        """
        return cls.parse(read_content(image.label_path), image, size=size, convention=convention)

    @classmethod
    def parse(
        cls,
        original: bytes | None,
        image: ImageFile,
        *,
        size: tuple[int, int] | None = None,
        convention: Convention = VOC,
    ) -> "VocFile":
        """Like `read`, for the bytes that the label file has or had; None for no file."""
        is_fresh = original is None or not original.strip()
        if is_fresh:
            size = size or read_size(image.path)
        source = _parse(_template(image, size) if is_fresh and size else original or b"", image.label_path)
        size_in_file = stated_size(source.root)
        objects, boxes, faults = _read_objects(source.root, image.label_path, convention)
        width, height = size or (size_in_file if min(size_in_file) > 0 else read_size(image.path))
        annotation = annotation_of(source.root, boxes, size=(width, height), is_decided=not is_fresh)
        if original is not None:
            faults = (*_file_faults(image.label_path, (width, height), size_in_file, is_empty=is_fresh), *faults)
        return cls(image.label_path, annotation, source, objects, original, faults, convention)

    def render(self, annotation: Annotation) -> bytes:
        """The file with this annotation: a change touches its own lines alone, and none gives the same bytes.

        Boxes are matched by key; a key that the file did not have is a new box, added in the file's own indentation.
        """
        if self.original is not None and annotation == self.annotation:
            return self.original
        return self.source.spliced(splices_for(self.source, self.objects, self.annotation, annotation, self.convention))

    def save(self, annotation: Annotation) -> None:
        """Write the file, whole or not at all, making its folder where needed. Raises FileError where it cannot be."""
        content = self.render(annotation)
        try:
            self.path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise FileError(
                f"The folder of the labels cannot be made ({error.strerror or error}).",
                where=self.path.parent,
                action="Write permission is needed; nothing was changed.",
            ) from error
        write_atomically(self.path, content)


def new_voc_content(image: ImageFile, size: tuple[int, int], *, origin: str) -> bytes:
    """A label file without boxes that waits for a decision; `origin` says where the image is from."""
    content = _template(image, size).decode()
    source = f"<database>Unknown</database>\n\t\t<image>{escaped(origin).decode()}</image>"
    return (
        content.replace("<annotation>", '<annotation undecided="yes">', 1)
        .replace("<database>Unknown</database>", source, 1)
        .encode()
    )


def read_content(path: Path) -> bytes | None:
    """The bytes of a label file; None where there is none. Raises FileError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(
            f"The labels cannot be read ({error.strerror or error}).", where=path, action="Check the permissions."
        ) from error


def _parse(content: bytes, path: Path) -> XmlSource:
    try:
        with collector_paused():
            source = parse_xml(content)
    except XmlError as problem:
        line = f" in line {problem.line}" if problem.line else ""
        raise FileError(
            f"The label file does not parse{line}: {problem.what}.", where=_at(path, problem.line), action=_MEND
        ) from problem
    if source.root.name != "annotation":
        raise FileError(
            f"This is no Pascal VOC label file: it begins with <{source.root.name}> instead of <annotation>.",
            where=_at(path, source.root.line),
            action=_MEND,
        )
    return source


def _at(path: Path, line: int) -> str:
    return f"{path}:{line}" if line else str(path)


def stated_size(root: _Node) -> tuple[int, int]:
    """Width and height that a file states; 0 where it does not."""
    size = root.child("size")
    if size is None:
        return 0, 0
    width, height = (_number(size.child_text(name)) or 0.0 for name in ("width", "height"))
    return round(width), round(height)


def _file_faults(
    path: Path, size: tuple[int, int], size_in_file: tuple[int, int], *, is_empty: bool
) -> Iterator[Fault]:
    if is_empty:
        yield Fault("The label file is empty.", str(path), "Label the image, or remove the file.")
    elif min(size_in_file) > 0 and size_in_file != size:
        stated, real = (f"{width} × {height}" for width, height in (size_in_file, size))
        text = f"The labels are for an image of {stated} pixels, but the image has {real}."
        yield Fault(text, str(path), "Check that the boxes fit the image.")


def _read_objects(
    root: Element, path: Path, convention: Convention
) -> tuple[tuple[Element, ...], tuple[Box, ...], tuple[Fault, ...]]:
    objects: list[Element] = []
    boxes: list[Box] = []
    faults: list[Fault] = []
    for element in root.children:
        if element.name != "object":
            continue
        try:
            boxes.append(box_of(element, convention, key=len(boxes) + 1))
            objects.append(element)
        except ValueError as error:
            action = "Mend it in a text editor; until then it is kept in the file, but not shown."
            faults.append(Fault(f"An object is not understood: {error}.", _at(path, element.line), action))
    return tuple(objects), tuple(boxes), tuple(faults)


def annotation_of(root: _Node, boxes: tuple[Box, ...], *, size: tuple[int, int], is_decided: bool) -> Annotation:
    """The annotation with what the root element says of it."""
    is_verified = root.attributes.get("verified", "").strip().lower() in ("yes", "true", "1")
    is_decided = is_decided and root.attributes.get("undecided") != "yes"
    return Annotation(*size, boxes, is_verified, is_decided=is_decided, note=root.attributes.get("note", ""))


def box_of(element: _Node, convention: Convention, *, key: int) -> Box:
    """The box of an <object>. Raises ValueError, with what is wrong, where it cannot be understood."""
    name = element.child_text("name")
    if not name:
        raise ValueError("it has no class name")
    bndbox = element.child("bndbox")
    if bndbox is None:
        raise ValueError("it has no <bndbox>")
    x1, y1, x2, y2 = (_edge(bndbox, edge) for edge in _EDGES)
    return Box(
        name,
        x1 - convention.low,
        y1 - convention.low,
        x2 - convention.high,
        y2 - convention.high,
        key,
        difficult=_flag(element, "difficult"),
        truncated=_flag(element, "truncated"),
        occluded=_flag(element, "occluded"),
        pose=element.child_text("pose") or "Unspecified",
    )


def _edge(bndbox: _Node, name: str) -> float:
    text = bndbox.child_text(name)
    value = _number(text)
    if value is None:
        raise ValueError(f"<{name}> is “{text}” instead of a number" if text else f"it has no <{name}>")
    return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _flag(element: _Node, name: str) -> bool:
    text = element.child_text(name).lower()
    return text in ("yes", "true") or bool(_number(text))


def _template(image: ImageFile, size: tuple[int, int]) -> bytes:
    """A VOC file without objects, laid out as the devkit's own."""
    folder, name = (escaped(text).decode() for text in (image.path.parent.name, image.path.name))
    lines = (
        "<annotation>",
        f"\t<folder>{folder}</folder>",
        f"\t<filename>{name}</filename>",
        "\t<source>",
        "\t\t<database>Unknown</database>",
        "\t</source>",
        "\t<size>",
        f"\t\t<width>{size[0]}</width>",
        f"\t\t<height>{size[1]}</height>",
        "\t\t<depth>3</depth>",
        "\t</size>",
        "\t<segmented>0</segmented>",
        "</annotation>",
    )
    return "\n".join((*lines, "")).encode()
