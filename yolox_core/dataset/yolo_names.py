"""Class names of a YOLO data set, from the files in which tools leave them."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

_PLAIN_LISTS = ("classes.txt", "obj.names", "classes.names", "_darknet.labels", "predefined_classes.txt")
_ITEM = re.compile(r"\s*(?:-\s+|(\d+)\s*:\s*)(.+)")


def read_class_names(root: Path, label_folders: Sequence[Path]) -> tuple[str, ...]:
    """Names in the order of their numbers; () where none of `data.yaml`, `classes.txt`, `obj.names` lists any."""
    folders = dict.fromkeys((root, *label_folders, *(folder.parent for folder in label_folders)))
    for folder in folders:
        names = _names_in_folder(folder)
        if names:
            return names
    return ()


def _names_in_folder(folder: Path) -> tuple[str, ...]:
    yaml_files = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")), key=lambda file: (file.stem != "data", file))
    for file in yaml_files:
        names = names_in_yaml(_text(file))
        if names:
            return names
    for file in (*(folder / name for name in _PLAIN_LISTS), *sorted(folder.glob("*.names"))):
        if file.is_file():
            names = tuple(line.strip() for line in _text(file).splitlines())
            return names[: len(names) - _blank_at_end(names)]
    return ()


def names_in_yaml(text: str) -> tuple[str, ...]:
    """The value of `names:` as a flow list, a block list, or a mapping from number to name."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        key, _, value = line.partition(":")
        if key.strip() != "names" or key != key.lstrip():
            continue
        value = _without_comment(value).strip()
        if value:
            return _flow_names(" ".join((value, *map(_without_comment, lines[place + 1 :]))))
        return _block_names(lines[place + 1 :])
    return ()


def _flow_names(text: str) -> tuple[str, ...]:
    """Names in `[a, 'b']` or `{0: a, 1: b}`, which may run over several lines."""
    closing = {"[": "]", "{": "}"}.get(text[0])
    if closing is None or closing not in text:
        return ()
    names: dict[int, str] = {}
    for item in _split_at_commas(text[1 : text.index(closing)]):
        number, colon, name = item.partition(":")
        is_numbered = closing == "}" and bool(colon) and number.strip().isdigit()
        names[int(number) if is_numbered else len(names)] = _unquoted(name if is_numbered else item)
    return _in_order(names)


def _split_at_commas(text: str) -> list[str]:
    parts = re.findall(r"""(?:"[^"]*"|'[^']*'|[^,"'])+""", text)
    return [part.strip() for part in parts if part.strip()]


def _block_names(lines: Sequence[str]) -> tuple[str, ...]:
    names: dict[int, str] = {}
    for line in map(_without_comment, lines):
        found = _ITEM.fullmatch(line)
        if found is None and line.strip():
            break
        if found:
            names[len(names) if found[1] is None else int(found[1])] = _unquoted(found[2])
    return _in_order(names)


def _in_order(names: dict[int, str]) -> tuple[str, ...]:
    """Names by number; a number that is skipped names itself, as long as few are."""
    if not names or max(names) > 2 * len(names) + 100:
        return ()
    return tuple(names.get(number, str(number)) for number in range(max(names) + 1))


def _without_comment(line: str) -> str:
    return re.sub(r"""(^|\s)#[^"']*$""", "", line).rstrip()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) < 2 or text[0] not in "\"'" or text[0] != text[-1]:
        return text
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return text[1:-1]


def _blank_at_end(names: Sequence[str]) -> int:
    return next((count for count, name in enumerate(reversed(names)) if name), len(names))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""
