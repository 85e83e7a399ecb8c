"""Labels beside what a network sees, turned into ranked findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.records import Annotation, Box
from yolox_core.review.calibration import Models, features_of
from yolox_core.review.features import Compared, compare
from yolox_core.review.planting import Error, Labels
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.seen import Seen

LEAST_PROBABILITY = 0.02
KINDS = {
    Error.POOR: FindingKind.POOR,
    Error.WRONG_CLASS: FindingKind.WRONG_CLASS,
    Error.SPURIOUS: FindingKind.SPURIOUS,
    Error.DUPLICATE: FindingKind.DUPLICATE,
}
