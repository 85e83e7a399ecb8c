"""Drafts for the images between two key frames: each box on its straight way from the first to the last."""

from dataclasses import replace

import numpy as np

from yolox_core.drafts.draft import Draft, Source, edges_of
from yolox_core.records import Box


def between(first: tuple[Box, ...], last: tuple[Box, ...], count: int) -> tuple[tuple[Draft, ...], ...]:
    """Drafts for each of the `count` images between two key frames with these boxes.

    Boxes of the same class are matched, the nearest centres first; a box without a counterpart gives no drafts.
    """
    pairs = matched(first, last)
    return tuple(
        tuple(Draft(_on_the_way(a, b, step / (count + 1)), 1.0, Source.BETWEEN) for a, b in pairs)
        for step in range(1, count + 1)
    )


def matched(first: tuple[Box, ...], last: tuple[Box, ...]) -> tuple[tuple[Box, Box], ...]:
    """Pairs of boxes of the same class, chosen by ascending distance of their centres, in the order of `first`."""
    if not first or not last:
        return ()
    a, b = ((edges_of(boxes)[:, :2] + edges_of(boxes)[:, 2:]) / 2 for boxes in (first, last))
    distance = np.hypot(*(a[:, None] - b).transpose(2, 0, 1))
    partner: dict[int, int] = {}
    for flat in np.argsort(distance, axis=None, kind="stable").tolist():
        i, j = divmod(flat, len(last))
        if i not in partner and j not in partner.values() and first[i].class_name == last[j].class_name:
            partner[i] = j
    return tuple((first[i], last[j]) for i, j in sorted(partner.items()))


def _on_the_way(first: Box, last: Box, share: float) -> Box:
    starts, ends = (edges_of((box,))[0] for box in (first, last))
    return replace(first.with_edges(*np.round(starts + (ends - starts) * share, 1).tolist()), key=0)
