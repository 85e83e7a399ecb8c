"""One measured row of a benchmark."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ours` and `peer` in `unit`, measured in one run; `ratio` is peer / ours for times; `holds` against `target`."""

    what: str
    ours: float
    peer: float
    unit: str
    ratio: float
    target: str
    holds: bool
