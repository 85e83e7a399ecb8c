"""The order in which people expect names."""

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Sort key that puts `frame_2` before `frame_10`, and does not tell capitals from small letters at first."""
    parts = _DIGITS.split(name.lower())
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), name
