"""Labels beside what a network sees, as findings: the likeliest fault of each label, and what seems missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box
from yolox_core.review.calibration import Models, features_of
from yolox_core.review.features import Compared, compare
from yolox_core.review.geometry import twice_text
from yolox_core.review.images import JudgedImage
from yolox_core.review.planting import KINDS, Error
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]

LEAST_PROBABILITY = 0.02
COVERED = 0.5  # IoU with a box that cannot be judged from which on nothing is missing there
SIDES = ("left", "top", "right", "bottom")


def score(
    images: Sequence[JudgedImage], seen: Sequence[Seen], models: Models, class_names: Sequence[str]
) -> Iterator[Finding]:
    """The findings of all images, in the order of the images."""
    compared = [compare(image.labels, of) for image, of in zip(images, seen, strict=True)]
    label_features, free_features = features_of([image.labels for image in images], compared, seen)
    chances = models.labels.probabilities(label_features)
    missing = models.missing.probabilities(free_features)[:, 1]
    label_ends = np.cumsum([len(image.labels) for image in images])[:-1]
    free_ends = np.cumsum([len(one.free) for one in compared])[:-1]
    parts = zip(images, seen, compared, np.split(chances, label_ends), np.split(missing, free_ends), strict=True)
    for image, of, one, label_chances, free_chances in parts:
        view = _View(image, of, one, class_names)
        yield from view.label_findings(label_chances)
        yield from view.missing_findings(free_chances)


@dataclass(frozen=True, eq=False)
class _View:
    """One image with all that a reason can refer to."""

    image: JudgedImage
    seen: Seen
    compared: Compared
    class_names: Sequence[str]

    def label_findings(self, chances: Floats) -> Iterator[Finding]:
        """At most one for each label: its likeliest fault."""
        for place in range(len(self.image.boxes)):
            error = max(self._possible(place), key=lambda error: chances[place, error])
            probability = float(chances[place, error])
            if probability >= LEAST_PROBABILITY:
                reason, proposed = self._told(error, place)
                yield Finding(KINDS[error], self.image.name, probability, reason, self.image.boxes[place], proposed)

    def missing_findings(self, chances: Floats) -> Iterator[Finding]:
        """Free candidates that may be objects."""
        likely = np.flatnonzero(chances >= LEAST_PROBABILITY)
        proposals = self.seen.proposals[self.compared.free]
        overlap = pairwise_iou(proposals, self.image.labels.boxes).max(axis=1, initial=0.0)
        covered = pairwise_iou(proposals, self.image.others).max(axis=1, initial=0.0)
        for place in likely[covered[likely] < COVERED].tolist():
            candidate = int(self.compared.free[place])
            name = self.class_names[self.seen.class_ids[candidate]]
            near = f"the nearest box covers {overlap[place]:.0%} of it" if overlap[place] >= 0.05 else "no box is near"
            reason = f"The network sees {name} here (score {self.seen.scores[candidate]:.2f}), and {near}."
            box = Box(name, *self.seen.proposals[candidate].round(1).tolist())
            yield Finding(FindingKind.MISSING, self.image.name, float(chances[place]), reason, None, box)

    def _possible(self, place: int) -> list[Error]:
        """The faults for which there is a change to propose."""
        possible = [Error.SPURIOUS]
        if self.compared.matched[place] >= 0:
            possible.append(Error.POOR)
        if len(self.class_names) > 1 and len(self.seen.boxes):
            possible.append(Error.WRONG_CLASS)
        if self.compared.rival[place] >= 0:
            possible.append(Error.DUPLICATE)
        return possible

    def _told(self, error: Error, place: int) -> tuple[str, Box | None]:
        """The reason in words, and what should stand in the place of a label."""
        given = self.image.boxes[place]
        if error is Error.POOR:
            return self._poor(given, place)
        if error is Error.WRONG_CLASS:
            return self._wrong_class(given, place)
        if error is Error.DUPLICATE:
            return twice_text(given.class_name, float(self.compared.rival_iou[place])), None
        overlap = pairwise_iou(self.image.labels.boxes[place : place + 1], self.seen.boxes)[0]
        best = float((overlap * self.seen.objectness).max(initial=0.0))
        return f"The network sees no {given.class_name} here: nothing fits the box better than {best:.2f} of 1.", None

    def _poor(self, given: Box, place: int) -> tuple[str, Box]:
        edges = self.seen.proposals[self.compared.matched[place]]
        now = self.image.labels.boxes[place]
        iou = float(pairwise_iou(now[None], edges[None])[0, 0])
        side = int(np.abs(now - edges).argmax())
        reason = (
            f"The box and what the network sees overlap by {iou:.0%}; its {SIDES[side]} edge is "
            f"{abs(now[side] - edges[side]):.0f} px off."
        )
        return reason, given.with_edges(*edges.round(1).tolist())

    def _wrong_class(self, given: Box, place: int) -> tuple[str, Box]:
        own = self.image.labels.class_ids[place]
        overlap = pairwise_iou(self.image.labels.boxes[place : place + 1], self.seen.boxes)[0]
        weights = self.seen.objectness * overlap**2
        shares = weights @ self.seen.probs / max(float(weights.sum()), 1e-6)
        other = int(np.where(np.arange(len(shares)) == own, -1.0, shares).argmax())
        name = self.class_names[other]
        reason = (
            f"Labelled {given.class_name}; the network sees {name} ({shares[other]:.2f} against {shares[own]:.2f})."
        )
        return reason, replace(given, class_name=name)
