"""XML as a tree that knows the place of every element in the file's own bytes, so that edits can be spliced in."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_START_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class XmlError(ValueError):
    """The bytes are no XML that is safe to read; `line` counts from 1, 0 when it is not known."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(slots=True)
class Element:
    """One element: name without prefix, and the places of its tags in the text [start, inner_start, inner_end, end].

    An element without content (`<a/>`) has `inner_start == inner_end == end`.
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    line: int
    start: int
    inner_start: int
    inner_end: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly inside, without the whitespace around it."""
        return "".join(self.pieces).strip()

    @property
    def is_empty_tag(self) -> bool:
        """Whether it is written as `<a/>`."""
        return self.inner_start == self.end

    def child(self, name: str) -> "Element | None":
        """The first direct child with this name."""
        return next((child for child in self.children if child.name == name), None)

    def child_text(self, name: str, otherwise: str = "") -> str:
        """Text of the first direct child with this name."""
        child = self.child(name)
        return child.text if child else otherwise


class Splice(NamedTuple):
    """Text [start, end) of a source is to be `new`."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True)
class XmlSource:
    """A parsed file: its bytes, its text as UTF-8 (all places count in it), its encoding and its root element."""

    content: bytes
    text: bytes
    encoding: str
    mark: bytes
    root: Element

    @property
    def line_end(self) -> bytes:
        """The line end of the file: CRLF where its first line has it."""
        return b"\r\n" if b"\r\n" in self.text else b"\n"

    def spliced(self, splices: Sequence[Splice]) -> bytes:
        """The file with these replacements, which must not overlap; the same bytes where there are none."""
        if not splices:
            return self.content
        parts = []
        place = 0
        for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
            parts += [self.text[place : splice.start], splice.new]
            place = splice.end
        parts.append(self.text[place:])
        text = b"".join(parts)
        if self.encoding == "utf-8":
            return self.mark + text
        return self.mark + text.decode("utf-8").encode(self.encoding, "xmlcharrefreplace")


def escaped(text: str) -> bytes:
    """Text as XML content in UTF-8; characters that XML cannot hold become question marks."""
    return escape(_NOT_IN_XML.sub("?", text)).encode()


def quoted(text: str) -> str:
    """Text as the value of an attribute with its quotes; characters that XML cannot hold become question marks."""
    return quoteattr(_NOT_IN_XML.sub("?", text))


def parse_xml(content: bytes) -> XmlSource:
    """The tree of an XML file in any encoding. Raises XmlError where it does not parse or has a DOCTYPE."""
    mark, encoding = encoding_of(content)
    text = content[len(mark) :]
    if encoding != "utf-8":
        try:
            text = text.decode(encoding).encode()
        except (UnicodeError, LookupError) as error:
            raise XmlError(f"its encoding {encoding} cannot be read") from error
    return XmlSource(content, text, encoding, mark, _Builder(text).build())


def encoding_of(content: bytes) -> tuple[bytes, str]:
    """Byte order mark and encoding of an XML file. Raises XmlError where it names one that is not known."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return mark, encoding
    if content.startswith(b"<\0"):
        return b"", "utf-16-le"
    if content.startswith(b"\0<"):
        return b"", "utf-16-be"
    declared = _DECLARED.match(content[:200])
    if declared is None:
        return b"", "utf-8"
    try:
        return b"", codecs.lookup(declared[1].decode("ascii")).name
    except LookupError as error:
        raise XmlError(f"its encoding {declared[1].decode('ascii')} is not known", 1) from error


class _Builder:
    """Builds the tree from the events of expat; places come from its byte index, which is exact for UTF-8."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.CharacterDataHandler = self._on_text
        self._parser.StartDoctypeDeclHandler = self._on_doctype

    def build(self) -> Element:
        try:
            self._parser.Parse(self._text, True)
        except expat.ExpatError as error:
            raise XmlError(expat.errors.messages[error.code], error.lineno) from error
        finally:
            self._let_go()
        assert self._root is not None
        return self._root

    def _let_go(self) -> None:
        """Break the circle of parser and handlers, so that the tree does not wait for Python's collector."""
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = self._parser.StartDoctypeDeclHandler = None

    def _on_start(self, tag: str, attributes: dict[str, str]) -> None:
        start = self._parser.CurrentByteIndex
        found = _START_TAG.match(self._text, start)
        assert found is not None
        prefix, _, name = tag.rpartition(":")
        element = Element(name, prefix, attributes, self._parser.CurrentLineNumber, start, found.end())
        if self._text[found.end() - 2 : found.end()] == b"/>":
            element.inner_end = element.end = found.end()
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _on_end(self, _tag: str) -> None:
        element = self._open.pop()
        if not element.end:
            element.inner_end = self._parser.CurrentByteIndex
            element.end = self._text.index(b">", element.inner_end) + 1

    def _on_text(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def _on_doctype(self, *_declared: object) -> None:
        raise XmlError("it has a DOCTYPE, which is refused for safety", self._parser.CurrentLineNumber)
