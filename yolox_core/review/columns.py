"""Numbers with names: a table of features, small enough to be kept for every image of a data set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """`values` [N, F], a column for each of the F `names`."""

    names: tuple[str, ...]
    values: Floats

    @classmethod
    def of(cls, columns: Mapping[str, Floats]) -> "Columns":
        """A table of columns [N]."""
        return cls(tuple(columns), np.stack(tuple(columns.values()), axis=1))

    def __getitem__(self, name: str) -> Floats:
        """The column [N] of this name."""
        return self.values[:, self.names.index(name)]
