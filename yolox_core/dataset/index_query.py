"""What can be asked of an index: a filter and an order as one frozen record, and the SQL that it stands for."""

from dataclasses import dataclass
from enum import Enum

from yolox_core.dataset.index_rows import FLAGS, PROBLEM_STATE, STATES
from yolox_core.records import ImageState


class Order(Enum):
    """How a list is sorted; the value is SQL."""

    NAME = "place"
    MOST_BOXES = "boxes DESC, place"
    FEWEST_BOXES = "boxes, place"
    SMALLEST_BOX = "smallest IS NULL, smallest, place"
    MOST_FINDINGS = "faults DESC, place"
    NEWEST = "mtime_ns DESC, place"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images are wanted; what is not set lets all pass.

    `text`: words that the name holds, in any case. `states`: any of these; `has_problem`: labels that cannot be read.
    `class_name`, `split`: in which the image has a box, or is. `flag`: a box has it (`difficult`, `truncated`,
    `occluded`). `has_findings`: the labels have faults. `least`, `most`: number of boxes.
    """

    text: str = ""
    states: frozenset[ImageState] = frozenset()
    has_problem: bool = False
    class_name: str = ""
    split: str = ""
    flag: str = ""
    has_note: bool = False
    has_findings: bool = False
    least: int = 0
    most: int | None = None
    order: Order = Order.NAME

    @property
    def is_open(self) -> bool:
        """Whether all images pass, in the order of their names."""
        return self == Filter(text=self.text) and not self.text.split()


def sql_of(wanted: Filter) -> tuple[str, tuple[object, ...]]:
    """The query for the places of the images that pass, and its values. The places come in no order for `Order.NAME`.

    They are joined by commas: to hand over a million rows takes longer than to find them.
    """
    tests: list[tuple[str, *tuple[object, ...]]] = [
        ("instr(searched, ?)", word) for word in wanted.text.casefold().split()
    ]
    if wanted.states or wanted.has_problem:
        numbers = [str(STATES.index(state)) for state in STATES if state in wanted.states]
        numbers += [str(PROBLEM_STATE)] if wanted.has_problem else []
        tests.append((f"state IN ({', '.join(numbers)})",))
    if wanted.class_name:
        in_class = "SELECT image FROM box WHERE class = (SELECT id FROM class WHERE name = ?)"
        tests.append((f"id IN ({in_class})", wanted.class_name))
    if wanted.split:
        tests.append(("id IN (SELECT image FROM split WHERE name = ?)", wanted.split))
    if wanted.flag:
        tests.append(("flags & ?", FLAGS.number(wanted.flag)))
    if wanted.has_note:
        tests.append(("has_note",))
    if wanted.has_findings:
        tests.append(("faults",))
    if wanted.least:
        tests.append(("boxes >= ?", wanted.least))
    if wanted.most is not None:
        tests.append(("boxes <= ?", wanted.most))
    where = "".join(f" AND {test}" for test, *_ in tests)
    order = "" if wanted.order is Order.NAME else f" ORDER BY {wanted.order.value}"
    found = f"FROM image WHERE place IS NOT NULL{where}{order}"
    values = tuple(value for _, *values in tests for value in values)
    return f"SELECT group_concat(place) FROM (SELECT place {found})", values  # noqa: S608
