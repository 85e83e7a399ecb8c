"""The order in which people expect names."""

import re

_DIGITS = re.compile(r"\d+")


def natural_key(name: str) -> tuple[str, str]:
    """Sort key that puts `frame_2` before `frame_10`, and does not tell capitals from small letters at first."""
    return _DIGITS.sub(_padded, name.lower()), name


def _padded(found: re.Match[str]) -> str:
    return found[0].lstrip("0").zfill(20)
