"""What to replace in a VOC file so that it says a changed annotation, and nothing else differs."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yolox_core.dataset.convention import Convention
from yolox_core.dataset.xml_source import Element, Splice, XmlSource, escaped, quoted
from yolox_core.records import Annotation, Box

_INDENT = re.compile(rb"(?:\r?\n)?[ \t]*\Z")
_ATTRIBUTE = rb"""\s+%b\s*=\s*("[^"]*"|'[^']*')"""
_EDGE_NAMES = ("xmin", "ymin", "xmax", "ymax")
_FLAGS = ("truncated", "occluded", "difficult")


def splices_for(
    source: XmlSource, objects: Sequence[Element], before: Annotation, after: Annotation, convention: Convention
) -> tuple[Splice, ...]:
    """Replacements that turn `before`, whose boxes are `objects` one by one, into `after`. Boxes match by key."""
    writer = _Writer(source, _has_decimals(objects), convention)
    splices = list(writer.root_attributes(before, after))
    by_key = {box.key: box for box in after.boxes}
    for element, box in zip(objects, before.boxes, strict=True):
        now = by_key.get(box.key)
        if now is None:
            splices.append(Splice(writer.indent_start(element.start), element.end, b""))
        elif now != box:
            splices.extend(writer.changed(element, box, now))
    known = {box.key for box in before.boxes}
    new = [box for box in after.boxes if box.key not in known]
    if new:
        splices.append(writer.added(new, objects[-1] if objects else None))
    return tuple(splices)


def _has_decimals(objects: Sequence[Element]) -> bool:
    boxes = [element.child("bndbox") for element in objects]
    return any("." in edge.text for box in boxes if box for edge in box.children)


@dataclass(frozen=True, slots=True)
class _Indents:
    """Line break and indentation before the tags of an object: its own, its children's, and its edges'."""

    object: bytes
    child: bytes
    edge: bytes
    box_end: bytes
    object_end: bytes


@dataclass(frozen=True)
class _Writer:
    source: XmlSource
    has_decimals: bool
    convention: Convention

    def root_attributes(self, before: Annotation, after: Annotation) -> Iterator[Splice]:
        """Set or remove `verified="yes"` and the note of the root; a decision takes `undecided` away."""
        if after.is_decided and not before.is_decided:
            yield from self._root_attribute("undecided", "")
        if before.is_verified != after.is_verified:
            yield from self._root_attribute("verified", "yes" if after.is_verified else "")
        if before.note != after.note:
            yield from self._root_attribute("note", after.note)

    def _root_attribute(self, name: str, value: str) -> Iterator[Splice]:
        root = self.source.root
        found = re.search(_ATTRIBUTE % name.encode(), self.source.text[root.start : root.inner_start])
        new = f" {name}={quoted(value)}".encode() if value else b""
        if found:
            yield Splice(root.start + found.start(), root.start + found.end(), new)
        elif value:
            place = root.start + 1 + len(_tag(root, root.name))
            yield Splice(place, place, new)

    def indent_start(self, place: int) -> int:
        """Where the line break and indentation before a tag begin; `place` itself where other content precedes it."""
        found = _INDENT.search(self.source.text, max(place - 400, 0), place)
        return found.start() if found else place

    def changed(self, element: Element, before: Box, after: Box) -> Iterator[Splice]:
        """Replace the texts of one object that differ, and add elements for what it could not say so far."""
        missing: list[tuple[str, str]] = []
        for name, old, new in _texts(before, after):
            child = element.child(name)
            if old != new and child is None:
                missing.append((name, new))
            elif old != new and child is not None:
                yield self._replaced(child, new)
        bndbox = element.child("bndbox")
        assert bndbox is not None
        if missing:
            indent = self._indent(bndbox.start)
            lines = (_element(element, name, escaped(text)) + indent for name, text in missing)
            yield Splice(bndbox.start, bndbox.start, b"".join(lines))
        if _edges(before) != _edges(after):
            for name, text in self._edge_texts(bndbox, before, after):
                edge = bndbox.child(name)
                assert edge is not None
                yield self._replaced(edge, text)

    def added(self, boxes: Sequence[Box], last: Element | None) -> Splice:
        """New objects after the last one, or after the last element of the file, in the file's own indentation."""
        root = self.source.root
        indents = self._indents_like(last) if last else self._indents_of_file()
        text = b"".join(self._object(box, indents) for box in boxes)
        if root.is_empty_tag:
            slash = root.start + len(self.source.text[root.start : root.end - 2].rstrip())
            closing = self.source.line_end + b"</" + _tag(root, root.name) + b">"
            return Splice(slash, root.end, b">" + text + closing)
        last = last or (root.children[-1] if root.children else None)
        if last is None:
            start = self.indent_start(root.inner_end)
            return Splice(start, root.inner_end, text + self.source.line_end)
        return Splice(last.end, last.end, text)

    def _indents_like(self, element: Element) -> "_Indents":
        """Indentation after the example of an object of the file."""
        bndbox = element.child("bndbox")
        assert bndbox is not None
        return _Indents(
            self._indent(element.start),
            self._indent(element.children[0].start),
            self._indent(bndbox.children[0].start),
            self._indent(bndbox.inner_end),
            self._indent(element.inner_end),
        )

    def _indents_of_file(self) -> "_Indents":
        """Indentation of a file without objects, after the example of its other elements."""
        children = self.source.root.children
        outer = self._indent(children[0].start) if children else self.source.line_end + b"\t"
        step = outer.lstrip(b"\r\n")
        inner = outer + step
        return _Indents(outer, inner, inner + step, inner, outer)

    def _indent(self, place: int) -> bytes:
        return self.source.text[self.indent_start(place) : place]

    def _object(self, box: Box, indents: "_Indents") -> bytes:
        root = self.source.root
        values = [("name", box.class_name), ("pose", box.pose), ("truncated", _flag(value=box.truncated))]
        if box.occluded:
            values.append(("occluded", "1"))
        values.append(("difficult", _flag(value=box.difficult)))
        edges = zip(_EDGE_NAMES, self._edge_values(box), strict=True)
        bndbox = b"".join(indents.edge + _element(root, name, text.encode()) for name, text in edges)
        parts = [indents.child + _element(root, name, escaped(text)) for name, text in values]
        parts.append(indents.child + _element(root, "bndbox", bndbox + indents.box_end))
        return indents.object + _element(root, "object", b"".join(parts) + indents.object_end)

    def _edge_texts(self, bndbox: Element, before: Box, after: Box) -> Iterator[tuple[str, str]]:
        """Name and new text of each edge that differs once it is rounded as this file rounds."""
        old_edges, new_edges = _edges(before), _edges(after)
        for name, old, new, text in zip(_EDGE_NAMES, old_edges, new_edges, self._edge_values(after), strict=True):
            if old != new and float(bndbox.child_text(name)) != float(text):
                yield name, text

    def _edge_values(self, box: Box) -> tuple[str, str, str, str]:
        x = self._pair(box.x1, box.x2)
        y = self._pair(box.y1, box.y2)
        return x[0], y[0], x[1], y[1]

    def _pair(self, low: float, high: float) -> tuple[str, str]:
        """Two opposite edges as text; a box thinner than rounding allows grows outwards to whole pixels."""
        first, last = self.convention.low, self.convention.high
        if self.has_decimals:
            return _decimal(low + first), _decimal(high + last)
        left, right = math.floor(low + 0.5), math.floor(high + 0.5)
        if right <= left and high > low:
            left, right = math.floor(low), math.ceil(high)
        return str(left + first), str(right + last)

    def _replaced(self, element: Element, text: str) -> Splice:
        """Replace the text of a leaf element; the whitespace around it stays."""
        new = escaped(text)
        if element.is_empty_tag:
            opening = self.source.text[element.start : element.end - 2].rstrip() + b">"
            return Splice(element.start, element.end, opening + new + b"</" + _tag(element, element.name) + b">")
        inner = self.source.text[element.inner_start : element.inner_end]
        stripped = inner.strip()
        start = element.inner_start + inner.find(stripped)
        return Splice(start, start + len(stripped), new)


def _texts(before: Box, after: Box) -> Iterator[tuple[str, str, str]]:
    """Element name, text before and text after, for all but the edges."""
    yield "name", before.class_name, after.class_name
    yield "pose", before.pose, after.pose
    for name in _FLAGS:
        yield name, _flag(value=getattr(before, name)), _flag(value=getattr(after, name))


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2


def _flag(*, value: bool) -> str:
    return "1" if value else "0"


def _decimal(value: float) -> str:
    text = f"{value:.2f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _tag(element: Element, name: str) -> bytes:
    return (f"{element.prefix}:{name}" if element.prefix else name).encode()


def _element(like: Element, name: str, inner: bytes) -> bytes:
    tag = _tag(like, name)
    return b"<" + tag + b">" + inner + b"</" + tag + b">"
