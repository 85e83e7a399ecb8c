"""What is asked before changes would be lost by closing."""

from PySide6.QtWidgets import QMessageBox, QWidget

from app.editor.document import AnnotationDocument


def can_close(page: QWidget, document: AnnotationDocument, *, saves_itself: bool) -> bool:
    """Whether the page may close: saves what is not saved, and asks where that fails or is not wanted."""
    document.wait_for_writes()
    count = len(document.dirty_images)
    if not count:
        return True
    if saves_itself:
        return document.save_all() or _ask_about_leaving(page, len(document.dirty_images))
    buttons = QMessageBox.StandardButton
    question = f"Save the changes to {_images(count)}?"
    choice = QMessageBox.question(
        page, "Unsaved changes", question, buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save
    )
    if choice == buttons.Save:
        return document.save_all() or _ask_about_leaving(page, len(document.dirty_images))
    if choice == buttons.Discard:
        document.discard_all()
    return choice == buttons.Discard


def _ask_about_leaving(page: QWidget, count: int) -> bool:
    buttons = QMessageBox.StandardButton
    question = (
        f"The changes to {_images(count)} could not be saved. They are kept in the journal of this computer, and "
        "offered again when the folder is opened next time. Close now?"
    )
    choice = QMessageBox.warning(page, "Changes not saved", question, buttons.Close | buttons.Cancel, buttons.Cancel)
    return choice == buttons.Close


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"
