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
Ints = NDArray[np.int64]

LEAST_PROBABILITY = 0.02
COVERED = 0.5  # IoU with a box that cannot be judged from which on nothing is missing there
SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, eq=False)
class Looked:
    """What is kept of an image that was looked at: its labels, the candidates, both compared.

    `others` [G] is for each label the class that the network sees there else, `shares` [G, 2] how much of what it sees
    there is of the label's class and of that one.
    """

    image: JudgedImage
    proposals: Floats
    scores: Floats
    class_ids: Ints
    compared: Compared
    others: Ints
    shares: Floats


def look(image: JudgedImage, seen: Seen) -> Looked:
    """Compare the labels of an image with what is seen in it; the dense boxes are not needed any more."""
    own = image.labels.class_ids
    weights = seen.objectness * pairwise_iou(image.labels.boxes, seen.boxes) ** 2
    shares = weights @ seen.probs / np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    is_own = np.arange(shares.shape[1]) == own[:, None]
    others = np.where(is_own, -1.0, shares).argmax(axis=1)
    pairs = np.take_along_axis(shares, np.stack((own, others), axis=1), axis=1)
    compared = compare(image.labels, seen)
    return Looked(image, seen.proposals, seen.scores, seen.class_ids, compared, others, pairs)


def score(looked: Sequence[Looked], models: Models, class_names: Sequence[str]) -> Iterator[Finding]:
    """The findings of all images, in the order of the images."""
    label_features, free_features = features_of([one.compared for one in looked])
    chances = models.labels.probabilities(label_features)
    missing = models.missing.probabilities(free_features)[:, 1]
    label_ends = np.cumsum([len(one.image.labels) for one in looked])[:-1]
    free_ends = np.cumsum([len(one.compared.free) for one in looked])[:-1]
    parts = zip(looked, np.split(chances, label_ends), np.split(missing, free_ends), strict=True)
    for one, label_chances, free_chances in parts:
        view = _View(one, one.image, one.compared, class_names)
        yield from view.label_findings(label_chances)
        yield from view.missing_findings(free_chances)


@dataclass(frozen=True, eq=False)
class _View:
    """One image with all that a reason can refer to."""

    looked: Looked
    image: JudgedImage
    compared: Compared
    class_names: Sequence[str]

    def label_findings(self, chances: Floats) -> Iterator[Finding]:
        """At most one for each label: its likeliest fault."""
        for place in range(len(self.image.boxes)):
            error = max(self._possible(place), key=lambda error: chances[place, error])
            probability = float(chances[place, error])
            if probability >= LEAST_PROBABILITY:
                reason, proposed = self._told(error, place)
                given = self.image.boxes[place]
                twin = self.image.boxes[self.compared.rival[place]] if error is Error.DUPLICATE else None
                yield Finding(KINDS[error], self.image.name, probability, reason, given, proposed, twin=twin)

    def missing_findings(self, chances: Floats) -> Iterator[Finding]:
        """Free candidates that may be objects."""
        likely = np.flatnonzero(chances >= LEAST_PROBABILITY)
        proposals = self.looked.proposals[self.compared.free]
        overlap = pairwise_iou(proposals, self.image.labels.boxes).max(axis=1, initial=0.0)
        covered = pairwise_iou(proposals, self.image.others).max(axis=1, initial=0.0)
        for place in likely[covered[likely] < COVERED].tolist():
            candidate = int(self.compared.free[place])
            name = self.class_names[self.looked.class_ids[candidate]]
            near = f"the nearest box covers {overlap[place]:.0%} of it" if overlap[place] >= 0.05 else "no box is near"
            reason = f"The network sees {name} here (score {self.looked.scores[candidate]:.2f}), and {near}."
            box = Box(name, *self.looked.proposals[candidate].round(1).tolist())
            yield Finding(FindingKind.MISSING, self.image.name, float(chances[place]), reason, None, box)

    def _possible(self, place: int) -> list[Error]:
        """The faults for which there is a change to propose."""
        possible = [Error.SPURIOUS]
        if self.compared.matched[place] >= 0:
            possible.append(Error.POOR)
        if len(self.class_names) > 1 and self.looked.shares[place].any():
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
        best = self.compared.of_labels["object"][place]
        return f"The network sees no {given.class_name} here: nothing fits the box better than {best:.2f} of 1.", None

    def _poor(self, given: Box, place: int) -> tuple[str, Box]:
        edges = self.looked.proposals[self.compared.matched[place]]
        now = self.image.labels.boxes[place]
        iou = float(pairwise_iou(now[None], edges[None])[0, 0])
        side = int(np.abs(now - edges).argmax())
        reason = (
            f"The box and what the network sees overlap by {iou:.0%}; its {SIDES[side]} edge is "
            f"{abs(now[side] - edges[side]):.0f} px off."
        )
        return reason, given.with_edges(*edges.round(1).tolist())

    def _wrong_class(self, given: Box, place: int) -> tuple[str, Box]:
        name = self.class_names[self.looked.others[place]]
        own, other = self.looked.shares[place]
        reason = f"Labelled {given.class_name}; the network sees {name} ({other:.2f} against {own:.2f})."
        return reason, replace(given, class_name=name)
