"""What changes of classes would do, and did, in words."""

from collections.abc import Collection, Sequence

from yolox_core.dataset.relabel import Relabelled, Undone
from yolox_core.dataset.relabel_journal import JobState, RelabelJob
from yolox_core.dataset.relabel_survey import Changes, Effect
from yolox_core.records import Fault

NO_CHANGE = (
    "Give a class a new name; give it the name of another class to merge the two; or tick it to delete its boxes."
)
LISTED, LONGEST = 3, 32


def effect_text(effect: Effect, names: Collection[str]) -> str:
    """What would happen to a data set with the classes `names`: how much, what, and what a person may not expect."""
    if not effect.classes:
        return NO_CHANGE
    what = changes_text({one.old: one.new for one in effect.classes})
    sentences = [f"{count_text(effect.boxes, 'box')} in {count_text(effect.images, 'image')}: {what}."]
    renamed = {one.old: one.new for one in effect.classes if one.new is not None}
    staying = [name for name in names if name not in {one.old for one in effect.classes}]
    for new in dict.fromkeys(renamed.values()):
        merged = [*(name for name in staying if name == new), *(old for old in renamed if renamed[old] == new)]
        if len(merged) > 1:
            sentences.append(f"{_listed([_short(name) for name in merged])} become one class, {_short(new)}.")
    if effect.emptied:
        verb = "is" if effect.emptied == 1 else "are"
        sentences.append(f"{count_text(effect.emptied, 'image')} {verb} left without a box.")
    return " ".join(sentences)


def changes_text(changes: Changes) -> str:
    """`drone → uav and bird deleted`"""
    return _listed(
        [
            f"{_short(old)} → {_short(new)}" if new is not None else f"{_short(old)} deleted"
            for old, new in changes.items()
        ]
    )


def job_text(job: RelabelJob) -> str:
    """What a job changes."""
    return job.what or changes_text(job.changes)


def faults_text(faults: Sequence[Fault]) -> str:
    """Which files stay as they are, and why; empty without any."""
    if not faults:
        return ""
    verb = "stays as it is" if len(faults) == 1 else "stay as they are"
    names: dict[str, list[str]] = {}
    for fault in faults:
        names.setdefault(fault.what.rstrip("."), []).append(fault.where.replace("\\", "/").rpartition("/")[2])
    reasons = [f"{what} ({_listed(files)})" for what, files in names.items()]
    return f"{count_text(len(faults), 'label file')} {verb}. {_listed(reasons)}."


def relabelled_text(done: Relabelled) -> str:
    """What a job did."""
    job = done.job
    text = f"{count_text(job.boxes, 'box')} in {count_text(job.files, 'image')} changed: {job_text(job)}."
    return f"{text} {faults_text(done.faults)}".rstrip()


def undone_text(undone: Undone) -> str:
    """What undoing a job did."""
    verb = "is as it was" if undone.files == 1 else "are as they were"
    text = f"{count_text(undone.files, 'label file')} {verb} before ({job_text(undone.job)})."
    return f"{text} {faults_text(undone.faults)}".rstrip()


def half_done_text(job: RelabelJob) -> str:
    """How far a job came that was stopped."""
    what = job_text(job)
    if job.state is JobState.UNDOING:
        return f"Undoing a change ({what}) did not come to its end: some label files are still as it left them."
    verb = "was" if job.files == 1 else "were"
    return (
        f"A change ({what}) was stopped: {count_text(job.boxes, 'box')} in "
        f"{count_text(job.files, 'image')} {verb} changed, the others were not."
    )


def count_text(number: int, noun: str) -> str:
    """`1 box`, `2,000 boxes`"""
    plural = "es" if noun.endswith("x") else "s"
    return f"{number:,} {noun}{'' if number == 1 else plural}"


def _listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 2 more`"""
    first, last = (parts[:-1], parts[-1]) if len(parts) <= LISTED else (parts[:LISTED], f"{len(parts) - LISTED:,} more")
    return f"{', '.join(first)} and {last}" if first else last


def _short(name: str) -> str:
    """A name with its middle left out where it is very long."""
    half = LONGEST // 2
    return name if len(name) <= LONGEST else f"{name[:half].rstrip()}…{name[-half:].lstrip()}"
