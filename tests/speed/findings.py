"""Rows of label review: AP over planted errors on three data sets, ours beside what others do, and time.

`python -m tests.speed.findings --sets coco-val128 --seeds 0 --share 0.33` prints all figures of some of them.
"""

import argparse
from collections.abc import Sequence
from statistics import mean
from time import perf_counter

from tests.speed.findings_judge import Verdicts, judge
from tests.speed.findings_rivals import loss_inspection, naive_rule, object_lab
from tests.speed.findings_sets import YARDSTICKS, Case, Yardstick, case
from tests.speed.row import Row
from yolox_core.review.planting import Rates
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.review import Review, review

SEEDS = (0, 1, 2)
RIVALS = {"naive rule": naive_rule, "loss inspection": loss_inspection, "ObjectLab": object_lab}
LABELS, MOST_S = 5000, 15


def rows() -> list[Row]:
    """Every figure of the issue's table against its target, means of SEEDS; the peer is the best rival."""
    found: list[Row] = []
    for yardstick in YARDSTICKS:
        cases = [case(yardstick, seed) for seed in SEEDS]
        found += _rows(yardstick, cases)
        if yardstick.name == "BCCD":
            found.append(_time_row(cases[0]))
    return found


def ours(of: Case) -> tuple[Finding, ...]:
    """Our findings for a copy, without those on boxes that no image can have: rivals are not shown these either."""
    done = [one for one in review(of.folder, of.folder.images, of.network) if isinstance(one, Review)]
    judged = {(image.name, box) for image, _ in of.pairs for box in image.boxes}
    return tuple(one for one in done[-1].findings if one.given is None or (one.image, one.given) in judged)


def _rows(yardstick: Yardstick, cases: Sequence[Case]) -> list[Row]:
    mine = [judge(ours(of), of.errors, of.full_review) for of in cases]
    theirs = {
        name: [judge(tuple(rule(of.pairs, of.names)), of.errors, of.full_review) for of in cases]
        for name, rule in RIVALS.items()
    }
    found = [
        _row(f"{yardstick.name}: AP of {kind.value}", _mean(mine, kind), *_best(theirs, kind), target)
        for kind, target in yardstick.targets.items()
    ]
    found.append(_row(f"{yardstick.name}: mean AP", _mean(mine, None), *_best(theirs, None), yardstick.mean_ap))
    for name, verdicts in theirs.items():
        queue, peer = (mean(one.queue_ap for one in many) for many in (mine, verdicts))
        found.append(_row(f"{yardstick.name}: queue AP", queue, peer, name, yardstick.queue_ap))
    share = mean(one.decisions for one in mine)
    peer = min(mean(one.decisions for one in verdicts) for verdicts in theirs.values())
    limit = yardstick.decisions
    found.append(
        Row(
            f"{yardstick.name}: decisions to fix 80 %",
            share,
            peer,
            "share",
            peer / share,
            f"<= {limit}",
            share <= limit,
        )
    )
    fixed = mean(one.fixed for one in mine)
    found.append(_row(f"{yardstick.name}: right with one key", fixed, 0.0, "", yardstick.fixed))
    return found


def _row(what: str, value: float, peer: float, rival: str, target: float) -> Row:
    named = f"{what}; peer: {rival}" if rival else what
    return Row(named, value, peer, "AP", value / max(peer, 0.01), f">= {target}", value >= target)


def _mean(verdicts: Sequence[Verdicts], kind: FindingKind | None) -> float:
    return mean(one.mean_ap if kind is None else one.ap[kind] for one in verdicts)


def _best(theirs: dict[str, list[Verdicts]], kind: FindingKind | None) -> tuple[float, str]:
    return max((_mean(verdicts, kind), name) for name, verdicts in theirs.items())


def _time_row(of: Case) -> Row:
    began = perf_counter()
    ours(of)
    seconds = (perf_counter() - began) * LABELS / of.labels
    return Row("5,000 labels scored", seconds, MOST_S, "s", MOST_S / seconds, f"<= {MOST_S} s", seconds <= MOST_S)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.speed.findings", description=__doc__)
    parser.add_argument("--sets", nargs="+", default=[one.name for one in YARDSTICKS])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--share", type=float, default=1.0, help="how much of the usual errors is planted")
    options = parser.parse_args()
    for yardstick in YARDSTICKS:
        if yardstick.name not in options.sets:
            continue
        copy = "planted" if options.share == 1 else f"share-{options.share}"
        cases = [case(yardstick, seed, Rates().scaled(options.share), copy) for seed in options.seeds]
        for name, rule in {"ours": None, **RIVALS}.items():
            found = [
                judge(ours(of) if rule is None else tuple(rule(of.pairs, of.names)), of.errors, of.full_review)
                for of in cases
            ]
            print(f"{yardstick.name:12} {name:16} {_text(found)}", flush=True)


def _text(verdicts: Sequence[Verdicts]) -> str:
    kinds = " ".join(
        f"{kind.value} {_mean(verdicts, kind):.3f}" for kind in FindingKind if all(kind in one.ap for one in verdicts)
    )
    names = ("mean_ap", "queue_ap", "strict_ap", "decisions", "fixed", "iou_before", "iou_after")
    return kinds + " | " + " ".join(f"{name} {mean(getattr(one, name) for one in verdicts):.3f}" for name in names)


if __name__ == "__main__":
    main()
