"""Class names of a folder that does not list them, from a sample of its label files."""

from collections.abc import Iterator

from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.names import natural_key
from yolox_core.errors import UserError

SAMPLE = 400


def sampled_class_names(folder: DataFolder) -> Iterator[tuple[str, ...]]:
    """One tuple in natural order: the class names in at most 400 label files, evenly spread over the folder.

    Rarer classes are met when their images are opened. Files with problems are passed over.
    """
    step = max(len(folder.images) // SAMPLE, 1)
    names: set[str] = set()
    for image in folder.images[::step]:
        try:
            annotation = read_annotation(folder, image)
        except UserError:
            continue
        names.update(box.class_name for box in annotation.boxes)
    yield tuple(sorted(names, key=natural_key))
