"""TensorBoard on runs: their files are made where they are missing, its server is started, the browser opened."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.jobs import Job
from app.session import Session
from yolox_core.errors import Unavailable, UserError
from yolox_core.records import Progress
from yolox_core.train.runs_tensorboard import has_tensorboard, make_tensorboard

ADDRESS = re.compile(rb"https?://\S+")
MODULE = "tensorboard"


class Board(QObject):
    """Opens runs in TensorBoard; its server ends with the window. `told` says in words what is going on."""

    told = Signal(str)
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._server: QProcess | None = None
        self._said = b""
        self._folder = Path()

    def open(self, runs: Sequence[Path]) -> None:
        """Show these runs; those beside them that have files too are there as well."""
        if find_spec(MODULE) is None:
            self.failed.emit(
                Unavailable(
                    "TensorBoard is not installed.",
                    where=sys.executable,
                    action="Install it beside this program: pip install tensorboard.",
                )
            )
            return
        self._folder = Path(os.path.commonpath(runs))
        job = Job(lambda: _made(runs), self)
        job.record_ready.connect(self._on_progress)
        job.failed.connect(self.failed)
        job.done.connect(self._start)
        self._session.start(job)

    def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.finished.disconnect(self._on_finished)
            self._server.kill()
            self._server.waitForFinished()
            self._server = None

    def _on_progress(self, progress: Progress) -> None:
        self.told.emit(progress.text.capitalize())

    def _start(self) -> None:
        self.stop()
        self._said = b""
        self._server = QProcess(self)
        self._server.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._server.readyRead.connect(self._on_said)
        self._server.finished.connect(self._on_finished)
        self.told.emit("Starting TensorBoard")
        self._server.start(sys.executable, ["-m", f"{MODULE}.main", "--logdir", str(self._folder), "--port", "0"])

    def _on_said(self) -> None:
        if self._server is None:
            return
        is_known = ADDRESS.search(self._said) is not None
        self._said += bytes(self._server.readAll().data())
        address = ADDRESS.search(self._said)
        if address is not None and not is_known:
            url = address.group().decode()
            self.told.emit(f"TensorBoard is at {url}")
            QDesktopServices.openUrl(QUrl(url))

    def _on_finished(self) -> None:
        self.told.emit("")
        last = self._said.decode(errors="replace").strip().splitlines()[-1:]
        self.failed.emit(UserError(f"TensorBoard has ended. {''.join(last)}", where=self._folder))


def _made(runs: Sequence[Path]) -> Iterator[Progress]:
    for run in runs:
        if not has_tensorboard(run):
            yield from make_tensorboard(run)
