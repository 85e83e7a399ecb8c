"""Drafts that were kept on disk, such as those of frames sent from a video: on the desk again, less those rejected."""

from collections.abc import Iterator

from PySide6.QtCore import QObject

from app.editor.document import AnnotationDocument
from app.editor.draft_sources import DraftsFound, Labelling
from app.editor.drafts import DraftDesk, PileChange
from app.jobs import Job
from app.session import Session
from yolox_core.dataset.folder import DataFolder
from yolox_core.drafts.draft import Draft, Source
from yolox_core.drafts.kept import KeptDrafts
from yolox_core.errors import UserError


class KeptDraftsLoader(QObject):
    """Reads the drafts of a folder when it is entered, and of images that come to it later."""

    def __init__(self, session: Session, document: AnnotationDocument, desk: DraftDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._document = document
        self._desk = desk
        self._kept: KeptDrafts | None = None
        self._on_disk: dict[str, tuple[Draft, ...]] = {}
        document.folder_entered.connect(self._on_folder_entered)
        session.folder_changed.connect(self._on_folder_changed)
        desk.pile_changed.connect(self._on_pile_changed)

    def _on_folder_entered(self, folder: DataFolder | None) -> None:
        self._kept = KeptDrafts(folder.root) if folder is not None else None
        self._on_disk = {}
        self._load(folder)

    def _on_folder_changed(self, folder: DataFolder | None) -> None:
        if folder is not None and self._kept is not None and folder.root == self._kept.root:
            self._load(folder)

    def _load(self, folder: DataFolder | None) -> None:
        kept = self._kept
        if folder is None or kept is None:
            return
        labelling = Labelling(folder, {})
        seen = frozenset(self._on_disk)
        job = Job(lambda: _read(kept, labelling, seen), self)
        job.record_ready.connect(lambda found: self._put(kept, found))
        self._session.start(job)

    def _put(self, kept: KeptDrafts, found: DraftsFound) -> None:
        if kept != self._kept or found.image.name in self._on_disk:
            return
        held = self._document.held_annotation(found.image.name)
        self._on_disk[found.image.name] = found.drafts
        self._desk.put(found.image, found.drafts, held if held is not None else found.annotation)

    def _on_pile_changed(self, change: PileChange) -> None:
        """Keep all but what was rejected: an accepted draft is hidden by its box, once that is saved."""
        before = self._on_disk.get(change.name)
        if before is None or self._kept is None:
            return
        rejected = change.pile.rejected
        drafts = tuple(d for d in change.pile.drafts if d.source is Source.VIDEO and d.box not in rejected)
        if drafts == before:
            return
        self._on_disk[change.name] = drafts
        try:
            self._kept.write(change.name, drafts)
        except UserError as problem:
            self._session.problems.show_problem(problem)


def _read(kept: KeptDrafts, labelling: Labelling, seen: frozenset[str]) -> Iterator[DraftsFound]:
    for name in sorted(kept.names() - seen):
        image = labelling.folder.image(name)
        drafts = kept.read(name) if image is not None else ()
        if image is not None and drafts:
            yield DraftsFound(image, drafts, labelling.of(image))
