"""The nouns of label review. No torch and no numpy: the window's lists hold them by the hundred thousand."""

from dataclasses import dataclass
from enum import Enum
from math import prod
from pathlib import Path

from yolox_core.errors import UserError
from yolox_core.records import Box

TWICE = 0.7  # IoU of two boxes of a class above which one of them is too much


class FindingKind(Enum):
    """What is suspected of a label; the value says it."""

    MISSING = "missing"
    POOR = "poor"
    WRONG_CLASS = "wrong class"
    SPURIOUS = "spurious"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspected label fault of one image, `probability` 0..1, and its `reason` in a sentence.

    `given` is the box in question, None where one is missing. `proposed` is what should stand in its place; None to
    delete it, or, where `given` is None too, because nobody can say where the boxes of class `absent` are. `twin` is
    the box that stays where a duplicate goes.
    """

    kind: FindingKind
    image: str
    probability: float
    reason: str
    given: Box | None = None
    proposed: Box | None = None
    absent: str = ""
    twin: Box | None = None

    @property
    def box(self) -> Box | None:
        """The box that the finding is about: the given one, else the one proposed."""
        return self.given or self.proposed

    @property
    def class_name(self) -> str:
        """The class that the finding is about."""
        return self.box.class_name if self.box is not None else self.absent


class UnknownClasses(UserError):
    """The network knows none of the classes in the labels: `own` are those, `known` the network's."""

    def __init__(self, own: tuple[str, ...], known: tuple[str, ...], where: Path) -> None:
        super().__init__(
            f"The network knows none of the classes in the labels: {', '.join(own[:10])}. It knows "
            f"{', '.join(known[:10])}.",
            where=where,
            action="Choose another checkpoint, or say which of its classes each of yours is.",
        )
        self.own, self.known = own, known


@dataclass(frozen=True, slots=True)
class ImageQuality:
    """How likely the labels of an image are free of faults: the product of 1 - probability over its findings."""

    image: str
    quality: float
    findings: int


def qualities(findings: tuple[Finding, ...]) -> tuple[ImageQuality, ...]:
    """The quality of each image that has findings, worst first."""
    by_image: dict[str, list[float]] = {}
    for finding in findings:
        by_image.setdefault(finding.image, []).append(1 - finding.probability)
    rows = (ImageQuality(image, prod(parts), len(parts)) for image, parts in by_image.items())
    return tuple(sorted(rows, key=lambda row: row.quality))
