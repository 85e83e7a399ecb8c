"""From a folder and what a network said of its images to those worth labelling next."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import FileError
from yolox_core.images import read_size
from yolox_core.records import Progress
from yolox_core.review.classes import judged_classes
from yolox_core.review.images import ReadImages, judged, read_images
from yolox_core.review.next_images import NextImage, rank_next
from yolox_core.review.planting import Labels
from yolox_core.review.review import Network, seen_by
from yolox_core.review.seen import Seen, seen_in

PROGRESS_EVERY = 50


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
    used = (box.class_name for image in read.images for box in image.annotation.boxes)
    classes = judged_classes(used, network.class_names, mapping, folder)
    undecided = set(read.undecided)
    labelled = {image.name: image for image in read.images}
    taught: list[tuple[Labels, Seen]] = []
    seen: dict[str, Seen] = {}
    images = [image for image in folder.images if image.name in network.dense]
    for place, image in enumerate(images):
        if place % PROGRESS_EVERY == 0:
            yield Progress(place, len(images), "Weighing what is seen")
        if image.name in labelled:
            own = labelled[image.name]
            taught.append((judged(own, classes.ids).labels, seen_by(own, network, classes).candidates))
        elif image.name in undecided:
            with suppress(FileError):
                size = read_size(image.path)
                all_seen = seen_in(network.dense[image.name], classes.of_network, len(classes.names), size)
                seen[image.name] = all_seen.candidates
    yield from rank_next([image for image in images if image.name in undecided], seen, taught)
