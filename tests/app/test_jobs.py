"""A job hands every record to the GUI thread, ends once, and can be paused, stopped and joined."""

import threading
from collections.abc import Iterator

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.jobs import Job
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from yolox_core.errors import UserError


class Listener:
    """What a job told, and in which threads."""

    def __init__(self, job: Job) -> None:
        self.records: list[object] = []
        self.ends: list[str] = []
        self.threads: set[int] = set()
        job.record_ready.connect(self._on_record)
        job.done.connect(lambda: self.ends.append("done"))
        job.failed.connect(lambda problem: self.ends.append(f"failed {problem.what}"))
        job.crashed.connect(lambda trace: self.ends.append(trace.strip().splitlines()[-1]))

    def _on_record(self, record: object) -> None:
        self.records.append(record)
        self.threads.add(threading.get_ident())


def finish(qtbot: QtBot, job: Job) -> None:
    with qtbot.waitSignal(job.finished):
        job.start()


def test_that_records_arrive_in_order_in_the_window_s_thread(qtbot: QtBot) -> None:
    inside: set[int] = set()

    def count() -> Iterator[int]:
        inside.add(threading.get_ident())
        yield from range(1000)

    job = Job(count)
    heard = Listener(job)
    finish(qtbot, job)
    qtbot.waitUntil(lambda: bool(heard.ends))
    assert heard.records == list(range(1000))
    assert heard.ends == ["done"]
    assert heard.threads == {threading.get_ident()}
    assert inside.isdisjoint(heard.threads)


def test_that_a_problem_and_a_bug_end_a_job_each_in_its_way(qtbot: QtBot) -> None:
    def mendable() -> Iterator[int]:
        yield 1
        raise UserError("Disk full.")

    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("nought")

    for make, end in ((mendable, "failed Disk full."), (broken, "ZeroDivisionError: nought")):
        job = Job(make)
        heard = Listener(job)
        finish(qtbot, job)
        qtbot.waitUntil(lambda heard=heard: bool(heard.ends))
        assert (heard.records, heard.ends) == ([1], [end])


def test_that_stopping_closes_the_iterator(qtbot: QtBot) -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            closed.set()

    job = Job(endless)
    heard = Listener(job)
    job.start()
    qtbot.waitUntil(lambda: len(heard.records) > 3)
    with qtbot.waitSignal(job.finished):
        job.stop()
    qtbot.waitUntil(lambda: heard.ends == ["done"])
    assert closed.is_set()


def test_that_a_paused_job_makes_no_record_until_it_goes_on(qtbot: QtBot) -> None:
    made: list[int] = []
    may_make = threading.Semaphore(1)

    def stepwise() -> Iterator[int]:
        for number in range(3):
            may_make.acquire()
            made.append(number)
            yield number

    job = Job(stepwise)
    heard = Listener(job)
    job.pause()
    job.start()
    qtbot.waitUntil(lambda: heard.records == [0])
    may_make.release(2)
    assert job.is_paused
    assert not job.wait(50)
    assert made == [0]
    with qtbot.waitSignal(job.finished):
        job.resume()
    qtbot.waitUntil(lambda: heard.records == [0, 1, 2])


def test_that_a_paused_job_can_be_stopped(qtbot: QtBot) -> None:
    job = Job(lambda: iter(range(10)))
    heard = Listener(job)
    job.pause()
    job.start()
    qtbot.waitUntil(lambda: heard.records == [0])
    with qtbot.waitSignal(job.finished):
        job.stop()
    qtbot.waitUntil(lambda: heard.ends == ["done"])
    assert heard.records == [0]


def test_that_the_session_joins_its_jobs_and_tells_their_failures(qtbot: QtBot) -> None:
    def mendable() -> Iterator[int]:
        yield 1
        raise UserError("Disk full.")

    def endless() -> Iterator[int]:
        while True:
            yield 1

    session = Session(SettingsStore(), Problems())
    with qtbot.waitSignal(session.problems.problem_shown) as told:
        session.start(Job(mendable))
    assert told.args[0].what == "Disk full."
    job = Job(endless)
    session.start(job)
    qtbot.waitUntil(lambda: job in session.running_jobs)
    session.stop_jobs()
    assert session.running_jobs == ()
    assert isinstance(job, QThread)
    assert job.isFinished()
