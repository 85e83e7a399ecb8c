"""The worklist of a label review: findings in the order in which they are settled, and what was decided. No widgets."""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import prod
from typing import TYPE_CHECKING

from app.review_findings import KEPT_FROM, LIKELY
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.records import Finding, FindingKind, qualities

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder

UNLIKELY = KEPT_FROM  # least probability of the long view; LIKELY that of the usual one
SURE = 0.5
RECENT, FEWEST, POOR_YIELD = 40, 20, 0.15


@dataclass(frozen=True)
class QueueFilter:
    """Which findings are listed; an empty set of kinds or classes stands for all, as None does for images."""

    least: float = LIKELY
    kinds: frozenset[FindingKind] = field(default_factory=frozenset)
    classes: frozenset[str] = field(default_factory=frozenset)
    images: frozenset[str] | None = None

    def takes(self, finding: Finding) -> bool:
        """Whether a finding is listed."""
        return (
            finding.probability >= self.least
            and (not self.kinds or finding.kind in self.kinds)
            and (not self.classes or finding.class_name in self.classes)
            and (self.images is None or finding.image in self.images)
        )


class ReviewQueue:
    """Findings by image, the image least likely to be right first; each is open until a verdict settles it."""

    def __init__(self, findings: Sequence[Finding], decisions: Decisions, *, read_at: str = "") -> None:
        """`read_at` is when the labels were read that the findings are of, as for `Decisions.settles`."""
        self._decisions, self._read_at = decisions, read_at
        order = {row.image: place for place, row in enumerate(qualities(tuple(findings)))}
        self._findings = sorted(findings, key=lambda finding: (order[finding.image], -finding.probability))
        self._spans: dict[str, tuple[int, int]] = {}
        for row, finding in enumerate(self._findings):
            self._spans[finding.image] = (self._spans.get(finding.image, (row, row))[0], row + 1)
        self._is_open = [True] * len(self._findings)
        self._gone: frozenset[str] = frozenset()
        self._judged_images: set[str] = set()
        self._filter = QueueFilter()
        self._rows: list[int] = []
        self._at = 0
        self._history: list[int] = []
        self._recent: deque[bool] = deque(maxlen=RECENT)
        self.set_filter(self._filter)

    @property
    def filter(self) -> QueueFilter:
        """Which findings are listed."""
        return self._filter

    @property
    def current(self) -> Finding | None:
        """The finding to settle now; None at the end."""
        return self._findings[self._rows[self._at]] if self._at < len(self._rows) else None

    @property
    def place(self) -> tuple[int, int]:
        """The number of the current finding, from 1, and how many are listed."""
        return min(self._at + 1, len(self._rows)), len(self._rows)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that findings are about."""
        return tuple(sorted({finding.class_name for finding in self._findings}))

    @property
    def precision(self) -> tuple[int, int]:
        """Of the last RECENT verdicts, how many found a fault, and how many there were."""
        return sum(self._recent), len(self._recent)

    @property
    def quality(self) -> float:
        """How likely the labels of the current image are right: the product of 1 - p over its open findings."""
        here = self.current.image if self.current is not None else ""
        first, last = self._spans.get(here, (0, 0))
        return prod(1 - self._findings[row].probability for row in range(first, last) if self._is_open[row])

    @property
    def hint(self) -> str:
        """Words for when few findings are real any more; empty before."""
        real, many = self.precision
        if many < FEWEST or real >= POOR_YIELD * many:
            return ""
        return f"Only {real} of the last {many} were faults: it may be time to stop."

    def set_filter(self, chosen: QueueFilter) -> None:
        """List other findings, from the first one that is open."""
        self._filter = chosen
        self._rows = [
            row
            for row, finding in enumerate(self._findings)
            if self._is_open[row] and chosen.takes(finding) and finding.image not in self._gone
        ]
        self._at = 0

    def keep_to(self, is_there: Callable[[str], bool]) -> None:
        """List findings of the images that are there; those of an image that comes back are listed again."""
        row = self._rows[self._at] if self._at < len(self._rows) else len(self._findings)
        self._gone = frozenset(name for name in self._spans if not is_there(name))
        self.set_filter(self._filter)
        self._at = bisect_left(self._rows, row)
        self._go_on()

    def adopt(self, former: "ReviewQueue") -> None:
        """Go on with the decisions of the queue before: some may have come while this one was made."""
        self._decisions = former._decisions
        self._close_settled(former._judged_images)
        self.set_filter(self._filter)

    @property
    def decisions(self) -> Decisions:
        """What was decided about the data set, in this queue and before."""
        return self._decisions

    @property
    def next_image(self) -> str:
        """The name of the image that comes after the current one; empty where none does."""
        here = self.current.image if self.current is not None else ""
        rows = (row for row in self._rows[self._at :] if self._is_open[row])
        return next((name for row in rows if (name := self._findings[row].image) != here), "")

    def sure_ones_here(self) -> list[Finding]:
        """The open findings of the current image that are as likely as not, or likelier, and say what to do."""
        finding = self.current
        if finding is None:
            return []
        return [self._findings[row] for row in self._open_rows_of(finding.image) if _is_sure(self._findings[row])]

    def decide(self, verdict: Verdict) -> None:
        """Settle the current finding and go on. Raises FileError where the verdict cannot be kept."""
        if self._at < len(self._rows):
            self._settle([(self._rows[self._at], verdict)])
            self._go_on()

    def decide_each(self, verdicts: Sequence[tuple[Finding, Verdict]]) -> None:
        """Settle several findings of the current image and go on. Raises FileError as `decide`."""
        self._settle([(row, verdict) for finding, verdict in verdicts for row in self._rows_of([finding])])
        self._go_on()

    def decide_apart(self, findings: Sequence[Finding], verdict: Verdict) -> None:
        """Settle many findings of any images, whether they are of this queue or the one before.

        `reopen` takes that back, not `take_back`. Raises FileError as `decide`.
        """
        self._decisions.decide_all(findings, verdict)
        self._judged_images.update(finding.image for finding in findings)
        rows = self._rows_of(findings)
        for row in rows:
            self._is_open[row] = False
        if len(rows) < len(findings):  # some are of the queue before
            here = {self._findings[row] for row in rows}
            self._close_settled({finding.image for finding in findings if finding not in here})
        self._go_on()

    def reopen(self, findings: Sequence[Finding]) -> None:
        """Take back what `decide_apart` settled, and go to the first open finding. Raises FileError as `decide`."""
        decisions = self._decisions
        decisions.decide_all(findings, Verdict.OPEN)
        for name in {finding.image for finding in findings}:
            for row in range(*self._spans.get(name, (0, 0))):
                one = self._findings[row]
                is_left = decisions.verdict(one) is Verdict.OPEN and not decisions.settles(one, read_at=self._read_at)
                self._is_open[row] |= is_left
        self.set_filter(self._filter)

    def go_to(self, finding: Finding) -> bool:
        """Make an open finding the one at hand; False where it is not listed."""
        places = (at for at, row in enumerate(self._rows) if self._findings[row] is finding and self._is_open[row])
        place = next(places, None)
        if place is not None:
            self._at = place
        return place is not None

    @property
    def listed(self) -> list[Finding]:
        """The open findings that the filter takes, in the order of the queue."""
        return [self._findings[row] for row in self._rows if self._is_open[row]]

    def take_back(self, count: int = 1) -> None:
        """Open the findings settled last, so many of them, and go to the first. Raises FileError as `decide`."""
        rows = self._history[-count:]
        findings = [self._findings[row] for row in rows]
        told = sum(self._decisions.verdict(one) is not Verdict.SKIPPED for one in findings)
        self._decisions.decide_all(findings, Verdict.OPEN)
        del self._history[-count:]
        for _ in range(min(told, len(self._recent))):
            self._recent.pop()
        for row in rows:
            self._is_open[row] = True
        self._rows = sorted({*self._rows, *(row for row in rows if self._findings[row].image not in self._gone)})
        self._at = bisect_left(self._rows, min(rows, default=0))
        self._go_on()

    def _settle(self, verdicts: Sequence[tuple[int, Verdict]]) -> None:
        self._decisions.decide_each((self._findings[row], verdict) for row, verdict in verdicts)
        for row, verdict in verdicts:
            self._judged_images.add(self._findings[row].image)
            self._is_open[row] = False
            self._history.append(row)
            if verdict is not Verdict.SKIPPED:
                self._recent.append(verdict is Verdict.ACCEPTED)

    def _close_settled(self, images: Iterable[str]) -> None:
        """Close what decisions that are none of this queue's have settled in some images."""
        for name in images:
            for row in range(*self._spans.get(name, (0, 0))):
                self._is_open[row] &= not self._decisions.settles(self._findings[row], read_at=self._read_at)

    def _rows_of(self, findings: Sequence[Finding]) -> list[int]:
        images = {one.image for one in findings}
        rows = [row for name in images for row in range(*self._spans.get(name, (0, 0)))]
        places = {id(one) for one in findings}
        own = [row for row in rows if id(self._findings[row]) in places]
        if len(own) == len(places):
            return own
        wanted = set(findings)  # equal ones: of the queue before, or read again
        return [row for row in rows if self._findings[row] in wanted]

    def _go_on(self) -> None:
        """To the next open finding; after the last one to those that were passed over."""
        places = chain(range(self._at, len(self._rows)), range(self._at))
        self._at = next((at for at in places if self._is_open[self._rows[at]]), len(self._rows))

    def _open_rows_of(self, image: str) -> list[int]:
        rows = []
        for row in self._rows[self._at :]:
            if self._findings[row].image != image:
                break
            if self._is_open[row]:
                rows.append(row)
        return rows


def worklist(
    folder: "DataFolder", findings: Iterable[Finding], decisions: Decisions, *, read_at: str = ""
) -> ReviewQueue:
    """A queue of the findings that are not settled, of images that the folder has; `read_at` as for ReviewQueue."""

    def is_open(finding: Finding) -> bool:
        return folder.image(finding.image) is not None and not decisions.settles(finding, read_at=read_at)

    return ReviewQueue(list(filter(is_open, findings)), decisions, read_at=read_at)


def _is_sure(finding: Finding) -> bool:
    return finding.probability >= SURE and finding.box is not None
