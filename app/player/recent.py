"""The list of videos opened lately: newest first, each once."""

from collections.abc import Sequence

from app.settings import RECENT_MAX


def with_newest(recent: Sequence[str], newest: str) -> tuple[str, ...]:
    """The list with a path put first."""
    return (newest, *(path for path in recent if path != newest))[:RECENT_MAX]
