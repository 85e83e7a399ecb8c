"""From a folder and what a network said of its images to those worth labelling next."""

from collections.abc import Iterator, Mapping, Sequence

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import FileError
from yolox_core.images import read_size
from yolox_core.records import Progress
from yolox_core.review.images import ReadImages, judged, read_images
from yolox_core.review.next_images import NextImage, rank_next
from yolox_core.review.review import Network, class_ids_of_network, classes_judged, seen_by_all
from yolox_core.review.seen import Seen, seen_in


def images_to_label(
    folder: DataFolder, network: Network, *, mapping: Mapping[str, str] | None = None
) -> Iterator[Progress | tuple[NextImage, ...]]:
    """The images that nobody has labelled yet, most doubtful first; progress first.

    Raises UserError where the network knows none of the folder's classes.
    """
    mapping = mapping or {}
    read = ReadImages((), (), ())
    for record in read_images(folder, folder.images):
        if isinstance(record, Progress):
            yield record
        else:
            read = record
    names, _unknown = classes_judged(read.images, network.class_names, mapping, folder)
    labelled = [image for image in read.images if image.name in network.dense]
    ids = {name: number for number, name in enumerate(names)}
    views = seen_by_all(labelled, network, names, mapping)
    pairs = [(judged(image, ids).labels, seen) for image, seen in zip(labelled, views, strict=True)]
    undecided = set(read.undecided)
    images = [image for image in folder.images if image.name in undecided and image.name in network.dense]
    yield from rank_next(images, _seen(images, network, names, mapping), pairs)


def _seen(
    images: Sequence[ImageFile], network: Network, names: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, Seen]:
    class_of = class_ids_of_network(network.class_names, names, mapping)
    seen: dict[str, Seen] = {}
    for image in images:
        try:
            size = read_size(image.path)
        except FileError:
            continue
        seen[image.name] = seen_in(network.dense[image.name], class_of, len(names), size)
    return seen
