"""A label review as the work of a Job: predictions, then findings; kept in the cache folder for the next start."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import SettingsStore
from app.torch_loading import load_torch_libraries
from yolox_core.errors import FileError
from yolox_core.files import make_folder, write_atomically
from yolox_core.records import Fault, Progress
from yolox_core.review.cross_plan import CrossPlan, CrossState
from yolox_core.review.records import Finding, UnknownClasses
from yolox_core.review.rounds import ap_of, begin_round
from yolox_core.review.table import DAMAGED, finding_of, plain_finding
from yolox_core.user_folders import cache_folder

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder
    from yolox_core.review.predicting import Predictions
    from yolox_core.review.review import Review

EMPTY, NOT_YET = "Nothing in them", "Not labelled yet"
LIKELY, KEPT_FROM = 0.3, 0.1  # what is listed at first; findings less likely than the other are not shown anywhere


@dataclass(frozen=True)
class Judge:
    """Who judges the labels: a checkpoint, networks of a cross-training (`anew`: trained again), or geometry alone."""

    weights: Path | None = None
    plan: CrossPlan | None = None
    anew: bool = False

    @property
    def name(self) -> str:
        """It in a few words."""
        if self.plan is not None:
            return f"cross-training in {self.plan.folds} folds"
        if self.weights is None:
            return "geometry alone"
        is_of_run = self.weights.parent.joinpath("events.jsonl").exists()
        return f"{self.weights.parent.name}, {self.weights.name}" if is_of_run else self.weights.name


def review_records(
    folder: "DataFolder",
    judge: Judge,
    settings: SettingsStore,
) -> "Iterator[Progress | Review | UnknownClasses]":
    """Progress, then the review, or the question which classes are meant. torch is imported here, in the job's thread.

    What was answered about this data set before is in the settings. The findings are kept for the next start, and a
    round of the review begins. Raises UserError.
    """
    from yolox_core.review.decisions import Decisions
    from yolox_core.review.review import Network, Questions, Review, review

    network: Network | None = None
    faults: tuple[Fault, ...] = ()
    if judge.weights is not None or judge.plan is not None:
        yield Progress(0, 0, "Loading the network library")
        load_torch_libraries()
        from yolox_core.review.predicting import Predictions

        for record in _predictions(folder, judge):
            if isinstance(record, Predictions):
                network, faults = Network(record.class_names, record.dense), record.faults
            else:
                yield record
    root = folder.root
    empty = unlabelled_answer(settings, root) == EMPTY
    questions = Questions(class_mapping(settings, root), undecided_are_empty=empty)
    try:
        for step in review(folder, folder.images, network, questions=questions, decisions=Decisions(root)):
            if isinstance(step, Review):
                keep_findings(root, step.findings, judge.name)
                likely = sum(finding.probability >= LIKELY for finding in step.findings)
                begin_round(root, judge.name, findings=likely, ap=ap_of(judge.weights))
                step = replace(step, faults=(*faults, *step.faults))
            yield step
    except UnknownClasses as question:
        yield question


def _predictions(folder: "DataFolder", judge: Judge) -> "Iterator[Progress | Predictions]":
    from yolox_core.review.cross import cross_predictions
    from yolox_core.review.predicting import predict_images

    if judge.plan is None:
        assert judge.weights is not None
        yield from predict_images(judge.weights, folder.images)
        return
    if judge.anew or judge.plan.state(folder) is CrossState.OTHER:
        shutil.rmtree(judge.plan.output, ignore_errors=True)
    yield from cross_predictions(folder, judge.plan)


def class_mapping(settings: SettingsStore, root: Path) -> dict[str, str]:
    """The network's class by class of a data set, as far as a person has said so."""
    try:
        return dict(json.loads(settings.get("class_mappings").get(str(root), "{}")))
    except (ValueError, TypeError):
        return {}


def unlabelled_answer(settings: SettingsStore, root: Path) -> str:
    """What was answered about the images without labels of a data set: EMPTY, NOT_YET, or nothing yet."""
    answers: dict[str, str] = settings.get("unlabelled_images")
    return answers.get(str(root), "")


def keep_findings(root: Path, findings: tuple[Finding, ...], by: str) -> None:
    """Keep findings for the next start; a cache that cannot be written is done without."""
    rows = [plain_finding(finding) for finding in findings if finding.probability >= KEPT_FROM]
    path = _path(root)
    with suppress(FileError):
        make_folder(path.parent)
        write_atomically(path, json.dumps({"by": by, "findings": rows}).encode())


def kept_findings(root: Path) -> tuple[tuple[Finding, ...], str]:
    """The findings of an earlier review of this data set, and the name of its weights; none where there was none."""
    try:
        stored = json.loads(_path(root).read_bytes())
        return tuple(map(finding_of, stored["findings"])), str(stored["by"])
    except (OSError, *DAMAGED):
        return (), ""


def forget_findings(root: Path) -> None:
    """Drop the findings of the last search."""
    with suppress(OSError):
        _path(root).unlink(missing_ok=True)


def _path(root: Path) -> Path:
    return cache_folder() / "reviews" / f"{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]}.json"
